// Entries that no decide made: apply finds the fault, and never aborts.
#include <gtest/gtest.h>

#include "tests/ledger/rules/documents.h"
#include "tests/ledger/rules/rules_ledger.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;

constexpr auto kRuleSet = pb::DOCUMENT_KIND_RULE_SET;

// A ledger with the set and the catalogue, and a document whose parts wait.
class RulesBookFaultTest : public ::testing::Test {
 protected:
  RulesBookFaultTest() {
    EXPECT_EQ(ledger_.AskDocument(kRuleSet, DemoSet().SerializeAsString()), "OK");
    EXPECT_EQ(ledger_.AskDocument(pb::DOCUMENT_KIND_CATALOGUE, DemoCatalogue().SerializeAsString()),
              "OK");
    EXPECT_EQ(ledger_.Ask(VenueOf("cafe", 500103)), "OK");
    EXPECT_EQ(ledger_.AskParts(next_), "OK");
  }
  std::string WithPublication(std::function<void(pb::Publication&)> change) const {
    Entry entry = PublicationOf(kRuleSet, next_);
    entry.mutable_publication()->set_number(3);
    change(*entry.mutable_publication());
    return ledger_.FaultOf(entry);
  }

  const std::string next_ = DemoSet(2, "2027-07-01").SerializeAsString();
  RulesLedger ledger_;
};

TEST_F(RulesBookFaultTest, Publications) {
  const std::string cannot = "a document that cannot be";
  EXPECT_EQ(WithPublication([](pb::Publication&) {}), "OK");
  EXPECT_EQ(WithPublication([](pb::Publication& p) { p.set_number(4); }),
            "a number that is not the next one");
  EXPECT_EQ(WithPublication([](pb::Publication& p) { p.set_number(0); }),
            "a number that is not the next one");
  EXPECT_EQ(WithPublication([](pb::Publication& p) { p.set_kind(pb::DOCUMENT_KIND_UNSPECIFIED); }),
            cannot);
  EXPECT_EQ(
      WithPublication([](pb::Publication& p) { p.set_kind(static_cast<pb::DocumentKind>(99)); }),
      cannot);
  EXPECT_EQ(WithPublication([](pb::Publication& p) { p.set_kind(pb::DOCUMENT_KIND_CATALOGUE); }),
            cannot);
  EXPECT_EQ(WithPublication([](pb::Publication& p) { p.set_code("demo2"); }), cannot);
  EXPECT_EQ(WithPublication([](pb::Publication& p) { p.set_version(3); }), cannot);
  EXPECT_EQ(WithPublication([](pb::Publication& p) { p.set_first_date(-1); }), cannot);
  EXPECT_EQ(WithPublication([](pb::Publication& p) { p.set_size(1); }), cannot);
  EXPECT_EQ(WithPublication([](pb::Publication& p) { p.set_parts(0); }), cannot);
  EXPECT_EQ(WithPublication([](pb::Publication& p) { p.clear_sha256(); }), cannot);
  EXPECT_EQ(WithPublication([](pb::Publication& p) { p.clear_note(); }), cannot);
  ledger_.GoTo("2027-07-01");
  EXPECT_EQ(WithPublication([](pb::Publication&) {}), "a document that begins too early");
}

TEST_F(RulesBookFaultTest, DocumentsOutOfTurn) {
  ASSERT_EQ(ledger_.AskParts(DemoSet(4, "2027-07-01").SerializeAsString()), "OK");
  Entry entry = PublicationOf(kRuleSet, DemoSet(4, "2027-07-01").SerializeAsString());
  entry.mutable_publication()->set_number(3);
  EXPECT_EQ(ledger_.FaultOf(entry), "a document whose version is not the next one");
  ASSERT_EQ(ledger_.AskParts("\xff\xff\xff"), "OK");
  entry = PublicationOf(kRuleSet, "\xff\xff\xff");
  entry.mutable_publication()->set_number(3);
  EXPECT_EQ(ledger_.FaultOf(entry), "a document that cannot be");
}

TEST_F(RulesBookFaultTest, Parts) {
  const std::string fault = "a part of a document that is empty, too large or not the next one";
  EXPECT_EQ(ledger_.FaultOf(PartOf(1, "x")), "OK");
  EXPECT_EQ(ledger_.FaultOf(PartOf(2, "x")), fault);
  EXPECT_EQ(ledger_.FaultOf(PartOf(4'294'967'295, "x")), fault);
  EXPECT_EQ(ledger_.FaultOf(PartOf(0, "")), fault);
  EXPECT_EQ(ledger_.FaultOf(PartOf(0, std::string(60'001, 'x'))), fault);
}

TEST_F(RulesBookFaultTest, TheRest) {
  Entry key;
  key.mutable_publisher_key()->set_participant(2);
  key.mutable_publisher_key()->set_verifier_key("k");
  EXPECT_EQ(ledger_.FaultOf(key), "a publisher's key that cannot be");
  key.mutable_publisher_key()->set_participant(1);
  EXPECT_EQ(ledger_.FaultOf(key), "OK");
  key.mutable_publisher_key()->set_verifier_key(std::string(501, 'k'));
  EXPECT_EQ(ledger_.FaultOf(key), "a publisher's key that cannot be");

  const std::string no_switch =
      "a switch of a scenario that is not there, or in that state already";
  EXPECT_EQ(ledger_.FaultOf(SwitchOf("demo", "metro_ride", true)), "OK");
  EXPECT_EQ(ledger_.FaultOf(SwitchOf("demo", "metro_ride", false)), no_switch);
  EXPECT_EQ(ledger_.FaultOf(SwitchOf("", "metro_ride", true)), no_switch);
  EXPECT_EQ(ledger_.FaultOf(SwitchOf("demo", "", true)), no_switch);

  const std::string no_venue = "a venue's certificate that cannot be";
  const auto venue = [&](std::string_view code, std::uint32_t number, std::int32_t first = 0) {
    Entry entry = VenueOf(code, 500103);
    entry.mutable_venue_certificate()->set_number(number);
    entry.mutable_venue_certificate()->set_first_date(first);
    return ledger_.FaultOf(entry);
  };
  EXPECT_EQ(venue("cafe", 1), "OK");
  EXPECT_EQ(venue("bar", 2), "OK");
  EXPECT_EQ(venue("bar", 1), no_venue) << "the number of another code";
  EXPECT_EQ(venue("cafe", 2), no_venue);
  EXPECT_EQ(venue("bar", 0), no_venue);
  EXPECT_EQ(venue("", 2), no_venue);
  EXPECT_EQ(venue("bar", 2, -1), no_venue);

  const std::string no_product = "a delisting of what is no product";
  EXPECT_EQ(ledger_.FaultOf(DelistingOf(2, pb::DELISTING_KIND_DELISTED)), "OK");
  EXPECT_EQ(ledger_.FaultOf(DelistingOf(3, pb::DELISTING_KIND_DELISTED)), no_product);
  EXPECT_EQ(ledger_.FaultOf(DelistingOf(0, pb::DELISTING_KIND_DELISTED)), no_product);
  EXPECT_EQ(ledger_.FaultOf(DelistingOf(1, pb::DELISTING_KIND_UNSPECIFIED)), no_product);
}

}  // namespace
}  // namespace tanhui::rules
