// Lots and dates of the slow, obvious model: plain maps and loops, written from POINTS.md.
#ifndef TANHUI_TESTS_PROPERTY_MODEL_LOTS_H_
#define TANHUI_TESTS_PROPERTY_MODEL_LOTS_H_

#include <compare>
#include <cstdint>
#include <map>

namespace tanhui::model {

inline constexpr int kNeverExpires = 65'535;

// In the order in which lots are spent.
struct LotName {
  int month = 0;  // since 1970-01
  std::uint64_t scheme = 0;
  std::uint64_t funder = 0;
  std::uint64_t contributor = 0;
  friend auto operator<=>(const LotName&, const LotName&) = default;
};

struct Part {
  std::int64_t points = 0;
  std::int64_t grams = 0;
  friend bool operator==(const Part&, const Part&) = default;
};

using Lots = std::map<LotName, Part>;

std::int64_t PointsOf(const Lots& lots);
Lots Sum(const Lots& a, const Lots& b);
// What is left of `a`; nothing of it goes below zero, or the model is wrong.
Lots Less(const Lots& a, const Lots& b);
// `points` of one lot: grams in proportion, rounded down, all of them with the last point.
Part Share(const Part& lot, std::int64_t points);
// The first points in order of spending, and the last ones; all when there are fewer.
Lots First(const Lots& lots, std::int64_t points);
Lots Last(const Lots& lots, std::int64_t points);
// `points`, first of the lots that `own` names and at most as many as it says, then the others in
// order of spending; all when there are fewer.
Lots TakeBack(const Lots& lots, std::int64_t points, const Lots& own);

// Days since 1970-01-01 in Shanghai of a time in microseconds, and the month of a day.
int DayOf(std::int64_t micros);
int MonthOfDay(int day);

// Lots past their date on a day.
Lots Past(const Lots& lots, int day);
// The same lots, with the grace of so many days where they are past their date.
Lots Graced(const Lots& lots, int day, int grace_days);

}  // namespace tanhui::model

#endif  // TANHUI_TESTS_PROPERTY_MODEL_LOTS_H_
