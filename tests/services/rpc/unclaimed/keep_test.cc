// Which acts are kept for a holder whom nobody has linked, and for how long.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/rpc/draft.h"
#include "tests/services/rpc/unclaimed/town_hall.h"

namespace tanhui::rpc {
namespace {

using e2e::AdminStub;
using e2e::RulesStub;
using e2e::UnclaimedStub;
using Words = std::vector<std::string>;

class KeepTest : public TownHall {};

TEST_F(KeepTest, KeptOnceInAnySpelling) {
  v1::BatchKeepActsResponse answer;
  EXPECT_EQ(Keep("8001-0042", {RideOf("ride", 2, "r1")}, &answer), Words({"kept"}));
  const v1::UnclaimedAct act = answer.results(0).act();
  EXPECT_EQ(act.request_id(), "ride");
  EXPECT_EQ(act.scenario(), "ride");
  EXPECT_EQ(act.act_time().seconds(), DaysAgo(2).seconds());
  EXPECT_EQ(act.receive_time().seconds(), ToTimestamp(clock_.Wall()).seconds());
  EXPECT_EQ(act.expire_time().seconds(), act.receive_time().seconds() + 30 * 86'400);
  const auto request = RideOf("ride", 2, "r1");
  clock_.Wait(kMicrosPerMinute);
  for (const char* spelling : {"8001-0042", "８００１ ００４２", "80010042", " 8001_0042 "}) {
    EXPECT_EQ(Keep(spelling, {request}, &answer), Words({"kept"})) << spelling;
    EXPECT_EQ(answer.results(0).act().SerializeAsString(), act.SerializeAsString());
    EXPECT_EQ(Listed(spelling), Words({"ride"}));
  }
  EXPECT_EQ(Rows().size(), 3U);
  EXPECT_EQ(Keep("80010042", RideOf("ride", 2, "r2")), "REQUEST_ID_REUSED");
  EXPECT_EQ(Keep("80010043", request), "REQUEST_ID_REUSED");
  EXPECT_TRUE(Listed("80010043").empty());
}

TEST_F(KeepTest, APlatformSeesItsOwnAlone) {
  EXPECT_EQ(Keep("8001", RideOf("ride", 2, "r1")), "kept");
  v1::ListUnclaimedActsRequest list;
  *list.mutable_holder() = Card("8001");
  EXPECT_EQ(B().Call(&UnclaimedStub::ListUnclaimedActs, list).response.acts_size(), 0);
  v1::ClaimActsRequest claim;
  *claim.mutable_holder() = Card("8001");
  claim.set_account(citizen_);
  EXPECT_EQ(B().Call(&UnclaimedStub::ClaimActs, claim).response.results_size(), 0);
  v1::DeleteUnclaimedActsRequest deletion;
  *deletion.mutable_holder() = Card("8001");
  EXPECT_EQ(B().Call(&UnclaimedStub::DeleteUnclaimedActs, deletion).response.deleted(), 0);
  EXPECT_EQ(Listed("8001"), Words({"ride"}));
  EXPECT_EQ(A().Call(&UnclaimedStub::DeleteUnclaimedActs, deletion).response.deleted(), 1);
  EXPECT_TRUE(Rows().empty());
}

TEST_F(KeepTest, ByTheRulesOfItsDate) {
  EXPECT_EQ(Keep("8001", RideOf("seven", 7, "r1")), "kept");
  EXPECT_EQ(Keep("8001", RideOf("eight", 8, "r2")), "ACT_TOO_LATE");
  EXPECT_EQ(Keep("8001", RideOf("before", 25, "r3")), "NO_RULE_IN_FORCE");
  v1::AwardRequest ahead = RideOf("ahead", 0, "r4");
  *ahead.mutable_act_time() = ToTimestamp(LedgerTime(clock_.Wall().value() + 6 * kMicrosPerMinute));
  EXPECT_EQ(Keep("8001", ahead), "ACT_IN_FUTURE");
  *ahead.mutable_act_time() = ToTimestamp(LedgerTime(clock_.Wall().value() + 4 * kMicrosPerMinute));
  EXPECT_EQ(Keep("8001", ahead), "kept");
  v1::AwardRequest bare = RideOf("bare", 1, "r5");
  bare.mutable_act()->clear_evidence();
  EXPECT_EQ(Keep("8001", bare), "CONDITION_NOT_MET");
  v1::AwardRequest metres = RideOf("metres", 1, "r6");
  metres.mutable_act()->set_unit(v1::UNIT_METRE);
  EXPECT_EQ(Keep("8001", metres), "WRONG_UNIT");
  EXPECT_EQ(Keep("8001", ActOf("o", 1, "scenario: 'off' unit: UNIT_ITEM quantity: 1")),
            "SCENARIO_OFF");
  EXPECT_EQ(Keep("8001", ActOf("s", 1, "scenario: 'shared' unit: UNIT_ITEM quantity: 1")),
            "CONDITION_NOT_MET");
  v1::AwardRequest stranger = RideOf("stranger", 1, "r7");
  stranger.set_budget("budgets/none");
  EXPECT_EQ(Keep("8001", stranger), "UNKNOWN_BUDGET");
  EXPECT_EQ(Listed("8001"), Words({"seven", "ahead"}));
  // A retry after days gets the first answer, though it would be too late now.
  const v1::AwardRequest seven = RideOf("seven", 7, "r1");
  clock_.Wait(kMicrosPerDay);
  EXPECT_EQ(Keep("8001", seven), "kept");
}

TEST_F(KeepTest, ASuspendedScenarioIsKeptIfItComesInTime) {
  v1::SuspendScenarioRequest suspend;
  suspend.set_request_id("suspend");
  suspend.set_rule_set("ruleSets/town");
  suspend.set_scenario("ride");
  suspend.set_reason("fraud");
  ASSERT_TRUE(Operator().Call(&RulesStub::SuspendScenario, suspend).ok());
  EXPECT_EQ(Keep("8001", RideOf("late", 8, "r1")), "ACT_TOO_LATE");
  EXPECT_EQ(Keep("8001", RideOf("ride", 2, "r2")), "kept");
}

TEST_F(KeepTest, AnIdThatTheLogHas) {
  v1::AwardRequest award = RideOf("ride", 1, "r1");
  award.set_account(citizen_);
  const auto done = A().Call(&e2e::PointsStub::Award, award);
  ASSERT_TRUE(done.ok()) << done.status.error_message();
  v1::BatchKeepActsResponse answer;
  EXPECT_EQ(Keep("8001", {RideOf("ride", 1, "r1")}, &answer), Words({"REQUEST_ID_REUSED"}));
  EXPECT_EQ(e2e::RefusedOf(answer.results(0).error()).metadata.at("entry_index"),
            std::to_string(done.response.entry_index()));
  ASSERT_TRUE(A().Call(&e2e::RequestsStub::CancelRequest, e2e::CancelOf("undo", "never")).ok());
  EXPECT_EQ(Keep("8001", RideOf("never", 1, "r2")), "REQUEST_CANCELLED");
}

TEST_F(KeepTest, Malformed) {
  struct Row {
    std::string change;  // of the request to keep
    std::string reason;
    std::string field;
  };
  v1::KeepActRequest good;
  *good.mutable_holder() = Card("8001");
  *good.mutable_award() = RideOf("ride", 1, "r1");
  for (const Row& row : std::vector<Row>{
           {"holder { source: '' }", "FIELD_REQUIRED", "holder.source"},
           {"holder { subject: '' }", "FIELD_REQUIRED", "holder.subject"},
           {"holder { subject: ' -_' }", "FIELD_INVALID", "holder.subject"},
           {"holder { subject: 'a\\001' }", "FIELD_INVALID", "holder.subject"},
           {"holder { source: '" + std::string(129, 'x') + "' }", "FIELD_TOO_LONG",
            "holder.source"},
           {"award { account: 'accounts/x' }", "FIELD_INVALID", "award.account"},
           {"award { platform_user_id: 'u' }", "FIELD_INVALID", "award.platform_user_id"},
           {"award { not_after { seconds: 1 } }", "FIELD_INVALID", "award.not_after"},
           {"award { validate_only: true }", "FIELD_INVALID", "award.validate_only"},
           {"award { points: 5 }", "FIELD_INVALID", "award.points"},
           {"award { scenario: 'ride' }", "FIELD_INVALID", "award.scenario"},
           {"award { request_id: '' }", "FIELD_REQUIRED", "award.request_id"},
           {"award { request_id: 'file:x' }", "FIELD_INVALID", "award.request_id"},
           {"award { budget: '' }", "FIELD_REQUIRED", "award.budget"},
           {"award { act_time { seconds: 4000000000 } }", "ACT_IN_FUTURE", "award.act_time"},
           {"award { act { scenario: 'flying' } }", "UNKNOWN_SCENARIO", "award.act.scenario"},
           {"award { act { district: '310101' } }", "UNKNOWN_DISTRICT", "award.act.district"},
           {"award { act { weighing: WEIGHING_WEIGHED booking_entry_index: 3 } }", "FIELD_INVALID",
            "award.act.weighing"},
       }) {
    v1::BatchKeepActsRequest batch;
    v1::KeepActRequest& one = *batch.add_requests();
    one = good;
    ASSERT_TRUE(google::protobuf::TextFormat::MergeFromString(row.change, &one)) << row.change;
    const auto answer = A().Call(&UnclaimedStub::BatchKeepActs, batch);
    ASSERT_TRUE(answer.ok()) << answer.status.error_message();
    const e2e::Refused refused = e2e::RefusedOf(answer.response.results(0).error());
    EXPECT_EQ(refused.reason, row.reason) << row.change << ": " << refused.message;
    EXPECT_EQ(refused.metadata.contains("field") ? refused.metadata.at("field") : "", row.field)
        << row.change;
  }
  v1::BatchKeepActsRequest lacking;
  lacking.add_requests();
  *lacking.add_requests()->mutable_holder() = Card("8001");
  *lacking.add_requests() = good;
  lacking.mutable_requests(2)->mutable_award()->clear_act();
  const auto answer = A().Call(&UnclaimedStub::BatchKeepActs, lacking);
  ASSERT_EQ(answer.response.results_size(), 3);
  for (const auto& result : answer.response.results()) {
    EXPECT_EQ(e2e::ReasonOf(result.error()), "FIELD_REQUIRED");
  }
  EXPECT_TRUE(Rows().empty());
  EXPECT_EQ(A().Call(&UnclaimedStub::BatchKeepActs, v1::BatchKeepActsRequest()).reason(),
            "BATCH_EMPTY");
}

TEST_F(KeepTest, NothingIsKeptByAClockThatJumped) {
  clock_.Jump(2 * kMicrosPerDay);
  v1::AwardRequest award = BottlesOf("b", 1, 1);
  award.set_account(citizen_);
  ASSERT_EQ(A().Call(&e2e::PointsStub::Award, award).reason(), "WRITES_STOPPED_CLOCK");
  v1::BatchKeepActsRequest batch;
  v1::KeepActRequest& one = *batch.add_requests();
  *one.mutable_holder() = Card("8001");
  *one.mutable_award() = RideOf("ride", 1, "r1");
  EXPECT_EQ(A().Call(&UnclaimedStub::BatchKeepActs, batch).reason(), "WRITES_STOPPED_CLOCK");
}

}  // namespace
}  // namespace tanhui::rpc
