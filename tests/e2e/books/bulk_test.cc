// Taking back and adjusting many acts by a plan: planned on a copy, run twice, cut in between.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

class BulkTest : public ApiTest {
 protected:
  std::string Run(std::vector<std::string> arguments, int status = 0) const {
    arguments.insert(arguments.begin(), {"--lang", "en", "--address", server_.address()});
    const ProgramResult ran = RunProgram("tanhui", arguments, std::chrono::seconds(60));
    EXPECT_EQ(ran.status, status) << ran.output;
    return ran.output;
  }
  // A copy of the ledger as it is now.
  std::string Snapshot(const std::string& name) const {
    v1::CreateSnapshotRequest request;
    request.set_snapshot_id(name);
    const auto made = client().Call(&AdminStub::CreateSnapshot, request);
    EXPECT_TRUE(made.ok()) << made.status.error_message();
    return absl::StrCat(server_.snapshot_directory(), "/", name);
  }
  std::string Plan() const { return absl::StrCat(server_.directory(), "/bulk.plan"); }
  std::uint64_t Award(const std::string& id, std::int64_t points,
                      const std::string& scenario = "metro_ride") const {
    v1::AwardRequest request = AwardOf(id, other_, points);
    request.set_scenario(scenario);
    const auto answer = client().Call(&PointsStub::Award, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response.entry_index();
  }
};

TEST_F(BulkTest, AFilterTakesBackWhatItPicksAndNothingElse) {
  Award("a", 10, "bottle_return");
  Award("b", 20, "bottle_return");
  Award("c", 40, "metro_ride");
  const std::string copy = Snapshot("monday");
  EXPECT_THAT(Run({"bulk", "plan", "reverse", "--data", copy, "--scenario", "bottle_return",
                   "--reason", "broken_scale", "--out", Plan()}),
              AllOf(ContainsRegex("bottle_return +sponsor +2 +30 +0 +-30"),
                    HasSubstr("nothing is written")));
  EXPECT_EQ(BalanceOf(client(), other_), 70) << "a plan changes nothing";
  EXPECT_THAT(Run({"bulk", "report", Plan()}), ContainsRegex("left to do +2"));
  EXPECT_THAT(Run({"bulk", "run", Plan()}), AllOf(ContainsRegex("done +2"), HasSubstr("-30")));
  EXPECT_EQ(BalanceOf(client(), other_), 40);
  EXPECT_THAT(Run({"bulk", "run", Plan()}), ContainsRegex("done before +2"));
  EXPECT_EQ(BalanceOf(client(), other_), 40) << "run again, it resumes";
}

TEST_F(BulkTest, WhatWasCorrectedMeanwhileIsNotTakenBack) {
  const std::uint64_t first = Award("a", 10, "bottle_return");
  Award("b", 20, "bottle_return");
  const auto adjust = [&](const std::string& id, std::uint64_t revision, std::int64_t points) {
    v1::CorrectRequest correct;
    correct.set_request_id(id);
    correct.set_entry_index(first);
    correct.set_expected_revision(revision);
    correct.mutable_adjustment()->set_points_after(points);
    correct.set_reason("by_hand");
    const auto done = client().Call(&PointsStub::Correct, correct);
    EXPECT_TRUE(done.ok()) << done.status.error_message();
  };
  adjust("before", 0, 12);
  const auto plan = [&](const std::string& copy) {
    Run({"bulk", "plan", "reverse", "--data", Snapshot(copy), "--scenario", "bottle_return",
         "--reason", "broken_scale", "--out", Plan()});
  };
  plan("monday");
  adjust("meanwhile", 1, 15);
  EXPECT_THAT(Run({"bulk", "run", Plan()}, 1),
              AllOf(ContainsRegex("done +1"), ContainsRegex("WRONG_REVISION +1 +-12")));
  EXPECT_EQ(BalanceOf(client(), other_), 15);
  plan("tuesday");
  EXPECT_THAT(Run({"bulk", "run", Plan()}), ContainsRegex("done +1"));
  EXPECT_EQ(BalanceOf(client(), other_), 0);
}

TEST_F(BulkTest, AnAdjustmentGivesOrTakesTheDifference) {
  const std::uint64_t first = Award("a", 10);
  Award("b", 21);
  const std::string copy = Snapshot("monday");
  Run({"bulk", "plan", "adjust", "--data", copy, "--percent", "50", "--reason", "wrong_figure",
       "--out", Plan()});
  // One of them is corrected meanwhile: the plan does not know of it, and leaves it alone.
  v1::CorrectRequest correct;
  correct.set_request_id("meanwhile");
  correct.set_entry_index(first);
  correct.mutable_adjustment()->set_points_after(12);
  correct.set_reason("by_hand");
  ASSERT_TRUE(client().Call(&PointsStub::Correct, correct).ok());
  const std::string output = Run({"bulk", "run", Plan()}, 1);
  EXPECT_THAT(output, AllOf(ContainsRegex("WRONG_REVISION +1 +-5"), ContainsRegex("done +2")));
  // 500 of the other citizen's first award by half, 21 by half, 12 as it stands.
  EXPECT_EQ(BalanceOf(client(), other_), 12 + 10);
  EXPECT_EQ(BalanceOf(client(), citizen_), 250);
}

TEST_F(BulkTest, APlanOfAnotherLogOrThatWasChangedIsNotRun) {
  Award("a", 10);
  Run({"bulk", "plan", "adjust", "--data", Snapshot("monday"), "--add", "-3", "--reason", "test",
       "--out", Plan()});
  std::ifstream in(Plan());
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto write = [this](const std::string& changed) {
    std::ofstream(Plan(), std::ios::trunc) << changed;
  };
  write(text.substr(0, text.size() - 10));
  EXPECT_THAT(Run({"bulk", "run", Plan()}, 1), HasSubstr("was cut or changed"));
  std::string other = text;
  other.replace(other.find("\"origin\":\"") + 10, 4, "else");
  write(other);
  EXPECT_THAT(Run({"bulk", "run", Plan()}, 1), HasSubstr("was cut or changed"));
  ServerProcess younger;
  ASSERT_TRUE(younger.Start());
  write(text);
  const ProgramResult there =
      RunProgram("tanhui", {"--lang", "en", "--address", younger.address(), "bulk", "run", Plan()},
                 std::chrono::seconds(60));
  EXPECT_EQ(there.status, 1);
  EXPECT_THAT(there.output, HasSubstr("the plan is for the log"));
  EXPECT_EQ(BalanceOf(client(), other_), 10);
  write(text);
  EXPECT_THAT(Run({"bulk", "run", Plan(), "--dry-run"}), HasSubstr("nothing was written"));
  EXPECT_EQ(BalanceOf(client(), other_), 10);
}

TEST_F(BulkTest, AFilterThatNamesNothingIsRefused) {
  const std::string copy = Snapshot("monday");
  const auto plan = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"bulk",     "plan", "reverse", "--data", copy,
                                          "--reason", "test", "--out",   Plan()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments, 1);
  };
  EXPECT_THAT(plan({"--caller", "nobody"}), HasSubstr("knows no participant nobody"));
  EXPECT_THAT(plan({"--from", "yesterday"}), HasSubstr("no date YYYY-MM-DD"));
  EXPECT_THAT(plan({"--product", "x/y"}), HasSubstr("knows no product x/y"));
  EXPECT_THAT(plan({"--rules", "cq/1"}), HasSubstr("knows no rule set"));
  EXPECT_FALSE(std::filesystem::exists(Plan()));
}

}  // namespace
}  // namespace tanhui::e2e
