// When acts are taken: late windows and what reopens them, versions of rules, kept acts.
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/earning/acts.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

// Alice posts on 2024-02-28 and the act comes at `date`.
std::string Late(World world, std::string_view date) {
  world.GoTo(date);
  return world.Ask(Act("late", "post"));
}

TEST(EarningWindowTest, AnActIsTakenForSomeDays) {
  const World world = Town();
  EXPECT_EQ(Late(world, "2024-03-06"), "OK");
  EXPECT_EQ(Late(world, "2024-03-07"), "ACT_TOO_LATE act_time days=7 age=8");
}

TEST(EarningWindowTest, ASuspensionInTheWindowKeepsItOpen) {
  World world = Town();
  world.GoTo("2024-03-06");  // the last day of the window
  Done(world, Suspend("s1", "post"));
  EXPECT_EQ(Late(world, "2024-03-06"), "SCENARIO_SUSPENDED act.scenario");
  world.GoTo("2024-03-20");
  Play(world, {{Suspend("s2", "post"), "CONDITION_NOT_MET scenario condition=open"},
               {Suspend("s3", "post", false), "OK"}});
  EXPECT_EQ(Late(world, "2024-03-30"), "OK") << "ten days after it reopened";
  EXPECT_EQ(Late(world, "2024-03-31"), "ACT_TOO_LATE act_time days=7 age=32");
}

TEST(EarningWindowTest, ASuspensionOutsideTheWindowDoesNot) {
  World after = Town();
  after.GoTo("2024-03-07");  // a day after the window
  Done(after, Suspend("s1", "post"));
  Done(after, Suspend("s2", "post", false));
  EXPECT_EQ(Late(after, "2024-03-08"), "ACT_TOO_LATE act_time days=7 age=9");
  World another = Town();
  Done(another, Suspend("s1", "ride"));
  another.GoTo("2024-03-07");
  Done(another, Suspend("s2", "ride", false));
  EXPECT_EQ(Late(another, "2024-03-08"), "ACT_TOO_LATE act_time days=7 age=9");
}

TEST(EarningWindowTest, NothingIsTakenAfterTheGreatestAge) {
  World world = Town();
  Done(world, Suspend("s1", "post"));
  world.GoTo("2024-04-27");
  Done(world, Suspend("s2", "post", false));
  EXPECT_EQ(Late(world, "2024-04-28"), "OK") << "60 days";
  EXPECT_EQ(Late(world, "2024-04-29"), "ACT_TOO_LATE act_time days=7 age=61");
}

TEST(EarningWindowTest, ABudgetThatRanDryKeepsItOpen) {
  World world = Town(100);
  Done(world, Act("p1", "plant", 9));  // 10 of 100 are left
  EXPECT_EQ(world.Of(kBudget).dry, DrySpell{});
  Done(world, Act("p2", "walk", 6'000));
  EXPECT_EQ(world.Of(kBudget).dry, (DrySpell{Day("2024-02-28"), BusinessDate(0)}));
  world.GoTo("2024-03-15");
  EXPECT_EQ(Late(world, "2024-03-15"), "ACT_TOO_LATE act_time days=7 age=16") << "dry still";
  Done(world, By(Fund("f1", kBudget, 1), kOperator));
  EXPECT_EQ(world.Of(kBudget).dry.last, BusinessDate(0)) << "5 of 101 are less than 5 %";
  Done(world, By(Fund("f2", kBudget, 999), kOperator));
  EXPECT_EQ(world.Of(kBudget).dry, (DrySpell{Day("2024-02-28"), Day("2024-03-15")}));
  EXPECT_EQ(Late(world, "2024-03-25"), "OK");
  EXPECT_EQ(Late(world, "2024-03-26"), "ACT_TOO_LATE act_time days=7 age=27");
}

TEST(EarningWindowTest, AKeptActIsTakenWhenItsHolderIsLinked) {
  World world = Town();
  world.GoTo("2024-04-10");
  Command in_time = Act("k", "post");
  in_time.draft.mutable_earning()->set_kept_micros(On("2024-03-06").value());
  Command late = in_time;
  late.draft.mutable_earning()->set_kept_micros(On("2024-03-07").value());
  Play(world, {{late, "ACT_TOO_LATE act_time days=7 age=42"}, {in_time, "OK"}});
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0; 5@2024-01-01:7000000");
}

// Version 2 from 1 March pays 8 instead of 7 a time, and half as much a year.
TEST(EarningWindowTest, ALateRecordIsJudgedByTheRulesOfItsDate) {
  World world = Town();
  pb::RuleSet set = TownSet();
  set.set_version(2);
  set.set_first_date("2024-03-01");
  set.mutable_rules(4)->mutable_rates(0)->set_points("8");
  set.mutable_caps(4)->set_most(10);
  PublishSet(world, set);
  Done(world, Act("p1", "post"));
  EXPECT_EQ(world.last().earning().points(), 7);
  const std::uint32_t first = world.last().earning().rules();
  world.GoTo("2024-03-02");
  EXPECT_EQ(world.Ask(ActOn("2024-03-01", Act("p2", "post"))),
            "CAP_REACHED act cap=post_year limit=10 used=7");
  Done(world, ActOn("2024-03-01", Act("p3", "post", 1, kBob)));
  EXPECT_EQ(world.last().earning().points(), 8);
  EXPECT_EQ(world.last().earning().rules(), first + 1);
  Done(world, ActOn("2024-02-29", Act("p4", "post", 1, kBob)));
  EXPECT_EQ(world.last().earning().points(), 7);
  EXPECT_EQ(world.last().earning().rules(), first);
  EXPECT_EQ(Counted(world, kBob), "carry 0 g0; 5@2024-01-01:15000000");
}

// --- booked, then weighed ---

Command Booked(std::string_view id, std::uint64_t grams) {
  Command act = Shown(Act(id, "recycle", grams), id);
  act.draft.mutable_earning()->set_material(kPaper);
  act.draft.mutable_earning()->set_weighing(pb::WEIGHING_BOOKED);
  return act;
}

Command Weighed(std::string_view id, std::uint64_t booking, std::uint64_t grams) {
  Command act = Act(id, "recycle", grams);
  act.draft.mutable_earning()->set_material(kPaper);
  act.draft.mutable_earning()->set_weighing(pb::WEIGHING_WEIGHED);
  act.draft.mutable_earning()->set_booking(booking);
  return act;
}

TEST(EarningWindowTest, WhatIsBookedEarnsWhenItWasWeighed) {
  World world = Town();
  const auto booking = Done(world, Booked("b", 5'000));
  EXPECT_EQ(world.last().earning().expected_points(), 25);
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0;");
  world.GoTo("2024-03-13");
  Command of_bob = Weighed("w", booking, 4'000);
  of_bob.draft.mutable_earning()->set_account(kBob.value());
  const std::string other = "CONDITION_NOT_MET act.booking_entry_index condition=booking";
  Play(world, {
                  {By(Weighed("w", booking, 4'000), kOtherPlatform),
                   "UNKNOWN_ENTRY act.booking_entry_index"},
                  {Weighed("w", 21, 4'000), "UNKNOWN_ENTRY act.booking_entry_index"},
                  {Weighed("w", 9'999, 4'000), "UNKNOWN_ENTRY act.booking_entry_index"},
                  {of_bob, other},
                  {ActOn("2024-03-12", Weighed("w", booking, 4'000)), other},
                  {Weighed("w", booking, 4'050), "OK"},
                  {Weighed("w2", booking, 4'050), "BOOKING_RESOLVED act.booking_entry_index"},
                  {Cancel("c1", "b"), "NOT_CANCELLABLE target_request_id"},
                  {Cancel("c2", "w"), "NOT_CANCELLABLE target_request_id"},
                  {Reverse("v", world.last_index() + 1, 4'050), "OK"},
              });
  EXPECT_EQ(world.entries()[world.last_index() - 1].earning().points(), 20);
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0;");
  EXPECT_EQ(world.BalanceOf(kAlice), 0);
}

TEST(EarningWindowTest, ABookingLastsForItsDaysOrUntilItIsCancelled) {
  World world = Town();
  const auto booking = Done(world, Booked("b", 5'000));
  World cancelled = world;
  Play(cancelled, {{Cancel("c", "b"), "OK"},
                   {Weighed("w", booking, 100), "BOOKING_RESOLVED act.booking_entry_index"}});
  Command again = Booked("b2", 5'000);
  *again.draft.mutable_earning()->mutable_nullifiers() =
      world.entries()[booking].earning().nullifiers();
  EXPECT_EQ(cancelled.Ask(again), "OK") << "its evidence may be claimed again";
  world.GoTo("2024-03-14");
  EXPECT_EQ(world.Ask(Weighed("w", booking, 100)), "BOOKING_RESOLVED act.booking_entry_index");
}

}  // namespace
}  // namespace tanhui
