// Budgets in money: they are funded, returned and told like any other, and pay for coupons alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "ledger/core/books/event_rows.h"
#include "tests/ledger/core/steps.h"
#include "tests/ledger/coupons/town.h"
#include "tests/ledger/points/flaws.h"

namespace tanhui {
namespace {

using namespace world;

constexpr AccountNo kNewBudget = kStockOfFirst;  // the next account of Town()

Command Earn(std::string_view id, const World& world, AccountNo account, AccountNo budget) {
  Command command = ActAt(Award(id, account, budget, 1), world.now());
  auto& act = *command.draft.mutable_earning();  // replaces the award
  act.set_account(account.value());
  act.set_budget(budget.value());
  act.set_scenario(1);
  return command;
}

TEST(FenBudgetTest, NothingIsAwardedFromIt) {
  World world = Town();
  const auto award = Done(world, Award("a", kAlice, kBudget, 5));
  Play(world, {
                  {Award("b", kAlice, kDistrictFen, 1), "ASSET_MISMATCH budget"},
                  {Award("b", kClaim, kDistrictFen, 1), "WRONG_ACCOUNT_KIND account"},
                  {Award("b", kDistrictFen, kDistrictFen, 1), "WRONG_ACCOUNT_KIND account"},
                  {Earn("b", world, kAlice, kDistrictFen), "ASSET_MISMATCH budget"},
                  {Redeem("b", kDistrictFen, kShop, 1), "WRONG_ACCOUNT_KIND account"},
                  {Transfer("b", kDistrictFen, kAlice, 1), "WRONG_ACCOUNT_KIND from_account"},
                  {Fund("b", kClaim, 1), "WRONG_ACCOUNT_KIND budget"},
                  {Reverse("v", award), "OK"},
              });
  // Nor does a log that somebody rewrote.
  EXPECT_EQ(Tampered(world, Award("b", kAlice, kBudget, 1),
                     [&world](Entry& e) {
                       auto& posting = *e.mutable_postings(0);
                       e.mutable_award()->set_budget(kDistrictFen.value());
                       posting.set_account(kDistrictFen.value());
                       posting.set_balance_after(kTownFen - 1);
                       posting.set_previous(world.Of(kDistrictFen).last_entry_plus_one);
                     }),
            "postings do not sum to zero");
}

TEST(FenBudgetTest, IsFundedAndReturned) {
  World world = Town();
  const std::int64_t owed = world.BalanceOf(kFenIssuance);
  Play(world,
       {
           {Fund("f", kDistrictFen, 500), "OK"},
           {Cancel("c", "f"), "OK"},
           {ReturnBudget("r", kDistrictFen), "OK"},
           {ReturnBudget("r2", kDistrictFen), "INSUFFICIENT_BUDGET budget needed=1 available=0"},
       });
  EXPECT_EQ(world.BalanceOf(kFenIssuance), owed + kTownFen);
  EXPECT_EQ(world.Of(kDistrictFen).funded, Amount(0));
}

TEST(FenBudgetTest, GoesBackAfterItsTimeAndAtTheEndOfAYear) {
  World world = Town();
  Command dated = OpenDatedBudget("b1", "march", Day("2024-03-01"), Day("2024-03-31"), 5);
  dated.draft.mutable_budget_opening()->set_asset(kFen.value());
  Command yearly = OpenBudget("b2", "yearly", kSponsor, kFen);
  yearly.draft.mutable_budget_opening()->set_year_end(entry::v1::YEAR_END_RETURN);
  Done(world, dated);
  Done(world, yearly);
  const AccountNo second(kNewBudget.value() + 1);
  Done(world, Fund("f1", kNewBudget, 100));
  Done(world, Fund("f2", second, 70));
  world.GoTo("2024-04-05");
  EXPECT_FALSE(world.Sweep(kNewBudget));
  world.GoTo("2024-04-06");
  EXPECT_TRUE(world.Sweep(kNewBudget));
  EXPECT_EQ(Moves(world.last()), "32 -100; 13 +100");
  world.GoTo("2025-01-01");
  EXPECT_TRUE(world.Sweep(second));
  EXPECT_EQ(world.last().budget_year_end().ShortDebugString(),
            "budget: 33 year: 2024 returned: 70");
  EXPECT_EQ(Moves(world.last()), "33 -70; 13 +70");
}

TEST(FenBudgetTest, ACampaignThatTakesMostOfItIsTold) {
  World world = Town();
  world.mutable_state().TakeChanges();
  Opened(world, OpenCampaign("c", "spring",
                             [](entry::v1::CampaignOpening& opening) { opening.set_stock(700); }));
  const std::vector<EventRow> events = world.mutable_state().TakeChanges().events;
  const auto told = [&events](EventKind kind) {
    return std::count_if(events.begin(), events.end(), [kind](const EventRow& row) {
      return row.kind == static_cast<std::uint8_t>(kind) && row.scope == kDistrict.value() &&
             row.subject == kDistrictFen.value();
    });
  };
  EXPECT_EQ(world.BalanceOf(kDistrictFen), kTownFen - 840'000);
  EXPECT_EQ(told(EventKind::kBudgetAt80), 1);
  EXPECT_EQ(told(EventKind::kBudgetAt95), 0);
}

}  // namespace
}  // namespace tanhui
