// Acts through the API: what they earn, that none counts twice, caps and switches.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tanhui/entry/v1/documents.pb.h"
#include "tests/e2e/rules/rules_fixture.h"

namespace tanhui::e2e {
namespace {

class ActsTest : public RulesTest {
 protected:
  std::string ReasonOfAct(const v1::AwardRequest& request) const {
    return A().Call(&PointsStub::Award, request).reason();
  }
};

TEST_F(ActsTest, ARideEarnsByTheRule) {
  const auto ride = ExpectDoneOnce(&PointsStub::Award, RideOf("ride", "card 1"));
  EXPECT_EQ(ride.points(), 73);  // 7.3 km, 100 g each, one point for ten grams
  EXPECT_EQ(ride.grams(), 730);
  EXPECT_EQ(ride.balance(), 573);
  EXPECT_EQ(ride.rule_set(), "ruleSets/chongqing/versions/1");
  EXPECT_EQ(ride.account(), citizen_);
  const v1::LogEntry entry = EntryAt(ride.entry_index());
  EXPECT_EQ(entry.kind(), v1::ENTRY_KIND_EARNING);
  EXPECT_EQ(entry.scenario(), "metro_ride");
  EXPECT_EQ(HistoryOf(citizen_).front().scenario(), "metro_ride");
  v1::GetEvidenceRequest request;
  request.set_entry_index(ride.entry_index());
  const auto evidence = client().Call(&PointsStub::GetEvidence, request);
  ASSERT_TRUE(evidence.ok()) << evidence.status.error_message();
  ASSERT_EQ(evidence.response.references_size(), 1);
  EXPECT_EQ(evidence.response.references(0), "file ride");
  EXPECT_EQ(client()
                .WithToken("token of a mere platform")
                .Call(&PointsStub::GetEvidence, request)
                .reason(),
            "PERMISSION_DENIED");
}

TEST_F(ActsTest, TheSameEvidenceIsTakenOnce) {
  const auto first = A().Call(&PointsStub::Award, RideOf("first", "Card No. 0042-a"));
  ASSERT_TRUE(first.ok()) << first.status.error_message();
  const std::uint64_t size = LogSize(client());
  // Full-width digits, case, spaces, dashes: the same record through another platform.
  for (const std::string subject :
       {"Card No. 0042-a", "card no. 0042 A", "ＣＡＲＤ　ＮＯ．　００４２－Ａ", "card_no.0042–a"}) {
    const auto again = B().Call(&PointsStub::Award, RideOf("again", subject));
    const Refused refused = RefusedOf(again.status);
    EXPECT_EQ(refused.reason, "ALREADY_CLAIMED") << subject;
    EXPECT_EQ(refused.code, grpc::StatusCode::ALREADY_EXISTS);
    EXPECT_EQ(refused.metadata.at("entry_index"), std::to_string(first.response.entry_index()));
    EXPECT_EQ(refused.metadata.at("act_date"),
              EntryAt(first.response.entry_index()).business_date());
    EXPECT_EQ(refused.metadata.at("field"), "act.evidence");
  }
  EXPECT_EQ(LogSize(client()), size);
  EXPECT_TRUE(B().Call(&PointsStub::Award, RideOf("other", "card 43")).ok());
}

TEST_F(ActsTest, ACancelledActsEvidenceIsFreeToAllAReversedOnesToItsClaimer) {
  ASSERT_TRUE(client().Call(&PointsStub::Award, RideOf("one", "card 1")).ok());
  const auto cancelled = client().Call(&RequestsStub::CancelRequest, CancelOf("undo", "one"));
  ASSERT_TRUE(cancelled.ok()) << cancelled.status.error_message();
  EXPECT_EQ(BalanceOf(client(), citizen_), 500);
  const auto again = client().Call(&PointsStub::Award, RideOf("two", "card 1"));
  ASSERT_TRUE(again.ok()) << again.status.error_message();
  v1::ReverseRequest reverse;
  reverse.set_request_id("reverse");
  reverse.set_entry_index(again.response.entry_index());
  reverse.set_quantity(7'300);  // metres
  reverse.set_reason("not_ridden");
  const auto reversed = client().Call(&PointsStub::Reverse, reverse);
  ASSERT_TRUE(reversed.ok()) << reversed.status.error_message();
  EXPECT_EQ(reversed.response.points(), 73);
  EXPECT_EQ(B().Call(&PointsStub::Award, RideOf("three", "card 1")).reason(), "ALREADY_CLAIMED");
  EXPECT_TRUE(client().Call(&PointsStub::Award, RideOf("four", "card 1")).ok());
}

TEST_F(ActsTest, ACapCutsAndThenRefuses) {
  const std::string steps = "scenario: 'walk' unit: UNIT_STEP quantity: ";
  const auto first = client().Call(&PointsStub::Award, ActOf("w1", steps + "15000"));
  ASSERT_TRUE(first.ok()) << first.status.error_message();
  EXPECT_EQ(first.response.points(), 75);
  const auto cut = client().Call(&PointsStub::Award, ActOf("w2", steps + "9000"));
  ASSERT_TRUE(cut.ok()) << cut.status.error_message();
  EXPECT_EQ(cut.response.points(), 25);
  const auto over = client().Call(&PointsStub::Award, ActOf("w3", steps + "1000"));
  const Refused refused = RefusedOf(over.status);
  EXPECT_EQ(refused.reason, "CAP_REACHED");
  EXPECT_EQ(refused.metadata.at("cap"), "walk_day");
  EXPECT_EQ(refused.metadata.at("limit"), "20000");
  EXPECT_EQ(refused.metadata.at("used"), "20000");
}

TEST_F(ActsTest, MaterialsByCodeAndByThing) {
  const std::string items = "scenario: 'recycling' unit: UNIT_ITEM quantity: 5 material: ";
  EXPECT_EQ(Do(&PointsStub::Award, ActOf("m1", items + "'plastic'").DebugString()).points(), 10);
  EXPECT_EQ(Do(&PointsStub::Award, ActOf("m2", items + "'塑料瓶'").DebugString()).points(), 10);
  EXPECT_EQ(Do(&PointsStub::Award, ActOf("m3", items + "'报纸'").DebugString()).points(), 5);
}

TEST_F(ActsTest, SuspendedAndReopened) {
  const std::string which = "rule_set: 'ruleSets/chongqing' scenario: 'metro_ride' reason: 'fraud'";
  ExpectDoneOnce(&RulesStub::SuspendScenario,
                 Parsed<v1::SuspendScenarioRequest>("request_id: 's' " + which));
  EXPECT_EQ(ReasonOfAct(RideOf("ride", "card 1")), "SCENARIO_SUSPENDED");
  EXPECT_EQ(WhyNot(&RulesStub::SuspendScenario, "request_id: 's2' " + which), "CONDITION_NOT_MET");
  ExpectDoneOnce(&RulesStub::ReopenScenario,
                 Parsed<v1::ReopenScenarioRequest>("request_id: 'r' " + which));
  EXPECT_EQ(ReasonOfAct(RideOf("ride", "card 1")), "");
}

TEST_F(ActsTest, PlatformsAwardForActsOnly) {
  const auto grant = A().Call(&PointsStub::Award, AwardOf("grant", citizen_, 5));
  EXPECT_EQ(grant.reason(), "PERMISSION_DENIED");
  v1::AwardRequest gift = AwardOf("gift", citizen_, 5);
  gift.set_reason("opening_gift");
  const auto given = client().Call(&PointsStub::Award, gift);
  ASSERT_TRUE(given.ok()) << given.status.error_message();
  EXPECT_EQ(EntryAt(given.response.entry_index()).reason(), "opening_gift");
  // A batch may mix both.
  v1::BatchAwardRequest batch;
  *batch.add_requests() = RideOf("b1", "card 1");
  *batch.add_requests() = AwardOf("b2", citizen_, 5);
  *batch.add_requests() = RideOf("b3", "card 1");
  const auto mixed = client().Call(&PointsStub::BatchAward, batch);
  ASSERT_TRUE(mixed.ok()) << mixed.status.error_message();
  EXPECT_EQ(mixed.response.results(0).award().points(), 73);
  EXPECT_EQ(mixed.response.results(1).award().points(), 5);
  EXPECT_EQ(ReasonOf(mixed.response.results(2).error()), "ALREADY_CLAIMED");
}

// Keys and rules outlive a restart.
TEST_F(ActsTest, AfterARestartNothingIsForgotten) {
  ASSERT_TRUE(client().Call(&PointsStub::Award, RideOf("ride", "card 1")).ok());
  EXPECT_EQ(Stop(), 0);
  ASSERT_TRUE(server_.Start());
  Connect();
  EXPECT_EQ(client().Call(&PointsStub::Award, RideOf("again", "card 1")).reason(),
            "ALREADY_CLAIMED");
  const auto other = client().Call(&PointsStub::Award, RideOf("other", "card 2"));
  EXPECT_TRUE(other.ok()) << other.status.error_message();
}

TEST_F(ActsTest, DocumentsAreReadAsTheyWerePublished) {
  const auto rules = Parsed<entry::v1::RuleSet>(RuleSetText(1, "2026-01-01"));
  const auto read = Do(&RulesStub::GetDocument, "name: 'ruleSets/chongqing/versions/1'");
  EXPECT_EQ(read.content(), rules.SerializeAsString());
  EXPECT_EQ(read.document().first_date(), "2026-01-01");
  EXPECT_EQ(EntryAt(read.document().entry_index()).kind(), v1::ENTRY_KIND_PUBLICATION);
  const auto all = Do(&RulesStub::ListDocuments, "");
  EXPECT_EQ(all.documents_size(), 4);
  const auto page = Do(&RulesStub::ListDocuments, "page_size: 3");
  EXPECT_EQ(page.documents_size(), 3);
  EXPECT_EQ(
      Do(&RulesStub::ListDocuments, absl::StrCat("page_token: '", page.next_page_token(), "'"))
          .documents_size(),
      1);
  EXPECT_EQ(WhyNot(&RulesStub::GetDocument, "name: 'ruleSets/chongqing/versions/2'"),
            "UNKNOWN_DOCUMENT");
  // The same request again answers with the first outcome; a large document has many parts.
  const auto replay = Publish("rules", v1::DOCUMENT_KIND_RULE_SET, rules);
  ASSERT_TRUE(replay.ok()) << replay.status.error_message();
  EXPECT_TRUE(replay.response.replayed());
  EXPECT_EQ(replay.response.entry_index(), read.document().entry_index());
  entry::v1::Catalogue large;
  large.set_code("large");
  large.set_version(1);
  large.set_first_date("2026-01-01");
  large.set_display_name("大清单");
  large.set_publisher("发布者");
  for (int i = 0; i < 4'000; ++i) {
    entry::v1::Product& product = *large.add_products();
    product.set_code(absl::StrCat("product-", i));
    product.set_category("lamp");
    product.set_brand("brand");
    product.set_display_name(std::string(120, 'x'));
  }
  const auto published = Publish("large", v1::DOCUMENT_KIND_CATALOGUE, large);
  ASSERT_TRUE(published.ok()) << published.status.error_message();
  const auto back = Do(&RulesStub::GetDocument, "name: 'catalogues/large/versions/1'");
  EXPECT_EQ(back.content(), large.SerializeAsString());
  EXPECT_GT(back.document().parts(), 8U);
}

}  // namespace
}  // namespace tanhui::e2e
