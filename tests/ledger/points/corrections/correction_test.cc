// What moves, counts and is carried when acts are corrected, and what reversals read afterwards.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/corrections/corrected.h"
#include "tests/ledger/points/earning/acts.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

Terms WriteOff() {
  Terms terms = Transfers(TransferPolicy::kCapped);
  terms.spent_reversal = SpentReversal::kWriteOff;
  return terms;
}

TEST(CorrectionTest, OnlyTheDifferenceMoves) {
  World world = Town();
  const auto act = Done(world, Act("a", "walk", 3'700));
  Done(world, Corrected("k1", act, 0, Act("-", "walk", 5'500)));
  EXPECT_EQ(Now(world), "r1 5 g0 carry 500000 g0; +2");
  EXPECT_EQ(Moves(world.last()), "11 -2; 5 +2 [661:2]");
  EXPECT_EQ(world.last().correction().made_by(), kPlatform.value());
  EXPECT_EQ(world.last().correction().expiry_month(), 661u);
  EXPECT_EQ(Counted(world, kAlice), "carry 500000 g0; 2@2024-02-28:5500");
  Done(world, Corrected("k2", act, 1, Act("-", "walk", 900)));
  EXPECT_EQ(Now(world), "r2 0 g0 carry 900000 g0; -5");
  EXPECT_EQ(Moves(world.last()), "11 +5; 5 -5 [661:-5]");
  Done(world, Corrected("k3", act, 2, Act("-", "walk", 950)));
  EXPECT_EQ(Now(world), "r3 0 g0 carry 950000 g0; 0");
  EXPECT_TRUE(world.last().postings().empty());
  const Undone undone = world.state().FindUndone(EntryIndex(act));
  EXPECT_EQ(undone.revision, 3u);
  EXPECT_EQ(undone.newest, EntryIndex(world.last_index()));
  EXPECT_EQ(undone.quantity, 0u);
  EXPECT_EQ(world.BalanceOf(kBudget), 10'000);
}

// The table of CORRECTIONS.md.
TEST(CorrectionTest, TheWorkedExample) {
  World world = Town();
  const auto act = Done(world, Act("a", "walk", 3'700));
  Done(world, Corrected("k1", act, 0, Act("-", "walk", 5'500)));
  EXPECT_EQ(Moves(world.last()), "11 -2; 5 +2 [661:2]");
  Done(world, Redeem("r", kAlice, kShop, 4));
  Done(world, Corrected("k2", act, 1, Act("-", "walk", 900)));
  EXPECT_EQ(Moves(world.last()), "11 +5; 5 -5 [661:-1] debt 4");
  EXPECT_EQ(Counted(world, kAlice), "carry 900000 g0; 2@2024-02-28:900");
  Done(world, Adjusted("k3", act, 2, 8));
  EXPECT_EQ(Moves(world.last()), "11 -8; 5 +8 [661:4]");
  Done(world, Reverse("v", act, 900));
  EXPECT_EQ(Moves(world.last()), "5 -8 [661:-4] debt 4; 11 +8");
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0;");
  EXPECT_EQ(world.BalanceOf(kBudget), 10'000);
}

TEST(CorrectionTest, TheRestOfTheActMayDiffer) {
  World world = Town();
  const auto act = Done(world, Act("a", "walk", 3'700));
  Command bike = Act("-", "bike", 2'000);
  bike.draft.mutable_earning()->set_grade(pb::EVIDENCE_GRADE_CHECKED);
  Done(world, Corrected("k1", act, 0, bike));
  EXPECT_EQ(Now(world), "r1 16 g160 carry 0 g0; +13");
  EXPECT_EQ(Moves(world.last()), "11 -13; 5 +13 [661:13g160]");
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0; 3@2024-02-26:160000000");
}

TEST(CorrectionTest, CapsAreThoseOfTheDateWithoutTheActItself) {
  World world = Town();
  const auto first = Done(world, Act("a", "walk", 6'000));
  const auto second = Done(world, Act("b", "walk", 7'000));  // cut to 4,000
  Done(world, Corrected("k1", first, 0, Act("-", "walk", 8'000)));
  EXPECT_EQ(Now(world), "r1 6 g0 carry 0 g0; 0") << "cut to what the other left";
  Done(world, Corrected("k2", first, 1, Act("-", "walk", 1'000)));
  Done(world, Corrected("k3", second, 0, Act("-", "walk", 12'000)));
  EXPECT_EQ(Now(world), "r1 9 g0 carry 0 g0; +5");
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0; 2@2024-02-28:10000");
}

// 0.3 of a point for each bottle: whatever the order, no millionth is made or lost.
TEST(CorrectionTest, NoOrderMakesOrLosesAMillionth) {
  std::array<std::size_t, 3> order = {0, 1, 2};
  const std::array<std::uint64_t, 3> before = {5, 8, 3};
  const std::array<std::uint64_t, 3> after = {9, 1, 7};
  do {
    World world = Town();
    std::array<std::uint64_t, 3> acts{};
    for (std::size_t i = 0; i < acts.size(); ++i) {
      acts[i] =
          Done(world, Shown(Act("o" + std::to_string(i), "bottle", before[i]), std::to_string(i)));
    }
    for (const std::size_t i : order) {
      Done(world, Corrected("k" + std::to_string(i), acts[i], 0,
                            Shown(Act("-", "bottle", after[i]), std::to_string(i))));
    }
    EXPECT_EQ(world.BalanceOf(kAlice) * 1'000'000 + world.Of(kAlice).carry, 5'100'000);
    EXPECT_EQ(world.BalanceOf(kAlice), 5);
    for (const std::size_t i : order) {
      Done(world, Reverse("v" + std::to_string(i), acts[i], after[i]));
    }
    EXPECT_EQ(Counted(world, kAlice), "carry 0 g0;");
    EXPECT_EQ(Purse(world, kAlice), "0");
    EXPECT_EQ(world.BalanceOf(kBudget), 10'000);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(CorrectionTest, ACarryMayStayBelowZero) {
  World world = Town();
  const auto first = Done(world, Shown(Act("o1", "bottle", 3), "1"));  // 0.9
  Done(world, Shown(Act("o2", "bottle", 1), "2"));                     // 0.3: a point
  Done(world, Corrected("k", first, 0, Shown(Act("-", "bottle", 1), "1")));
  EXPECT_EQ(Now(world), "r1 0 g0 carry 300000 g0; 0") << "it had no point to give back";
  EXPECT_EQ(Counted(world, kAlice), "carry -400000 g0; 4@2024-02-01:600000");
}

TEST(CorrectionTest, ABonusFollowsFromItsOwnBudget) {
  World world = Town();
  const auto act = Done(world, Act("p", "plant", 2));
  EXPECT_EQ(Earned(world), "20 g0 carry 0 g0 bonus 4");
  Done(world, Corrected("k1", act, 0, Act("-", "plant", 1)));
  EXPECT_EQ(Now(world), "r1 10 g0 carry 0 g0 bonus 2; -12");
  EXPECT_EQ(Moves(world.last()), "11 +10; 13 +2; 5 -12 [661:-10 661/f6:-2]");
  Done(world, Corrected("k2", act, 1, Act("-", "plant", 4)));
  EXPECT_EQ(Now(world), "r2 40 g0 carry 0 g0 bonus 5; +33") << "5 at most";
  EXPECT_EQ(Moves(world.last()), "11 -30; 13 -3; 5 +33 [661:30 661/f6:3]");
  Done(world, Corrected("k3", act, 2, Act("-", "seed", 1)));
  EXPECT_EQ(Now(world), "r3 10 g0 carry 0 g0 bonus 5; -30") << "of another bonus and budget";
  EXPECT_EQ(Moves(world.last()), "11 +25; 13 +5; 5 -30 [661:-25 661/f6:-5]");
  Done(world, Corrected("k4", act, 3, Act("-", "walk", 15'000)));
  EXPECT_EQ(Moves(world.last()), "11 +5; 5 -5 [661:-5]");
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0; 2@2024-02-28:10000");
  EXPECT_EQ(world.BalanceOf(kExtra), 1'000);
}

TEST(CorrectionTest, ABonusThatCannotGrowStays) {
  World world = Town();
  const auto act = Done(world, Act("p", "plant", 1));
  Done(world, Award("all", kBob, kExtra, 997));
  Done(world, Corrected("k", act, 0, Act("-", "plant", 2)));
  EXPECT_EQ(Now(world), "r1 20 g0 carry 0 g0 bonus 2; +10");
  EXPECT_EQ(Moves(world.last()), "11 -10; 5 +10 [661:10]");
}

TEST(CorrectionTest, DownMakesADebtAndUpPaysIt) {
  World world = Town();
  const auto act = Done(world, Act("w", "walk", 8'000));
  Done(world, Redeem("r", kAlice, kShop, 6));
  Done(world, Corrected("k1", act, 0, Act("-", "walk", 3'000)));
  EXPECT_EQ(Moves(world.last()), "11 +5; 5 -5 [661:-2] debt 3");
  Done(world, Corrected("k2", act, 1, Act("-", "walk", 5'000)));
  EXPECT_EQ(Moves(world.last()), "11 -2; 5 +2 debt 1");
  Done(world, Corrected("k3", act, 2, Act("-", "walk", 9'000)));
  EXPECT_EQ(Moves(world.last()), "11 -4; 5 +4 [661:3]");
}

TEST(CorrectionTest, WhatWasForgivenIsNotPaidTwice) {
  World world = Town();
  Done(world, SetTerms("terms", kPoints, WriteOff()));
  const auto act = Done(world, Act("w", "walk", 8'000));
  Done(world, Redeem("r", kAlice, kShop, 6));
  Done(world, Corrected("k1", act, 0, Act("-", "walk", 1'000)));
  EXPECT_EQ(Now(world), "r1 1 g0 carry 0 g0; -7 forgiven 5");
  EXPECT_EQ(Moves(world.last()), "11 +2; 5 -2 [661:-2]");
  Done(world, Corrected("k2", act, 1, Act("-", "walk", 4'000)));
  EXPECT_EQ(Now(world), "r2 4 g0 carry 0 g0; +3 forgiven 2");
  EXPECT_TRUE(world.last().postings().empty());
  Done(world, Corrected("k3", act, 2, Act("-", "walk", 9'000)));
  EXPECT_EQ(Now(world), "r3 9 g0 carry 0 g0; +5");
  EXPECT_EQ(Moves(world.last()), "11 -3; 5 +3 [661:3]");
  EXPECT_EQ(world.BalanceOf(kBudget), 10'000 - 9);
  EXPECT_EQ(world.BalanceOf(kAlice), 9 - 6);
}

TEST(CorrectionTest, ForgivenIsTheBonussFirst) {
  World world = Town();
  Done(world, SetTerms("terms", kPoints, WriteOff()));
  const auto act = Done(world, Act("p", "plant", 2));
  Done(world, Redeem("r", kAlice, kShop, 15));
  Done(world, Corrected("k1", act, 0, Act("-", "plant", 1)));  // 12 back, of which 9 are there
  EXPECT_EQ(Now(world), "r1 10 g0 carry 0 g0 bonus 2; -12 forgiven 3");
  EXPECT_EQ(Moves(world.last()), "11 +9; 5 -9 [661:-5 661/f6:-4]");
  Done(world, Corrected("k2", act, 1, Act("-", "plant", 2)));
  EXPECT_EQ(Moves(world.last()), "11 -9; 5 +9 [661:9]");
  EXPECT_EQ(world.BalanceOf(kExtra), 996);
  EXPECT_EQ(world.BalanceOf(kBudget), 10'000 - 20);
}

TEST(CorrectionTest, PointsPastTheirDateComeWithGraceAndGoFromOthers) {
  World world = Town();
  const auto act = Done(world, Act("w", "walk", 5'000));
  world.GoTo("2025-03-10");
  Done(world, Award("g", kAlice, kBudget, 10));
  Done(world, Adjusted("k1", act, 0, 7));
  EXPECT_EQ(Moves(world.last()), "11 -2; 5 +2 [663:2]") << "30 days of grace";
  EXPECT_EQ(world.last().correction().expiry_month(), 661u);
  Done(world, Adjusted("k2", act, 1, 1));
  EXPECT_EQ(Moves(world.last()), "11 +6; 5 -6 [663:-2 674:-4]");
}

TEST(CorrectionTest, AnAdjustmentLeavesCountsAndCarry) {
  World world = Town();
  const auto act = Done(world, Act("a", "bike", 1'234));
  EXPECT_EQ(Earned(world), "12 g123 carry 340000 g400000");
  const std::string counted = Counted(world, kAlice);
  Done(world, Adjusted("k1", act, 0, 20));
  EXPECT_EQ(Now(world), "r1 20 g123 carry 340000 g400000; +8");
  Done(world, Adjusted("k2", act, 1, 30, 200));
  EXPECT_EQ(Moves(world.last()), "11 -10; 5 +10 [661:10g77]");
  Done(world, Adjusted("k3", act, 2, 15));
  EXPECT_EQ(Now(world), "r3 15 g100 carry 340000 g400000; -15") << "in proportion";
  EXPECT_EQ(Moves(world.last()), "11 +15; 5 -15 [661:-15g-100]");
  EXPECT_EQ(Counted(world, kAlice), counted);
  Done(world, Corrected("k4", act, 3, Act("-", "bike", 1'234)));
  EXPECT_EQ(Now(world), "r4 12 g100 carry 340000 g23400000; -3");
  Done(world, Adjusted("k5", act, 4, 0));
  EXPECT_EQ(Purse(world, kAlice), "0");
}

TEST(CorrectionTest, AnAwardWithoutAnActIsAdjustedAndReversed) {
  World world = Town();
  const auto award = Done(world, WithGrams(WithItems(Award("g", kAlice, kBudget, 30), 3), 300));
  Done(world, Adjusted("k1", award, 0, 20));
  EXPECT_EQ(Now(world), "r1 20 g200 carry 0 g0; -10");
  EXPECT_EQ(Moves(world.last()), "11 +10; 5 -10 [661:-10g-100]");
  Play(world,
       {{Cancel("c", "g"), "NOT_CANCELLABLE target_request_id"}, {Reverse("v1", award, 1), "OK"}});
  EXPECT_EQ(world.last().reversal().points(), 6);
  Done(world, Reverse("v2", award, 2));
  EXPECT_EQ(world.last().reversal().points(), 14);
  EXPECT_EQ(world.BalanceOf(kBudget), 10'000);
  EXPECT_EQ(Purse(world, kAlice), "0");
}

TEST(CorrectionTest, AReversalReadsTheNewest) {
  World world = Town();
  const auto act = Done(world, Shown(Act("o", "bottle", 10), "slip"));
  Done(world, Act("w", "walk", 2'000));
  Done(world, Corrected("k1", act, 0, Shown(Act("-", "bottle", 20), "slip")));
  Play(world, {{Reverse("v1", act, 21), "NOTHING_LEFT_TO_UNDO quantity left=20"},
               {Reverse("v2", act, 10), "OK"}});
  EXPECT_EQ(world.last().reversal().points(), 3);
  Done(world, Reverse("v3", act, 10));
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0; 2@2024-02-28:2000");
  EXPECT_EQ(Purse(world, kAlice), "2 = 661:2");
  EXPECT_EQ(world.Ask(Shown(Act("o2", "bottle", 10), "slip")), "OK");
}

TEST(CorrectionTest, AMergedAccountIsFollowed) {
  World world = Town();
  const auto act = Done(world, Act("w1", "walk", 6'700));
  Done(world, Act("w2", "walk", 2'600, kBob));
  Done(world, By(Merge("m", kAlice, kBob), kPlatform));
  Done(world, Corrected("k1", act, 0, Act("-", "walk", 1'000)));
  EXPECT_EQ(Moves(world.last()), "11 +5; 6 -5 [661:-5]");
  EXPECT_EQ(Counted(world, kBob), "carry 600000 g0; 2@2024-02-28:3600");
  Done(world, Corrected("k2", act, 1, Act("-", "walk", 2'500, kBob)));
  EXPECT_EQ(Moves(world.last()), "11 -2; 6 +2 [661:2]");
}

TEST(CorrectionTest, AHouseholdCountsTheDifferenceAlsoAfterItsMemberLeft) {
  World world = Town();
  Done(world, OpenHousehold("h1", kPoints, kAlice));
  const AccountNo home(14);
  Play(world, {{Invite("h2", home, kBob, kAlice, 50), "OK"}, {Accept("h3", home, kBob), "OK"}});
  const auto act = Done(world, Act("w1", "walk", 9'000, kBob));
  EXPECT_EQ(Counted(world, home), "carry 0 g0; 9@2024-02-01:9000");
  Done(world, Leave("h4", home, kBob));
  Done(world, Corrected("k", act, 0, Act("-", "walk", 4'000, kBob)));
  EXPECT_EQ(Counted(world, home), "carry 0 g0; 9@2024-02-01:4000");
  EXPECT_EQ(world.last().correction().now().household(), home.value());
}

TEST(CorrectionTest, WhatWasSwitchedOffSinceIsNoObstacle) {
  World world = Town();
  const auto plant = Done(world, Act("p", "plant", 2));
  Command fridge = ShownSerial(Act("f", "buy", 1), "serial");
  fridge.draft.mutable_earning()->set_product(kFridge);
  const auto buy = Done(world, fridge);
  Command meal = Act("m", "meal", 1);
  meal.draft.mutable_earning()->set_venue(kBistro);
  meal.draft.mutable_earning()->set_seconds(600);
  const auto ate = Done(world, meal);
  Done(world, Suspend("1", "plant"));
  Done(world, Delist("d", kFridge, pb::DELISTING_KIND_DELISTED));
  Done(world, Certify("w", "bistro", "restaurant", true));
  fridge.draft.mutable_earning()->set_quantity(2);
  meal.draft.mutable_earning()->set_quantity(2);
  Play(world, {{Corrected("k1", plant, 0, Act("-", "plant", 1)), "OK"},
               {Corrected("k2", buy, 0, fridge), "OK"},
               {Corrected("k3", ate, 0, meal), "OK"}});
}

TEST(CorrectionTest, AWeighingIsCorrectedUnderItsBooking) {
  World world = Town();
  Command booking = Shown(Act("b", "recycle", 5'000), "slip");
  booking.draft.mutable_earning()->set_weighing(pb::WEIGHING_BOOKED);
  booking.draft.mutable_earning()->set_material(kPaper);
  const auto booked = Done(world, booking);
  const auto weighing = [booked](std::string_view id, std::uint64_t grams) {
    Command command = Act(id, "recycle", grams);
    command.draft.mutable_earning()->set_weighing(pb::WEIGHING_WEIGHED);
    command.draft.mutable_earning()->set_booking(booked);
    command.draft.mutable_earning()->set_material(kPaper);
    return command;
  };
  const auto act = Done(world, weighing("w", 4'800));
  EXPECT_EQ(Earned(world), "24 g0 carry 0 g0");
  Done(world, Corrected("k", act, 0, weighing("-", 4'600)));
  EXPECT_EQ(Now(world), "r1 23 g0 carry 0 g0; -1");
}

TEST(CorrectionTest, PaymentsGoByTheStep) {
  World world = Town();
  const auto act = Done(world, Act("d", "deposit", 5));  // 17.5: 10 paid
  EXPECT_EQ(Earned(world), "10 g10 carry 7500000 g0");
  Done(world, Corrected("k1", act, 0, Act("-", "deposit", 6)));  // 21
  EXPECT_EQ(Now(world), "r1 20 g12 carry 1000000 g0; +10");
  Done(world, Adjusted("k2", act, 1, 13));
  Done(world, Corrected("k3", act, 2, Act("-", "deposit", 9)));  // 31.5
  EXPECT_EQ(Now(world), "r3 30 g18 carry 1500000 g0; +17") << "as the newest alone would have";
}

}  // namespace
}  // namespace tanhui
