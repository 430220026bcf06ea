// Acts undone: reversals in parts, cancellations, merged accounts, goals, faults of entries.
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/earning/acts.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

TEST(EarningUndoneTest, CountsComeBackWithTheLastPart) {
  World world = Town();
  const auto act = Done(world, Shown(Act("o", "bottle", 5), "slip"));
  EXPECT_EQ(Earned(world), "1 g0 carry 500000 g0");
  const std::string counted = "carry 500000 g0; 4@2024-02-01:1500000";
  EXPECT_EQ(Counted(world, kAlice), counted);
  Play(world, {{Reverse("v1", act, 6), "NOTHING_LEFT_TO_UNDO quantity left=5"},
               {Reverse("v2", act, 3), "OK"}});
  EXPECT_EQ(Counted(world, kAlice), counted);
  EXPECT_FALSE(world.last().reversal().has_uncounted());
  EXPECT_EQ(world.BalanceOf(kAlice), 1) << "three fifths of a point are none";
  Done(world, Reverse("v3", act, 2));
  EXPECT_EQ(Moves(world.last()), "5 -1 [661:-1]; 11 +1");
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0;");
  Play(world,
       {{Reverse("v4", act, 1), "NOTHING_LEFT_TO_UNDO quantity left=0"},
        {Cancel("c", "o"), "NOT_CANCELLABLE target_request_id"},
        {By(Shown(Act("o2", "bottle", 5), "slip"), kOtherPlatform),
         "ALREADY_CLAIMED act.evidence act_date=2024-02-28 entry_index=" + std::to_string(act)}});
}

TEST(EarningUndoneTest, ACarryMayBeBelowZeroUntilTheNextAct) {
  World world = Town();
  const auto first = Done(world, Shown(Act("o1", "bottle", 3), "1"));  // 0.9
  Done(world, Shown(Act("o2", "bottle", 1), "2"));                     // 0.3: a point
  EXPECT_EQ(Earned(world), "1 g0 carry -700000 g0");
  Done(world, Reverse("v", first, 3));
  EXPECT_EQ(Counted(world, kAlice), "carry -700000 g0; 4@2024-02-01:300000");
  EXPECT_EQ(world.BalanceOf(kAlice), 1);
  Done(world, Shown(Act("o3", "bottle", 2), "3"));
  EXPECT_EQ(Earned(world), "0 g0 carry 600000 g0");
  Done(world, Shown(Act("o4", "bottle", 4), "4"));
  EXPECT_EQ(Earned(world), "1 g0 carry 200000 g0");
  EXPECT_EQ(Counted(world, kAlice), "carry 100000 g0; 4@2024-02-01:2100000");
}

TEST(EarningUndoneTest, ACancelledActIsAsIfItHadNotBeen) {
  World world = Town();
  const Account before = world.Of(kAlice);
  const std::int64_t budget = world.BalanceOf(kBudget);
  Done(world, Shown(Act("p", "plant", 2), "photo"));
  Done(world, Cancel("c", "p"));
  EXPECT_EQ(Moves(world.last()), "5 -24 [661:-20 661/f6:-4]; 11 +20; 13 +4");
  EXPECT_EQ(Purse(world, kAlice), "0");
  EXPECT_EQ(world.Of(kAlice).tallies, before.tallies);
  EXPECT_EQ(world.Of(kAlice).carry, before.carry);
  EXPECT_EQ(world.BalanceOf(kBudget), budget);
  EXPECT_EQ(world.BalanceOf(kExtra), 1'000);
  Play(world, {{Shown(Act("p2", "plant", 2), "photo"), "OK"},
               {Cancel("c2", "c"), "NOT_CANCELLABLE target_request_id"}});
  EXPECT_EQ(Earned(world), "20 g0 carry 0 g0 bonus 4");
}

TEST(EarningUndoneTest, AReversalGivesEachBudgetItsOwn) {
  World world = Town();
  const auto act = Done(world, Act("p", "plant", 2));
  Done(world, Reverse("v1", act, 1));
  EXPECT_EQ(world.last().reversal().points(), 12);
  EXPECT_EQ(world.BalanceOf(kExtra), 998);
  Done(world, Reverse("v2", act, 1));
  EXPECT_EQ(Purse(world, kAlice), "0");
  EXPECT_EQ(world.BalanceOf(kExtra), 1'000);
  EXPECT_EQ(world.BalanceOf(kBudget), 10'000);
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0;") << "the bonus's count, too";
}

TEST(EarningUndoneTest, AnActWithoutPointsIsUndoneWithoutPostings) {
  World world = Town();
  const auto act = Done(world, Act("w", "walk", 900));
  EXPECT_EQ(Counted(world, kAlice), "carry 900000 g0; 2@2024-02-28:900");
  World cancelled = world;
  Done(cancelled, Cancel("c", "w"));
  EXPECT_TRUE(cancelled.last().postings().empty());
  EXPECT_EQ(Counted(cancelled, kAlice), "carry 0 g0;");
  Done(world, Reverse("v", act, 900));
  EXPECT_TRUE(world.last().postings().empty());
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0;");
}

TEST(EarningUndoneTest, MergedAccountsAddUp) {
  World world = Town();
  const auto act = Done(world, Act("w1", "walk", 6'700));
  Done(world, Act("w2", "walk", 2'600, kBob));
  Done(world, By(Merge("m", kAlice, kBob), kPlatform));
  EXPECT_EQ(Counted(world, kBob), "carry 1300000 g0; 2@2024-02-28:9300");
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0;");
  Done(world, Act("w3", "walk", 5'000, kBob));
  EXPECT_EQ(Earned(world), "2 g0 carry -1300000 g0") << "700 steps and what both carried";
  Done(world, Reverse("v", act, 6'700));
  EXPECT_EQ(Counted(world, kBob), "carry -700000 g0; 2@2024-02-28:3300");
}

TEST(EarningUndoneTest, OldTalliesAreDropped) {
  World world = Town();
  Done(world, Act("w1", "walk", 1'000));
  const auto first = world.last_index();
  world.GoTo("2024-04-28");  // 60 days after the day
  Done(world, ActAt(Act("w2", "walk", 1'000), world.now()));
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0; 2@2024-02-28:1000 2@2024-04-28:1000");
  world.GoTo("2024-04-29");
  Done(world, ActAt(Act("w3", "walk", 1'000), world.now()));
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0; 2@2024-04-28:1000 2@2024-04-29:1000");
  Done(world, Reverse("v", first, 1'000));
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0; 2@2024-04-28:1000 2@2024-04-29:1000");
}

TEST(EarningUndoneTest, AHouseholdReachesAGoal) {
  World world = Town();
  Done(world, OpenHousehold("h1", kPoints, kAlice));
  const AccountNo home(14);
  Play(world, {{Invite("h2", home, kBob, kAlice, 50), "OK"}, {Accept("h3", home, kBob), "OK"}});
  Done(world, Act("w1", "walk", 9'000));
  const std::uint32_t goal = world.last().earning().counted(1).number();
  EXPECT_EQ(world.last().earning().household(), home.value());
  Play(world, {{RewardOf("g1", goal, kAlice), "GOAL_NOT_REACHED goal reached=9000 target=12000"},
               {Act("w2", "walk", 4'000, kBob), "OK"},
               {RewardOf("g2", goal, kAlice), "OK"},
               {RewardOf("g3", goal, kAlice), "ALREADY_REWARDED goal"},
               {Cancel("c", "w2"), "OK"},
               {RewardOf("g4", goal, kBob), "GOAL_NOT_REACHED goal reached=9000 target=12000"}});
  EXPECT_EQ(world.BalanceOf(kAlice), 9 + 50);
}

// What decide could not have made.
TEST(EarningUndoneTest, ApplyFindsEntriesThatCannotBe) {
  World world = Town();
  Done(world, Shown(Act("o", "bottle", 5), "slip"));
  const Command act = Shown(Act("x", "bottle", 5), "other");
  const auto fault = [&](auto change) {
    return Tampered(world, act, [&](Entry& entry) { change(*entry.mutable_earning()); });
  };
  const std::string cannot = "an act that earns what cannot be";
  EXPECT_EQ(fault([](auto&) {}), "OK");
  EXPECT_EQ(fault([](auto& a) { a.set_points(3); }), "the postings are not the points of the act");
  EXPECT_EQ(fault([](auto& a) { a.set_points(0); }), "postings of an act without points");
  EXPECT_EQ(fault([](auto& a) { a.set_grams(-1); }), cannot);
  EXPECT_EQ(fault([](auto& a) { a.set_bonus_points(1); }), cannot);
  EXPECT_EQ(fault([](auto& a) { a.set_rules(99); }), "an act by rules that are not there");
  EXPECT_EQ(fault([](auto& a) { a.add_nullifiers(a.nullifiers(0)); }), "evidence is claimed twice");
  EXPECT_EQ(fault([](auto& a) { a.add_nullifiers("short"); }), "evidence is claimed twice");
  EXPECT_EQ(fault([](auto& a) { a.mutable_counted(0)->set_number(99); }),
            "a count against what is no limit");
  EXPECT_EQ(fault([](auto& a) { a.mutable_counted(0)->set_amount(-1); }),
            "a count against what is no limit");
  EXPECT_EQ(fault([](auto& a) { a.set_household(kAlice.value()); }),
            "a count for what is no citizen or household");
}

}  // namespace
}  // namespace tanhui
