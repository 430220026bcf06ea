#include "ledger/rules/tallies.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/ledger/rules/documents.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;

struct PeriodRow {
  pb::Period period;
  std::string_view date;
  std::string_view first;
  std::string_view last;
};

TEST(TalliesTest, Periods) {
  const PeriodRow rows[] = {
      {pb::PERIOD_DAY, "2027-02-28", "2027-02-28", "2027-02-28"},
      {pb::PERIOD_WEEK, "2026-11-23", "2026-11-23", "2026-11-29"},  // a Monday
      {pb::PERIOD_WEEK, "2026-11-22", "2026-11-16", "2026-11-22"},  // the Sunday before
      {pb::PERIOD_WEEK, "2027-01-01", "2026-12-28", "2027-01-03"},  // over a new year
      {pb::PERIOD_MONTH, "2027-02-01", "2027-02-01", "2027-02-28"},
      {pb::PERIOD_MONTH, "2028-02-29", "2028-02-01", "2028-02-29"},
      {pb::PERIOD_MONTH, "2027-12-31", "2027-12-01", "2027-12-31"},
      {pb::PERIOD_YEAR, "2027-01-01", "2027-01-01", "2027-12-31"},
      {pb::PERIOD_YEAR, "2028-12-31", "2028-01-01", "2028-12-31"},
      {pb::PERIOD_YEAR, "1991-07-01", "1991-01-01", "1991-12-31"},
  };
  for (const PeriodRow& row : rows) {
    EXPECT_EQ(FormatDate(FirstOf(row.period, Day(row.date))), row.first) << row.date;
    EXPECT_EQ(FormatDate(LastOf(row.period, Day(row.date))), row.last) << row.date;
  }
}

TEST(TalliesTest, TheFirstWeeksOfTheEpoch) {
  for (int day = -3; day <= 3; ++day) {  // Monday 1969-12-29 to Sunday 1970-01-04
    EXPECT_EQ(FirstOf(pb::PERIOD_WEEK, BusinessDate(day)), BusinessDate(-3)) << day;
    EXPECT_EQ(LastOf(pb::PERIOD_WEEK, BusinessDate(day)), BusinessDate(3)) << day;
  }
  EXPECT_EQ(FirstOf(pb::PERIOD_WEEK, BusinessDate(4)), BusinessDate(4));
  EXPECT_EQ(FirstOf(pb::PERIOD_WEEK, BusinessDate(-4)), BusinessDate(-10));
  EXPECT_EQ(FirstOf(pb::PERIOD_MONTH, BusinessDate(30)), BusinessDate(0));
  EXPECT_EQ(FirstOf(pb::PERIOD_YEAR, BusinessDate(364)), BusinessDate(0));
}

TEST(TalliesTest, AddingKeepsTheOrder) {
  std::vector<Tally> tallies;
  const Tally later{LimitNo(2), 0, BusinessDate(10), 5};
  const Tally category{LimitNo(1), 3, BusinessDate(9), 4};
  const Tally first{LimitNo(1), 0, BusinessDate(9), 1};
  for (const Tally& tally : {later, category, first}) {
    EXPECT_TRUE(AddTally(tallies, tally));
  }
  EXPECT_EQ(tallies, (std::vector<Tally>{first, category, later}));
  EXPECT_EQ(CountedOf(tallies, LimitNo(1), 3, BusinessDate(9)), 4);
  EXPECT_EQ(CountedOf(tallies, LimitNo(1), 3, BusinessDate(10)), 0);
  EXPECT_EQ(CountedOf(tallies, LimitNo(3), 0, BusinessDate(9)), 0);
}

TEST(TalliesTest, WhatFallsToZeroIsDropped) {
  std::vector<Tally> tallies{{LimitNo(1), 0, BusinessDate(9), 5}};
  EXPECT_TRUE(AddTally(tallies, {LimitNo(1), 0, BusinessDate(9), -2}));
  EXPECT_EQ(tallies[0].amount, 3);
  EXPECT_TRUE(AddTally(tallies, {LimitNo(2), 0, BusinessDate(9), -2}));
  EXPECT_EQ(tallies.size(), 1u) << "nothing was counted there";
  EXPECT_TRUE(AddTally(tallies, {LimitNo(1), 0, BusinessDate(9), -3}));
  EXPECT_TRUE(tallies.empty());
}

TEST(TalliesTest, ASumThatWouldOverflow) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::vector<Tally> tallies{{LimitNo(1), 0, BusinessDate(9), kMost}};
  EXPECT_FALSE(AddTally(tallies, {LimitNo(1), 0, BusinessDate(9), 1}));
  EXPECT_EQ(tallies[0].amount, kMost);
}

}  // namespace
}  // namespace tanhui::rules
