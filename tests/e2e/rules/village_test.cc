// What a rule set of a second place adds: goals of households, check-ins at venues, carried parts
// of points; through the API and the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/core/business_time.h"
#include "tanhui/entry/v1/documents.pb.h"
#include "tests/e2e/rules/rules_fixture.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

// Set village in district 500112: stroll: 1,000 steps are 50 g, a point for ten grams; dine: 5
// points in a restaurant where one checks in. Goal family: 3,000 steps of stroll, for 50 points;
// goal later, from tomorrow; goal unpaid, whose budget nobody opened.
class VillageTest : public RulesTest {
 protected:
  void SetUp() override {
    RulesTest::SetUp();
    today_ = ShanghaiDate(LedgerTime(act_time_.seconds() * kMicrosPerSecond));
    const auto published =
        Publish("village", v1::DOCUMENT_KIND_RULE_SET, Parsed<entry::v1::RuleSet>(VillageText()));
    ASSERT_TRUE(published.ok()) << published.status.error_message();
  }

  std::string DayText(std::int32_t days) const {
    return FormatDate(BusinessDate(today_.value() + days));
  }
  std::string GoalText(const std::string& code, std::int32_t from,
                       const std::string& budget) const {
    return absl::StrCat(" goals { code: '", code, "' display_name: '绿色家庭' first_date: '",
                        DayText(from), "' last_date: '", DayText(9),
                        "' scenarios: 'stroll' counted: COUNTED_QUANTITY target: 3000 reward: 50 "
                        "budget: '",
                        budget, "' claim_days: 5 }");
  }
  std::string VillageText() const {
    const std::string source = " source { mark: SOURCE_MARK_ASSUMED text: 'test' } ";
    return absl::StrCat(
        "code: 'village' version: 1 first_date: '2026-01-01' display_name: '村' "
        "districts { code: 500112 name: '渝北区' } points_for_grams { points: 1 grams: 10 } "
        "late_days: 7 resubmit_days: 7 max_age_days: 60 "
        "grades { grade: EVIDENCE_GRADE_RECORDED percent: 100 } "
        "rules { scenario: 'stroll' display_name: '散步' unit: UNIT_STEP rates { grams: '50' per: "
        "1000",
        source, "} } rules { scenario: 'dine' display_name: '光盘' unit: UNIT_TIME venue_kind: ",
        "'restaurant' check_in: true rates { points: '5'", source, "} }",
        GoalText("family", -1, "demo"), GoalText("later", 1, "demo"),
        GoalText("unpaid", -1, "none"));
  }

  v1::AwardRequest StrollOf(const std::string& id, const std::string& account, int steps) const {
    v1::AwardRequest request =
        ActOf(id, absl::StrCat("scenario: 'stroll' unit: UNIT_STEP quantity: ", steps));
    request.mutable_act()->set_district("500112");
    request.set_account(account);
    return request;
  }
  v1::AwardResponse Stroll(const std::string& id, const std::string& account, int steps) const {
    const auto award = A().Call(&PointsStub::Award, StrollOf(id, account, steps));
    EXPECT_TRUE(award.ok()) << award.status.error_message();
    return award.response;
  }

  // A household of both citizens.
  void SetUpHousehold() const {
    const auto household =
        Do(&HouseholdsStub::Create,
           "request_id: 'household' asset: 'assets/points' head: '" + citizen_ + "'")
            .household()
            .account()
            .name();
    const std::string place = "household: '" + household + "' member: '" + other_ + "' ";
    Do(&HouseholdsStub::Invite,
       "request_id: 'invite' daily_limit: 5 acting_account: '" + citizen_ + "' " + place);
    Do(&HouseholdsStub::Accept, "request_id: 'accept' " + place);
  }
  v1::ClaimGoalRewardRequest ClaimOf(const std::string& id, const std::string& account) const {
    v1::ClaimGoalRewardRequest request;
    request.set_request_id(id);
    request.set_account(account);
    request.set_goal("ruleSets/village/goals/family");
    return request;
  }
  Refused RefusedClaim(const v1::ClaimGoalRewardRequest& request) const {
    return RefusedOf(A().Call(&HouseholdsStub::ClaimGoalReward, request).status);
  }
  v1::ListGoalsResponse GoalsOf(const std::string& account) const {
    return Do(&HouseholdsStub::ListGoals, "account: '" + account + "'");
  }

  // A restaurant where one dines, and its code of a day.
  void SetUpVenue(const std::string& code) const {
    Do(&VenuesStub::CertifyVenue,
       absl::StrCat("request_id: '", code, "' venue_id: '", code,
                    "' display_name: '湖畔 <Lakeside>' kind: 'restaurant' district: '500112'"));
  }
  std::string CodeOf(const std::string& venue, const std::string& date) const {
    return Do(&VenuesStub::GetCheckInCode,
              absl::StrCat("venue: 'venues/", venue, "' date: '", date, "'"))
        .code();
  }
  v1::AwardRequest MealOf(const std::string& id, const std::string& check_in_code) const {
    v1::AwardRequest request =
        ActOf(id, "scenario: 'dine' unit: UNIT_TIME quantity: 1 venue: 'venues/lakeside'");
    request.mutable_act()->set_district("500112");
    request.mutable_act()->set_check_in_code(check_in_code);
    return request;
  }

  std::string Run(std::vector<std::string> arguments, int status = 0) const {
    const std::string name = arguments[0] + " " + arguments[1];
    arguments.insert(arguments.begin(), {"--lang", "en", "--address", server_.address()});
    const ProgramResult ran = RunProgram("tanhui", arguments, std::chrono::seconds(30));
    EXPECT_EQ(ran.status, status) << name << ": " << ran.output;
    return ran.output;
  }

  // Stops the server: what it wrote is decided again and compared.
  void ExpectAuditPasses() {
    EXPECT_EQ(Stop(), 0);
    const ProgramResult audit = RunProgram("tanhui", {"audit", "--data", server_.data_directory()},
                                           std::chrono::seconds(30));
    EXPECT_EQ(audit.status, 0) << audit.output;
  }

  BusinessDate today_;
};

TEST_F(VillageTest, AHouseholdReachesAGoal) {
  EXPECT_EQ(RefusedClaim(ClaimOf("alone", citizen_)).reason, "NOT_IN_HOUSEHOLD");
  EXPECT_EQ(GoalsOf(citizen_).goals(0).reached(), 0) << "no household, no progress";
  SetUpHousehold();
  EXPECT_EQ(Stroll("s1", citizen_, 2'000).points(), 10);
  const Refused early = RefusedClaim(ClaimOf("early", citizen_));
  EXPECT_EQ(early.reason, "GOAL_NOT_REACHED");
  EXPECT_EQ(early.code, grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(early.metadata.at("field"), "goal");
  EXPECT_EQ(early.metadata.at("reached"), "2000");
  EXPECT_EQ(early.metadata.at("target"), "3000");
  EXPECT_FALSE(early.text.empty());
  Stroll("s2", citizen_, 1'500);
  EXPECT_EQ(RefusedClaim(ClaimOf("idle", other_)).reason, "GOAL_NOT_REACHED")
      << "reached, but not by this member";
  Stroll("s3", other_, 20);

  const auto reward = ExpectDoneOnce(&HouseholdsStub::ClaimGoalReward, ClaimOf("reward", citizen_));
  EXPECT_EQ(reward.points(), 50);
  EXPECT_EQ(reward.balance(), 500 + 10 + 7 + 50);
  EXPECT_EQ(reward.account(), citizen_);
  EXPECT_EQ(HistoryOf(citizen_).front().kind(), v1::ENTRY_KIND_GOAL_REWARD);
  EXPECT_EQ(RefusedClaim(ClaimOf("again", citizen_)).reason, "ALREADY_REWARDED");
  v1::ClaimGoalRewardRequest by_user = ClaimOf("by user", "");
  by_user.set_platform_user_id("other");
  EXPECT_EQ(client().Call(&HouseholdsStub::ClaimGoalReward, by_user).response.account(), other_);

  const v1::ListGoalsResponse goals = GoalsOf(citizen_);
  ASSERT_EQ(goals.goals_size(), 1) << "neither one of tomorrow nor one that nobody pays";
  const v1::Goal& goal = goals.goals(0);
  EXPECT_EQ(goal.name(), "ruleSets/village/goals/family");
  EXPECT_EQ(goal.display_name(), "绿色家庭");
  EXPECT_EQ(goal.first_date(), DayText(-1));
  EXPECT_EQ(goal.last_date(), DayText(9));
  EXPECT_EQ(goal.claim_until(), DayText(14));
  EXPECT_EQ(goal.counted(), "quantity");
  EXPECT_EQ(goal.target(), 3'000);
  EXPECT_EQ(goal.reached(), 3'520);
  EXPECT_EQ(goal.own(), 3'500);
  EXPECT_EQ(goal.reward(), 50);
  EXPECT_TRUE(goal.rewarded());
  EXPECT_EQ(goals.as_of_index(), LogSize(client()) - 1);
  ExpectAuditPasses();
}

TEST_F(VillageTest, WrongClaims) {
  SetUpHousehold();
  const std::uint64_t size = LogSize(client());
  const std::vector<std::tuple<std::string, std::string, std::string>> rows = {
      {"goal: ''", "FIELD_REQUIRED", "goal"},
      {"goal: 'family'", "FIELD_INVALID", "goal"},
      {"goal: 'ruleSets//goals/family'", "FIELD_INVALID", "goal"},
      {"goal: 'ruleSets/village/goals/'", "FIELD_INVALID", "goal"},
      {"goal: 'ruleSets/village/caps/family'", "FIELD_INVALID", "goal"},
      {"goal: 'ruleSets/none/goals/family'", "UNKNOWN_GOAL", "goal"},
      {"goal: 'ruleSets/village/goals/none'", "UNKNOWN_GOAL", "goal"},
      {"goal: 'ruleSets/chongqing/goals/walk_day'", "UNKNOWN_GOAL", "goal"},
      {"goal: 'ruleSets/village/goals/unpaid'", "UNKNOWN_GOAL", "goal"},
      {"goal: 'ruleSets/village/goals/later'", "GOAL_NOT_REACHED", "goal"},
      {"request_id: ''", "FIELD_REQUIRED", "request_id"},
      {"account: ''", "FIELD_REQUIRED", "account"},
      {"account: 'accounts/x'", "FIELD_INVALID", "account"},
      {"platform_user_id: 'citizen'", "FIELD_INVALID", "platform_user_id"},
      {"account: '' platform_user_id: 'nobody'", "UNKNOWN_ACCOUNT", "platform_user_id"},
  };
  for (const auto& [change, reason, field] : rows) {
    v1::ClaimGoalRewardRequest request = ClaimOf("bad", citizen_);
    ASSERT_TRUE(google::protobuf::TextFormat::MergeFromString(change, &request)) << change;
    const Refused refused = RefusedClaim(request);
    EXPECT_EQ(refused.reason, reason) << change;
    EXPECT_EQ(refused.metadata.at("field"), field) << change;
    EXPECT_FALSE(refused.text.empty());
  }
  EXPECT_EQ(LogSize(client()), size);
}

TEST_F(VillageTest, PartsOfPointsAreCarried) {
  // 37 steps are 1.85 g, 0.185 of a point.
  const auto first = ExpectDoneOnce(&PointsStub::Award, StrollOf("p1", citizen_, 37));
  EXPECT_EQ(first.points(), 0);
  EXPECT_EQ(first.carry_millionths(), 185'000);
  for (int i = 2; i <= 5; ++i) {
    EXPECT_EQ(Stroll(absl::StrCat("p", i), citizen_, 37).carry_millionths(), i * 185'000);
  }
  const v1::AwardResponse sixth = Stroll("p6", citizen_, 37);
  EXPECT_EQ(sixth.points(), 1);
  EXPECT_EQ(sixth.carry_millionths(), 110'000);
  EXPECT_EQ(AccountOf(citizen_).carry_millionths(), 110'000);
  // A replay tells what was carried then, though the log has no posting of that act.
  const auto replay = client().Call(&PointsStub::Award, StrollOf("p1", citizen_, 37));
  EXPECT_TRUE(replay.response.replayed());
  EXPECT_EQ(replay.response.carry_millionths(), 185'000);
  EXPECT_THAT(Run({"account", "show", citizen_}), ContainsRegex("carried +0\\.11\n"));

  ASSERT_TRUE(A().Call(&RequestsStub::CancelRequest, CancelOf("undo", "p6")).ok());
  EXPECT_EQ(AccountOf(citizen_).carry_millionths(), 925'000);
  ASSERT_TRUE(client().Call(&PointsStub::Award, AwardOf("grant", citizen_, 1)).ok());
  EXPECT_EQ(AccountOf(citizen_).carry_millionths(), 925'000)
      << "points without a rule carry nothing";
  ExpectAuditPasses();
}

TEST_F(VillageTest, CheckIns) {
  SetUpVenue("lakeside");
  SetUpVenue("hillside");
  const std::string code = CodeOf("lakeside", DayText(0));
  EXPECT_TRUE(code.starts_with("tanhui:checkin:lakeside:" + DayText(0) + ":")) << code;
  EXPECT_EQ(CodeOf("lakeside", DayText(0)), code) << "one code a day";
  std::string flipped = code;
  flipped.back() = flipped.back() == '0' ? '1' : '0';
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"", "CONDITION_NOT_MET"},
      {"hello", "FIELD_INVALID"},
      {flipped, "FIELD_INVALID"},
      {CodeOf("hillside", DayText(0)), "FIELD_INVALID"},
      {CodeOf("lakeside", DayText(1)), "FIELD_INVALID"},
      {std::string(129, 'x'), "FIELD_TOO_LONG"},
  };
  const std::uint64_t size = LogSize(client());
  for (const auto& [text, reason] : rows) {
    const Refused refused = RefusedOf(A().Call(&PointsStub::Award, MealOf("bad", text)).status);
    EXPECT_EQ(refused.reason, reason) << text;
    EXPECT_EQ(refused.metadata.at("field"), "act.check_in_code") << text;
  }
  EXPECT_EQ(LogSize(client()), size);
  const auto meal = ExpectDoneOnce(&PointsStub::Award, MealOf("meal", code));
  EXPECT_EQ(meal.points(), 5);
}

TEST_F(VillageTest, CodesOfVenues) {
  SetUpVenue("lakeside");
  Do(&VenuesStub::CertifyVenue,
     absl::StrCat("request_id: 'w' venue_id: 'weekend' display_name: 'W' kind: 'restaurant' "
                  "district: '500112' first_date: '",
                  DayText(3), "' last_date: '", DayText(4), "'"));
  const auto ask = [this](const std::string& request) {
    const auto answer =
        client().Call(&VenuesStub::GetCheckInCode, Parsed<v1::GetCheckInCodeRequest>(request));
    const Refused refused = RefusedOf(answer.status);
    return answer.ok() ? "ok " + answer.response.date()
                       : refused.reason + " " + refused.metadata.at("field");
  };
  const auto on = [&](const std::string& venue, const std::string& date) {
    return ask(absl::StrCat("venue: 'venues/", venue, "' date: '", date, "'"));
  };
  EXPECT_EQ(ask("venue: 'venues/lakeside'"), "ok " + DayText(0));
  EXPECT_EQ(A().Call(&VenuesStub::GetCheckInCode,
                     Parsed<v1::GetCheckInCodeRequest>("venue: 'venues/lakeside'"))
                .reason(),
            "PERMISSION_DENIED")
      << "a platform could check in whom it likes";
  EXPECT_EQ(on("lakeside", DayText(62)), "ok " + DayText(62));
  EXPECT_EQ(on("lakeside", DayText(64)), "FIELD_INVALID date");
  EXPECT_EQ(on("lakeside", DayText(-1)), "FIELD_INVALID date");
  EXPECT_EQ(on("lakeside", "today"), "FIELD_INVALID date");
  EXPECT_EQ(on("weekend", DayText(2)), "VENUE_NOT_CERTIFIED venue");
  EXPECT_EQ(on("weekend", DayText(3)), "ok " + DayText(3));
  EXPECT_EQ(on("weekend", DayText(5)), "VENUE_NOT_CERTIFIED venue");
  EXPECT_EQ(on("none", DayText(0)), "UNKNOWN_VENUE venue");
  EXPECT_EQ(ask(""), "FIELD_REQUIRED venue");
  EXPECT_EQ(ask("venue: 'lakeside'"), "FIELD_INVALID venue");
  Do(&VenuesStub::WithdrawVenue, "request_id: 'x' venue: 'venues/lakeside'");
  EXPECT_EQ(on("lakeside", DayText(0)), "VENUE_NOT_CERTIFIED venue");
}

TEST_F(VillageTest, CommandsForGoals) {
  SetUpHousehold();
  Stroll("s1", citizen_, 3'000);
  EXPECT_THAT(Run({"household", "goals", citizen_}),
              AllOf(HasSubstr("REACHED"), HasSubstr("绿色家庭"),
                    ContainsRegex("quantity +3,000 +3,000 +3,000 +50 .* reached\n"),
                    HasSubstr("as of entry ")));
  const std::vector<std::string> reward = {"household", "reward",         "--account",    citizen_,
                                           "--goal",    "village/family", "--request-id", "r"};
  EXPECT_THAT(Run(reward), ContainsRegex("points +50\n"));
  std::vector<std::string> again = reward;
  again.back() = "r2";
  EXPECT_THAT(Run(again, 1), HasSubstr("ALREADY_REWARDED"));
  EXPECT_THAT(Run({"household", "goals", citizen_}), HasSubstr(" rewarded\n"));
  const std::string output = Run({"household", "goals", other_, "--json"});
  const auto json = nlohmann::json::parse(output, nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << output;
  EXPECT_EQ(json["goals"][0]["reached"], "3000");
  EXPECT_EQ(json["goals"][0]["own"], "0");
}

TEST_F(VillageTest, CommandForCodes) {
  SetUpVenue("lakeside");
  const std::string code = CodeOf("lakeside", DayText(0));
  EXPECT_THAT(Run({"venue", "code", "lakeside"}),
              AllOf(HasSubstr("█"), HasSubstr("湖畔 <Lakeside>\n"), HasSubstr("Scan to check in"),
                    HasSubstr(code + "\n")));
  EXPECT_THAT(Run({"venue", "code", "lakeside", "--json"}), HasSubstr(code));
  const std::filesystem::path directory = NewDirectory();
  const std::string out = directory / "door.svg";
  EXPECT_THAT(Run({"venue", "code", "lakeside", "--days", "2", "--out", out}),
              HasSubstr("wrote 2 files"));
  for (const int day : {0, 1}) {
    const std::string svg = ReadWholeFile(directory / ("door-" + DayText(day) + ".svg"));
    EXPECT_THAT(svg, AllOf(HasSubstr("<svg "), HasSubstr("湖畔 &lt;Lakeside&gt;")));
  }
  EXPECT_THAT(Run({"venue", "code", "lakeside", "--out", out}), HasSubstr("wrote " + out));
  EXPECT_TRUE(std::filesystem::exists(out));
  Run({"venue", "code", "lakeside", "--days", "2"}, 2);
  Run({"venue", "code", "lakeside", "--out", directory / "door.png"}, 2);
  EXPECT_THAT(Run({"venue", "code", "nowhere"}, 1), HasSubstr("UNKNOWN_VENUE"));
  EXPECT_THAT(Run({"act", "--account", citizen_, "--budget", "demo", "--scenario", "dine",
                   "--district", "500112", "--venue", "lakeside", "--check-in-code", code}),
              ContainsRegex("points +5\n"));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace tanhui::e2e
