// What is refused of corrections, in the order in which it is looked at.
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/corrections/corrected.h"
#include "tests/ledger/points/earning/acts.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

std::string N(std::uint64_t number) { return std::to_string(number); }

Command Booking(std::string_view id, std::uint64_t grams, std::string_view slip) {
  Command command = Shown(Act(id, "recycle", grams), slip);
  command.draft.mutable_earning()->set_weighing(pb::WEIGHING_BOOKED);
  command.draft.mutable_earning()->set_material(kPaper);
  return command;
}

TEST(CorrectionRefusalTest, OfWhatIsNoActOfTheCaller) {
  World world = Town();
  const auto act = Done(world, Act("a", "walk", 3'000));
  const auto award = Done(world, Award("g", kAlice, kBudget, 10));
  const auto booking = Done(world, Booking("b", 5'000, "slip"));
  const auto redemption = Done(world, Redeem("r", kAlice, kShop, 1));
  const auto correction = Done(world, Corrected("k", act, 0, Act("-", "walk", 4'000)));
  const Command wanted = Act("-", "walk", 4'000);
  Play(world,
       {{Corrected("x", world.last_index() + 1, 0, wanted), "UNKNOWN_ENTRY entry_index"},
        {By(Corrected("x", act, 1, wanted), kOtherPlatform), "UNKNOWN_ENTRY entry_index"},
        {Corrected("x", redemption, 0, wanted), "WRONG_ENTRY_KIND entry_index"},
        {Adjusted("x", redemption, 0, 5), "WRONG_ENTRY_KIND entry_index"},
        {Corrected("x", correction, 0, wanted), "WRONG_ENTRY_KIND entry_index"},
        {Adjusted("x", correction, 0, 5), "WRONG_ENTRY_KIND entry_index"},
        {Corrected("x", booking, 0, Booking("-", 5'000, "slip")), "WRONG_ENTRY_KIND entry_index"},
        {Adjusted("x", booking, 0, 5), "WRONG_ENTRY_KIND entry_index"},
        {Corrected("x", award, 0, wanted), "WRONG_ENTRY_KIND entry_index"},
        {Adjusted("y", award, 0, 12), "OK"}});
}

TEST(CorrectionRefusalTest, OfAPair) {
  World world = Town();
  const auto party = [](std::string_view id, std::uint32_t number, AccountNo account) {
    Command command = Shown(Act(id, "swap", 1, account), "slip" + N(number));
    command.draft.mutable_earning()->set_party(number);
    return command;
  };
  const auto first = Done(world, party("s", 1, kAlice));
  const auto second = Done(world, party("pair:s", 2, kBob));
  Play(world, {{Corrected("x", first, 0, party("-", 1, kAlice)), "WRONG_ENTRY_KIND entry_index"},
               {Adjusted("x", second, 0, 1), "WRONG_ENTRY_KIND entry_index"}});
}

TEST(CorrectionRefusalTest, OneAfterTheOther) {
  World world = Town();
  const auto act = Done(world, Act("a", "walk", 3'000));
  const Command other = Shown(Act("-", "walk", 4'000, kBob), "slip");
  Play(world, {{Corrected("x", act, 3, other),
                "WRONG_REVISION expected_revision revision=0 entry_index=" + N(act)},
               {Corrected("x", act, 0, other), "NOT_THE_SAME_ACT account"},
               {Corrected("k", act, 0, Act("-", "walk", 5'000)), "OK"}});
  const auto newest = world.last_index();
  EXPECT_EQ(world.Ask(Corrected("x", act, 0, other)),
            "WRONG_REVISION expected_revision revision=1 entry_index=" + N(newest));
  World reversed = world;
  Done(reversed, Reverse("v", act, 1'000));
  EXPECT_EQ(reversed.Ask(Corrected("x", act, 0, other)), "ALREADY_REVERSED entry_index points=1");
  EXPECT_EQ(reversed.Ask(Adjusted("x", act, 1, 9)), "ALREADY_REVERSED entry_index points=1");
  Done(reversed, Redeem("r", kAlice, kShop, 4));
  Done(reversed, Close("close", kAlice));
  EXPECT_EQ(reversed.Ask(Corrected("x", act, 0, other)), "ACCOUNT_CLOSED entry_index");
}

TEST(CorrectionRefusalTest, OfACancelledAct) {
  World world = Town();
  const auto act = Done(world, Act("a", "walk", 3'000));
  const auto kept = Done(world, Act("b", "walk", 3'000));
  Done(world, Cancel("c", "a"));
  Play(world,
       {{Corrected("x", act, 0, Act("-", "walk", 4'000)), "ALREADY_REVERSED entry_index points=0"},
        {Corrected("k", kept, 0, Act("-", "walk", 4'000)), "OK"},
        {Cancel("c2", "b"), "NOT_CANCELLABLE target_request_id"},
        {Cancel("c3", "k"), "NOT_CANCELLABLE target_request_id"}});
}

TEST(CorrectionRefusalTest, OfAnotherAct) {
  World world = Town();
  const auto act = Done(world, Shown(Act("o", "bottle", 5), "slip"));
  const auto refusal = [&](const Command& wanted) {
    return world.Ask(Corrected("x", act, 0, wanted));
  };
  Command budget = Shown(Act("-", "bottle", 6), "slip");
  budget.draft.mutable_earning()->set_budget(kExtra.value());
  Command weighed = Shown(Act("-", "bottle", 6), "slip");
  weighed.draft.mutable_earning()->set_weighing(pb::WEIGHING_WEIGHED);
  Command booked = Shown(Act("-", "bottle", 6), "slip");
  booked.draft.mutable_earning()->set_booking(act);
  Command party = Shown(Act("-", "bottle", 6), "slip");
  party.draft.mutable_earning()->set_party(1);
  EXPECT_EQ(refusal(Shown(Act("-", "bottle", 6, kBob), "slip")), "NOT_THE_SAME_ACT account");
  EXPECT_EQ(refusal(budget), "NOT_THE_SAME_ACT budget");
  EXPECT_EQ(refusal(ActOn("2024-02-27", Shown(Act("-", "bottle", 6), "slip"))),
            "NOT_THE_SAME_ACT act_time");
  EXPECT_EQ(refusal(Act("-", "bottle", 6)), "NOT_THE_SAME_ACT act.evidence");
  EXPECT_EQ(refusal(Shown(Act("-", "bottle", 6), "another")), "NOT_THE_SAME_ACT act.evidence");
  EXPECT_EQ(refusal(Shown(Shown(Act("-", "bottle", 6), "slip"), "slip")),
            "NOT_THE_SAME_ACT act.evidence");
  EXPECT_EQ(refusal(Shown(Shown(Act("-", "bottle", 6), "slip"), "another")),
            "NOT_THE_SAME_ACT act.evidence");
  EXPECT_EQ(refusal(weighed), "NOT_THE_SAME_ACT act.weighing");
  EXPECT_EQ(refusal(booked), "NOT_THE_SAME_ACT act.booking_entry_index");
  EXPECT_EQ(refusal(party), "NOT_THE_SAME_ACT act");
}

TEST(CorrectionRefusalTest, ByTheRulesOfTheDate) {
  World world = Town();
  const auto act = Done(world, Act("a", "walk", 3'000));
  const auto refusal = [&](const Command& wanted) {
    return world.Ask(Corrected("x", act, 0, wanted));
  };
  Command unit = Act("-", "walk", 4'000);
  unit.draft.mutable_earning()->set_unit(pb::UNIT_GRAM);
  Command grade = Act("-", "walk", 4'000);
  grade.draft.mutable_earning()->set_grade(pb::EVIDENCE_GRADE_DECLARED);
  EXPECT_EQ(refusal(unit), "WRONG_UNIT act.unit unit=UNIT_STEP");
  EXPECT_EQ(refusal(grade), "CONDITION_NOT_MET act.grade condition=grade");
  EXPECT_EQ(refusal(Act("-", "walk", 60'000)),
            "QUANTITY_OUT_OF_RANGE act.quantity least=100 most=50000");
  EXPECT_EQ(refusal(Act("-", "car", 100)), "SCENARIO_OFF act.scenario why=no source");
  EXPECT_EQ(refusal(Act("-", "stamp", 1)), "ASSET_MISMATCH budget");
  EXPECT_EQ(refusal(Act("-", "meal", 1)),
            "CONDITION_NOT_MET act.duration_seconds condition=min_seconds least=600");
  Done(world, Suspend("1", "plant"));
  EXPECT_EQ(refusal(Act("-", "plant", 1)), "SCENARIO_SUSPENDED act.scenario");
}

TEST(CorrectionRefusalTest, ByCapsThatOthersUsedUp) {
  World world = Town();
  const auto walk = Done(world, Act("w", "walk", 3'000));
  Play(world, {{Act("r1", "ride", 5'000), "OK"},
               {Act("r2", "ride", 5'000), "OK"},
               {Act("r3", "ride", 5'000), "OK"},
               {Corrected("x", walk, 0, Act("-", "ride", 5'000)),
                "CAP_REACHED act cap=ride_day limit=3 used=3"}});
  EXPECT_EQ(world.Ask(Corrected("k", world.last_index(), 0, Act("-", "ride", 9'000))), "OK");
}

TEST(CorrectionRefusalTest, PastTheTimeOfItsTallies) {
  World world = Town();
  const auto act = Done(world, Act("a", "walk", 3'000));
  world.GoTo("2024-04-28");  // 60 days later
  Done(world, Corrected("k", act, 0, Act("-", "walk", 4'000)));
  world.GoTo("2024-04-29");
  Play(world,
       {{Corrected("x", act, 1, Act("-", "walk", 5'000)), "ACT_TOO_LATE act_time days=60 age=61"},
        {Adjusted("k2", act, 1, 5), "OK"}});
}

TEST(CorrectionRefusalTest, OfAnAccountThatTakesNothing) {
  World world = Town();
  Terms terms = Transfers(TransferPolicy::kCapped);
  terms.credits_while_frozen = false;
  Done(world, SetTerms("terms", kPoints, terms));
  const auto act = Done(world, Act("a", "walk", 3'000));
  Done(world, SetStatus("f", kAlice, AccountStatus::kFrozen));
  Play(world, {{Corrected("x", act, 0, Act("-", "walk", 4'000)), "ACCOUNT_FROZEN entry_index"},
               {Adjusted("x", act, 0, 4), "ACCOUNT_FROZEN entry_index"},
               {Corrected("k1", act, 0, Act("-", "walk", 2'000)), "OK"}});
  terms.credits_while_frozen = true;
  Done(world, SetTerms("terms2", kPoints, terms));
  EXPECT_EQ(world.Ask(Corrected("k2", act, 1, Act("-", "walk", 4'000))), "OK");
}

TEST(CorrectionRefusalTest, OfABudgetThatHasTooLittle) {
  World world = Town(5);
  const auto act = Done(world, Act("a", "walk", 3'000));
  Play(world, {{Corrected("x", act, 0, Act("-", "walk", 6'000)),
                "INSUFFICIENT_BUDGET act needed=3 available=2"},
               {Adjusted("x", act, 0, 6),
                "INSUFFICIENT_BUDGET adjustment.points_after needed=3 available=2"},
               {Corrected("k", act, 0, Act("-", "walk", 5'000)), "OK"}});
}

TEST(CorrectionRefusalTest, OfGramsThatGoTheirOwnWay) {
  World world = Town();
  const auto act = Done(world, Act("a", "bike", 1'000));
  EXPECT_EQ(Earned(world), "10 g100 carry 0 g0");
  const auto refused = [](std::string_view) {
    return std::string(
        "FIELD_INVALID adjustment.grams_after problem=grams go the way that the points go "
        "points=10 grams=100");
  };
  Play(world, {{Adjusted("x", act, 0, 10, 120), refused("")},
               {Adjusted("x", act, 0, 12, 90), refused("")},
               {Adjusted("x", act, 0, 8, 120), refused("")},
               {Adjusted("x", act, 0, 0, 20), refused("")},
               {Adjusted("k", act, 0, 12, 120), "OK"}});
}

TEST(CorrectionRefusalTest, OfTwoWhoRaceOneLoses) {
  World world = Town();
  const auto act = Done(world, Act("a", "walk", 3'000));
  Command operators = By(Corrected("by operator", act, 0, Act("-", "walk", 5'000)), kOperator);
  operators.privileged = true;
  Done(world, Corrected("k", act, 0, Act("-", "walk", 4'000)));
  const auto first = world.last_index();
  EXPECT_EQ(world.Ask(operators),
            "WRONG_REVISION expected_revision revision=1 entry_index=" + N(first));
  EXPECT_EQ(world.BalanceOf(kAlice), 4);
  // The loser's id was not used up; the winner's answers again, and is no other's.
  operators.draft.mutable_correction()->set_expected_revision(1);
  Play(world, {{operators, "OK"},
               {Corrected("k", act, 0, Act("-", "walk", 4'000)), "SEEN " + N(first)},
               {Corrected("k", act, 0, Act("-", "walk", 4'100)), "SEEN " + N(first) + " OTHER act"},
               {Corrected("k", act, 1, Act("-", "walk", 4'000)),
                "SEEN " + N(first) + " OTHER expected_revision"},
               {Adjusted("k", act, 0, 4), "SEEN " + N(first) + " OTHER act"}});
  EXPECT_EQ(world.BalanceOf(kAlice), 5);
}

// A reversal may say which revision it is about, as a correction must.
TEST(CorrectionRefusalTest, ReversalsOfAnotherRevision) {
  World world = Town();
  const auto act = Done(world, Act("a", "walk", 3'000));
  Play(world, {{ReversedAt("v", act, 1),
                "WRONG_REVISION expected_revision revision=0 entry_index=" + N(act)},
               {ReversedAt("v", act, 7, 9'999),
                "WRONG_REVISION expected_revision revision=0 entry_index=" + N(act)},
               {ReversedAt("v", act, 0, 3'001), "NOTHING_LEFT_TO_UNDO quantity left=3000"},
               {Corrected("k", act, 0, Act("-", "walk", 5'000)), "OK"}});
  const auto newest = world.last_index();
  const std::string wrong = "WRONG_REVISION expected_revision revision=1 entry_index=" + N(newest);
  Play(world, {{ReversedAt("v", act, 0, 3'000), wrong},
               {ReversedAt("v", newest, 0, 3'000), "WRONG_ENTRY_KIND entry_index"},
               {ReversedAt("v", act, 1, 5'001), "NOTHING_LEFT_TO_UNDO quantity left=5000"},
               {ReversedAt("v", act, 1, 2'000), "OK"}});
  // A reversal makes no revision, and whoever names none takes what stands.
  const auto first = world.last_index();
  Play(world, {{ReversedAt("v", act, 1, 2'000), "SEEN " + N(first)},
               {ReversedAt("v", act, 0, 2'000), "SEEN " + N(first) + " OTHER expected_revision"},
               {Reverse("v", act, 2'000), "SEEN " + N(first) + " OTHER expected_revision"},
               {ReversedAt("w", act, 0), wrong},
               {ReversedAt("w", act, 1, 1'000), "OK"},
               {Reverse("x", act, 2'000), "OK"}});
  EXPECT_EQ(world.BalanceOf(kAlice), 0);
  EXPECT_FALSE(world.last().reversal().has_expected_revision());
  // Of an award likewise.
  const auto award = Done(world, Award("g", kAlice, kBudget, 10));
  Done(world, Adjusted("h", award, 0, 12));
  Play(world, {{ReversedAt("y", award, 0),
                "WRONG_REVISION expected_revision revision=1 entry_index=" + N(world.last_index())},
               {ReversedAt("y", award, 1), "OK"}});
}

}  // namespace
}  // namespace tanhui
