// Budgets: what they pay for, what is left of them, and where the unused part goes.
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;

constexpr AccountNo kDated = kNextAccount;

// A budget for March 2024 whose rest goes back five days later, with 100 points; it is 2024-02-28.
World March(std::uint32_t return_days = 5) {
  World world;
  Done(world, OpenDatedBudget("b", "march", Day("2024-03-01"), Day("2024-03-31"), return_days));
  Done(world, Fund("f", kDated, 100));
  return world;
}

std::string State100(const World& world) {
  return std::to_string(world.BalanceOf(kDated)) + " of " +
         std::to_string(world.Of(kDated).funded.units());
}

TEST(BudgetTest, PaysForActsOfItsPeriod) {
  World world = March();
  const auto award = [](std::string_view id, LedgerTime act) {
    return ActAt(Award(id, kAlice, kDated, 1), act);
  };
  const std::string no = "BUDGET_OUT_OF_PERIOD budget";
  Play(world, {
                  {Award("a", kAlice, kDated, 1), no},
                  {award("a", On("2023-03-10")), no},
              });
  world.GoTo("2024-04-02");
  Play(world, {
                  {Award("a", kAlice, kDated, 1), no},
                  {award("a", MidnightOf("2024-04-01")), no},
                  {award("a", LedgerTime(MidnightOf("2024-04-01").value() - 1)), "OK"},
                  {award("a2", MidnightOf("2024-03-01")), "OK"},
                  {award("a3", LedgerTime(MidnightOf("2024-03-01").value() - 1)), no},
              });
  EXPECT_EQ(State100(world), "98 of 100");
}

TEST(BudgetTest, APeriodMayHaveOneEnd) {
  World world;
  Done(world, OpenDatedBudget("b1", "from", Day("2024-02-28"), BusinessDate(0)));
  Done(world, OpenDatedBudget("b2", "to", BusinessDate(0), Day("2024-02-28"), 30));
  const AccountNo from = kNextAccount;
  const AccountNo to(kNextAccount.value() + 1);
  Done(world, Fund("f1", from, 100));
  Done(world, Fund("f2", to, 100));
  const std::string no = "BUDGET_OUT_OF_PERIOD budget";
  Play(world, {
                  {ActAt(Award("a1", kAlice, from, 1), On("2024-02-27")), no},
                  {ActAt(Award("a1", kAlice, from, 1), MidnightOf("2024-02-28")), "OK"},
                  {ActAt(Award("a2", kAlice, to, 1), On("2023-05-27")), "OK"},
              });
  world.GoTo("2024-03-01");
  Play(world, {
                  {Award("a3", kAlice, from, 1), "OK"},
                  {Award("a4", kAlice, to, 1), no},
              });
  world.GoTo("2054-03-01");
  EXPECT_EQ(world.Ask(Award("a5", kAlice, from, 1)), "OK");
}

TEST(BudgetTest, WhatIsUnusedGoesBackByItself) {
  World world = March();
  world.GoTo("2024-03-10");
  Done(world, Award("a", kAlice, kDated, 30));
  world.GoTo("2024-04-05");
  EXPECT_FALSE(world.Sweep(kDated)) << "the fifth day after the last one";
  EXPECT_EQ(world.Ask(ActAt(Award("late", kAlice, kDated, 1), On("2024-03-31"))), "OK");
  world.GoTo("2024-04-06");
  EXPECT_TRUE(world.Sweep(kDated));
  EXPECT_EQ(world.last().budget_return().ShortDebugString(), "budget: 13 points: 69");
  EXPECT_EQ(world.last().caller(), 0u);
  EXPECT_EQ(Moves(world.last()), "13 -69; 1 +69");
  EXPECT_EQ(State100(world), "0 of 31") << "funded is what was used";
  EXPECT_EQ(world.BalanceOf(kIssuance), -31);
  EXPECT_FALSE(world.Sweep(kDated));
}

// Swept or not, a budget whose time is over has nothing.
TEST(BudgetTest, WhatMustGoBackIsNotThere) {
  World world = March(0);
  world.GoTo("2024-04-01");
  for (const bool swept : {false, true}) {
    EXPECT_EQ(world.Ask(ActAt(Award("a", kAlice, kDated, 1), On("2024-03-31"))),
              "INSUFFICIENT_BUDGET points needed=1 available=0");
    EXPECT_EQ(world.Ask(ReturnBudget("r", kDated)),
              "INSUFFICIENT_BUDGET budget needed=1 available=0");
    EXPECT_EQ(world.Ask(Cancel("c", "f")),
              "INSUFFICIENT_BUDGET target_request_id needed=100 available=0");
    EXPECT_EQ(world.Sweep(kDated), !swept);
  }
}

TEST(BudgetTest, ABudgetThatIsMovedIsReturnedFirst) {
  World world = March();
  world.GoTo("2024-03-10");
  const auto award = Done(world, Award("a", kAlice, kDated, 30));
  world.GoTo("2024-05-01");
  Done(world, Reverse("v", award));
  EXPECT_TRUE(world.entries()[world.last_index() - 1].has_budget_return());
  EXPECT_EQ(State100(world), "30 of 30");
  EXPECT_TRUE(world.Sweep(kDated)) << "what was clawed back goes back, too";
  EXPECT_EQ(State100(world), "0 of 0");
  EXPECT_EQ(world.BalanceOf(kIssuance), 0);
}

TEST(BudgetTest, WithoutALastDayNothingGoesBackByItself) {
  World world = Funded(100);
  world.GoTo("2099-01-01");
  EXPECT_TRUE(world.Sweep(kBudget));
  EXPECT_EQ(world.last().budget_year_end().ShortDebugString(),
            "budget: 11 year: 2098 carried: 100");
  EXPECT_EQ(world.BalanceOf(kBudget), 100);
}

TEST(BudgetTest, IsReturnedAtAnyTime) {
  World world = Funded(100);
  Done(world, Award("a", kAlice, kBudget, 30));
  Play(world, {
                  {ReturnBudget("r", kBudget), "OK"},
                  {ReturnBudget("r", kBudget), "SEEN 22"},
                  {ReturnBudget("r2", kBudget), "INSUFFICIENT_BUDGET budget needed=1 available=0"},
                  {ReturnBudget("r2", kAlice), "WRONG_ACCOUNT_KIND budget"},
                  {ReturnBudget("r2", kShop), "WRONG_ACCOUNT_KIND budget"},
              });
  EXPECT_EQ(world.entries()[22].budget_return().points(), 70);
  EXPECT_EQ(world.Of(kBudget).funded, Amount(30));
  EXPECT_EQ(world.BalanceOf(kIssuance), -30);
  Play(world,
       {
           {Award("b", kAlice, kBudget, 1), "INSUFFICIENT_BUDGET points needed=1 available=0"},
           {Fund("f2", kBudget, 10), "OK"},
           {Award("b", kAlice, kBudget, 1), "OK"},
       });
  EXPECT_EQ(world.Of(kBudget).funded, Amount(40));
}

// Used = what was funded less what is left: reversals and returns count.
TEST(BudgetTest, UsedIsFundedLessWhatIsLeft) {
  World world = Funded(100);
  const auto used = [&world] {
    return world.Of(kBudget).funded.units() - world.BalanceOf(kBudget);
  };
  Done(world, Award("a1", kAlice, kBudget, 80));
  EXPECT_EQ(used(), 80);
  Done(world, Reverse("v", 21));
  EXPECT_EQ(used(), 0);
  Done(world, Award("a2", kAlice, kBudget, 95));
  Done(world, Fund("f2", kBudget, 50));
  EXPECT_EQ(used(), 95);
  Done(world, Cancel("c", "f2"));
  EXPECT_EQ(used(), 95);
  EXPECT_EQ(world.Of(kBudget).funded, Amount(100));
  Done(world, ReturnBudget("r", kBudget));
  EXPECT_EQ(used(), 95);
}

TEST(BudgetFaults, ApplyFindsWhatDecideCannotHaveMade) {
  World world = Funded(100);
  const Command back = ReturnBudget("r", kBudget);
  EXPECT_EQ(Tampered(world, back, [](Entry&) {}), "OK");
  EXPECT_NE(Tampered(world, back, [](Entry& e) { e.mutable_budget_return()->set_points(99); }),
            "OK");
  EXPECT_NE(Tampered(world, back, [](Entry& e) { e.mutable_budget_return()->set_budget(12); }),
            "OK");
  EXPECT_NE(Tampered(world, back, [](Entry& e) { e.clear_postings(); }), "OK");
  const Command open = OpenDatedBudget("b", "x", Day("2024-03-02"), Day("2024-03-02"), 1);
  using Body = entry::v1::BudgetOpening;
  const auto fault = [&](auto&& change) {
    return Tampered(world, open, [&](Entry& e) { change(*e.mutable_budget_opening()); });
  };
  EXPECT_EQ(fault([](Body&) {}), "OK");
  EXPECT_NE(fault([](Body& b) { b.set_last_date(b.first_date() - 1); }), "OK");
  EXPECT_NE(fault([](Body& b) { b.set_return_days(kMaxTermDays + 1); }), "OK");
}

}  // namespace
}  // namespace tanhui
