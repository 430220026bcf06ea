// Ledger time and business dates. Nothing here reads a clock.
#ifndef TANHUI_LEDGER_CORE_BUSINESS_TIME_H_
#define TANHUI_LEDGER_CORE_BUSINESS_TIME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/core/ids.h"

namespace tanhui {

// Microseconds since 1970-01-01T00:00:00Z, without leap seconds.
using LedgerTime = Number<struct LedgerTimeTag, std::int64_t>;
// Days since 1970-01-01 in the calendar of Asia/Shanghai (UTC+8 all year since 1991).
using BusinessDate = Number<struct BusinessDateTag, std::int32_t>;

// Months since 1970-01, in Asia/Shanghai.
using Month = Number<struct MonthTag, std::uint16_t>;
// The month after all others: what expires then never does.
inline constexpr Month kNever{65'535};

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr std::int64_t kMicrosPerDay = 24 * 60 * kMicrosPerMinute;

// An act's time this far ahead of the ledger's clock is still taken: clocks of tills drift.
inline constexpr std::int64_t kMaxFutureMicros = 5 * kMicrosPerMinute;
// 1991-01-01 and 9999-12-31 bound the times that a request may name.
inline constexpr LedgerTime kEarliestTime{662'659'200 * kMicrosPerSecond};
inline constexpr LedgerTime kLatestTime{253'402'214'400 * kMicrosPerSecond};

// The Shanghai date on which `time` falls.
BusinessDate ShanghaiDate(LedgerTime time);

// The Shanghai midnight at which a date begins.
LedgerTime StartOf(BusinessDate date);

// The accounting date (会计日期) of something recorded at `time` when a day ends at
// `cutoff_minute` (日切; minutes after Shanghai midnight, 0..1439, 0 = midnight): what is recorded
// at or after the cut-off belongs to the next day.
BusinessDate AccountingDate(LedgerTime time, std::uint32_t cutoff_minute);

// The month of a date not before 1970 (Check); no later than the month before kNever.
Month MonthOf(BusinessDate date);
// So many months later, likewise; kNever stays.
Month Plus(Month month, std::uint32_t months);
// The last day of a month, and the first; the month must not be kNever (Check).
BusinessDate LastDayOf(Month month);
BusinessDate FirstDayOf(Month month);

// YYYY-MM-DD.
std::string FormatDate(BusinessDate date);
// YYYY-MM, and back; nullopt for anything else and for months that Month cannot be.
std::string FormatMonth(Month month);
std::optional<Month> ParseMonth(std::string_view text);
// YYYY-MM-DD HH:MM:SS of Shanghai, for people.
std::string FormatShanghai(LedgerTime time);
// Reads exactly `YYYY-MM-DD HH:MM:SS` as Shanghai time; nullopt for anything else, impossible
// dates included.
std::optional<LedgerTime> ParseShanghai(std::string_view text);

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_BUSINESS_TIME_H_
