#include "ledger/rules/tallies.h"

#include <algorithm>
#include <tuple>

#include "ledger/core/check.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;

constexpr int kDaysOfWeek = 7;
constexpr int kFirstMonday = 4;  // 1970-01-05, in days since 1970
constexpr int kMonthsOfYear = 12;

auto KeyOf(const Tally& tally) { return std::tuple(tally.limit, tally.category, tally.first); }

Month FirstMonthOfYear(BusinessDate date) {
  const Month month = MonthOf(date);
  return Month(static_cast<std::uint16_t>(month.value() - month.value() % kMonthsOfYear));
}

}  // namespace

BusinessDate FirstOf(pb::Period period, BusinessDate date) {
  switch (period) {
    case pb::PERIOD_WEEK: {
      const int since = (date.value() - kFirstMonday) % kDaysOfWeek;
      return BusinessDate(date.value() - (since < 0 ? since + kDaysOfWeek : since));
    }
    case pb::PERIOD_MONTH:
      return FirstDayOf(MonthOf(date));
    case pb::PERIOD_YEAR:
      return FirstDayOf(FirstMonthOfYear(date));
    default:
      return date;
  }
}

BusinessDate LastOf(pb::Period period, BusinessDate date) {
  switch (period) {
    case pb::PERIOD_WEEK:
      return BusinessDate(FirstOf(period, date).value() + kDaysOfWeek - 1);
    case pb::PERIOD_MONTH:
      return LastDayOf(MonthOf(date));
    case pb::PERIOD_YEAR:
      return LastDayOf(Plus(FirstMonthOfYear(date), kMonthsOfYear - 1));
    default:
      return date;
  }
}

std::int64_t CountedOf(std::span<const Tally> tallies, LimitNo limit, std::uint32_t category,
                       BusinessDate first) {
  const auto key = std::tuple(limit, category, first);
  const auto found = std::lower_bound(tallies.begin(), tallies.end(), key,
                                      [](const Tally& t, const auto& k) { return KeyOf(t) < k; });
  return found == tallies.end() || KeyOf(*found) != key ? 0 : found->amount;
}

bool AddTally(std::vector<Tally>& tallies, const Tally& part) {
  const auto found = std::lower_bound(tallies.begin(), tallies.end(), KeyOf(part),
                                      [](const Tally& t, const auto& k) { return KeyOf(t) < k; });
  if (found == tallies.end() || KeyOf(*found) != KeyOf(part)) {
    if (part.amount > 0) {
      tallies.insert(found, part);
    }
    return true;
  }
  std::int64_t sum = 0;
  if (__builtin_add_overflow(found->amount, part.amount, &sum)) {
    return false;
  }
  if (sum > 0) {
    found->amount = sum;
  } else {
    tallies.erase(found);
  }
  return true;
}

}  // namespace tanhui::rules
