// Sums of open months and the month's beginning after a kill: they are those of the mark, and the
// entries behind it count once.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "ledger/sequencer/past_account.h"
#include "ledger/sequencer/recovery.h"
#include "tests/ledger/sequencer/town.h"

namespace tanhui::sequencer {
namespace {

namespace fs = std::filesystem;
using world::kAlice;
using world::kBob;
using world::kBudget;
using world::kShop;

using Sums = std::vector<std::tuple<PeriodKey, PeriodSums>>;

Sums SumsOf(const State& state) {
  Sums sums;
  for (const PeriodTable::Row& row : state.periods().rows()) {
    sums.emplace_back(row.key, row.sums);
  }
  return sums;
}

class MonthsTest : public testing::Test {
 protected:
  // Some entries of the month of the clock; the first comes some days after its beginning.
  void Work() {
    for (int i = 0; i < 5; ++i) {
      const std::string id = std::to_string(++asked_);
      ASSERT_TRUE(
          town_.Ask(world::Award("a" + id, i == 0 ? kBob : kAlice, kBudget, 3)).starts_with("OK"));
      ASSERT_TRUE(
          town_.Ask(world::Redeem("r" + id, i == 0 ? kBob : kAlice, kShop, 2)).starts_with("OK"));
      town_.clock().Wait(kMicrosPerDay);
    }
  }
  // What lies on the disk at this moment.
  std::string Kill() {
    std::string copy = scratch_ / ("killed" + std::to_string(++kills_));
    fs::copy(town_.directory(), copy, fs::copy_options::recursive);
    return copy;
  }
  // The indexes are those of the log so far.
  void Mark() {
    ASSERT_TRUE(town_.store().CreateSnapshot(scratch_ / ("copy" + std::to_string(++kills_))).ok());
  }
  // The state as the log alone tells it.
  State Told() const {
    State state;
    for (std::uint64_t i = 0; i < town_.Size(); ++i) {
      EXPECT_EQ(TestLedger().TryApply(state, town_.EntryAt(i)), std::nullopt) << i;
    }
    return state;
  }
  void ExpectRecovered(const std::string& directory) {
    const State told = Told();
    ASSERT_FALSE(told.periods().rows().empty());
    {
      store::StoreOptions options = SmallStore();
      options.path = directory + "/db";
      auto store = store::Store::Open(options);
      ASSERT_TRUE(store.ok()) << store.status().ToString();
      const auto head = (*store)->ReadHead().value();
      const auto recovered = Recover(TestLedger(), **store, *head);
      ASSERT_TRUE(recovered.ok()) << recovered.status().ToString();
      EXPECT_EQ(recovered->state.head().size, told.head().size);
      EXPECT_TRUE(SumsOf(recovered->state) == SumsOf(told));
      EXPECT_EQ(recovered->state.month(), told.month());
      EXPECT_EQ(recovered->state.month_first(), told.month_first());
    }
    TownOptions options;
    options.directory = directory;
    options.store = SmallStore();
    options.cast = false;
    Town again(options);
    EXPECT_EQ(again.Difference(), "");
    again.clock().Wait(told.head().time.value() - world::kStart.value() + kMicrosPerDay);
    again.sequencer().ConfirmClock();
    EXPECT_TRUE(again.Ask(world::Award("after", kAlice, kBudget, 1)).starts_with("OK"));
    EXPECT_EQ(again.Difference(), "");
  }

  ScratchDirectory scratch_;
  Town town_;  // its buffers are large: nothing is written behind it while it is copied
  int asked_ = 0;
  int kills_ = 0;
};

TEST_F(MonthsTest, EverythingIsBehindTheMark) {
  Work();
  ExpectRecovered(Kill());
}

TEST_F(MonthsTest, TheMarkLiesInTheSameMonth) {
  Work();
  Mark();
  town_.clock().Wait(31 * kMicrosPerDay);
  Work();
  Mark();
  Work();
  ExpectRecovered(Kill());
}

TEST_F(MonthsTest, TheMarkLiesAMonthBefore) {
  Work();
  Mark();
  town_.clock().Wait(31 * kMicrosPerDay);
  Work();
  town_.clock().Wait(31 * kMicrosPerDay);
  Work();
  ExpectRecovered(Kill());
}

TEST_F(MonthsTest, NothingIsBehindTheMark) {
  Work();
  town_.clock().Wait(62 * kMicrosPerDay);
  Work();
  Mark();
  ExpectRecovered(Kill());
}

// The row of an account's month is the last entry before it; of its first month there is none.
TEST_F(MonthsTest, RowsOfMonthsLeadToTheEntriesBefore) {
  Work();
  const std::uint64_t before = town_.store().ReadAccountAsOf(kAlice)->account.last_entry_plus_one;
  town_.clock().Wait(62 * kMicrosPerDay);
  const Month first = MonthOf(ShanghaiDate(world::kStart));
  const Month last = MonthOf(ShanghaiDate(town_.clock().Wall()));
  Work();
  const auto seek = [this](Month from) { return town_.store().SeekMonth(kAlice, from).value(); };
  EXPECT_EQ(seek(first), (MonthRow{kAlice, first, 0}));
  EXPECT_EQ(seek(Plus(first, 2)), (MonthRow{kAlice, last, before})) << "April had none";
  EXPECT_EQ(seek(Plus(last, 1)), std::nullopt);
}

TEST_F(MonthsTest, EntriesAreCountedByTime) {
  Work();
  const auto time = [this](std::uint64_t index) {
    return LedgerTime(town_.EntryAt(index).recorded_micros());
  };
  const std::uint64_t size = town_.Size();
  EXPECT_EQ(SizeAt(town_.store(), size, time(size - 1)).value(), size);
  EXPECT_EQ(SizeAt(town_.store(), size, LedgerTime(time(size - 1).value() - 1)).value(), size - 1);
  EXPECT_EQ(SizeAt(town_.store(), size, LedgerTime(time(0).value() - 1)).value(), 0u);
  EXPECT_EQ(SizeAt(town_.store(), 0, time(0)).value(), 0u);
}

}  // namespace
}  // namespace tanhui::sequencer
