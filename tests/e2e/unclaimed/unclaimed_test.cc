// Acts of unlinked cards through the real server and program: they outlive it, and nobody who has
// its files can read them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/e2e/rules/rules_fixture.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

constexpr char kCard[] = "77001199-4242";

class UnclaimedTest : public RulesTest {
 protected:
  v1::AwardRequest UnlinkedRide(const std::string& id, const std::string& evidence) const {
    v1::AwardRequest ride = RideOf(id, evidence);
    ride.clear_account();
    return ride;
  }
  static v1::Holder Card(const std::string& number) {
    v1::Holder holder;
    holder.set_source("cq_metro");
    holder.set_subject(number);
    return holder;
  }
  // How many acts are kept.
  int Keep(const std::vector<v1::AwardRequest>& awards) const {
    v1::BatchKeepActsRequest batch;
    for (const v1::AwardRequest& award : awards) {
      v1::KeepActRequest& one = *batch.add_requests();
      *one.mutable_holder() = Card(kCard);
      *one.mutable_award() = award;
    }
    const auto answer = A().Call(&UnclaimedStub::BatchKeepActs, batch);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    int kept = 0;
    for (const v1::KeepActResult& result : answer.response.results()) {
      EXPECT_FALSE(result.has_error()) << result.error().message();
      kept += result.has_act() ? 1 : 0;
    }
    return kept;
  }
  v1::ListUnclaimedActsResponse List(const std::string& card) const {
    v1::ListUnclaimedActsRequest request;
    *request.mutable_holder() = Card(card);
    const auto answer = A().Call(&UnclaimedStub::ListUnclaimedActs, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response;
  }
  v1::ClaimActsResponse Claim() const {
    v1::ClaimActsRequest request;
    *request.mutable_holder() = Card(kCard);
    request.set_account(other_);
    const auto answer = A().Call(&UnclaimedStub::ClaimActs, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response;
  }
  // Files of the server, its output among them, in which the text stands.
  std::vector<std::string> FilesWith(const std::string& text) const {
    std::vector<std::string> out;
    for (const auto& file : std::filesystem::recursive_directory_iterator(server_.directory())) {
      if (file.is_regular_file() &&
          ReadWholeFile(file.path().string()).find(text) != std::string::npos) {
        out.push_back(file.path().string());
      }
    }
    return out;
  }
  // Text for people; the exit status must be `status`.
  std::string Run(std::vector<std::string> arguments, int status = 0) const {
    arguments.insert(arguments.begin(),
                     {"--lang", "en", "--address", server_.address(), "unclaimed"});
    const ProgramResult ran = RunProgram("tanhui", arguments, std::chrono::seconds(30));
    EXPECT_EQ(ran.status, status) << arguments[5] << ": " << ran.output;
    return ran.output;
  }
};

TEST_F(UnclaimedTest, OutlivesAKillAndTellsNothing) {
  ASSERT_EQ(Keep({UnlinkedRide("kept-ride-1", "tap 88112233"),
                  UnlinkedRide("kept-ride-2", "tap 88112244")}),
            2);
  client_.reset();
  server_.Kill();
  ASSERT_TRUE(server_.Start());
  Connect();
  ASSERT_EQ(List("７７００１１９９ ４２４２").acts_size(), 2);
  EXPECT_EQ(List("77001199").acts_size(), 0);
  EXPECT_EQ(Stop(), 0);
  for (const char* text :
       {"77001199", "88112233", "kept-ride", "cq_metro", "cqmetro", "朝天门", "file kept"}) {
    // Stations stand in the log anyway, as the table that was published.
    const bool published = std::string(text) == "朝天门";
    EXPECT_EQ(FilesWith(text).empty(), !published) << text;
  }
  ASSERT_TRUE(server_.Start());
  Connect();
  const auto claimed = Claim();
  ASSERT_EQ(claimed.results_size(), 2);
  for (const v1::ClaimResult& result : claimed.results()) {
    EXPECT_EQ(result.award().points(), 73) << result.error().message();
  }
  EXPECT_EQ(BalanceOf(client(), other_), 146);
  EXPECT_EQ(List(kCard).acts_size(), 0);
  EXPECT_EQ(Claim().results_size(), 0);
  EXPECT_EQ(Stop(), 0);
  for (const char* text : {"77001199", "88112233", "cq_metro", "file kept"}) {
    EXPECT_TRUE(FilesWith(text).empty()) << text;
  }
}

TEST_F(UnclaimedTest, ByTheProgram) {
  const std::vector<std::string> card = {"--source", "cq_metro", "--subject", kCard};
  const auto with_card = [&card](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), card.begin(), card.end());
    return arguments;
  };
  const std::vector<std::string> keep =
      with_card({"keep", "--budget", "demo", "--scenario", "walk", "--district", "500103",
                 "--quantity", "4000", "--unit", "step", "--request-id", "walk-1"});
  EXPECT_THAT(Run(keep), ContainsRegex("walk-1 +walk .* kept"));
  std::vector<std::string> bad = keep;
  bad[6] = "310101";
  EXPECT_THAT(Run(bad, 1), HasSubstr("UNKNOWN_DISTRICT"));
  EXPECT_THAT(Run(with_card({"list"})), ContainsRegex("walk-1 +walk"));
  EXPECT_THAT(Run(with_card({"list", "--json"})), HasSubstr("\"request_id\":\"walk-1\""));
  EXPECT_THAT(Run(with_card({"claim", "--account", other_, "--dry-run"})),
              AllOf(HasSubstr("a dry run"), ContainsRegex("walk-1 .* 20 +possible")));
  EXPECT_EQ(BalanceOf(client(), other_), 0);
  EXPECT_THAT(Run(with_card({"claim", "--account", other_})),
              ContainsRegex("walk-1 .* 20 +awarded"));
  EXPECT_EQ(BalanceOf(client(), other_), 20);
  std::vector<std::string> second = keep;
  std::replace(second.begin(), second.end(), std::string("walk-1"), std::string("walk-2"));
  Run(second);
  EXPECT_THAT(Run(with_card({"delete"})), ContainsRegex("deleted +1"));
  EXPECT_EQ(Run(with_card({"list"})).find("walk-2"), std::string::npos);
  Run({"list", "--source", "cq_metro"}, 2);
}

}  // namespace
}  // namespace tanhui::e2e
