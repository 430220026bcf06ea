#include "ledger/core/business_time.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace tanhui {
namespace {

// Days and seconds since 1970 below come from `date -u -d ... +%s`, not from the code under test.
constexpr std::int64_t kSecond = kMicrosPerSecond;
// 2024-02-28T16:00:00Z = 2024-02-29 00:00:00 in Shanghai, day 19,782.
constexpr std::int64_t kLeapDay = 1'709'136'000 * kSecond;
constexpr std::int32_t kLeapDayNumber = 19'782;

std::int32_t DateOf(std::int64_t micros) { return ShanghaiDate(LedgerTime(micros)).value(); }

std::int32_t Accounting(std::int64_t micros, std::uint32_t cutoff) {
  return AccountingDate(LedgerTime(micros), cutoff).value();
}

TEST(BusinessTimeTest, TheShanghaiDayBeginsAtSixteenHoursUtc) {
  EXPECT_EQ(DateOf(kLeapDay - 1), kLeapDayNumber - 1);
  EXPECT_EQ(DateOf(kLeapDay), kLeapDayNumber);
  EXPECT_EQ(DateOf(kLeapDay + kMicrosPerDay - 1), kLeapDayNumber);
  EXPECT_EQ(DateOf(kLeapDay + kMicrosPerDay), kLeapDayNumber + 1);
}

TEST(BusinessTimeTest, TheEpochAndBeforeIt) {
  EXPECT_EQ(DateOf(0), 0);  // 08:00 of 1970-01-01
  EXPECT_EQ(DateOf(-8 * 3600 * kSecond), 0);
  EXPECT_EQ(DateOf(-8 * 3600 * kSecond - 1), -1);
  EXPECT_EQ(DateOf(16 * 3600 * kSecond - 1), 0);
  EXPECT_EQ(DateOf(16 * 3600 * kSecond), 1);
}

TEST(BusinessTimeTest, WhatIsRecordedAtOrAfterTheCutOffBelongsToTheNextDay) {
  struct Row {
    std::int64_t after_midnight;  // seconds in Shanghai on the leap day
    std::uint32_t cutoff;
    std::int32_t days_later;
  };
  const Row rows[] = {
      {0, 0, 0},
      {86'399, 0, 0},
      {0, 23 * 60, 0},
      {23 * 3600 - 1, 23 * 60, 0},
      {23 * 3600, 23 * 60, 1},
      {86'399, 23 * 60, 1},
      {0, 1, 0},
      {59, 1, 0},
      {60, 1, 1},
      {86'399, 1, 1},
      {86'339, 1439, 0},
      {86'340, 1439, 1},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Accounting(kLeapDay + row.after_midnight * kSecond, row.cutoff),
              kLeapDayNumber + row.days_later)
        << row.after_midnight << " s, cut-off " << row.cutoff;
  }
  // One microsecond decides.
  EXPECT_EQ(Accounting(kLeapDay + 23 * 3600 * kSecond - 1, 23 * 60), kLeapDayNumber);
}

TEST(BusinessTimeTest, FormatsDates) {
  EXPECT_EQ(FormatDate(BusinessDate(0)), "1970-01-01");
  EXPECT_EQ(FormatDate(BusinessDate(-1)), "1969-12-31");
  EXPECT_EQ(FormatDate(BusinessDate(kLeapDayNumber)), "2024-02-29");
  EXPECT_EQ(FormatDate(BusinessDate(kLeapDayNumber + 1)), "2024-03-01");
  EXPECT_EQ(FormatDate(BusinessDate(11'016)), "2000-02-29");
  EXPECT_EQ(FormatDate(BusinessDate(47'541)), "2100-03-01");
  EXPECT_EQ(FormatDate(BusinessDate(47'540)), "2100-02-28");
}

TEST(BusinessTimeTest, MonthsAndTheirLastDays) {
  struct Row {
    std::int32_t date;
    std::uint16_t month;
    std::string_view last;
  };
  const Row rows[] = {
      {0, 0, "1970-01-31"},
      {30, 0, "1970-01-31"},
      {31, 1, "1970-02-28"},
      {364, 11, "1970-12-31"},
      {365, 12, "1971-01-31"},
      {kLeapDayNumber - 1, 649, "2024-02-29"},
      {kLeapDayNumber, 649, "2024-02-29"},
      {kLeapDayNumber + 1, 650, "2024-03-31"},
      {47'540, 1'561, "2100-02-28"},
      {47'541, 1'562, "2100-03-31"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(MonthOf(BusinessDate(row.date)), Month(row.month)) << row.date;
    EXPECT_EQ(FormatDate(LastDayOf(Month(row.month))), row.last) << row.date;
  }
  // 16 bits end in 7431; whatever is later belongs to the last month before kNever.
  EXPECT_EQ(MonthOf(ShanghaiDate(kLatestTime)), Month(65'534));
}

TEST(BusinessTimeTest, MonthsAdded) {
  EXPECT_EQ(Plus(Month(649), 12), Month(661));
  EXPECT_EQ(Plus(Month(0), 0), Month(0));
  EXPECT_EQ(Plus(Month(65'530), 4), Month(65'534));
  EXPECT_EQ(Plus(Month(65'530), 5), Month(65'534)) << "never by chance";
  EXPECT_EQ(Plus(Month(1), 4'294'967'295), Month(65'534));
  EXPECT_EQ(Plus(kNever, 1), kNever);
}

TEST(BusinessTimeDeathTest, NoMonthBeforeAllOrAfterAll) {
  EXPECT_DEATH(MonthOf(BusinessDate(-1)), "invariant broken");
  EXPECT_DEATH(LastDayOf(kNever), "invariant broken");
}

TEST(BusinessTimeTest, FormatsTimesForPeople) {
  EXPECT_EQ(FormatShanghai(LedgerTime(kLeapDay)), "2024-02-29 00:00:00");
  EXPECT_EQ(FormatShanghai(LedgerTime(kLeapDay - 1)), "2024-02-28 23:59:59");
  EXPECT_EQ(FormatShanghai(LedgerTime(0)), "1970-01-01 08:00:00");
  EXPECT_EQ(FormatShanghai(LedgerTime(-8 * 3600 * kSecond - kSecond)), "1969-12-31 23:59:59");
  EXPECT_EQ(FormatShanghai(kEarliestTime), "1991-01-01 00:00:00");
}

TEST(BusinessTimeTest, TheLatestTimeLiesInItsLastDay) {
  EXPECT_EQ(FormatDate(ShanghaiDate(kLatestTime)), "9999-12-31");
}

TEST(BusinessTimeTest, ReadsShanghaiTime) {
  EXPECT_EQ(ParseShanghai("2024-02-29 00:00:00"), LedgerTime(kLeapDay));
  EXPECT_EQ(ParseShanghai("2024-02-29 23:59:59"), LedgerTime(kLeapDay + 86'399 * kSecond));
  EXPECT_EQ(ParseShanghai("2018-08-31 08:15:30"), LedgerTime(1'535'674'530 * kSecond));
  EXPECT_EQ(ParseShanghai("2000-02-29 00:00:00"), LedgerTime(951'753'600 * kSecond));
}

TEST(BusinessTimeTest, RefusesAnythingElse) {
  const std::string_view rows[] = {
      "",
      "2024-02-29",
      "2024-02-29 00:00",
      "2024-02-29T00:00:00",
      "2024/02/29 00:00:00",
      "2024-02-29 00-00-00",
      "2024-02-29 00:00:00 ",
      " 2024-02-29 00:00:00",
      "2024-02-29 00:00:00Z",
      "24-02-29 00:00:00.0",
      "+024-02-29 00:00:00",
      "-024-02-29 00:00:00",
      "2024-2-029 00:00:00",
      "2024-02-29 0:000:00",
      "2024-02- 9 00:00:00",
      "2024-02-29 00:00:0x",
      "2023-02-29 00:00:00",  // no leap year
      "1900-02-29 00:00:00",  // no leap year either
      "2024-02-30 00:00:00",
      "2024-04-31 00:00:00",
      "2024-00-10 00:00:00",
      "2024-13-10 00:00:00",
      "2024-01-00 00:00:00",
      "2024-01-32 00:00:00",
      "2024-02-29 24:00:00",
      "2024-02-29 23:60:00",
      "2024-02-29 23:59:60",
  };
  for (const std::string_view text : rows) {
    EXPECT_EQ(ParseShanghai(text), std::nullopt) << text;
  }
}

TEST(BusinessTimeTest, WhatIsFormattedReadsBack) {
  const auto reads_back = [] {
    const auto seconds = *rc::gen::inRange<std::int64_t>(kEarliestTime.value() / kSecond,
                                                         kLatestTime.value() / kSecond);
    const LedgerTime time(seconds * kSecond);
    const std::string text = FormatShanghai(time);
    RC_ASSERT(ParseShanghai(text) == time);
    RC_ASSERT(text.substr(0, 10) == FormatDate(ShanghaiDate(time)));
  };
  EXPECT_TRUE(rc::check("format and parse", reads_back));
}

TEST(BusinessTimeTest, TheDayAfterTheLastIsOfTheNextMonth) {
  for (std::uint16_t month = 0; month < 12'000; ++month) {
    const BusinessDate last = LastDayOf(Month(month));
    ASSERT_EQ(MonthOf(last), Month(month));
    ASSERT_EQ(MonthOf(BusinessDate(last.value() + 1)).value(), month + 1);
  }
}

TEST(BusinessTimeTest, AccountingDatesNeverGoBack) {
  const auto monotonic = [] {
    const auto at = *rc::gen::inRange<std::int64_t>(kLeapDay, kLeapDay + 3 * kMicrosPerDay);
    const auto step = *rc::gen::inRange<std::int64_t>(0, kMicrosPerDay);
    const auto cutoff = *rc::gen::inRange<std::uint32_t>(0, 1440);
    RC_ASSERT(Accounting(at, cutoff) <= Accounting(at + step, cutoff));
    RC_ASSERT(Accounting(at + kMicrosPerDay, cutoff) == Accounting(at, cutoff) + 1);
    const std::int32_t ahead = Accounting(at, cutoff) - DateOf(at);
    RC_ASSERT(ahead == 0 || ahead == 1);
  };
  EXPECT_TRUE(rc::check("accounting dates", monotonic));
}

}  // namespace
}  // namespace tanhui
