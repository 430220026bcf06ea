// A recycler sends at night what was booked by day, and next day what the scales said. One weight
// was read wrongly and is corrected by a file that is sent twice; one booking is never weighed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/books/story_days.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// Paper half a point for 100 g, plastic a point; weighed within ten days.
constexpr const char* kPickup = R"(
  rules { scenario: 'pickup' display_name: '上门回收' unit: UNIT_GRAM weigh_days: 10
          min_evidence: 1 max_quantity: 100000
    rates { code: 'paper' points: '0.5' per: 100 {source} }
    rates { code: 'plastic' points: '1' per: 100 {source} } })";
constexpr const char* kPickedUp = "2027-01-05 16:00:00";

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
    for (const Order& order : orders_) {
      OpenCitizen(Operator(), order.home);
    }
  }

  v1::AwardRequest ActOf(const Order& order, const std::string& id, const std::string& more) const {
    auto request = Parsed<v1::AwardRequest>(absl::StrCat(
        "request_id: '", id, "' platform_user_id: '", order.home, "' budget: 'budgets/demo' ",
        "act { scenario: 'pickup' district: '500103' unit: UNIT_GRAM material: '", order.material,
        "' ", more, " }"));
    request.mutable_act_time()->set_seconds(ParseShanghai(kPickedUp)->value() / 1'000'000);
    return request;
  }
  v1::AwardRequest BookingOf(const Order& order) const {
    return ActOf(order, "b-" + order.home,
                 absl::StrCat("weighing: WEIGHING_BOOKED quantity: ", order.said,
                              " evidence { kind: EVIDENCE_KIND_RECORD source: 'orders' subject: "
                              "'order of ",
                              order.home, "' }"));
  }
  v1::AwardRequest WeighingOf(const Order& order) const {
    return ActOf(order, "w-" + order.home,
                 absl::StrCat("weighing: WEIGHING_WEIGHED quantity: ", order.weighed,
                              " booking_entry_index: ", booked_.at(order.home)));
  }
  // The answers to all of a night's or a day's acts.
  v1::BatchAwardResponse Send(const std::vector<v1::AwardRequest>& acts) const {
    v1::BatchAwardRequest batch;
    batch.mutable_requests()->Assign(acts.begin(), acts.end());
    const auto answer = Operator().Call(&PointsStub::BatchAward, batch);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    EXPECT_EQ(answer.response.results_size(), static_cast<int>(acts.size()));
    return answer.response;
  }

  void BookAtNight();
  void WeighNextDay();

  const std::vector<Order> orders_ = {{"home-1", "paper", 5'000, 4'800},
                                      {"home-2", "paper", 7'000, 1'700},  // it was 7,100
                                      {"home-3", "plastic", 2'000, 2'300},
                                      {"home-4", "plastic", 900, 1'000},
                                      {"home-5", "paper", 6'000, 0}};
  std::map<std::string, std::uint64_t> booked_;   // entries, by home
  std::map<std::string, std::uint64_t> weighed_;  // likewise
};

void RecyclerStory::BookAtNight() {
  GoTo("2027-01-05 22:00:00");
  std::vector<v1::AwardRequest> acts;
  for (const Order& order : orders_) {
    acts.push_back(BookingOf(order));
  }
  const auto answers = Send(acts);
  for (int i = 0; i < answers.results_size(); ++i) {
    const v1::AwardResponse& award = answers.results(i).award();
    EXPECT_EQ(award.points(), 0);
    booked_[orders_[static_cast<std::size_t>(i)].home] = award.entry_index();
  }
  EXPECT_EQ(answers.results(0).award().expected_points(), 25);
  const std::uint64_t size = LogSize(Operator());
  const auto again = Send(acts);
  for (int i = 0; i < again.results_size(); ++i) {
    EXPECT_TRUE(again.results(i).award().replayed()) << "the whole night's answer was lost";
  }
  EXPECT_EQ(LogSize(Operator()), size);
}

void RecyclerStory::WeighNextDay() {
  GoTo("2027-01-06 15:00:00");
  std::vector<v1::AwardRequest> acts;
  for (const Order& order : orders_) {
    if (order.weighed != 0) {
      acts.push_back(WeighingOf(order));
    }
  }
  const auto answers = Send(acts);
  std::vector<std::int64_t> points;
  for (int i = 0; i < answers.results_size(); ++i) {
    const v1::AwardResponse& award = answers.results(i).award();
    points.push_back(award.points());
    weighed_[orders_[static_cast<std::size_t>(i)].home] = award.entry_index();
  }
  EXPECT_THAT(points, testing::ElementsAre(24, 8, 23, 10));  // 8.5, of which a half is carried
}

TEST_F(RecyclerStory, BookedWeighedAndCorrected) {
  BookAtNight();
  WeighNextDay();

  GoTo("2027-01-07 09:00:00");
  const std::string header =
      "user_id,scenario,act_time,evidence,quantity,unit,material,corrects,revision\n";
  const std::string file =
      File("corrections.csv",
           absl::StrCat(header, "home-2,pickup,", kPickedUp, ",,7100,gram,paper,w-home-2,0\n",
                        "home-3,pickup,", kPickedUp, ",,2200,gram,plastic,w-home-3,4\n",
                        "home-1,pickup,", kPickedUp, ",,4900,gram,paper,w-home-9,0\n"));
  const std::string rejects = scratch_ / "rejects.csv";
  auto totals = Import(file, rejects);
  EXPECT_EQ(totals["awarded"]["pickup"], 1);
  EXPECT_EQ(totals["points"], 27) << "35 instead of 8: the half is carried as before";
  EXPECT_EQ(totals["refused"]["wrong_revision"], 1);
  EXPECT_EQ(totals["refused"]["unknown_entry"], 1);
  EXPECT_THAT(ReadBytes(rejects), AllOf(HasSubstr("\n3,wrong_revision,"), HasSubstr("w-home-3,4"),
                                        HasSubstr("\n4,unknown_entry,")));
  const std::uint64_t size = LogSize(Operator());
  totals = Import(file, rejects);
  EXPECT_EQ(totals["awarded"]["pickup"], 0);
  EXPECT_EQ(totals["points"], 0);
  EXPECT_EQ(totals["refused"]["already_awarded"], 1);
  EXPECT_THAT(ReadBytes(rejects), HasSubstr("\n2,already_awarded,"));
  EXPECT_EQ(LogSize(Operator()), size) << "sent twice, corrected once";

  EXPECT_EQ(BalanceOfUser("home-1"), 24);
  EXPECT_EQ(BalanceOfUser("home-2"), 35);
  EXPECT_EQ(BalanceOfUser("home-3"), 23);
  EXPECT_EQ(BalanceOfUser("home-4"), 10);
  const v1::LogEntry weighed = EntryAt(weighed_["home-2"]);
  EXPECT_EQ(weighed.revision(), 1U);
  EXPECT_EQ(EntryAt(weighed.newest_entry_index()).target_index(), weighed_["home-2"]);
  EXPECT_EQ(EntryAt(weighed.newest_entry_index()).business_date(), "2027-01-05");
  EXPECT_EQ(EntryAt(weighed_["home-3"]).revision(), 0U);

  // Never weighed, it earns nothing, and after ten days nobody can make up for it.
  EXPECT_EQ(BalanceOfUser("home-5"), 0);
  GoTo("2027-01-16 09:00:00");
  Order late = orders_.back();
  late.weighed = 6'000;
  EXPECT_EQ(Operator().Call(&PointsStub::Award, WeighingOf(late)).reason(), "BOOKING_RESOLVED");
  EXPECT_EQ(BalanceOfUser("home-5"), 0);
}

}  // namespace
}  // namespace tanhui::e2e
