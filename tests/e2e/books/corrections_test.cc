// Corrections through the API and the program: who may, what is answered, what a retry gets, what a
// reversal leaves to whom.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/rules/rules_fixture.h"

namespace tanhui::e2e {
namespace {

class CorrectionsTest : public RulesTest {
 protected:
  // 1,000 steps are 5 points.
  static std::string Steps(std::uint64_t steps) {
    return absl::StrCat("scenario: 'walk' unit: UNIT_STEP quantity: ", steps);
  }
  std::uint64_t Walk(const std::string& id, std::uint64_t steps) const {
    const auto done = client().Call(&PointsStub::Award, ActOf(id, Steps(steps)));
    EXPECT_TRUE(done.ok()) << done.status.error_message();
    return done.response.entry_index();
  }
  static v1::CorrectRequest CorrectionOf(const std::string& id, std::uint64_t entry,
                                         std::uint64_t revision, const std::string& wanted) {
    auto request = Parsed<v1::CorrectRequest>(wanted);
    request.set_request_id(id);
    request.set_entry_index(entry);
    request.set_expected_revision(revision);
    request.set_reason("counted_again");
    return request;
  }
  static v1::CorrectRequest ToSteps(const std::string& id, std::uint64_t entry,
                                    std::uint64_t revision, std::uint64_t steps) {
    return CorrectionOf(id, entry, revision,
                        absl::StrCat("act { district: '500103' ", Steps(steps), " }"));
  }
  Refused Refusal(const v1::CorrectRequest& request) const {
    return RefusedOf(client().Call(&PointsStub::Correct, request).status);
  }
  std::string Run(std::vector<std::string> arguments, int status = 0) const {
    arguments.insert(arguments.begin(), {"--lang", "en", "--address", server_.address()});
    const ProgramResult ran = RunProgram("tanhui", arguments, std::chrono::seconds(60));
    EXPECT_EQ(ran.status, status) << ran.output;
    return ran.output;
  }
  // The answer as JSON, behind what is told of the request id.
  nlohmann::json Ask(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const std::string output = Run(std::move(arguments));
    const std::size_t begin = std::min(output.find('{'), output.size());
    auto json = nlohmann::json::parse(output.substr(begin, output.find('\n', begin) - begin),
                                      nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << output;
    return json;
  }
};

TEST_F(CorrectionsTest, OnlyTheDifferenceMovesAndOnce) {
  const std::uint64_t act = Walk("walk", 4'000);
  const auto up = ExpectDoneOnce(&PointsStub::Correct, ToSteps("up", act, 0, 6'000));
  EXPECT_EQ(up.revision(), 1U);
  EXPECT_EQ(up.points(), 30);
  EXPECT_EQ(up.change(), 10);
  EXPECT_EQ(up.grams(), 300);
  EXPECT_EQ(up.balance(), 530);
  EXPECT_EQ(up.target_index(), act);
  v1::CorrectRequest by_id = ToSteps("down", 0, 1, 1'000);
  by_id.set_original_request_id("walk");
  by_id.set_account(citizen_);
  by_id.set_budget("budgets/demo");
  *by_id.mutable_act_time() = act_time_;
  const auto down = ExpectDoneOnce(&PointsStub::Correct, by_id);
  EXPECT_EQ(down.change(), -25);
  EXPECT_EQ(down.balance(), 505);

  const v1::LogEntry of_act = EntryAt(act);
  EXPECT_EQ(of_act.revision(), 2U);
  EXPECT_EQ(of_act.newest_entry_index(), down.entry_index());
  const v1::LogEntry newest = EntryAt(down.entry_index());
  EXPECT_EQ(newest.kind(), v1::ENTRY_KIND_CORRECTION);
  EXPECT_EQ(newest.target_index(), act);
  EXPECT_EQ(newest.revision(), 2U);
  EXPECT_EQ(newest.reason(), "counted_again");
  EXPECT_EQ(newest.scenario(), "walk");
  EXPECT_EQ(OutcomeOf("down").points(), -25);
  EXPECT_EQ(HistoryOf(citizen_).front().amount(), -25);
}

TEST_F(CorrectionsTest, RefusalsSayWhatIsWrong) {
  const std::uint64_t act = Walk("walk", 4'000);
  const Refused wrong = Refusal(ToSteps("x", act, 2, 5'000));
  EXPECT_EQ(wrong.reason, "WRONG_REVISION");
  EXPECT_EQ(wrong.code, grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(wrong.metadata.at("revision"), "0");
  EXPECT_EQ(wrong.metadata.at("entry_index"), std::to_string(act));
  EXPECT_EQ(Refusal(ToSteps("x", 0, 0, 5'000)).reason, "FIELD_REQUIRED");
  EXPECT_EQ(Refusal(ToSteps("x", 99'999, 0, 5'000)).reason, "UNKNOWN_ENTRY");
  v1::CorrectRequest both = ToSteps("x", act, 0, 5'000);
  both.set_original_request_id("walk");
  EXPECT_EQ(Refusal(both).reason, "FIELD_INVALID");
  EXPECT_EQ(Refusal(CorrectionOf("x", act, 0, "")).metadata.at("field"), "act");
  v1::CorrectRequest whose = ToSteps("x", act, 0, 5'000);
  whose.set_account(other_);
  EXPECT_EQ(Refusal(whose).reason, "NOT_THE_SAME_ACT");
  EXPECT_EQ(Refusal(whose).metadata.at("field"), "account");
  v1::CorrectRequest when = ToSteps("x", act, 0, 5'000);
  *when.mutable_act_time() = act_time_;
  when.mutable_act_time()->set_seconds(act_time_.seconds() - 86'400);
  EXPECT_EQ(Refusal(when).metadata.at("field"), "act_time");
  EXPECT_EQ(Refusal(CorrectionOf("x", act, 0, "adjustment { points_after: -1 }")).reason,
            "FIELD_INVALID");
  EXPECT_EQ(A().Call(&PointsStub::Correct, ToSteps("x", act, 0, 5'000)).reason(), "UNKNOWN_ENTRY");
  EXPECT_EQ(
      client()
          .WithToken("token of a mere platform")
          .Call(&PointsStub::Correct, CorrectionOf("x", act, 0, "adjustment { points_after: 1 }"))
          .reason(),
      "PERMISSION_DENIED");
}

TEST_F(CorrectionsTest, ABatchAnswersEachAndTwoOverOneEntryMakeOne) {
  const std::uint64_t first = Walk("w1", 2'000);
  const std::uint64_t second = Walk("w2", 3'000);
  v1::BatchCorrectRequest batch;
  *batch.add_requests() = ToSteps("b1", first, 0, 1'000);
  *batch.add_requests() = ToSteps("b2", first, 0, 1'500);
  *batch.add_requests() = CorrectionOf("b3", second, 0, "adjustment { points_after: 20 }");
  *batch.add_requests() = ToSteps("b4", 99'999, 0, 1'000);
  *batch.add_requests() = ToSteps("b5", first, 1, 4'000);
  for (const bool again : {false, true}) {
    const auto answer = client().Call(&PointsStub::BatchCorrect, batch);
    ASSERT_TRUE(answer.ok()) << answer.status.error_message();
    ASSERT_EQ(answer.response.results_size(), 5);
    EXPECT_EQ(answer.response.results(0).correction().change(), -5);
    EXPECT_EQ(answer.response.results(0).correction().replayed(), again);
    EXPECT_TRUE(answer.response.results(1).has_error());
    EXPECT_EQ(answer.response.results(2).correction().change(), 5);
    EXPECT_TRUE(answer.response.results(3).has_error());
    EXPECT_EQ(answer.response.results(4).correction().change(), 15);
    EXPECT_EQ(answer.response.results(4).correction().revision(), 2U);
  }
  EXPECT_EQ(BalanceOf(client(), citizen_), 500 + 20 + 20);
}

TEST_F(CorrectionsTest, TheEvidenceIsLeftOutOrTheSame) {
  const auto ride = client().Call(&PointsStub::Award, RideOf("ride", "card 1"));
  ASSERT_TRUE(ride.ok()) << ride.status.error_message();
  const std::uint64_t act = ride.response.entry_index();
  v1::CorrectRequest shorter = CorrectionOf("k1", act, 0, "");
  *shorter.mutable_act() = RideOf("", "card 1").act();
  shorter.mutable_act()->clear_evidence();
  shorter.mutable_act()->set_destination_station("小什字");  // 4.3 km
  EXPECT_EQ(ExpectDoneOnce(&PointsStub::Correct, shorter).points(), 43);
  v1::CorrectRequest longer = CorrectionOf("k2", act, 1, "");
  *longer.mutable_act() = RideOf("", "CARD-1").act();
  EXPECT_EQ(ExpectDoneOnce(&PointsStub::Correct, longer).points(), 73);
  v1::CorrectRequest other = longer;
  other.set_request_id("x");
  other.set_expected_revision(2);
  other.mutable_act()->mutable_evidence(0)->set_subject("card 2");
  EXPECT_EQ(Refusal(other).reason, "NOT_THE_SAME_ACT");
  EXPECT_EQ(Refusal(other).metadata.at("field"), "act.evidence");

  // Wholly reversed it is free to its claimer, and used up again by the next act.
  const std::string reverse =
      absl::StrCat("request_id: 'v' reason: 'not_ridden' entry_index: ", act);
  EXPECT_EQ(Do(&PointsStub::Reverse, reverse + " quantity: 7300").points(), 73);
  EXPECT_TRUE(client().Call(&PointsStub::Award, RideOf("again", "card 1")).ok());
  EXPECT_EQ(client().Call(&PointsStub::Award, RideOf("twice", "card 1")).reason(),
            "ALREADY_CLAIMED");
}

TEST_F(CorrectionsTest, TheProgramCorrectsAndAdjusts) {
  const std::uint64_t act = Walk("walk", 4'000);
  const std::string entry = std::to_string(act);
  const auto tried =
      Ask({"correct", entry, "--scenario", "walk", "--district", "500103", "--quantity", "5000",
           "--unit", "step", "--reason", "counted_again", "--dry-run"});
  EXPECT_EQ(tried["change"], "5");
  EXPECT_EQ(EntryAt(act).revision(), 0U);
  Run({"correct", "--original", "walk", "--scenario", "walk", "--district", "500103", "--quantity",
       "5000", "--unit", "step", "--reason", "counted_again", "--account", citizen_});
  const auto adjusted =
      Ask({"correct", entry, "--revision", "1", "--points", "30", "--reason", "top_up"});
  EXPECT_EQ(adjusted["revision"], "2");
  EXPECT_EQ(adjusted["points"], "30");
  EXPECT_EQ(BalanceOf(client(), citizen_), 530);
  Run({"correct", entry, "--points", "31", "--reason", "top_up"}, 1);
}

}  // namespace
}  // namespace tanhui::e2e
