// The ends of budgets' years: carried over or returned, in time or late, and what waits for them.
#include <gtest/gtest.h>

#include <string>

#include "ledger/core/books/calendar.h"
#include "tests/ledger/periods/period_words.h"

namespace tanhui {
namespace {

using namespace world;
using entry::v1::YEAR_END_CARRY;
using entry::v1::YEAR_END_RETURN;

constexpr AccountNo kReturning = kNextAccount;
constexpr AccountNo kCarrying{kNextAccount.value() + 1};

// Two budgets of 2024 with 100 points each; the cast has two more, which are empty.
World TwoBudgets() {
  World world;
  Done(world, OpenYearlyBudget("b1", "returning", kPoints, YEAR_END_RETURN));
  Done(world, OpenYearlyBudget("b2", "carrying", kPoints, YEAR_END_CARRY));
  Done(world, Fund("f1", kReturning, 100));
  Done(world, Fund("f2", kCarrying, 100));
  Done(world, Award("a1", kAlice, kReturning, 30));
  Done(world, Award("a2", kAlice, kCarrying, 30));
  return world;
}

std::string LastYearEnd(const World& world) {
  return world.last().budget_year_end().ShortDebugString();
}

TEST(YearEndTest, WhatIsLeftGoesBackOrIsCarried) {
  World world = TwoBudgets();
  world.GoTo("2024-12-31");
  EXPECT_FALSE(world.Sweep(kReturning));
  world.GoTo("2025-01-01");
  EXPECT_TRUE(world.Sweep(kReturning));
  EXPECT_EQ(LastYearEnd(world), "budget: 13 year: 2024 returned: 70");
  EXPECT_EQ(Moves(world.last()), "13 -70; 1 +70");
  EXPECT_EQ(FormatDate(BusinessDate(world.last().accounting_date())), "2024-12-31");
  EXPECT_EQ(FormatDate(BusinessDate(world.last().business_date())), "2025-01-01");
  EXPECT_EQ(world.last().caller(), 0u);
  EXPECT_EQ(world.Of(kReturning).funded, Amount(30)) << "as with a return";
  EXPECT_TRUE(world.Sweep(kCarrying));
  EXPECT_EQ(LastYearEnd(world), "budget: 14 year: 2024 carried: 70");
  EXPECT_EQ(world.last().postings_size(), 0);
  EXPECT_EQ(world.BalanceOf(kCarrying), 70);
  EXPECT_FALSE(world.Sweep(kReturning));
  EXPECT_FALSE(world.Sweep(kCarrying));
}

TEST(YearEndTest, ComesBeforeAnythingElseMovesTheBudget) {
  World world = TwoBudgets();
  world.GoTo("2025-02-10");
  EXPECT_EQ(world.Ask(Award("a3", kAlice, kReturning, 1)),
            "INSUFFICIENT_BUDGET points needed=1 available=0")
      << "swept or not";
  Done(world, Fund("f3", kReturning, 50));
  EXPECT_EQ(world.entries()[world.last_index() - 1].budget_year_end().returned(), 70);
  EXPECT_EQ(world.BalanceOf(kReturning), 50) << "what the new year funds stays";
  Done(world, Award("a4", kAlice, kCarrying, 1));
  EXPECT_EQ(world.entries()[world.last_index() - 1].budget_year_end().carried(), 70);
}

TEST(YearEndTest, EachMissingYearIsTold) {
  World world = TwoBudgets();
  world.GoTo("2027-06-01");
  const std::uint64_t before = world.last_index();
  EXPECT_TRUE(world.Sweep(kReturning));
  ASSERT_EQ(world.last_index(), before + 3);
  EXPECT_EQ(world.entries()[before + 1].budget_year_end().ShortDebugString(),
            "budget: 13 year: 2024 returned: 70");
  EXPECT_EQ(world.entries()[before + 2].budget_year_end().ShortDebugString(),
            "budget: 13 year: 2025");
  EXPECT_EQ(LastYearEnd(world), "budget: 13 year: 2026");
}

TEST(YearEndTest, BeforeAReturnOfTheBudgetsPeriod) {
  World world;
  Command open = OpenDatedBudget("b", "dated", Day("2024-03-01"), Day("2024-12-20"), 30);
  open.draft.mutable_budget_opening()->set_year_end(YEAR_END_CARRY);
  Done(world, open);
  Done(world, Fund("f", kReturning, 100));
  world.GoTo("2025-02-01");
  EXPECT_TRUE(world.Sweep(kReturning));
  EXPECT_EQ(world.entries()[world.last_index() - 1].budget_year_end().carried(), 100);
  EXPECT_EQ(world.last().budget_return().points(), 100);
}

TEST(YearEndTest, DecemberWaitsForIt) {
  World world = TwoBudgets();
  world.GoTo("2025-02-03");
  for (int month = 2; month <= 11; ++month) {
    const std::string text = absl::StrCat("2024-", month < 10 ? "0" : "", month);
    Done(world, ClosePeriod("c" + text, kMidnight, text));
  }
  EXPECT_EQ(world.Ask(ClosePeriod("c", kMidnight, "2024-12")),
            "YEAR_END_MISSING month month=2024-12 budgets=budget,returning,carrying");
  world.Sweep(kBudget);
  world.Sweep(kCarrying);
  EXPECT_EQ(world.Ask(ClosePeriod("c", kMidnight, "2024-12")),
            "YEAR_END_MISSING month month=2024-12 budgets=returning");
  Done(world, OpenYearlyBudget("b3", "of-2025", kPoints, YEAR_END_RETURN));
  world.Sweep(kReturning);
  EXPECT_EQ(world.last().budget_year_end().returned(), 70) << "late, and still of December";
  Done(world, ClosePeriod("c", kMidnight, "2024-12"));
  EXPECT_EQ(Closed(world),
            "1/citizen 60 -0 +0 =60; 1/budget 140 -70 +0 =70; 1/issuance -200 -0 +70 =-130");
  EXPECT_EQ(Closed(world), Recount(world, kMidnight, *ParseMonth("2024-12"), world.last_index()));
}

TEST(YearEndTest, TheYearEndsAtTheCutOff) {
  World world;
  Done(world, OpenYearlyBudget("b", "evening", kStamps, YEAR_END_RETURN));
  Done(world, Fund("f", kReturning, 100));
  world.GoTo("2024-12-31");
  world.Wait(13 * 60 * kMicrosPerMinute - 1);  // a microsecond before 23:00
  EXPECT_FALSE(world.Sweep(kReturning));
  world.Wait(1);
  Done(world, OpenYearlyBudget("b2", "of-2025", kStamps, YEAR_END_RETURN));
  EXPECT_TRUE(world.Sweep(kReturning));
  EXPECT_EQ(FormatDate(BusinessDate(world.last().accounting_date())), "2024-12-31");
  EXPECT_FALSE(world.Sweep(kCarrying)) << "opened in the year 2025 of its scheme";
}

TEST(YearEndTest, Faults) {
  World world = TwoBudgets();
  world.GoTo("2025-01-05");
  const auto tampered = [&](AccountNo budget, auto change) {
    Entry entry = *world.ledger().Due(world.state(), budget, world.now());
    change(entry, *entry.mutable_budget_year_end());
    return world.FaultOf(entry);
  };
  using YearEnd = entry::v1::BudgetYearEnd;
  const std::string next = "a year-end that is not the next one of a budget";
  const std::string left = "a year-end that does not carry over or return what was left";
  const auto set_year = [](std::uint32_t year) {
    return [year](Entry&, YearEnd& end) { end.set_year(year); };
  };
  EXPECT_EQ(tampered(kReturning, [](Entry&, YearEnd&) {}), "OK");
  for (const std::uint32_t year : {0u, 1969u, 2023u, 2025u, 9'999u, 4'294'967'295u}) {
    EXPECT_EQ(tampered(kReturning, set_year(year)), next) << year;
  }
  EXPECT_EQ(tampered(kReturning, [](Entry&, YearEnd& end) { end.set_budget(5); }), next);
  EXPECT_EQ(tampered(kReturning, [](Entry&, YearEnd& end) { end.set_budget(999); }), next);
  EXPECT_EQ(
      tampered(kReturning, [](Entry& entry,
                              YearEnd&) { entry.set_accounting_date(Day("2025-01-05").value()); }),
      next);
  EXPECT_EQ(tampered(kReturning, [](Entry&, YearEnd& end) { end.set_returned(69); }),
            "the postings are not the points of the body");
  EXPECT_EQ(tampered(kReturning, [](Entry&, YearEnd& end) { end.set_carried(70); }), left);
  EXPECT_EQ(tampered(kReturning,
                     [](Entry& entry, YearEnd& end) {
                       entry.clear_postings();
                       end.clear_returned();
                     }),
            left);
  EXPECT_EQ(tampered(kCarrying, [](Entry&, YearEnd& end) { end.set_carried(69); }), left);
  EXPECT_EQ(tampered(kCarrying, [](Entry&, YearEnd& end) { end.set_returned(-70); }), left);
}

}  // namespace
}  // namespace tanhui
