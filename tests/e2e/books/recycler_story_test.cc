// A recycler sends at night a file of what was booked by day, and next day one of what the scales
// said; each is sent twice. One weight was read wrongly and is corrected by a third file; one
// booking came by the API, and one is never weighed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/e2e/books/story_days.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Paper half a point for 100 g, plastic a point; weighed within ten days.
constexpr const char* kPickup = R"(
  rules { scenario: 'pickup' display_name: '上门回收' unit: UNIT_GRAM weigh_days: 10
          min_evidence: 1 max_quantity: 100000
    rates { code: 'paper' points: '0.5' per: 100 {source} }
    rates { code: 'plastic' points: '1' per: 100 {source} } })";
constexpr const char* kPickedUp = "2027-01-05 16:00:00";

constexpr const char* kColumns = "user_id,scenario,act_time,evidence,quantity,unit,material";

struct Order {
  std::string home;
  std::string material;
  std::uint64_t said;     // grams, by who booked it
  std::uint64_t weighed;  // 0: never
};

class RecyclerStory : public StoryDays {
 protected:
  void SetUp() override {
    StoryDays::SetUp();
    PublishRules(kPickup);
    OpenCitizen(Operator(), by_phone_.home);  // the import opens the others' accounts
  }

  // A line of a file but for its last columns.
  static std::string LineOf(const Order& order, std::string_view evidence, std::uint64_t grams) {
    return absl::StrCat(order.home, ",pickup,", kPickedUp, ",", std::string(evidence), ",", grams,
                        ",gram,", order.material);
  }
  static std::string OrderOf(const Order& order) { return "order of " + order.home; }
  // Imports the lines under these columns; the totals.
  nlohmann::json Send(const std::string& name, const std::string& more_columns,
                      const std::vector<std::string>& lines) const {
    return Import(
        File(name, absl::StrCat(kColumns, more_columns, "\n", absl::StrJoin(lines, "\n"), "\n")),
        rejects_);
  }
  // Sends it again, when its outcome was lost: nothing happens but that so many are told.
  void SendAgain(const std::string& name, int done) const {
    const std::uint64_t size = LogSize(Operator());
    auto totals = Import(scratch_ / name, rejects_);
    EXPECT_EQ(totals["awarded"]["pickup"], 0);
    EXPECT_EQ(totals["points"], 0);
    EXPECT_EQ(totals["refused"]["already_awarded"], done);
    EXPECT_EQ(LogSize(Operator()), size);
  }

  void BookAtNight();
  void WeighNextDay();
  void CorrectOneWeight();

  const std::string rejects_ = scratch_ / "rejects.csv";
  const std::vector<Order> orders_ = {{"home-1", "paper", 5'000, 4'800},
                                      {"home-2", "paper", 7'000, 1'700},  // it was 7,100
                                      {"home-3", "plastic", 2'000, 2'300},
                                      {"home-5", "paper", 6'000, 0}};
  const Order by_phone_ = {"home-4", "plastic", 900, 1'000};
  std::uint64_t weighed_ = 0;  // entry of the first weighing; the others follow it
};

void RecyclerStory::BookAtNight() {
  GoTo("2027-01-05 17:00:00");
  auto request = Parsed<v1::AwardRequest>(
      "request_id: 'b-home-4' platform_user_id: 'home-4' budget: 'budgets/demo' act { scenario: "
      "'pickup' district: '500103' unit: UNIT_GRAM material: 'plastic' quantity: 900 weighing: "
      "WEIGHING_BOOKED evidence { kind: EVIDENCE_KIND_RECORD source: 'orders' subject: 'call 4' } "
      "}");
  request.mutable_act_time()->set_seconds(ParseShanghai(kPickedUp)->value() / 1'000'000);
  const auto booked = Operator().Call(&PointsStub::Award, request);
  ASSERT_TRUE(booked.ok()) << booked.status.error_message();
  EXPECT_EQ(booked.response.expected_points(), 9);

  GoTo("2027-01-05 22:00:00");
  std::vector<std::string> lines;
  for (const Order& order : orders_) {
    lines.push_back(LineOf(order, OrderOf(order), order.said) + ",booked");
  }
  lines.push_back(LineOf(by_phone_, "call 4", by_phone_.said) + ",booked");
  auto totals = Send("booked.csv", ",weighing", lines);
  EXPECT_EQ(totals["lines"], 5);
  EXPECT_EQ(totals["awarded"]["pickup"], 4);
  EXPECT_EQ(totals["refused"]["already_claimed"], 1) << "the call was booked before";
  EXPECT_EQ(totals["points"], 0) << "nothing is earned before it is weighed";
  SendAgain("booked.csv", 4);
}

void RecyclerStory::WeighNextDay() {
  GoTo("2027-01-06 15:00:00");
  std::vector<std::string> lines;
  for (const Order& order : orders_) {
    if (order.weighed != 0) {
      lines.push_back(LineOf(order, OrderOf(order), order.weighed) + ",weighed,line");
    }
  }
  lines.push_back(LineOf(by_phone_, "", by_phone_.weighed) + ",weighed,b-home-4");
  lines.push_back(LineOf(by_phone_, "nobody's order", 700) + ",weighed,line");
  lines.push_back(LineOf(by_phone_, "", 700) + ",weighed,");
  weighed_ = LogSize(Operator());
  auto totals = Send("weighed.csv", ",weighing,booking", lines);
  EXPECT_EQ(totals["lines"], 6);
  EXPECT_EQ(totals["awarded"]["pickup"], 4);
  EXPECT_EQ(totals["refused"]["unknown_entry"], 1);
  EXPECT_EQ(totals["refused"]["malformed"], 1);
  EXPECT_EQ(totals["points"], 24 + 8 + 23 + 10) << "8.5, of which a half is carried";
  EXPECT_THAT(ReadBytes(rejects_),
              AllOf(HasSubstr("\n6,unknown_entry,"), HasSubstr("\n7,malformed,")));
  SendAgain("weighed.csv", 4);
}

void RecyclerStory::CorrectOneWeight() {
  GoTo("2027-01-07 09:00:00");
  auto totals = Send("corrections.csv", ",booking,corrects,revision",
                     {LineOf(orders_[1], OrderOf(orders_[1]), 7'100) + ",line,weighing,0",
                      LineOf(orders_[2], OrderOf(orders_[2]), 2'200) + ",line,weighing,4",
                      LineOf(orders_[0], "", 4'900) + ",,w-home-9,0",
                      LineOf(orders_[0], OrderOf(orders_[0]), 4'900) + ",,line,0"});
  EXPECT_EQ(totals["awarded"]["pickup"], 1);
  EXPECT_EQ(totals["points"], 27) << "35 instead of 8: the half is carried as before";
  EXPECT_EQ(totals["refused"]["wrong_revision"], 1);
  EXPECT_EQ(totals["refused"]["unknown_entry"], 1);
  EXPECT_EQ(totals["refused"]["wrong_entry_kind"], 1) << "a booking is weighed, not corrected";
  EXPECT_THAT(ReadBytes(rejects_), AllOf(HasSubstr("\n3,wrong_revision,"),
                                         HasSubstr("\n4,unknown_entry,"), HasSubstr("w-home-9")));
  SendAgain("corrections.csv", 1);
  EXPECT_THAT(ReadBytes(rejects_), HasSubstr("\n2,already_awarded,"));
}

TEST_F(RecyclerStory, BookedWeighedAndCorrected) {
  BookAtNight();
  WeighNextDay();
  CorrectOneWeight();
  EXPECT_EQ(BalanceOfUser("home-1"), 24);
  EXPECT_EQ(BalanceOfUser("home-2"), 35);
  EXPECT_EQ(BalanceOfUser("home-3"), 23);
  EXPECT_EQ(BalanceOfUser("home-4"), 10);
  const v1::LogEntry weighed = EntryAt(weighed_ + 1);
  EXPECT_EQ(weighed.revision(), 1U);
  EXPECT_EQ(EntryAt(weighed.newest_entry_index()).target_index(), weighed_ + 1);
  EXPECT_EQ(EntryAt(weighed.newest_entry_index()).business_date(), "2027-01-05");
  EXPECT_EQ(EntryAt(weighed_ + 2).revision(), 0U);

  // Never weighed, it earns nothing, and after ten days nobody can make up for it.
  EXPECT_EQ(BalanceOfUser("home-5"), 0);
  GoTo("2027-01-16 09:00:00");
  const Order& late = orders_.back();
  const auto totals =
      Send("late.csv", ",weighing,booking", {LineOf(late, OrderOf(late), 6'000) + ",weighed,line"});
  EXPECT_EQ(totals["refused"]["booking_resolved"], 1);
  EXPECT_EQ(BalanceOfUser("home-5"), 0);
}

}  // namespace
}  // namespace tanhui::e2e
