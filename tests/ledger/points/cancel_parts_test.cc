// CancelRequest (冲正) and what points are made of: lots, holds, debts, caps.
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;

TEST(CancelPartsTest, AnAwardGivesBackItsOwnLot) {
  World world = Funded();
  Done(world, ActAt(Award("old", kAlice, kBudget, 5), On("2023-06-01")));
  Done(world, WithGrams(Award("new", kAlice, kBudget, 10), 100));
  Done(world, Cancel("c", "new"));
  EXPECT_EQ(Moves(world.last()), "5 -10 [661:-10g-100]; 11 +10");
  EXPECT_EQ(Purse(world, kAlice), "5 = 653:5");
}

TEST(CancelPartsTest, AnAwardTakesOthersWhenItsOwnAreGone) {
  World world = Funded();
  Done(world, ActAt(Award("old", kAlice, kBudget, 10), On("2023-06-01")));
  Done(world, Award("new", kAlice, kBudget, 10));
  Done(world, Redeem("r", kAlice, kShop, 8));
  Done(world, Cancel("c", "old"));
  EXPECT_EQ(Moves(world.last()), "5 -10 [653:-2 661:-8]; 11 +10");
}

TEST(CancelPartsTest, NoDebtIsMade) {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 10));
  Done(world, HoldPoints("h", kAlice, kShop, 4, world.InDays(1)));
  EXPECT_EQ(world.Ask(Cancel("c", "a")),
            "INSUFFICIENT_BALANCE target_request_id needed=10 available=6");
  EXPECT_EQ(Purse(world, kAlice), "10 = 661:6 + held 4");
}

// What an award paid of a debt is owed again, and nothing else.
TEST(CancelPartsTest, AnAwardThatPaidADebt) {
  World world = Funded();
  const auto first = Done(world, Award("a", kAlice, kBudget, 10));
  Done(world, Redeem("r", kAlice, kShop, 10));
  Done(world, Reverse("v", first));
  Done(world, Award("b", kAlice, kBudget, 15));
  EXPECT_EQ(Purse(world, kAlice), "5 = 661:5");
  World spent = world;
  Done(world, Cancel("c", "b"));
  EXPECT_EQ(Purse(world, kAlice), "-10 - debt 10");
  Done(spent, Redeem("s", kAlice, kShop, 1));
  EXPECT_EQ(spent.Ask(Cancel("c", "b")).substr(0, 20), "INSUFFICIENT_BALANCE");
}

TEST(CancelPartsTest, ARedemptionIsRefundedWhole) {
  World world = Funded();
  Done(world, ActAt(Award("old", kAlice, kBudget, 5), On("2023-02-10")));
  Done(world, WithGrams(Award("new", kAlice, kBudget, 10), 100));
  const auto spent = Done(world, Redeem("r", kAlice, kShop, 8));
  world.GoTo("2024-03-05");
  Done(world, Cancel("c", "r"));
  EXPECT_EQ(Moves(world.last()), "9 -8; 5 +8 [651:5 661:3g30]") << "with grace: 651 is April";
  EXPECT_EQ(world.last().cancellation().target_index(), spent);
}

TEST(CancelPartsTest, ATransferGoesBackAsItCame) {
  World world = Funded();
  Done(world, ActAt(Award("old", kAlice, kBudget, 5), On("2023-06-01")));
  Done(world, Award("new", kAlice, kBudget, 10));
  Done(world, Award("b", kBob, kBudget, 20));
  Done(world, Transfer("t", kAlice, kBob, 8));
  World spent = world;
  Done(world, Cancel("c", "t"));
  EXPECT_EQ(Moves(world.last()), "6 -8 [653:-5 661:-3]; 5 +8 [653:5 661:3]");
  // Of what the receiver still has, first the same lots, then others.
  Done(spent, Redeem("r", kBob, kShop, 4));
  Done(spent, Cancel("c", "t"));
  EXPECT_EQ(Moves(spent.last()), "6 -8 [653:-1 661:-7]; 5 +8 [653:1 661:7]");
}

TEST(CancelPartsTest, ATransferThatPaidADebt) {
  World world = Funded();
  Done(world, Award("b", kBob, kBudget, 10));
  Done(world, Redeem("r", kBob, kShop, 10));
  Done(world, Reverse("v", 21));
  Done(world, WithGrams(Award("a", kAlice, kBudget, 12), 120));
  Done(world, Transfer("t", kAlice, kBob, 12));
  EXPECT_EQ(Purse(world, kBob), "2 = 661:2g20");
  Done(world, Cancel("c", "t"));
  EXPECT_EQ(Purse(world, kBob), "-10 - debt 10");
  EXPECT_EQ(Purse(world, kAlice), "12 = 661:12g120");
}

TEST(CancelPartsTest, AHoldIsReleased) {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 10));
  const auto hold = Done(world, HoldPoints("h", kAlice, kShop, 4, world.InDays(1)));
  Play(world, {
                  {Cancel("c", "h"), "OK"},
                  {Cancel("c2", "h"), "ALREADY_CANCELLED target_request_id entry_index=23"},
                  {Capture("x", hold, 1), "HOLD_RESOLVED hold"},
              });
  EXPECT_EQ(Moves(world.last()), "5 0 [661:4]");
  EXPECT_EQ(Purse(world, kAlice), "10 = 661:10");
}

TEST(CancelPartsTest, AHoldThatIsResolvedIsNotCancelled) {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 10));
  const auto hold = Done(world, HoldPoints("h", kAlice, kShop, 4, world.InDays(1)));
  const auto late = Done(world, HoldPoints("h2", kAlice, kShop, 4, world.InDays(1)));
  Done(world, Capture("x", hold, 3));
  EXPECT_EQ(world.Ask(Cancel("c", "h")), "HOLD_RESOLVED target_request_id");
  world.WaitDays(1);
  EXPECT_EQ(world.Ask(Cancel("c2", "h2")), "HOLD_RESOLVED target_request_id");
  EXPECT_EQ(world.Ask(Release("l", late)), "HOLD_RESOLVED hold");
}

TEST(CancelPartsTest, ACaptureIsRefundedAndItsHoldStaysResolved) {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 10));
  const auto hold = Done(world, HoldPoints("h", kAlice, kShop, 4, world.InDays(1)));
  Play(world, {
                  {Capture("x", hold, 3), "OK"},
                  {Cancel("c", "x"), "OK"},
                  {Capture("y", hold, 3), "HOLD_RESOLVED hold"},
              });
  EXPECT_EQ(Purse(world, kAlice), "10 = 661:10");
  EXPECT_EQ(world.BalanceOf(kShop), 0);
}

TEST(CancelPartsTest, FrozenIsNoObstacle) {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 10));
  Done(world, Redeem("r", kAlice, kShop, 4));
  Done(world, SetStatus("s", kAlice, AccountStatus::kFrozen));
  EXPECT_EQ(world.Ask(Cancel("c1", "r")), "OK");
  EXPECT_EQ(world.Ask(Cancel("c2", "a")), "OK");
}

TEST(CancelPartsTest, OtherEntriesAreUndoneByTheirOpposites) {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 20));
  const auto hold = Done(world, HoldPoints("h", kAlice, kShop, 4, world.InDays(1)));
  const auto spent = Done(world, Redeem("r", kAlice, kShop, 4));
  Play(world, {
                  {Release("release", hold), "OK"},
                  {Refund("refund", spent, 1), "OK"},
                  {Reverse("reverse", 21), "OK"},
                  {SetStatus("status", kAlice, AccountStatus::kFrozen), "OK"},
                  {OpenHousehold("home", kPoints, kBob), "OK"},
                  {Invite("invite", kNextAccount, kAlice, kBob, 1), "OK"},
                  {Merge("merge", kStampAlice, kStampBob), "OK"},
                  {Close("close", kStampBob), "OK"},
                  {ReturnBudget("return", kBudget), "OK"},
                  {SetTerms("terms", kPoints, Terms()), "OK"},
              });
  for (const std::string id :
       {"release", "refund", "reverse", "status", "home", "invite", "merge", "close", "return"}) {
    EXPECT_EQ(world.Ask(Cancel("c", id)), "NOT_CANCELLABLE target_request_id") << id;
  }
  EXPECT_EQ(world.Ask(By(Cancel("c", "terms"), kOperator)), "NOT_CANCELLABLE target_request_id");
}

TEST(CancelPartsTest, ApplyFindsWhatDecideCannotHaveMade) {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 20));
  Done(world, HoldPoints("h", kAlice, kShop, 4, world.InDays(1)));
  using Body = entry::v1::Cancellation;
  const auto fault = [&](const Command& command, auto&& change) {
    return Tampered(world, command, [&](Entry& e) { change(*e.mutable_cancellation()); });
  };
  const Command hold = Cancel("c", "h");
  EXPECT_EQ(fault(hold, [](Body&) {}), "OK");
  EXPECT_NE(fault(hold, [](Body& b) { b.set_target_kind(99); }), "OK");
  EXPECT_NE(fault(hold, [](Body& b) { b.set_target_kind(0); }), "OK");
  EXPECT_NE(fault(hold, [](Body& b) { b.set_target_kind(Entry::kAccountOpening); }), "OK");
  EXPECT_NE(fault(hold, [](Body& b) { b.set_target_index(21); }), "OK");
}

}  // namespace
}  // namespace tanhui
