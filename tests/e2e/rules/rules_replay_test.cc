// `tanhui rules replay`: what a small log would have earned under other rules, to the microgram.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/rules/rules_fixture.h"

namespace tanhui::e2e {
namespace {

using testing::HasSubstr;

// Of the citizen: a ride (7.3 km), 15,000 steps, another ride, 9,000 steps of which the cap of
// 20,000 a day leaves 5,000; of the other: 4,000 steps, and bottles.
class RulesReplayTest : public RulesTest {
 protected:
  void SetUp() override {
    RulesTest::SetUp();
    ASSERT_EQ(Tanhui({"rules", "show", "chongqing", "--out", YamlPath("shown")}).status, 0);
    rules_ = ReadWholeFile(YamlPath("shown"));
    first_ = Points(RideOf("ride 1", "card 1"), 73);
    Points(WalkOf("walk 1", citizen_, 15'000), 75);
    Points(RideOf("ride 2", "card 2"), 73);
    cut_ = Points(WalkOf("walk 2", citizen_, 9'000), 25);
    Points(WalkOf("walk 3", other_, 4'000), 20);
    v1::AwardRequest bottles =
        ActOf("bottles", "scenario: 'recycling' unit: UNIT_ITEM quantity: 7 material: 'plastic'");
    bottles.set_account(other_);
    last_ = Points(bottles, 14);
  }

  v1::AwardRequest WalkOf(const std::string& id, const std::string& account, int steps) const {
    v1::AwardRequest request =
        ActOf(id, absl::StrCat("scenario: 'walk' unit: UNIT_STEP quantity: ", steps));
    request.set_account(account);
    return request;
  }
  // Takes the act: the index of its entry.
  std::uint64_t Points(const v1::AwardRequest& request, std::int64_t points) const {
    const auto answer = client().Call(&PointsStub::Award, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    EXPECT_EQ(answer.response.points(), points) << request.request_id();
    return answer.response.entry_index();
  }

  ProgramResult Tanhui(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--lang", "en", "--address", server_.address()});
    return RunProgram("tanhui", arguments, std::chrono::seconds(60));
  }
  std::string YamlPath(const std::string& name) const {
    return absl::StrCat(server_.directory(), "/", name, ".yaml");
  }
  // The rules in force with `from` written as `to`, in a file.
  std::string RulesWith(const std::string& from, const std::string& to) const {
    std::string text = rules_;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from << " is not in\n" << text;
    if (at != std::string::npos) {
      text.replace(at, from.size(), to);
    }
    const std::string path = YamlPath("other");
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::vector<std::string> Arguments(const std::string& rules, std::uint64_t from,
                                     std::uint64_t to) const {
    return {"rules",   "replay",
            "--data",  server_.data_directory(),
            "--rules", rules,
            "--from",  std::to_string(from),
            "--to",    std::to_string(to)};
  }
  nlohmann::json Replay(const std::string& rules, std::uint64_t from, std::uint64_t to) const {
    std::vector<std::string> arguments = Arguments(rules, from, to);
    arguments.emplace_back("--json");
    const ProgramResult ran = Tanhui(arguments);
    EXPECT_EQ(ran.status, 0) << ran.output;
    const std::size_t begin = ran.output.find('{');
    auto json = begin == std::string::npos
                    ? nlohmann::json()
                    : nlohmann::json::parse(ran.output.substr(begin), nullptr, false);
    EXPECT_TRUE(json.is_object()) << ran.output;
    return json;
  }
  static nlohmann::json Row(std::uint64_t acts, std::int64_t points, std::int64_t new_points,
                            std::int64_t grams, std::int64_t new_grams, int more, int less,
                            const nlohmann::json& refused = nlohmann::json::object()) {
    constexpr std::int64_t kMicrograms = 1'000'000;
    return {{"acts", acts},
            {"points", points},
            {"new_points", new_points},
            {"micrograms", grams * kMicrograms},
            {"new_micrograms", new_grams * kMicrograms},
            {"more", more},
            {"less", less},
            {"refused", refused}};
  }

  std::string rules_;        // in force, as YAML
  std::uint64_t first_ = 0;  // entry of the first act
  std::uint64_t cut_ = 0;    // of the walk that the cap cut
  std::uint64_t last_ = 0;
};

TEST_F(RulesReplayTest, TheSameRulesChangeNothing) {
  EXPECT_EQ(Stop(), 0);
  const auto replay = Replay(YamlPath("shown"), 0, last_);
  EXPECT_EQ(replay["citizens"], 2);
  EXPECT_EQ(replay["scenarios"]["metro_ride"], Row(2, 146, 146, 1'460, 1'460, 0, 0));
  EXPECT_EQ(replay["scenarios"]["walk"], Row(3, 120, 120, 1'200, 1'200, 0, 0));
  EXPECT_EQ(replay["scenarios"]["recycling"], Row(1, 14, 14, 140, 140, 0, 0));
  EXPECT_EQ(replay["scenarios"].size(), 3U);
  const ProgramResult text = Tanhui(Arguments(YamlPath("shown"), 0, last_));
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.output, testing::ContainsRegex("metro_ride +2 +146 +146 +0"));
  // It read only: the server goes on where it was.
  ASSERT_TRUE(server_.Start());
  Connect();
  EXPECT_EQ(LogSize(client()), last_ + 1);
}

// 7.3 km at 105 g are 766.5 g: 76 points and then, with the halves, 77.
TEST_F(RulesReplayTest, AnotherFigureMakesItsDifference) {
  EXPECT_EQ(Stop(), 0);
  const std::string other = RulesWith("grams: 100", "grams: 105");
  const auto replay = Replay(other, 0, last_);
  EXPECT_EQ(replay["scenarios"]["metro_ride"], Row(2, 146, 153, 1'460, 1'533, 2, 0));
  EXPECT_EQ(replay["scenarios"]["walk"], Row(3, 120, 120, 1'200, 1'200, 0, 0));
  // A carry goes on into acts of other scenarios: 76.65 and 75 are 151 and 65 hundredths.
  const auto less = Replay(RulesWith("grams: 50", "grams: 33"), 0, last_);
  // 15,000 steps are 495 g; 5,000 are 165 g: 49.5 and 16.5 points; 4,000 are 13.2.
  EXPECT_EQ(less["scenarios"]["walk"], Row(3, 120, 79, 1'200, 792, 0, 3));
  EXPECT_EQ(less["scenarios"]["metro_ride"]["points"], 146);
  EXPECT_EQ(less["scenarios"]["recycling"]["new_points"], 14);
}

TEST_F(RulesReplayTest, CapsCountAsTheOtherRulesHadThem) {
  EXPECT_EQ(Stop(), 0);
  // A cap of 12,000 cuts the first walk and refuses the second.
  const auto tight = Replay(RulesWith("most: 20000", "most: 12000"), 0, last_);
  EXPECT_EQ(tight["scenarios"]["walk"],
            Row(3, 120, 60 + 20, 1'200, 800, 0, 1, {{"CAP_REACHED", 1}}));
  // A wide one leaves the second whole; of what the ledger refused nothing is known.
  const std::string wide = RulesWith("most: 20000", "most: 30000");
  EXPECT_EQ(Replay(wide, 0, last_)["scenarios"]["walk"], Row(3, 120, 140, 1'200, 1'400, 1, 0));
  // From the walk that was cut: with what the citizen had walked by then.
  const auto rest = Replay(wide, cut_, last_);
  EXPECT_EQ(rest["scenarios"]["walk"], Row(2, 45, 65, 450, 650, 1, 0));
  EXPECT_FALSE(rest["scenarios"].contains("metro_ride"));
  const auto tight_rest = Replay(RulesWith("most: 20000", "most: 16000"), cut_, cut_);
  EXPECT_EQ(tight_rest["scenarios"]["walk"], Row(1, 25, 5, 250, 50, 0, 1));
  EXPECT_EQ(tight_rest["citizens"], 1);
}

TEST_F(RulesReplayTest, AScenarioThatIsOffEarnsNothing) {
  EXPECT_EQ(Stop(), 0);
  const auto replay =
      Replay(RulesWith("scenario: walk\n", "scenario: walk\n    off: no source\n"), 0, last_);
  EXPECT_EQ(replay["scenarios"]["walk"], Row(3, 120, 0, 1'200, 0, 0, 0, {{"SCENARIO_OFF", 3}}));
}

TEST_F(RulesReplayTest, RangesAndFilesThatCannotBe) {
  const auto fails = [&](const std::vector<std::string>& arguments, const std::string& why,
                         int status = 1) {
    const ProgramResult ran = Tanhui(arguments);
    EXPECT_EQ(ran.status, status) << ran.output;
    EXPECT_THAT(ran.output, HasSubstr(why));
    EXPECT_LT(std::count(ran.output.begin(), ran.output.end(), '\n'), 4) << ran.output;
  };
  const std::string good = YamlPath("shown");
  fails(Arguments(good, 0, last_), server_.data_directory());  // a server runs on it
  EXPECT_EQ(Stop(), 0);
  fails(Arguments(good, last_, first_), absl::StrCat("no entries ", last_, " to ", first_));
  fails(Arguments(good, 0, last_ + 1), absl::StrCat("the log has ", last_ + 1));
  fails(Arguments(YamlPath("none"), 0, last_), "none.yaml");
  fails(Arguments(RulesWith("grams: 100", "grams: 1x0"), 0, last_), "rules[0].rates[0].grams");
  fails(Arguments(RulesWith("code: chongqing", "kode: chongqing"), 0, last_), "kode");
  std::vector<std::string> elsewhere = Arguments(good, 0, last_);
  elsewhere[3] = server_.directory() + "/nowhere";
  fails(elsewhere, "nowhere");
  const ProgramResult none = Tanhui(Arguments(good, 0, 1));
  EXPECT_EQ(none.status, 0) << none.output;
  EXPECT_THAT(none.output, HasSubstr("no act of this rule set's districts in the range"));
}

}  // namespace
}  // namespace tanhui::e2e
