#include "ledger/rules/rules_book.h"

#include <gtest/gtest.h>

#include "tests/ledger/rules/documents.h"
#include "tests/ledger/rules/rules_ledger.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;

constexpr auto kRuleSet = pb::DOCUMENT_KIND_RULE_SET;
constexpr auto kCatalogue = pb::DOCUMENT_KIND_CATALOGUE;

std::string Bytes(std::uint32_t version, std::string_view first_date) {
  return DemoSet(version, first_date).SerializeAsString();
}

TEST(RulesBookTest, ADocumentComesInParts) {
  RulesLedger ledger;
  const std::string bytes = Bytes(1, "2027-01-01");
  ASSERT_EQ(ledger.AskDocument(kRuleSet, bytes, 100), "OK");
  const Document& document = ledger.book().documents().at(0);
  EXPECT_EQ(document.number, DocumentNo(1));
  EXPECT_EQ(ledger.last().publication().number(), 1u);
  EXPECT_EQ(document.code, "demo");
  EXPECT_EQ(document.parts, (bytes.size() + 99) / 100);
  EXPECT_EQ(document.size, bytes.size());
  EXPECT_EQ(document.publication, EntryIndex(2 + document.parts));
  EXPECT_EQ(ledger.state().registry().pending_document().parts, 0u) << "they are used up";
  EXPECT_EQ(ledger.book().InForce(500103, Day("2027-01-01"))->version, 1u);
}

TEST(RulesBookTest, PartsStandInOrderRightBeforeThePublication) {
  const std::string bytes = Bytes(1, "2027-01-01");
  const std::string missing =
      "DOCUMENT_INVALID document path= problem=the parts do not stand before it";
  const std::string part =
      "DOCUMENT_INVALID document path= problem=a part is empty, too large or not the next one";
  RulesLedger ledger;
  EXPECT_EQ(ledger.Ask(PublicationOf(kRuleSet, bytes)), missing);
  EXPECT_EQ(ledger.Ask(PartOf(1, "x")), part);
  EXPECT_EQ(ledger.Ask(PartOf(0, "")), part);
  EXPECT_EQ(ledger.Ask(PartOf(0, std::string(kMaxPartBytes + 1, 'x'))), part);
  EXPECT_EQ(ledger.Ask(PartOf(0, "x")), "OK");
  EXPECT_EQ(ledger.Ask(PartOf(2, "x")), part);
  EXPECT_EQ(ledger.Ask(PartOf(0, bytes)), "OK") << "it begins anew";
  EXPECT_EQ(ledger.Ask(PublicationOf(kRuleSet, bytes, 2)), missing);
  EXPECT_EQ(ledger.Ask(PublicationOf(kRuleSet, bytes + "x", 1)), missing);
  EXPECT_EQ(ledger.Ask(PublicationOf(kRuleSet, bytes)), "OK");
  EXPECT_EQ(ledger.Ask(PublicationOf(kRuleSet, bytes)), missing) << "the parts are used up";
  // Something between the part and the publication.
  const std::string second = Bytes(2, "2027-07-01");
  EXPECT_EQ(ledger.Ask(PartOf(0, second)), "OK");
  EXPECT_EQ(ledger.Ask(SwitchOf("demo", "metro_ride", true)), "OK");
  EXPECT_EQ(ledger.Ask(PublicationOf(kRuleSet, second)), missing);
  EXPECT_EQ(ledger.Ask(PartOf(1, "x")), part);
}

TEST(RulesBookTest, NoMoreThan64Parts) {
  RulesLedger ledger;
  EXPECT_EQ(ledger.AskParts(std::string(kMaxParts, 'x'), 1), "OK");
  EXPECT_EQ(ledger.Ask(PartOf(kMaxParts, "x")),
            "DOCUMENT_INVALID document path= problem=a part is empty, too large or not the next "
            "one");
}

TEST(RulesBookTest, WhatIsWrongIsTold) {
  RulesLedger ledger;
  pb::RuleSet set = DemoSet();
  set.mutable_rules(1)->mutable_rates(0)->set_points("1,5");
  EXPECT_EQ(ledger.AskDocument(kRuleSet, set.SerializeAsString()),
            "DOCUMENT_INVALID document path=rules[1].rates[0].points problem=must be a decimal "
            "such as 46.7, of at most 9 digits on each side");
  EXPECT_EQ(ledger.AskDocument(kRuleSet, "nonsense"),
            "DOCUMENT_INVALID document path= problem=is not a document of this kind and format");
  const std::string bytes = Bytes(1, "2027-01-01");
  const auto told = [&](auto change) {
    EXPECT_EQ(ledger.AskParts(bytes), "OK");
    Entry publication = PublicationOf(kRuleSet, bytes);
    change(*publication.mutable_publication());
    return ledger.Ask(publication);
  };
  const std::string other = " problem=is another in the publication";
  EXPECT_EQ(told([](pb::Publication& p) { p.set_code("x"); }),
            "DOCUMENT_INVALID document path=code" + other);
  EXPECT_EQ(told([](pb::Publication& p) { p.set_version(2); }),
            "DOCUMENT_INVALID document path=version" + other);
  EXPECT_EQ(told([](pb::Publication& p) { p.set_first_date(3); }),
            "DOCUMENT_INVALID document path=first_date" + other);
  EXPECT_EQ(told([](pb::Publication& p) { p.set_sha256("short"); }),
            "DOCUMENT_INVALID document path= problem=the parts do not stand before it");
}

TEST(RulesBookTest, VersionsAndDates) {
  RulesLedger ledger;  // 2026-12-01
  EXPECT_EQ(ledger.AskDocument(kRuleSet, Bytes(2, "2027-01-01")),
            "VERSION_NOT_NEXT document expected=1");
  EXPECT_EQ(ledger.AskDocument(kRuleSet, Bytes(1, "2026-01-01")), "OK") << "the first: any date";
  EXPECT_EQ(ledger.AskDocument(kRuleSet, Bytes(1, "2027-01-01")),
            "VERSION_NOT_NEXT document expected=2");
  EXPECT_EQ(ledger.AskDocument(kRuleSet, Bytes(3, "2020-01-01")),
            "VERSION_NOT_NEXT document expected=2");
  EXPECT_EQ(ledger.AskDocument(kRuleSet, Bytes(2, "2026-12-01")),
            "DATE_NOT_AHEAD document earliest=2026-12-02");
  EXPECT_EQ(ledger.AskDocument(kRuleSet, Bytes(2, "2027-03-01")), "OK");
  EXPECT_EQ(ledger.AskDocument(kRuleSet, Bytes(3, "2027-03-01")),
            "DATE_NOT_AHEAD document earliest=2027-03-02");
  ledger.GoTo("2027-05-01");
  EXPECT_EQ(ledger.AskDocument(kRuleSet, Bytes(3, "2027-05-01")),
            "DATE_NOT_AHEAD document earliest=2027-05-02");
  EXPECT_EQ(ledger.AskDocument(kRuleSet, Bytes(3, "2027-05-02")), "OK");
  EXPECT_EQ(ledger.AskDocument(kCatalogue, DemoCatalogue().SerializeAsString()), "OK")
      << "each kind and code counts by itself";
}

TEST(RulesBookTest, Switches) {
  RulesLedger ledger;
  ASSERT_EQ(ledger.AskDocument(kRuleSet, Bytes(1, "2027-01-01")), "OK");
  EXPECT_EQ(ledger.Ask(SwitchOf("other", "metro_ride", true)), "UNKNOWN_DOCUMENT rule_set");
  EXPECT_EQ(ledger.Ask(SwitchOf("demo", "flying", true)), "UNKNOWN_SCENARIO scenario");
  EXPECT_EQ(ledger.Ask(SwitchOf("demo", "metro_ride", false)),
            "CONDITION_NOT_MET scenario condition=suspended");
  EXPECT_EQ(ledger.Ask(SwitchOf("demo", "metro_ride", true)), "OK");
  EXPECT_EQ(ledger.Ask(SwitchOf("demo", "metro_ride", true)),
            "CONDITION_NOT_MET scenario condition=open");
  EXPECT_EQ(ledger.book().SuspensionOf("demo", ScenarioNo(1)).first, Day("2026-12-01"));
  ledger.GoTo("2026-12-05");
  EXPECT_EQ(ledger.Ask(SwitchOf("demo", "metro_ride", false)), "OK");
  EXPECT_EQ(ledger.book().SuspensionOf("demo", ScenarioNo(1)).last, Day("2026-12-05"));
}

TEST(RulesBookTest, Venues) {
  RulesLedger ledger;
  EXPECT_EQ(ledger.Ask(VenueOf("cafe", 500103)), "UNKNOWN_DISTRICT district");
  ASSERT_EQ(ledger.AskDocument(kRuleSet, Bytes(1, "2027-01-01")), "OK");
  EXPECT_EQ(ledger.Ask(VenueOf("", 500103)), "FIELD_REQUIRED code");
  EXPECT_EQ(ledger.Ask(VenueOf("cafe", 500103)), "OK");
  EXPECT_EQ(ledger.Ask(VenueOf("bar", 500112)), "OK");
  Entry dated = VenueOf("cafe", 500112);
  dated.mutable_venue_certificate()->set_first_date(20'800);
  dated.mutable_venue_certificate()->set_last_date(20'799);
  EXPECT_EQ(ledger.Ask(dated), "FIELD_INVALID last_date");
  dated.mutable_venue_certificate()->set_last_date(20'800);
  dated.mutable_venue_certificate()->set_withdrawn(true);
  EXPECT_EQ(ledger.Ask(dated), "OK");
  EXPECT_EQ(ledger.last().venue_certificate().number(), 1u) << "that of its code";
  EXPECT_EQ(ledger.book().venues().size(), 2u);
  EXPECT_EQ(ledger.book().FindVenue("cafe")->district, 500112u);
  EXPECT_TRUE(ledger.book().Find(VenueNo(1))->withdrawn);
  EXPECT_EQ(ledger.book().FindVenue("bar")->number, VenueNo(2));
}

TEST(RulesBookTest, Delistings) {
  RulesLedger ledger;
  ASSERT_EQ(ledger.AskDocument(kCatalogue, DemoCatalogue().SerializeAsString()), "OK");
  EXPECT_FALSE(ledger.book().Delisted(ProductNo(2)));
  EXPECT_EQ(ledger.Ask(DelistingOf(2, pb::DELISTING_KIND_FALSELY_LABELLED)), "OK");
  EXPECT_TRUE(ledger.book().Delisted(ProductNo(2)));
  EXPECT_EQ(ledger.Ask(DelistingOf(2, pb::DELISTING_KIND_RELISTED)), "OK");
  EXPECT_FALSE(ledger.book().Delisted(ProductNo(2)));
}

TEST(RulesBookTest, KeysOfPublishers) {
  RulesLedger ledger;
  Entry key;
  key.mutable_publisher_key()->set_participant(1);
  EXPECT_EQ(ledger.Ask(key), "FIELD_INVALID verifier_key");
  key.mutable_publisher_key()->set_verifier_key("a+b+c");
  EXPECT_EQ(ledger.Ask(key), "OK");
  EXPECT_EQ(ledger.state().registry().Find(ParticipantNo(1))->verifier_key, "a+b+c");
}

TEST(RulesBookTest, TheRegistryIsRebuiltFromItsEntries) {
  RulesLedger ledger;
  ASSERT_EQ(ledger.AskDocument(kRuleSet, Bytes(1, "2027-01-01"), 200), "OK");
  ASSERT_EQ(ledger.AskDocument(kRuleSet, Bytes(2, "2027-02-01")), "OK");
  ASSERT_EQ(ledger.AskDocument(kCatalogue, DemoCatalogue().SerializeAsString(), 50), "OK");
  ASSERT_EQ(ledger.Ask(SwitchOf("demo", "recycling", true)), "OK");
  ASSERT_EQ(ledger.Ask(VenueOf("cafe", 500103)), "OK");
  ASSERT_EQ(ledger.Ask(DelistingOf(1, pb::DELISTING_KIND_DELISTED)), "OK");
  ASSERT_EQ(ledger.AskParts("loose parts", 4), "OK");
  const Registry rebuilt = ledger.Rebuilt();
  const Rulebook& now = ledger.book();
  const Rulebook& again = RulebookOf(rebuilt);
  ASSERT_EQ(again.documents().size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(again.documents()[i].publication, now.documents()[i].publication);
    EXPECT_EQ(again.documents()[i].sha256, now.documents()[i].sha256);
    EXPECT_EQ(again.documents()[i].parts, now.documents()[i].parts);
  }
  EXPECT_EQ(again.InForce(500103, Day("2027-02-01"))->version, 2u);
  EXPECT_EQ(again.SuspensionOf("demo", ScenarioNo(2)).first, Day("2026-12-01"));
  EXPECT_TRUE(again.SuspensionOf("demo", ScenarioNo(2)).suspended);
  EXPECT_TRUE(again.Delisted(ProductNo(1)));
  EXPECT_EQ(again.FindVenue("cafe")->number, VenueNo(1));
  const PendingDocument& pending = rebuilt.pending_document();
  EXPECT_EQ(pending.bytes, "loose parts");
  EXPECT_EQ(pending.parts, 3u);
  EXPECT_EQ(pending.next, EntryIndex(ledger.state().head().size));
}

}  // namespace
}  // namespace tanhui::rules
