// What evidence is one and the same, and acts of two parties.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tanhui/entry/v1/documents.pb.h"
#include "tests/e2e/rules/rules_fixture.h"

namespace tanhui::e2e {
namespace {

// A third set, liangjiang in district 500191, that lists its sources: trip, 10 points, one piece of
// evidence; buy, 20 points, a serial number of a product of catalogue green; swap, 30 points for
// two, 60 % for the first.
constexpr char kSet[] = R"(
  code: 'liangjiang' version: 1 first_date: '2026-01-01' display_name: '两江' city: 'liangjiang'
  districts { code: 500191 name: '两江新区' } asset: 'points'
  late_days: 20 resubmit_days: 7 max_age_days: 60 unclaimed_days: 10
  grades { grade: EVIDENCE_GRADE_RECORDED percent: 100 }
  evidence_sources { code: 'gates' display_name: '闸机' kind: EVIDENCE_KIND_MOMENT }
  evidence_sources { code: 'slips' display_name: '小票' kind: EVIDENCE_KIND_RECORD }
  evidence_sources { code: 'old' display_name: '旧家电' kind: EVIDENCE_KIND_SERIAL }
  rules { scenario: 'trip' display_name: '出行' unit: UNIT_TIME min_evidence: 1
    rates { points: '10' source { mark: SOURCE_MARK_ASSUMED text: 't' } } }
  rules { scenario: 'buy' display_name: '购买' unit: UNIT_ITEM min_evidence: 1 needs_serial: true
          catalogue: 'green'
    rates { points: '20' source { mark: SOURCE_MARK_ASSUMED text: 't' } } }
  rules { scenario: 'swap' display_name: '二手' unit: UNIT_ITEM min_evidence: 1
          first_share_percent: 60
    rates { points: '30' source { mark: SOURCE_MARK_ASSUMED text: 't' } } })";

class EvidenceTest : public RulesTest {
 protected:
  void SetUp() override {
    RulesTest::SetUp();
    const auto published =
        Publish("liangjiang", v1::DOCUMENT_KIND_RULE_SET, Parsed<entry::v1::RuleSet>(kSet));
    ASSERT_TRUE(published.ok()) << published.status.error_message();
  }

  // A trip with one piece of evidence, from text of Evidence.
  v1::AwardRequest Trip(const std::string& id, const std::string& evidence) const {
    v1::AwardRequest request = ActOf(
        id,
        absl::StrCat("scenario: 'trip' unit: UNIT_TIME quantity: 1 evidence { ", evidence, " }"));
    request.mutable_act()->set_district("500191");
    return request;
  }
  // As above, at the second of the act.
  v1::AwardRequest Tap(const std::string& id, const std::string& evidence) const {
    v1::AwardRequest request = Trip(id, evidence);
    *request.mutable_act()->mutable_evidence(0)->mutable_time() = request.act_time();
    return request;
  }
  static v1::AwardRequest Earlier(v1::AwardRequest request, std::int64_t seconds) {
    request.mutable_act_time()->set_seconds(request.act_time().seconds() - seconds);
    return request;
  }
  Refused Refuse(const v1::AwardRequest& request) const {
    return RefusedOf(B().Call(&PointsStub::Award, request).status);
  }
  v1::AwardPairRequest Pair(const std::string& id, const std::string& number) const {
    v1::AwardPairRequest pair;
    pair.set_request_id(id);
    pair.set_first_account(citizen_);
    pair.set_second_account(other_);
    pair.set_budget("budgets/demo");
    *pair.mutable_act_time() = act_time_;
    *pair.mutable_act() = Parsed<v1::Act>(absl::StrCat(
        "district: '500191' scenario: 'swap' unit: UNIT_ITEM quantity: 1 evidence { source: "
        "'slips' subject: '",
        number, "' reference: 'contract' }"));
    return pair;
  }
};

TEST_F(EvidenceTest, ARecordIsItsNumberWhateverItsDateAndDevice) {
  const auto first = A().Call(&PointsStub::Award, Trip("one", "source: 'slips' subject: 'No. 17'"));
  ASSERT_TRUE(first.ok()) << first.status.error_message();
  const std::string date = EntryAt(first.response.entry_index()).business_date();
  for (const std::int64_t days : {0, 1, 7, 15}) {
    v1::AwardRequest again = Earlier(
        Tap("two", "source: 'slips' subject: 'ＮＯ.17' device: 'till 2'"), days * 86'400 + 7);
    const Refused refused = Refuse(again);
    EXPECT_EQ(refused.reason, "ALREADY_CLAIMED") << days;
    EXPECT_EQ(refused.metadata.at("act_date"), date) << "of the first claim";
    EXPECT_EQ(refused.metadata.at("entry_index"), std::to_string(first.response.entry_index()));
  }
  EXPECT_TRUE(B().Call(&PointsStub::Award, Trip("three", "source: 'slips' subject: '18'")).ok());
}

TEST_F(EvidenceTest, AMomentIsItsCardAndSecondWhateverItsDevice) {
  const std::string card = "source: 'gates' subject: 'card 1'";
  ASSERT_TRUE(A().Call(&PointsStub::Award, Tap("one", card + " device: 'gate 1'")).ok());
  EXPECT_EQ(Refuse(Tap("two", card + " device: 'gate 2'")).reason, "ALREADY_CLAIMED");
  v1::AwardRequest later = Tap("three", card);
  later.mutable_act()->mutable_evidence(0)->mutable_time()->set_seconds(later.act_time().seconds() -
                                                                        1);
  const auto answer = B().Call(&PointsStub::Award, later);
  // A second earlier may be the day before.
  EXPECT_TRUE(answer.ok() ||
              RefusedOf(answer.status).metadata.at("field") == "act.evidence[0].time")
      << answer.status.error_message();
}

TEST_F(EvidenceTest, OnlyListedSourcesAndParticipants) {
  const auto field = [this](const v1::AwardRequest& request) {
    const Refused refused = Refuse(request);
    return refused.reason + " " + refused.metadata.at("field");
  };
  EXPECT_EQ(field(Trip("a", "source: 'slip' subject: '1' kind: EVIDENCE_KIND_RECORD")),
            "UNKNOWN_SOURCE act.evidence[0].source");
  EXPECT_EQ(field(Trip("a", "source: 'slips' subject: '1' kind: EVIDENCE_KIND_SERIAL")),
            "FIELD_INVALID act.evidence[0].kind");
  EXPECT_EQ(field(Trip("a", "source: 'gates' subject: '1'")),
            "FIELD_REQUIRED act.evidence[0].time");
  EXPECT_EQ(field(Trip("a", "source: 'shop' subject: '1' kind: EVIDENCE_KIND_SERIAL")),
            "FIELD_INVALID act.evidence[0].kind")
      << "one order would be two things";
  EXPECT_EQ(field(Trip("a", "source: 'platform-a' subject: '1'")),
            "UNKNOWN_SOURCE act.evidence[0].source")
      << "the caller is platform-b";
  EXPECT_TRUE(B().Call(&PointsStub::Award, Trip("a", "source: 'shop' subject: '1'")).ok());
  EXPECT_TRUE(B().Call(&PointsStub::Award, Trip("b", "source: 'platform-b' subject: '1'")).ok());
  v1::AwardRequest with_product = Trip("c", "kind: EVIDENCE_KIND_SERIAL subject: '1'");
  with_product.mutable_act()->set_product("green/fridge-1");
  EXPECT_EQ(field(with_product), "FIELD_REQUIRED act.evidence[0].source");
  with_product.mutable_act()->mutable_evidence(0)->set_source("old");
  EXPECT_EQ(field(with_product), "CONDITION_NOT_MET act.product");
}

// Normalising costs the square of what stands in a row of combining marks.
TEST_F(EvidenceTest, LongTextsAreRefusedUnread) {
  std::string marks = "a";
  while (marks.size() < 3'000'000) {
    marks += "\u0301\u0323";
  }
  v1::AwardRequest trip = Trip("a", "source: 'slips'");
  trip.mutable_act()->mutable_evidence(0)->set_subject(marks);
  EXPECT_EQ(Refuse(trip).reason, "FIELD_TOO_LONG");
  trip.mutable_act()->mutable_evidence(0)->set_source(marks);
  trip.mutable_act()->mutable_evidence(0)->set_kind(v1::EVIDENCE_KIND_SERIAL);
  trip.mutable_act()->mutable_evidence(0)->set_subject("1");
  EXPECT_EQ(Refuse(trip).reason, "FIELD_TOO_LONG");
  v1::ListUnclaimedActsRequest list;
  list.mutable_holder()->set_source("gates");
  list.mutable_holder()->set_subject(marks);
  EXPECT_EQ(B().Call(&UnclaimedStub::ListUnclaimedActs, list).reason(), "FIELD_TOO_LONG");
}

// What is only tried claims nothing, and an entry that is not going to be has no index.
TEST_F(EvidenceTest, ATrialTellsOfNoEntry) {
  v1::BatchAwardRequest batch;
  *batch.add_requests() = Trip("a", "source: 'slips' subject: '1'");
  *batch.add_requests() = Trip("b", "source: 'slips' subject: '1'");
  batch.set_validate_only(true);
  const auto trial = B().Call(&PointsStub::BatchAward, batch);
  ASSERT_TRUE(trial.ok()) << trial.status.error_message();
  EXPECT_EQ(ReasonOf(trial.response.results(1).error()), "ALREADY_CLAIMED");
  EXPECT_EQ(trial.response.results(1).error().DebugString().find("entry_index"), std::string::npos);
}

TEST_F(EvidenceTest, ASerialNumberIsThatOfTheBrand) {
  const auto buy = [this](const std::string& id, const std::string& product,
                          const std::string& source) {
    v1::AwardRequest request = ActOf(
        id, absl::StrCat("scenario: 'buy' unit: UNIT_ITEM quantity: 1 product: 'green/", product,
                         "' evidence { kind: EVIDENCE_KIND_SERIAL ", source, " subject: 'SN 1' }"));
    request.mutable_act()->set_district("500191");
    return request;
  };
  ASSERT_TRUE(A().Call(&PointsStub::Award, buy("one", "fridge-1", "")).ok());
  EXPECT_EQ(Refuse(buy("two", "fridge-2", "source: ' 品牌'")).reason, "ALREADY_CLAIMED");
  EXPECT_EQ(Refuse(buy("two", "fridge-2", "source: 'maker'")).reason, "UNKNOWN_SOURCE");
  EXPECT_EQ(Refuse(buy("two", "fridge-2", "source: 'old'")).reason, "CONDITION_NOT_MET")
      << "an old thing's number is not the new one's";
}

TEST_F(EvidenceTest, BothPartiesOfAnExchangeEarnOrNone) {
  const auto first = client().Call(&PointsStub::AwardPair, Pair("swap", "1"));
  ASSERT_TRUE(first.ok()) << first.status.error_message();
  const v1::AwardPairResponse& done = first.response;
  EXPECT_EQ(done.first().points(), 18);
  EXPECT_EQ(done.second().points(), 12);
  EXPECT_EQ(done.first().account(), citizen_);
  EXPECT_EQ(done.second().account(), other_);
  EXPECT_EQ(done.second().entry_index(), done.first().entry_index() + 1);
  EXPECT_EQ(OutcomeOf("pair:swap").entry_index(), done.second().entry_index());
  const std::uint64_t size = LogSize(client());
  const auto repeat = client().Call(&PointsStub::AwardPair, Pair("swap", "1"));
  ASSERT_TRUE(repeat.ok()) << repeat.status.error_message();
  EXPECT_TRUE(repeat.response.first().replayed() && repeat.response.second().replayed());
  EXPECT_EQ(repeat.response.second().entry_index(), done.second().entry_index());
  const auto refused = [this](const v1::AwardPairRequest& request) {
    const Refused why = RefusedOf(client().Call(&PointsStub::AwardPair, request).status);
    return why.reason + " " + why.metadata.at("field");
  };
  EXPECT_EQ(refused(Pair("again", "1")), "ALREADY_CLAIMED act.evidence");
  v1::AwardPairRequest pair = Pair("next", "2");
  pair.set_second_account(citizen_);
  EXPECT_EQ(refused(pair), "SAME_ACCOUNT second_account");
  pair.clear_second_account();
  EXPECT_EQ(refused(pair), "FIELD_REQUIRED second_account");
  pair.set_second_account("accounts/" + std::string(32, '0'));
  EXPECT_EQ(refused(pair), "UNKNOWN_ACCOUNT second_account");
  pair = Pair("next", "2");
  pair.clear_act();
  EXPECT_EQ(refused(pair), "FIELD_REQUIRED act");
  pair = Pair("next", "2");
  pair.mutable_act()->set_scenario("trip");
  pair.mutable_act()->set_unit(v1::UNIT_TIME);
  EXPECT_EQ(refused(pair), "CONDITION_NOT_MET act") << "an act of one";
  EXPECT_EQ(refused(Pair("pair:swap", "3")), "FIELD_INVALID request_id");
  EXPECT_EQ(refused(Pair(std::string(60, 'x'), "3")), "FIELD_TOO_LONG request_id");
  // One alone, by the rule of two.
  v1::AwardRequest alone = Trip("alone", "source: 'slips' subject: '4'");
  alone.mutable_act()->set_scenario("swap");
  alone.mutable_act()->set_unit(v1::UNIT_ITEM);
  EXPECT_EQ(Refuse(alone).reason, "CONDITION_NOT_MET");
  EXPECT_EQ(LogSize(client()), size);
  pair = Pair("trial", "5");
  pair.set_validate_only(true);
  const auto trial = client().Call(&PointsStub::AwardPair, pair);
  ASSERT_TRUE(trial.ok()) << trial.status.error_message();
  EXPECT_EQ(trial.response.second().points(), 12);
  EXPECT_EQ(LogSize(client()), size);
}

}  // namespace
}  // namespace tanhui::e2e
