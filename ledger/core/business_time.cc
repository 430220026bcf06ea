#include "ledger/core/business_time.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "ledger/core/check.h"

namespace tanhui {
namespace {

constexpr std::int64_t kShanghaiOffsetMicros = 8 * 60 * kMicrosPerMinute;

std::int64_t FloorDiv(std::int64_t a, std::int64_t b) {
  const std::int64_t quotient = a / b;
  return a % b < 0 ? quotient - 1 : quotient;
}

// The number in text[at, at+width), or nullopt when a character is no digit.
std::optional<int> Digits(std::string_view text, std::size_t at, std::size_t width) {
  int value = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') {
      return std::nullopt;
    }
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

BusinessDate ShanghaiDate(LedgerTime time) {
  return BusinessDate(
      static_cast<std::int32_t>(FloorDiv(time.value() + kShanghaiOffsetMicros, kMicrosPerDay)));
}

BusinessDate FirstDayOf(Month month) {
  if (month == Month(0)) {
    return BusinessDate(0);
  }
  const Month before(static_cast<std::uint16_t>(month.value() - 1));
  return BusinessDate(LastDayOf(before).value() + 1);
}

LedgerTime StartOf(BusinessDate date) {
  return LedgerTime(date.value() * kMicrosPerDay - kShanghaiOffsetMicros);
}

BusinessDate AccountingDate(LedgerTime time, std::uint32_t cutoff_minute) {
  const std::int64_t shift =
      cutoff_minute == 0 ? 0 : kMicrosPerDay - cutoff_minute * kMicrosPerMinute;
  return ShanghaiDate(LedgerTime(time.value() + shift));
}

Month MonthOf(BusinessDate date) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{date.value()}}};
  const int month =
      (static_cast<int>(ymd.year()) - 1970) * 12 + static_cast<int>(unsigned{ymd.month()}) - 1;
  Check(month >= 0, "a date before the months that are counted");
  return Plus(Month(0), static_cast<std::uint32_t>(month));
}

Month Plus(Month month, std::uint32_t months) {
  constexpr std::uint64_t kLast = kNever.value() - 1;
  return month == kNever ? kNever
                         : Month(static_cast<std::uint16_t>(
                               std::min(kLast, std::uint64_t{month.value()} + months)));
}

BusinessDate LastDayOf(Month month) {
  Check(month != kNever, "never has no last day");
  const std::chrono::year_month_day_last last{
      std::chrono::year{1970 + month.value() / 12},
      std::chrono::month_day_last{std::chrono::month{month.value() % 12u + 1}}};
  return BusinessDate(
      static_cast<std::int32_t>(std::chrono::sys_days{last}.time_since_epoch().count()));
}

std::string FormatDate(BusinessDate date) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{date.value()}}};
  char text[16];
  std::snprintf(text, sizeof(text), "%04d-%02u-%02u", static_cast<int>(ymd.year()) % 10000,
                static_cast<unsigned>(ymd.month()) % 100, static_cast<unsigned>(ymd.day()) % 100);
  return text;
}

std::string FormatMonth(Month month) {
  char text[16];
  std::snprintf(text, sizeof(text), "%04d-%02d", 1970 + month.value() / 12, month.value() % 12 + 1);
  return text;
}

std::optional<Month> ParseMonth(std::string_view text) {
  if (text.size() != 7 || text[4] != '-') {
    return std::nullopt;
  }
  const auto year = Digits(text, 0, 4);
  const auto month = Digits(text, 5, 2);
  if (!year || !month || *month < 1 || *month > 12 || *year < 1970) {
    return std::nullopt;
  }
  const int months = (*year - 1970) * 12 + *month - 1;
  return months < kNever.value() ? std::optional(Month(static_cast<std::uint16_t>(months)))
                                 : std::nullopt;
}

std::string FormatShanghai(LedgerTime time) {
  const std::int64_t local = time.value() + kShanghaiOffsetMicros;
  const std::int64_t seconds = FloorDiv(local, kMicrosPerSecond) -
                               FloorDiv(local, kMicrosPerDay) * (kMicrosPerDay / kMicrosPerSecond);
  char text[16];
  std::snprintf(text, sizeof(text), " %02d:%02d:%02d", static_cast<int>(seconds / 3600) % 100,
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return FormatDate(ShanghaiDate(time)) + text;
}

std::optional<LedgerTime> ParseShanghai(std::string_view text) {
  if (text.size() != 19 || text[4] != '-' || text[7] != '-' || text[10] != ' ' || text[13] != ':' ||
      text[16] != ':') {
    return std::nullopt;
  }
  const auto year = Digits(text, 0, 4);
  const auto month = Digits(text, 5, 2);
  const auto day = Digits(text, 8, 2);
  const auto hour = Digits(text, 11, 2);
  const auto minute = Digits(text, 14, 2);
  const auto second = Digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) {
    return std::nullopt;
  }
  const std::chrono::year_month_day ymd{std::chrono::year{*year},
                                        std::chrono::month{static_cast<unsigned>(*month)},
                                        std::chrono::day{static_cast<unsigned>(*day)}};
  if (!ymd.ok() || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  const std::int64_t days = std::chrono::sys_days{ymd}.time_since_epoch().count();
  const std::int64_t in_day = (*hour * 60 + *minute) * 60 + *second;
  return LedgerTime(days * kMicrosPerDay + in_day * kMicrosPerSecond - kShanghaiOffsetMicros);
}

}  // namespace tanhui
