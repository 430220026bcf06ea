// Abuse that only acts show: many citizens at one device, impossible travel, caps met again and
// again. It raises cases and refuses nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/rules/more_rules.h"

namespace tanhui::e2e {
namespace {

constexpr char kThresholds[] = R"(
watch_citizen_acts_per_hour = 0
watch_caller_acts_per_hour = 0
watch_device_acts_per_hour = 6
watch_device_citizens_per_day = 3
watch_cap_refusals_per_week = 3
watch_travel_minutes = 60
)";

class ActCasesTest : public MoreRulesTest {
 protected:
  ActCasesTest() : MoreRulesTest(kThresholds) {}

  std::vector<v1::Case> Cases() const {
    const auto page = Do(&CasesStub::ListCases, "");
    EXPECT_EQ(page.dropped(), 0U);
    return {page.cases().begin(), page.cases().end()};
  }
  // A bottle of the citizen's, put into that machine.
  v1::AwardRequest BottleOf(const std::string& account, const std::string& slip,
                            const std::string& machine = "machine 5") const {
    v1::AwardRequest request = ActOf("bottle " + slip,
                                     "scenario: 'recycling' unit: UNIT_ITEM quantity: 1 "
                                     "material: 'plastic'" +
                                         RecordText(slip));
    request.mutable_act()->mutable_evidence(0)->set_device(machine);
    request.set_account(account);
    return request;
  }
  v1::AwardRequest RideBy(const std::string& account, const std::string& card) const {
    v1::AwardRequest request = RideOf("ride " + card, card);
    request.set_account(account);
    request.mutable_act()->set_duration_seconds(1'200);
    return request;
  }
  static v1::AwardRequest MinutesAgo(v1::AwardRequest request, std::int64_t minutes) {
    request.mutable_act_time()->set_seconds(request.act_time().seconds() - minutes * 60);
    return request;
  }
  std::vector<std::string> Citizens(int count) const {
    std::vector<std::string> out;
    for (int i = 0; i < count; ++i) {
      out.push_back(OpenCitizen(client(), absl::StrCat("citizen ", i)));
    }
    return out;
  }
};

TEST_F(ActCasesTest, ManyCitizensAtOneDevice) {
  const auto citizens = Citizens(5);
  for (int i = 0; i < 3; ++i) {
    Take(BottleOf(citizens[i], absl::StrCat("s", i)));
  }
  Take(BottleOf(citizens[0], "another of the first"));
  Take(BottleOf(citizens[3], "elsewhere", "machine 6"));
  EXPECT_TRUE(Cases().empty());
  const auto fourth = Take(BottleOf(citizens[3], "s3", "MACHINE-5"));  // in another spelling
  auto cases = Cases();
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_EQ(cases[0].kind(), v1::CASE_KIND_MANY_CITIZENS);
  EXPECT_EQ(cases[0].most_counted(), 4U);
  EXPECT_EQ(cases[0].subject().find("achine"), std::string::npos) << "a keyed hash";
  EXPECT_EQ(cases[0].entry_indexes(cases[0].entry_indexes_size() - 1), fourth.entry_index());
  Take(BottleOf(citizens[4], "s4"));
  cases = Cases();
  ASSERT_EQ(cases.size(), 1U) << "one case, however often it is noticed";
  EXPECT_EQ(cases[0].signals(), 2U);
  EXPECT_EQ(cases[0].most_counted(), 5U);
}

// One act was corrected and another reversed in part before somebody decides on the case.
TEST_F(ActCasesTest, WhatIsLeftIsTakenBack) {
  const auto citizens = Citizens(4);
  std::vector<std::uint64_t> acts;
  for (int i = 0; i < 4; ++i) {
    v1::AwardRequest bottles = BottleOf(citizens[i], absl::StrCat("s", i));
    bottles.mutable_act()->set_quantity(3);
    acts.push_back(Take(bottles).entry_index());
  }
  v1::CorrectRequest correct;
  correct.set_request_id("fewer");
  correct.set_entry_index(acts[0]);
  *correct.mutable_act() = BottleOf(citizens[0], "s0").act();
  correct.mutable_act()->clear_evidence();
  correct.mutable_act()->set_quantity(2);
  correct.set_reason("counted_again");
  const auto corrected = client().Call(&PointsStub::Correct, correct);
  ASSERT_TRUE(corrected.ok()) << corrected.status.error_message();
  Do(&PointsStub::Reverse, absl::StrCat("request_id: 'one' quantity: 1 reason: 'by_hand' "
                                        "entry_index: ",
                                        acts[1]));
  EXPECT_EQ(BalanceOf(client(), citizens[0]), 4);
  EXPECT_EQ(BalanceOf(client(), citizens[1]), 4);
  const auto cases = Cases();
  ASSERT_EQ(cases.size(), 1U);
  const std::vector<std::string> reverse = {"--lang",          "en",       "--address",
                                            server_.address(), "case",     "reverse",
                                            cases[0].name(),   "--reason", "confirmed_fraud"};
  const ProgramResult reversed = RunProgram("tanhui", reverse, std::chrono::seconds(30));
  EXPECT_EQ(reversed.status, 0) << reversed.output;
  for (const std::string& citizen : citizens) {
    EXPECT_EQ(BalanceOf(client(), citizen), 0) << citizen;
  }
  const ProgramResult again = RunProgram("tanhui", reverse, std::chrono::seconds(30));
  EXPECT_EQ(again.status, 0) << again.output;
  EXPECT_THAT(again.output, testing::HasSubstr("nothing is left of 4 awards"));
}

// Gates see thousands of people; no device sees so many acts in an hour.
TEST_F(ActCasesTest, GatesSeeManyCitizens) {
  const auto citizens = Citizens(7);
  for (int i = 0; i < 6; ++i) {
    Take(RideBy(citizens[i], absl::StrCat("card ", i)));
  }
  EXPECT_TRUE(Cases().empty());
  Take(RideBy(citizens[6], "card 6"));
  const auto cases = Cases();
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_EQ(cases[0].kind(), v1::CASE_KIND_DEVICE_VELOCITY);
  EXPECT_EQ(cases[0].most_counted(), 7U);
}

TEST_F(ActCasesTest, InTwoCitiesWithinTheHour) {
  const auto plant = [&](const std::string& account) {
    v1::AwardRequest request =
        ChengduActOf("plant " + account, "scenario: 'planting' unit: UNIT_TIME quantity: 1");
    request.set_account(account);
    return request;
  };
  Take(RideBy(other_, "card 1"));  // 20 minutes long
  Take(MinutesAgo(plant(other_), 81));
  EXPECT_TRUE(Cases().empty());
  const auto ride = Take(RideBy(citizen_, "card 2"));
  const auto planted = Take(MinutesAgo(plant(citizen_), 79));
  const auto cases = Cases();
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_EQ(cases[0].kind(), v1::CASE_KIND_IMPOSSIBLE_TRAVEL);
  EXPECT_EQ(cases[0].subject(), citizen_);
  ASSERT_EQ(cases[0].entry_indexes_size(), 2);
  EXPECT_EQ(cases[0].entry_indexes(0) + cases[0].entry_indexes(1),
            ride.entry_index() + planted.entry_index());
  EXPECT_EQ(AccountOf(citizen_).status(), v1::ACCOUNT_STATUS_OPEN) << "nothing is punished";
  // What a person decided: both acts are taken back whole.
  EXPECT_EQ(BalanceOf(client(), citizen_), 583);
  const ProgramResult reversed =
      RunProgram("tanhui",
                 {"--lang", "en", "--address", server_.address(), "case", "reverse",
                  cases[0].name(), "--reason", "confirmed_fraud"},
                 std::chrono::seconds(30));
  EXPECT_EQ(reversed.status, 0) << reversed.output;
  EXPECT_EQ(BalanceOf(client(), citizen_), 500);
}

TEST_F(ActCasesTest, RidesThatOverlap) {
  Take(RideBy(citizen_, "card 1"));
  Take(MinutesAgo(RideBy(citizen_, "card 2"), 20));
  EXPECT_TRUE(Cases().empty()) << "one ends when the other begins";
  Take(MinutesAgo(RideBy(citizen_, "card 3"), 59));
  EXPECT_TRUE(Cases().empty());
  Take(MinutesAgo(RideBy(citizen_, "card 4"), 45));
  const auto cases = Cases();
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_EQ(cases[0].kind(), v1::CASE_KIND_IMPOSSIBLE_TRAVEL);
  EXPECT_EQ(cases[0].signals(), 1U);
}

TEST_F(ActCasesTest, CapsMetAgainAndAgain) {
  const auto walk = [&](const std::string& id) {
    return ActOf(id, "scenario: 'walk' unit: UNIT_STEP quantity: 20000");
  };
  Take(walk("w"));
  for (const char* id : {"1", "2", "3"}) {
    EXPECT_EQ(Refuse(walk(id)).reason, "CAP_REACHED");
  }
  EXPECT_TRUE(Cases().empty());
  EXPECT_EQ(Refuse(walk("4")).reason, "CAP_REACHED");
  const auto cases = Cases();
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_EQ(cases[0].kind(), v1::CASE_KIND_CAP_REFUSALS);
  EXPECT_EQ(cases[0].subject(), citizen_);
}

}  // namespace
}  // namespace tanhui::e2e
