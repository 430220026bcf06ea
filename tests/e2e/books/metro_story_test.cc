// A metro sends a day's rides as one file, and two days later those whose exits it had mixed up.
// Both files are sent twice. A tenth of three million rides; bench/metro_day does it with all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "tanhui/entry/v1/documents.pb.h"
#include "tests/e2e/books/story_days.h"

namespace tanhui::e2e {
namespace {

constexpr int kRides = 300'000;
constexpr int kRiders = 60'000;
// One ride of so many left at the station before.
constexpr int kMixedUpEvery = 100;
constexpr int kMixedUp = kRides / kMixedUpEvery;
// 7.3 and 4.3 km at 100 g a km.
constexpr std::int64_t kLong = 73;
constexpr std::int64_t kShort = 43;

constexpr const char* kStations = R"(
  code: 'metro' version: 1 first_date: '2027-01-01' display_name: '站间距离'
  stations { city: 'chongqing' name: '朝天门' } stations { city: 'chongqing' name: '小什字' }
  stations { city: 'chongqing' name: '较场口' }
  tracks { from: 0 to: 1 metres: 4300 line: '1' } tracks { from: 1 to: 2 metres: 3000 line: '1' }
  source { mark: SOURCE_MARK_ASSUMED text: 'story' })";
constexpr const char* kRide =
    "rules { scenario: 'metro_ride' display_name: '地铁' unit: UNIT_METRE "
    "measure: MEASURE_STATIONS rates { grams: '100' per: 1000 {source} } min_evidence: 1 }";
// The fifth ride of a rider in a day earns nothing.
constexpr const char* kCap =
    " caps { code: 'rides_day' scenarios: 'metro_ride' period: PERIOD_DAY counted: COUNTED_ACTS "
    "most: 4 refuses: true {source} }";

class MetroStory : public StoryDays {
 protected:
  void SetUp() override {
    StoryDays::SetUp();
    Do(Operator(), &BudgetsStub::Fund,
       "request_id: 'metro funds' budget: 'budgets/demo' points: 100000000");
    Publish(v1::DOCUMENT_KIND_STATION_TABLE, Parsed<entry::v1::StationTable>(kStations));
    PublishRules(absl::StrCat(kRide, kCap));
  }

  static bool IsMixedUp(int ride) { return ride % kMixedUpEvery == 7; }
  // Of a rider, whose rides come one round after the other.
  static bool Counts(int ride) { return ride / kRiders < 4; }
  // "user_id,scenario,act_time,evidence,origin,destination" of a ride.
  static std::string LineOf(int ride, const char* destination) {
    // From 6 to 23 o'clock.
    const std::int64_t second = 6 * 3'600 + std::int64_t{ride} * 17 * 3'600 / kRides;
    char time[32];
    std::snprintf(time, sizeof time, "2027-01-05 %02d:%02d:%02d", static_cast<int>(second / 3'600),
                  static_cast<int>(second / 60 % 60), static_cast<int>(second % 60));
    return absl::StrCat("card-", ride % kRiders, ",metro_ride,", time, ",ride ", ride, ",朝天门,",
                        destination);
  }
  std::int64_t Left() const {
    return Do(Operator(), &BudgetsStub::Get, "name: 'budgets/demo'").budget().available();
  }
};

TEST_F(MetroStory, ADayAndItsCorrections) {
  // T + 1, at night.
  GoTo("2027-01-06 02:00:00");
  const std::int64_t funds = Left();
  std::string rides = "user_id,scenario,act_time,evidence,origin,destination\n";
  for (int i = 0; i < kRides; ++i) {
    absl::StrAppend(&rides, LineOf(i, "较场口"), "\n");
  }
  const std::string file = File("rides.csv", rides);
  const std::string rejects = scratch_ / "rejects.csv";
  const int counted = kRiders * 4;
  const std::int64_t points = counted * kLong;
  auto totals = Import(file, rejects);
  EXPECT_EQ(totals["lines"], kRides);
  EXPECT_EQ(totals["awarded"]["metro_ride"], counted);
  EXPECT_EQ(totals["refused"]["cap_reached"], kRides - counted);
  EXPECT_EQ(totals["points"], points);
  EXPECT_EQ(Left(), funds - points);
  totals = Import(file, rejects);
  EXPECT_EQ(totals["awarded"]["metro_ride"], 0) << "sent twice, paid once";
  EXPECT_EQ(totals["refused"]["already_awarded"], counted);
  EXPECT_EQ(Left(), funds - points);

  // T + 2: by the caps of the day on which they rode.
  GoTo("2027-01-07 10:00:00");
  std::string corrections = "user_id,scenario,act_time,evidence,origin,destination,corrects\n";
  int corrected = 0;
  for (int i = 0; i < kRides; ++i) {
    if (IsMixedUp(i)) {
      absl::StrAppend(&corrections, LineOf(i, "小什字"), ",line\n");
      corrected += Counts(i) ? 1 : 0;
    }
  }
  ASSERT_GT(corrected, 0);
  const std::string second = File("corrections.csv", corrections);
  totals = Import(second, rejects);
  EXPECT_EQ(totals["lines"], kMixedUp);
  EXPECT_EQ(totals["awarded"]["metro_ride"], corrected);
  EXPECT_EQ(totals["refused"]["unknown_entry"], kMixedUp - corrected)
      << "what was not counted is not corrected";
  EXPECT_EQ(totals["points"], -corrected * (kLong - kShort));
  EXPECT_EQ(Left(), funds - points + corrected * (kLong - kShort));
  const std::uint64_t size = LogSize(Operator());
  totals = Import(second, rejects);
  EXPECT_EQ(totals["awarded"]["metro_ride"], 0);
  EXPECT_EQ(totals["refused"]["already_awarded"], corrected);
  EXPECT_EQ(LogSize(Operator()), size);

  EXPECT_EQ(BalanceOfUser("card-0"), 4 * kLong);
  // Rides 7, 60,007, 120,007 and 180,007 of card 7.
  EXPECT_EQ(BalanceOfUser("card-7"), 4 * kShort);
  const v1::LogEntry newest = EntryAt(size - 1);
  EXPECT_EQ(newest.kind(), v1::ENTRY_KIND_CORRECTION);
  EXPECT_EQ(newest.business_date(), "2027-01-05");
  EXPECT_EQ(newest.accounting_date(), "2027-01-07");
  EXPECT_EQ(EntryAt(newest.target_index()).newest_entry_index(), size - 1);
}

}  // namespace
}  // namespace tanhui::e2e
