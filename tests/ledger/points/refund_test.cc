// Giving back what was redeemed or captured.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/flaws.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;

// Alice had 649:5g50 650:20 661:10g100 and redeemed 30 of them with entry 24; it is 2024-02-28.
World Spent() {
  World world = Funded();
  Done(world, WithGrams(ActAt(Award("feb", kAlice, kBudget, 5), On("2023-02-10")), 50));
  Done(world, ActAt(Award("mar", kAlice, kBudget, 20), On("2023-03-10")));
  Done(world, WithGrams(Award("new", kAlice, kBudget, 10), 100));
  Done(world, Redeem("spent", kAlice, kShop, 30));
  EXPECT_EQ(Purse(world, kAlice), "5 = 661:5g50");
  return world;
}
constexpr std::uint64_t kSpent = 24;

TEST(RefundTest, TheWholeGoesBackIntoTheVeryLots) {
  World world = Spent();
  Done(world, Refund("f", kSpent, 30));
  EXPECT_EQ(Moves(world.last()), "9 -30; 5 +30 [649:5g50 650:20 661:5g50]");
  EXPECT_EQ(Purse(world, kAlice), "35 = 649:5g50 650:20 661:10g100");
  EXPECT_EQ(world.BalanceOf(kShop), 0);
}

TEST(RefundTest, WhatWasTakenLastComesBackFirst) {
  World world = Spent();
  Done(world, Refund("f1", kSpent, 3));
  EXPECT_EQ(Moves(world.last()), "9 -3; 5 +3 [661:3g30]");
  Done(world, Refund("f2", kSpent, 3));
  EXPECT_EQ(Moves(world.last()), "9 -3; 5 +3 [650:1 661:2g20]");
  Done(world, Refund("f3", kSpent, 20));
  EXPECT_EQ(Moves(world.last()), "9 -20; 5 +20 [649:1g10 650:19]");
  Done(world, Refund("f4", kSpent, 4));
  EXPECT_EQ(Purse(world, kAlice), "35 = 649:5g50 650:20 661:10g100");
}

// 3 points with 10 grams: what comes back in parts has its share, and the last part the rest.
TEST(RefundTest, GramsComeBackInProportion) {
  World world = Funded();
  Done(world, WithGrams(Award("a", kAlice, kBudget, 3), 10));
  const std::uint64_t spent = Done(world, Redeem("r", kAlice, kShop, 3));
  std::string grams;
  for (const std::string id : {"f1", "f2", "f3"}) {
    Done(world, Refund(id, spent, 1));
    grams += std::to_string(world.last().postings(1).lots(0).grams()) + " ";
  }
  EXPECT_EQ(grams, "3 3 4 ");
  EXPECT_EQ(Purse(world, kAlice), "3 = 661:3g10");
}

TEST(RefundTest, UpToWhatWasTaken) {
  World world = Spent();
  Play(world, {
                  {Refund("f1", kSpent, 31), "NOTHING_LEFT_TO_UNDO points left=30"},
                  {Refund("f1", kSpent, 10), "OK"},
                  {Refund("f1", kSpent, 10), "SEEN 25"},
                  {Refund("f2", kSpent, 21), "NOTHING_LEFT_TO_UNDO points left=20"},
                  {Refund("f2", kSpent, 20), "OK"},
                  {Refund("f3", kSpent, 1), "NOTHING_LEFT_TO_UNDO points left=0"},
              });
  EXPECT_EQ(world.BalanceOf(kShop), 0);
}

TEST(RefundTest, PastItsDateGetsGrace) {
  World world = Spent();
  world.GoTo("2024-04-15");
  Done(world, Refund("f", kSpent, 30));
  // 2024-04-15 and 30 days: May. What is good anyway keeps its date.
  EXPECT_EQ(Moves(world.last()), "9 -30; 5 +30 [652:25g50 661:5g50]");
  EXPECT_EQ(Purse(world, kAlice), "35 = 652:25g50 661:10g100");
  world.GoTo("2024-06-01");
  EXPECT_TRUE(world.Sweep(kAlice));
  EXPECT_EQ(Purse(world, kAlice), "10 = 661:10g100");
}

TEST(RefundTest, AtLeastTheDaysOfGraceAreLeft) {
  struct Row {
    std::uint32_t grace_days;
    std::string_view today;
    std::uint16_t month;
  };
  const Row rows[] = {
      {0, "2024-05-01", 652},   {0, "2024-05-31", 652},  {30, "2024-05-01", 652},
      {30, "2024-05-02", 653},  {30, "2024-05-31", 653}, {31, "2024-05-01", 653},
      {365, "2024-05-02", 664}, {30, "2025-01-30", 662},
  };
  for (const Row& row : rows) {
    World world = Spent();
    Terms terms;
    terms.grace_days = row.grace_days;
    Done(world, SetTerms("t", kPoints, terms));
    world.GoTo(row.today);
    Done(world, Refund("f1", kSpent, 5));  // of the lot that is good for a year
    Done(world, Refund("f2", kSpent, 1));
    EXPECT_EQ(Moves(world.last()), "9 -1; 5 +1 [" + std::to_string(row.month) + ":1]") << row.today;
  }
}

TEST(RefundTest, ADebtIsPaidFirst) {
  World world = Spent();
  Done(world, Redeem("rest", kAlice, kShop, 5));
  Done(world, Reverse("v", 23));
  EXPECT_EQ(Purse(world, kAlice), "-10 - debt 10");
  Done(world, Refund("f1", kSpent, 5));
  EXPECT_EQ(Moves(world.last()), "9 -5; 5 +5 debt 5");
  Done(world, Refund("f2", kSpent, 25));
  EXPECT_EQ(Purse(world, kAlice), "20 = 650:20") << "the earliest of what comes pays";
}

TEST(RefundTest, OfACapture) {
  World world = Spent();
  Done(world, Refund("all", kSpent, 30));
  const auto hold = Done(world, HoldPoints("h", kAlice, kShop, 30, world.InDays(5)));
  const auto capture = Done(world, Capture("c", hold, 27));
  EXPECT_EQ(Purse(world, kAlice), "8 = 661:8g80");
  Play(world, {
                  {Refund("f", hold, 1), "WRONG_ENTRY_KIND entry_index"},
                  {Refund("f", capture, 28), "NOTHING_LEFT_TO_UNDO points left=27"},
                  {Refund("f", capture, 4), "OK"},
              });
  EXPECT_EQ(Moves(world.last()), "9 -4; 5 +4 [650:2 661:2g20]");
}

TEST(RefundTest, FrozenIsNoObstacleButClosedIs) {
  World world = Spent();
  Done(world, SetStatus("s", kAlice, AccountStatus::kLost));
  Done(world, Refund("f1", kSpent, 1));
  Done(world, Close("c", kAlice, true));
  EXPECT_EQ(world.Ask(Refund("f2", kSpent, 1)), "ACCOUNT_CLOSED points");
}

TEST(RefundTest, FollowsAMerge) {
  World world = Spent();
  Done(world, Merge("m", kAlice, kBob));
  Done(world, Refund("f", kSpent, 6));
  EXPECT_EQ(Moves(world.last()), "9 -6; 6 +6 [650:1 661:5g50]");
  EXPECT_EQ(Purse(world, kBob), "11 = 650:1 661:10g100");
}

TEST(RefundTest, OfWhatCannotBeRefunded) {
  World world = Spent();
  Done(world, CreateParticipant("p", "relief", ParticipantKind::kCharity));
  Done(world, OpenCharity("o", kPoints, ParticipantNo(8)));
  const auto donation = Done(world, Donate("d", kAlice, kNextAccount, 1));
  const std::string no = "WRONG_ENTRY_KIND entry_index";
  Play(world,
       {
           {Refund("f", donation, 1), no},
           {Refund("f", 23, 1), no},  // an award
           {Refund("f", 20, 1), no},  // a funding
           {Refund("f", 99, 1), "UNKNOWN_ENTRY entry_index"},
           {Refund("f", 18'446'744'073'709'551'615U, 1), "UNKNOWN_ENTRY entry_index"},
           {Refund("f", 3, 1), "UNKNOWN_ENTRY entry_index"},  // the operator's, whatever it is
           {By(Refund("f", kSpent, 1), kOtherPlatform), "UNKNOWN_ENTRY entry_index"},
           {By(Refund("f", kSpent, 1), kMall), "OK"},  // the merchant that took the points
           {Privileged(Refund("f", kSpent, 1)), "OK"},
       });
}

TEST(RefundTest, AfterACancellationNothingIsLeft) {
  World world = Spent();
  Play(world, {
                  {Cancel("c", "spent"), "OK"},
                  {Refund("f", kSpent, 1), "NOTHING_LEFT_TO_UNDO points left=0"},
              });
}

TEST(RefundTest, AfterARefundNothingIsCancelled) {
  World world = Spent();
  Play(world, {
                  {Refund("f", kSpent, 1), "OK"},
                  {Cancel("c", "spent"), "NOT_CANCELLABLE target_request_id"},
                  {Cancel("c", "f"), "NOT_CANCELLABLE target_request_id"},
              });
}

TEST(RefundRefusals, Refund) {
  const std::vector<Flaw> all = {
      {Reason::kUnknownEntry, "another's"},     {Reason::kRequestTooLate, "late"},
      {Reason::kActInFuture, "future"},         {Reason::kAccountClosed, "closed"},
      {Reason::kNothingLeftToUndo, "too much"}, {Reason::kInsufficientBalance, "merchant poor"},
  };
  EverySet(all, 15, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    world.SetBalance(kBudget, 100);
    Done(world, Award("a", kAlice, kBudget, 10));
    const std::uint64_t spent = Done(world, Redeem("r", kAlice, kShop, 10));
    if (flaws.Has("closed")) {
      Done(world, Close("c", kAlice));
    }
    if (flaws.Has("merchant poor")) {
      world.SetBalance(kShop, 4);
    }
    const Command command = Refund("x", spent, flaws.Has("too much") ? 11 : 10);
    return Timed(world, flaws.Has("another's") ? By(command, kOtherPlatform) : command, flaws);
  });
}

TEST(RefundFaults, ApplyFindsWhatDecideCannotHaveMade) {
  World world = Spent();
  const Command refund = Refund("f", kSpent, 30);
  EXPECT_EQ(Tampered(world, refund, [](Entry&) {}), "OK");
  EXPECT_NE(Tampered(world, refund, [](Entry& e) { e.mutable_refund()->set_points(29); }), "OK");
  EXPECT_NE(Tampered(world, refund, [](Entry& e) { e.mutable_refund()->set_target(25); }), "OK");
  EXPECT_NE(Tampered(world, refund, [](Entry& e) { e.clear_postings(); }), "OK");
  EXPECT_NE(Tampered(world, refund,
                     [](Entry& e) { e.mutable_postings(1)->mutable_lots(0)->set_points(6); }),
            "OK");
  const Entry whole = std::get<Entry>(world.Decide(refund));
  Done(world, Cancel("c", "spent"));
  EXPECT_NE(world.FaultOf(whole), "OK") << "what was cancelled before";
}

}  // namespace
}  // namespace tanhui
