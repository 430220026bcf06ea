// Closings against a slow recount: three years of random days, each month closed some time after
// its end, with late refunds and reversals booked on any open day.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "ledger/core/books/calendar.h"
#include "tests/ledger/periods/period_words.h"

namespace tanhui {
namespace {

using namespace world;

class Years {
 public:
  explicit Years(std::uint32_t seed) : random_(seed) {
    Done(world_, OpenYearlyBudget("b", "returning", kPoints, entry::v1::YEAR_END_RETURN));
    Done(world_, Fund("f1", kBudget, 1'000'000));
    Done(world_, Fund("f2", kNextAccount, 100'000));
    Done(world_, Fund("f3", kStampBudget, 1'000'000));
  }

  void Day() {
    for (std::uint32_t i = Below(4); i > 0; --i) {
      Act();
    }
    world_.Wait((1 + Below(3 * 24)) * 60 * kMicrosPerMinute);
  }

  // Closes what can be closed, and compares.
  void CloseMonths() {
    for (const SchemeNo scheme : {kMidnight, kLateEvening}) {
      const auto* closed = periods::CalendarOf(world_.state().registry()).Find(scheme);
      const Month next = closed == nullptr ? *ParseMonth("2024-02") : closed->next();
      const std::string outcome = world_.Ask(ClosePeriod(Id(), scheme, FormatMonth(next)));
      if (outcome == "OK") {
        ++closings_;
        EXPECT_EQ(Closed(world_), Recount(world_, scheme, next, world_.last_index()))
            << FormatMonth(next);
      } else if (outcome.starts_with("YEAR_END_MISSING")) {
        for (const AccountNo budget : {kBudget, kStampBudget, kNextAccount}) {
          world_.Sweep(budget);
        }
      } else {
        EXPECT_TRUE(outcome.starts_with("PERIOD_NOT_OVER")) << outcome;
      }
    }
  }

  World& world() { return world_; }
  int closings() const { return closings_; }
  std::uint32_t Below(std::uint32_t most) { return static_cast<std::uint32_t>(random_() % most); }

 private:
  std::string Id() { return absl::StrCat("q", ++requests_); }

  void Ask(const Command& command) {
    if (world_.Ask(command) == "OK") {
      done_.push_back(world_.last_index());
    }
  }

  Command Dated(Command command) {
    return Below(2) == 0 ? command
                         : BookedOn(std::move(command),
                                    FormatDate(BusinessDate(world_.today().value() -
                                                            static_cast<int>(Below(80)))));
  }

  void Act() {
    const bool stamps = Below(3) == 0;
    const AccountNo alice = stamps ? kStampAlice : kAlice;
    const AccountNo budget = stamps ? kStampBudget : (Below(2) == 0 ? kBudget : kNextAccount);
    const std::int64_t points = 1 + Below(30);
    switch (Below(6)) {
      case 0:
      case 1:
        return Ask(Award(Id(), alice, budget, points));
      case 2:
        return Ask(Redeem(Id(), alice, stamps ? kStampShop : kShop, points));
      case 3:
        return Ask(Fund(Id(), budget, points));
      case 4:
        return done_.empty() ? void()
                             : Ask(Dated(Refund(Id(), done_[Below(Size())], points % 5 + 1)));
      default:
        return done_.empty() ? void() : Ask(Dated(Reverse(Id(), done_[Below(Size())])));
    }
  }
  std::uint32_t Size() const { return static_cast<std::uint32_t>(done_.size()); }

  World world_;
  std::mt19937 random_;
  std::vector<std::uint64_t> done_;
  int requests_ = 0;
  int closings_ = 0;
};

class RecountTest : public testing::TestWithParam<std::uint32_t> {};

TEST_P(RecountTest, EveryClosingIsTheSumOfThePostings) {
  Years years(GetParam());
  while (years.world().today() < world::Day("2027-02-01")) {
    years.Day();
    if (years.Below(12) == 0) {
      years.CloseMonths();
    }
  }
  EXPECT_GT(years.closings(), 40);
  // What is open is the sum of the postings, too; and all of it sums to zero.
  for (const PeriodTable::Row& row : years.world().state().periods().rows()) {
    const SchemeNo scheme = years.world().state().registry().Find(row.key.asset)->scheme;
    const auto lines =
        periods::LinesOf(years.world().state().registry(), years.world().state().periods().rows(),
                         scheme, row.key.month);
    entry::v1::PeriodClosing closing;
    for (const periods::Line& line : lines) {
      periods::WriteLine(line, *closing.add_lines());
    }
    EXPECT_TRUE(periods::Balanced(lines));
    EXPECT_EQ(LinesText(closing),
              Recount(years.world(), scheme, row.key.month, years.world().entries().size()));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RecountTest, testing::Values(1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u));

}  // namespace
}  // namespace tanhui
