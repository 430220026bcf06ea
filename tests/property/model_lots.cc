#include "tests/property/model_lots.h"

#include <algorithm>

#include "ledger/core/check.h"

namespace tanhui::model {

std::int64_t PointsOf(const Lots& lots) {
  std::int64_t sum = 0;
  for (const auto& [name, part] : lots) {
    sum += part.points;
  }
  return sum;
}

Lots Sum(const Lots& a, const Lots& b) {
  Lots sum = a;
  for (const auto& [name, part] : b) {
    sum[name].points += part.points;
    sum[name].grams += part.grams;
  }
  return sum;
}

Lots Less(const Lots& a, const Lots& b) {
  Lots left = a;
  for (const auto& [name, part] : b) {
    Part& lot = left[name];
    lot.points -= part.points;
    lot.grams -= part.grams;
    Check(lot.points >= 0 && lot.grams >= 0, "the model takes more than there is");
    if (lot.points == 0) {
      Check(lot.grams == 0, "the model leaves grams without points");
      left.erase(name);
    }
  }
  return left;
}

Part Share(const Part& lot, std::int64_t points) {
  const auto grams = static_cast<__int128>(lot.grams) * points / lot.points;
  return {points, static_cast<std::int64_t>(grams)};
}

Lots First(const Lots& lots, std::int64_t points) {
  Lots taken;
  for (auto lot = lots.begin(); lot != lots.end() && points > 0; ++lot) {
    taken[lot->first] = Share(lot->second, std::min(points, lot->second.points));
    points -= taken[lot->first].points;
  }
  return taken;
}

Lots Last(const Lots& lots, std::int64_t points) {
  Lots taken;
  for (auto lot = lots.rbegin(); lot != lots.rend() && points > 0; ++lot) {
    taken[lot->first] = Share(lot->second, std::min(points, lot->second.points));
    points -= taken[lot->first].points;
  }
  return taken;
}

Lots TakeBack(const Lots& lots, std::int64_t points, const Lots& own) {
  Lots taken;
  for (const auto& [name, part] : own) {
    const auto lot = lots.find(name);
    const std::int64_t most = lot == lots.end() ? 0 : std::min(lot->second.points, part.points);
    if (std::min(most, points) > 0) {
      taken[name] = Share(lot->second, std::min(most, points));
      points -= taken[name].points;
    }
  }
  return Sum(taken, First(Less(lots, taken), points));
}

int DayOf(std::int64_t micros) {
  constexpr std::int64_t kHour = 3'600'000'000;
  return static_cast<int>((micros + 8 * kHour) / (24 * kHour));
}

int MonthOfDay(int day) {
  constexpr int kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (int month = 0;; ++month) {
    const int year = 1970 + month / 12;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const int length = kLengths[month % 12] + (leap && month % 12 == 1 ? 1 : 0);
    if (day < length) {
      return month;
    }
    day -= length;
  }
}

Lots Past(const Lots& lots, int day) {
  Lots past;
  for (const auto& [name, part] : lots) {
    if (name.month < MonthOfDay(day)) {
      past[name] = part;
    }
  }
  return past;
}

Lots Graced(const Lots& lots, int day, int grace_days) {
  Lots graced;
  for (const auto& [name, part] : lots) {
    LotName other = name;
    if (name.month < MonthOfDay(day)) {
      other.month = MonthOfDay(day + grace_days);
    }
    graced = Sum(graced, Lots{{other, part}});
  }
  return graced;
}

}  // namespace tanhui::model
