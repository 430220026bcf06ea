// Taking an award back: what is there, and what becomes of the rest.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/flaws.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;

// Alice was awarded 30 points for 3 items with entry 21.
World Awarded(const Terms& terms = Transfers(TransferPolicy::kCapped)) {
  World world = Funded(1'000);
  Done(world, WithGrams(WithItems(Award("a", kAlice, kBudget, 30), 3), 300));
  if (terms != Transfers(TransferPolicy::kCapped)) {
    Done(world, SetTerms("terms", kPoints, terms));
  }
  return world;
}
constexpr std::uint64_t kAward = 21;

Terms WriteOff() {
  Terms terms = Transfers(TransferPolicy::kCapped);
  terms.spent_reversal = SpentReversal::kWriteOff;
  return terms;
}

// Of an entry of which became what becomes of no award, nothing is taken back: no record could say
// both.
TEST(ReversalTest, ALogThatReversesWhatIsNoAward) {
  const auto fault = [](const Undone& undone) {
    World world = Awarded();
    const Entry reversal = std::get<Entry>(world.Decide(Reverse("v", kAward, 1)));
    world.mutable_state().PutUndone(EntryIndex(kAward), undone);
    return world.FaultOf(reversal);
  };
  EXPECT_EQ(fault(Undone{}), "OK");
  const std::string no = "a reversal of what was undone before";
  EXPECT_EQ(fault({.points = Amount(0), .line = LineState::kPaid}), no);
  EXPECT_EQ(fault({.points = Amount(0), .load = LoadTotals{}}), no);
  EXPECT_EQ(fault({.points = Amount(0), .coupon = CouponNow{}}), no);
  EXPECT_EQ(fault({.points = Amount(0), .redeemed = RedeemedNow{}}), no);
}

TEST(ReversalTest, TheWholeGoesBackToTheBudget) {
  World world = Awarded();
  Done(world, Reverse("v", kAward, 3));
  EXPECT_EQ(Moves(world.last()), "5 -30 [661:-30g-300]; 11 +30");
  EXPECT_EQ(world.last().reversal().points(), 30);
  EXPECT_EQ(world.last().reversal().forgiven(), 0);
  EXPECT_EQ(world.last().reversal().reason(), "goods_returned");
  EXPECT_EQ(Purse(world, kAlice), "0");
  EXPECT_EQ(world.BalanceOf(kBudget), 1'000);
}

TEST(ReversalTest, ItemByItem) {
  World world = Awarded();
  Play(world, {
                  {Reverse("v1", kAward, 4), "NOTHING_LEFT_TO_UNDO quantity left=3"},
                  {Reverse("v1", kAward, 1), "OK"},
                  {Reverse("v1", kAward, 1), "SEEN 22"},
                  {Reverse("v2", kAward, 3), "NOTHING_LEFT_TO_UNDO quantity left=2"},
                  {Reverse("v2", kAward, 2), "OK"},
                  {Reverse("v3", kAward, 1), "NOTHING_LEFT_TO_UNDO quantity left=0"},
              });
  EXPECT_EQ(Purse(world, kAlice), "0");
  EXPECT_EQ(world.BalanceOf(kBudget), 1'000);
}

TEST(ReversalTest, WithoutAQuantityAnAwardIsOfOneItem) {
  World world = Funded();
  const auto award = Done(world, Award("a", kAlice, kBudget, 10));
  Play(world, {
                  {Reverse("v", award, 2), "NOTHING_LEFT_TO_UNDO quantity left=1"},
                  {Reverse("v", award, 1), "OK"},
              });
}

// 10 points for 4 items: 2, 3, 2 and 3; never more than all, whatever the portions.
TEST(ReversalTest, PointsAreRoundedDownAndTheLastItemTakesTheRest) {
  struct Row {
    std::int64_t points;
    std::uint64_t items;
    std::vector<std::uint64_t> portions;
    std::string_view taken;
  };
  const Row rows[] = {
      {10, 4, {1, 1, 1, 1}, "2 3 2 3 "},
      {10, 4, {3, 1}, "7 3 "},
      {10, 4, {2, 2}, "5 5 "},
      {100, 3, {1, 1, 1}, "33 33 34 "},
      {7, 7, {6, 1}, "6 1 "},
      {2, 3, {1, 1, 1}, "0 1 1 "},
      {1, 5, {4, 1}, "0 1 "},
  };
  for (const Row& row : rows) {
    World world = Funded();
    const auto award = Done(world, WithItems(Award("a", kAlice, kBudget, row.points), row.items));
    std::string taken;
    int n = 0;
    for (const std::uint64_t items : row.portions) {
      Done(world, Reverse("v" + std::to_string(n++), award, items));
      taken += std::to_string(world.last().reversal().points()) + " ";
    }
    EXPECT_EQ(taken, row.taken);
    EXPECT_EQ(Purse(world, kAlice), "0");
    EXPECT_EQ(world.BalanceOf(kBudget), 10'000);
  }
}

TEST(ReversalTest, TheAwardsOwnLotComesFirst) {
  World world = Awarded();
  Done(world, ActAt(Award("old", kAlice, kBudget, 20), On("2023-03-01")));
  Done(world, ActAt(Award("jan", kAlice, kBudget, 20), On("2024-01-01")));
  Done(world, Transfer("t", kAlice, kBob, 25));  // 20 of March and 5 of January
  EXPECT_EQ(Purse(world, kAlice), "45 = 660:15 661:30g300");
  Done(world, Reverse("v1", kAward, 1));
  EXPECT_EQ(Moves(world.last()), "5 -10 [661:-10g-100]; 11 +10");
  Done(world, Redeem("r", kAlice, kShop, 25));
  EXPECT_EQ(Purse(world, kAlice), "10 = 661:10g100");
  Done(world, ActAt(Award("more", kAlice, kBudget, 6), On("2023-06-01")));
  Done(world, Reverse("v2", kAward, 1));
  EXPECT_EQ(Purse(world, kAlice), "6 = 653:6");
  Done(world, Reverse("v3", kAward, 1));
  EXPECT_EQ(Moves(world.last()), "5 -10 [653:-6] debt 4; 11 +10") << "then the others";
}

TEST(ReversalTest, WhatIsMissingBecomesADebtThatLaterCreditsPay) {
  World world = Awarded();
  Done(world, Redeem("r", kAlice, kShop, 18));
  Done(world, Reverse("v", kAward, 3));
  EXPECT_EQ(Moves(world.last()), "5 -30 [661:-12g-120] debt 18; 11 +30");
  EXPECT_EQ(Purse(world, kAlice), "-18 - debt 18");
  EXPECT_EQ(world.Ask(Redeem("x", kAlice, kShop, 1)),
            "INSUFFICIENT_BALANCE points needed=1 available=0");
  Done(world, WithGrams(Award("a2", kAlice, kBudget, 10), 77));
  EXPECT_EQ(Moves(world.last()), "11 -10; 5 +10 debt 8");
  Done(world, WithGrams(Award("a3", kAlice, kBudget, 10), 77));
  EXPECT_EQ(Moves(world.last()), "11 -10; 5 +10 [661:2g16]") << "grams go with the debt";
  EXPECT_EQ(Purse(world, kAlice), "2 = 661:2g16");
}

TEST(ReversalTest, ATransferPaysTheDebtToo) {
  World world = Awarded();
  Done(world, Redeem("r", kAlice, kShop, 30));
  Done(world, Reverse("v", kAward, 1));
  Done(world, ActAt(Award("b1", kBob, kBudget, 6), On("2023-03-01")));
  Done(world, Award("b2", kBob, kBudget, 20));
  Done(world, Transfer("t", kBob, kAlice, 16));
  EXPECT_EQ(Moves(world.last()), "6 -16 [650:-6 661:-10]; 5 +16 [661:6]")
      << "the earliest of what comes pays";
}

TEST(ReversalTest, WriteOffForgivesWhatIsMissing) {
  World world = Awarded(WriteOff());
  Done(world, Redeem("r", kAlice, kShop, 18));
  Done(world, Reverse("v1", kAward, 2));
  EXPECT_EQ(Moves(world.last()), "5 -12 [661:-12g-120]; 11 +12");
  EXPECT_EQ(world.last().reversal().points(), 20);
  EXPECT_EQ(world.last().reversal().forgiven(), 8);
  EXPECT_EQ(Purse(world, kAlice), "0");
  Done(world, Reverse("v2", kAward, 1));
  EXPECT_EQ(Moves(world.last()), "") << "all is forgiven, nothing moves";
  EXPECT_EQ(world.last().reversal().forgiven(), 10);
  EXPECT_EQ(world.Ask(Reverse("v3", kAward, 1)), "NOTHING_LEFT_TO_UNDO quantity left=0");
}

TEST(ReversalTest, HeldPointsStayHeld) {
  World world = Awarded();
  const auto hold = Done(world, HoldPoints("h", kAlice, kShop, 25, world.InDays(3)));
  Done(world, Reverse("v", kAward, 3));
  EXPECT_EQ(Purse(world, kAlice), "0 + held 25 - debt 25");
  World released = world;
  Done(released, Release("l", hold));
  EXPECT_EQ(Moves(released.last()), "5 0") << "what comes back pays the debt";
  EXPECT_EQ(Purse(released, kAlice), "0");
  World captured = world;
  Done(captured, Capture("c", hold, 20));
  EXPECT_EQ(Moves(captured.last()), "5 -20 debt 20; 9 +20");
  EXPECT_EQ(Purse(captured, kAlice), "-20 - debt 20");
  world.WaitDays(3);
  EXPECT_TRUE(world.Sweep(kAlice));
  EXPECT_EQ(Purse(world, kAlice), "0") << "a hold past its deadline pays, too";
}

TEST(ReversalTest, PointsTransferredOnStayWithTheReceiver) {
  World world = Awarded();
  Done(world, Transfer("t", kAlice, kBob, 30));
  Done(world, Reverse("v", kAward, 3));
  EXPECT_EQ(Purse(world, kAlice), "-30 - debt 30") << "the giver owes them";
  EXPECT_EQ(Purse(world, kBob), "30 = 661:30g300") << "he had them in good faith";
}

TEST(ReversalTest, ExpiredPointsAreMissing) {
  World world = Awarded();
  world.GoTo("2025-03-01");
  Done(world, Reverse("v", kAward, 1));
  EXPECT_TRUE(world.entries()[world.last_index() - 2].has_expiry());
  EXPECT_TRUE(world.entries()[world.last_index() - 1].has_budget_year_end());
  EXPECT_EQ(Purse(world, kAlice), "-10 - debt 10");
}

TEST(ReversalTest, FrozenOrClosedIsNoObstacle) {
  World world = Awarded();
  Done(world, SetStatus("s", kAlice, AccountStatus::kFrozen));
  Done(world, Reverse("v1", kAward, 1));
  Done(world, Close("c", kAlice, true));
  Done(world, Reverse("v2", kAward, 1));
  EXPECT_EQ(Purse(world, kAlice), "-10 - debt 10");
}

TEST(ReversalTest, FollowsAMerge) {
  World world = Awarded();
  Done(world, Merge("m", kAlice, kBob));
  Done(world, Reverse("v", kAward, 2));
  EXPECT_EQ(Moves(world.last()), "6 -20 [661:-20g-200]; 11 +20");
}

TEST(ReversalTest, OfWhatIsNoAward) {
  World world = Awarded();
  const auto spent = Done(world, Redeem("r", kAlice, kShop, 1));
  Play(world, {
                  {Reverse("v", spent), "WRONG_ENTRY_KIND entry_index"},
                  {Reverse("v", 20), "WRONG_ENTRY_KIND entry_index"},
                  {Reverse("v", 1'000), "UNKNOWN_ENTRY entry_index"},
                  {By(Reverse("v", kAward), kOtherPlatform), "UNKNOWN_ENTRY entry_index"},
                  {By(Reverse("v", kAward), kMall), "UNKNOWN_ENTRY entry_index"},
                  {Privileged(Reverse("v", kAward)), "OK"},
              });
}

TEST(ReversalTest, AndCancellationsExcludeEachOther) {
  World world = Awarded();
  Done(world, Award("b", kAlice, kBudget, 5));
  Play(world, {
                  {Cancel("c", "b"), "OK"},
                  {Reverse("v", 22), "NOTHING_LEFT_TO_UNDO quantity left=0"},
                  {Reverse("v", kAward, 1), "OK"},
                  {Cancel("c2", "a"), "NOT_CANCELLABLE target_request_id"},
              });
}

TEST(ReversalRefusals, Reversal) {
  const std::vector<Flaw> all = {
      {Reason::kUnknownEntry, "another's"},     {Reason::kRequestTooLate, "late"},
      {Reason::kActInFuture, "future"},         {Reason::kWrongEntryKind, "kind"},
      {Reason::kNothingLeftToUndo, "too much"}, {Reason::kBalanceLimit, "budget full"},
  };
  EverySet(all, 13, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    if (flaws.Has("kind") && (flaws.Has("too much") || flaws.Has("budget full"))) {
      return std::nullopt;
    }
    world.SetBalance(kBudget, 100);
    const auto award = Done(world, WithItems(Award("a", kAlice, kBudget, 10), 2));
    const auto spent = Done(world, Redeem("r", kAlice, kShop, 10));
    if (flaws.Has("budget full")) {
      world.SetBalance(kBudget, std::numeric_limits<std::int64_t>::max());
    }
    const Command command =
        Reverse("x", flaws.Has("kind") ? spent : award, flaws.Has("too much") ? 3 : 2);
    return Timed(world, flaws.Has("another's") ? By(command, kOtherPlatform) : command, flaws);
  });
}

TEST(ReversalFaults, ApplyFindsWhatDecideCannotHaveMade) {
  World world = Awarded();
  Done(world, Redeem("r", kAlice, kShop, 18));
  const Command reversal = Reverse("v", kAward, 3);
  using Body = entry::v1::Reversal;
  const auto fault = [&](auto&& change) {
    return Tampered(world, reversal, [&](Entry& e) { change(*e.mutable_reversal()); });
  };
  EXPECT_EQ(fault([](Body&) {}), "OK");
  EXPECT_NE(fault([](Body& b) { b.set_points(29); }), "OK");
  EXPECT_NE(fault([](Body& b) { b.set_forgiven(1); }), "OK");
  EXPECT_NE(fault([](Body& b) { b.set_quantity(0); }), "OK");
  EXPECT_NE(fault([](Body& b) { b.set_target(99); }), "OK");
  EXPECT_NE(Tampered(world, reversal, [](Entry& e) { e.mutable_postings(0)->set_debt_after(17); }),
            "OK");
  EXPECT_NE(Tampered(world, reversal, [](Entry& e) { e.mutable_postings(0)->clear_lots(); }), "OK");
  EXPECT_NE(Tampered(world, reversal, [](Entry& e) { e.clear_postings(); }), "OK");
}

}  // namespace
}  // namespace tanhui
