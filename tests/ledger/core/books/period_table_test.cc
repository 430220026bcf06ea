// Sums of a month's postings, against a slow recount.
#include "ledger/core/accounts/period_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <tuple>
#include <vector>

namespace tanhui {
namespace {

using testing::IsEmpty;

PeriodKey Key(unsigned month, unsigned asset, AccountKind kind = AccountKind::kCitizen) {
  return {Month(static_cast<std::uint16_t>(month)), AssetNo(asset), kind};
}

TEST(PeriodTableTest, DebitsAndCreditsAreSummedApart) {
  PeriodTable table;
  table.Add(Key(1, 1), Amount(5));
  table.Add(Key(1, 1), Amount(-3));
  table.Add(Key(1, 1), Amount(0));
  ASSERT_EQ(table.rows().size(), 1u);
  EXPECT_EQ(table.rows().front().sums, (PeriodSums{3, 5}));
}

TEST(PeriodTableTest, MoreThan64BitsAreHeld) {
  PeriodTable table;
  for (int i = 0; i < 5; ++i) {
    table.Add(Key(1, 1), Amount(std::numeric_limits<std::int64_t>::max()));
    table.Add(Key(1, 1), Amount(std::numeric_limits<std::int64_t>::min()));
  }
  const absl::uint128 most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(table.rows().front().sums, (PeriodSums{(most + 1) * 5, most * 5}));
}

TEST(PeriodTableTest, WhatChangedIsTakenOnceAndAClosedMonthIsTakenAway) {
  PeriodTable table;
  table.Load(Key(1, 1), {1, 2});
  EXPECT_THAT(table.TakeChanges(), IsEmpty()) << "what was loaded is no change";
  table.Add(Key(2, 1), Amount(7));
  table.Add(Key(1, 2), Amount(7));
  table.Close(Month(1), AssetNo(1));
  const PeriodTable::Changes changes = table.TakeChanges();
  EXPECT_EQ(changes, (PeriodTable::Changes{{Key(1, 1), std::nullopt},
                                           {Key(1, 2), PeriodSums{0, 7}},
                                           {Key(2, 1), PeriodSums{0, 7}}}));
  EXPECT_THAT(table.TakeChanges(), IsEmpty());
  EXPECT_EQ(table.rows().size(), 2u);
}

RC_GTEST_PROP(PeriodTableTest, EqualsARecount, ()) {
  PeriodTable table;
  std::map<std::tuple<unsigned, unsigned>, std::pair<absl::uint128, absl::uint128>> recount;
  const int postings = *rc::gen::inRange(0, 200);
  for (int i = 0; i < postings; ++i) {
    const auto month = *rc::gen::inRange(0u, 4u);
    const auto asset = *rc::gen::inRange(1u, 4u);
    const auto amount = *rc::gen::inRange<std::int64_t>(-1'000'000, 1'000'000);
    table.Add(Key(month, asset), Amount(amount));
    auto& [debits, credits] = recount[{month, asset}];
    (amount < 0 ? debits : credits) += static_cast<absl::uint128>(amount < 0 ? -amount : amount);
  }
  for (const auto& [key, sums] : recount) {
    const auto at = std::find_if(table.rows().begin(), table.rows().end(), [&](const auto& row) {
      return row.key == Key(std::get<0>(key), std::get<1>(key));
    });
    if (sums.first == 0 && sums.second == 0) {
      RC_ASSERT(at == table.rows().end());
      continue;
    }
    RC_ASSERT(at != table.rows().end());
    RC_ASSERT(at->sums == (PeriodSums{sums.first, sums.second}));
  }
  RC_ASSERT(std::is_sorted(table.rows().begin(), table.rows().end(),
                           [](const auto& a, const auto& b) { return a.key < b.key; }));
}

}  // namespace
}  // namespace tanhui
