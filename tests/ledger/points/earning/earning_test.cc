// Acts: refusals in their order, quantities, grades, shares, caps, carry, bonuses, products,
// venues.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/earning/acts.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

template <typename Change>
Command With(Command act, Change change) {
  change(*act.draft.mutable_earning());
  return act;
}

Command Lasting(Command act, std::uint32_t seconds) {
  act.draft.mutable_earning()->set_seconds(seconds);
  return act;
}

Command At(Command act, std::uint32_t venue) {
  act.draft.mutable_earning()->set_venue(venue);
  return act;
}

Command Of(Command act, std::uint32_t product) {
  act.draft.mutable_earning()->set_product(product);
  return act;
}

TEST(EarningTest, EachRefusalNamesFieldAndFacts) {
  World world = Town();
  const Command ride = Act("a", "ride", 8'000);
  Play(world,
       {
           {ActAt(ride, LedgerTime(0)), "FIELD_REQUIRED act_time"},
           {ActAt(ride, LedgerTime(kStart.value() + kMaxFutureMicros + 1)),
            "ACT_IN_FUTURE act_time"},
           {With(ride, [](auto& act) { act.set_account(kShop.value()); }),
            "WRONG_ACCOUNT_KIND account"},
           {With(ride, [](auto& act) { act.set_budget(kBob.value()); }),
            "WRONG_ACCOUNT_KIND budget"},
           {With(ride, [](auto& act) { act.set_budget(kStampBudget.value()); }),
            "ASSET_MISMATCH budget"},
           {Act("a", "stamp"), "ASSET_MISMATCH budget"},
           {With(ride, [](auto& act) { act.set_district(1); }),
            "NO_RULE_IN_FORCE act date=2024-02-28"},
           {With(ride, [](auto& act) { act.set_scenario(99); }),
            "NO_RULE_IN_FORCE act date=2024-02-28"},
           {ActOn("2023-12-31", ride), "NO_RULE_IN_FORCE act date=2023-12-31"},
           {Act("a", "car", 1'000), "SCENARIO_OFF act.scenario why=no source"},
           {ActOn("2024-02-20", ride), "ACT_TOO_LATE act_time days=7 age=8"},
           {With(ride, [](auto& act) { act.set_unit(pb::UNIT_ITEM); }),
            "WRONG_UNIT act.unit unit=UNIT_METRE"},
           {Act("a", "ride", 0), "QUANTITY_OUT_OF_RANGE act.quantity least=1 most=0"},
           {Act("a", "walk", 99), "QUANTITY_OUT_OF_RANGE act.quantity least=100 most=50000"},
           {Act("a", "walk", 50'001), "QUANTITY_OUT_OF_RANGE act.quantity least=100 most=50000"},
           {Act("a", "ride", 1'000'000'000'001),
            "QUANTITY_OUT_OF_RANGE act.quantity least=1 most=0"},
           {Act("a", "trip", 0), "CONDITION_NOT_MET act.destination_station condition=stations"},
           {At(Lasting(Act("a", "meal"), 599), kBistro),
            "CONDITION_NOT_MET act.duration_seconds condition=min_seconds least=600"},
           {Act("a", "recycle", 100), "CONDITION_NOT_MET act.weighing condition=weighed"},
           {With(ride, [](auto& act) { act.set_weighing(pb::WEIGHING_BOOKED); }),
            "CONDITION_NOT_MET act.weighing condition=weighed"},
           {Shown(Act("a", "swap"), "s"), "CONDITION_NOT_MET act condition=parties"},
           {With(ride, [](auto& act) { act.set_party(1); }),
            "CONDITION_NOT_MET act condition=parties"},
           {With(ride, [](auto& act) { act.set_material(kPaper); }),
            "CONDITION_NOT_MET act.material condition=material"},
           {With(ride, [](auto& act) { act.set_grade(pb::EVIDENCE_GRADE_DECLARED); }),
            "CONDITION_NOT_MET act.grade condition=grade"},
           {Act("a", "bottle"), "CONDITION_NOT_MET act.evidence condition=evidence least=1"},
           {Of(Shown(Act("a", "buy"), "r"), kFridge),
            "CONDITION_NOT_MET act.evidence condition=serial"},
           {ShownSerial(Act("a", "buy"), "s"), "PRODUCT_NOT_LISTED act.product"},
           {Of(ShownSerial(Act("a", "buy"), "s"), 99), "PRODUCT_NOT_LISTED act.product"},
           {Of(ShownSerial(Act("a", "buy"), "s"), kLamp), "PRODUCT_NOT_LISTED act.product"},
           {Of(ShownSerial(Act("a", "buy"), "s"), kOldFridge), "PRODUCT_NOT_LISTED act.product"},
           {Lasting(Act("a", "meal"), 600), "VENUE_NOT_CERTIFIED act.venue"},
           {At(Lasting(Act("a", "meal"), 600), kHall), "VENUE_NOT_CERTIFIED act.venue"},
           {ride, "OK"},
           {ride, "SEEN " + std::to_string(world.last_index() + 1)},
       });
}

TEST(EarningTest, RefusalsOfBothKindsStandInTheirOrder) {
  World world = Town();
  Done(world, Shown(Act("first", "bottle"), "record"));
  const std::string entry = std::to_string(world.last_index());
  for (const char* id : {"r1", "r2", "r3"}) {
    Done(world, Act(id, "ride", 8'000));
  }
  Done(world, Suspend("off", "plant"));
  Command glass = Shown(Act("x", "recycle", 100), "record");
  glass.draft.mutable_earning()->set_material(kGlass);
  glass.draft.mutable_earning()->set_weighing(pb::WEIGHING_BOOKED);
  Command stamped = Act("x", "stamp");
  stamped.draft.mutable_earning()->set_unit(pb::UNIT_ITEM);
  Play(world, {
                  {Shown(Act("x", "ride", 8'000), "record"),
                   "ALREADY_CLAIMED act.evidence act_date=2024-02-28 entry_index=" + entry},
                  {Shown(Act("x", "car"), "record"), "SCENARIO_OFF act.scenario why=no source"},
                  {Act("x", "plant"), "SCENARIO_SUSPENDED act.scenario"},
                  {glass, "SCENARIO_OFF act.material why=no source"},
                  {ActOn("2024-02-10", glass), "SCENARIO_OFF act.material why=no source"},
                  {stamped, "ASSET_MISMATCH budget"},
                  {Act("x", "ride", 8'000), "CAP_REACHED act cap=ride_day limit=3 used=3"},
              });
  world.SetBalance(kBudget, 0);
  Play(world, {
                  {Act("x", "ride", 8'000), "CAP_REACHED act cap=ride_day limit=3 used=3"},
                  {Act("x", "post"), "INSUFFICIENT_BUDGET budget needed=7 available=0"},
                  {Act("x", "walk", 900, kBob), "OK"},  // of no whole point
              });
}

// 46.7 g and 4.67 points a kilometre, exact to the millionth.
TEST(EarningTest, WhatIsLessThanAPointIsCarried) {
  struct Row {
    std::uint64_t metres;
    std::string earned;
    std::string carried;
  };
  const Row rows[] = {
      {8'123, "37 g379 carry 934410 g344100", "carry 934410 g344100;"},
      {100, "1 g5 carry -533000 g-330000", "carry 401410 g14100;"},
      {1, "0 g0 carry 4670 g46700", "carry 406080 g60800;"},
  };
  World world = Town();
  int n = 0;
  for (const Row& row : rows) {
    Done(world, Act("a" + std::to_string(n++), "ride", row.metres));
    EXPECT_EQ(Earned(world), row.earned) << row.metres;
    EXPECT_EQ(Counted(world, kAlice).substr(0, row.carried.size()), row.carried);
  }
  EXPECT_TRUE(world.last().postings().empty());
  EXPECT_EQ(world.BalanceOf(kAlice), 38);
  EXPECT_EQ(Counted(world, kAlice), "carry 406080 g60800; 1@2024-02-28:3");
}

// 3.5 points of which 10 at a time are paid; grams go with the points.
TEST(EarningTest, ADepositIsPaidByTheStep) {
  World world = Town();
  std::string paid;
  for (int i = 0; i < 6; ++i) {
    Done(world, Act("d" + std::to_string(i), "deposit"));
    paid += Earned(world) + "\n";
  }
  EXPECT_EQ(paid,
            "0 g0 carry 3500000 g2000000\n0 g0 carry 3500000 g2000000\n"
            "10 g6 carry -6500000 g-4000000\n0 g0 carry 3500000 g2000000\n"
            "0 g0 carry 3500000 g2000000\n10 g6 carry -6500000 g-4000000\n");
  EXPECT_EQ(Purse(world, kAlice), "20 = 661:20g12");
  EXPECT_EQ(Counted(world, kAlice), "carry 1000000 g0;");
}

TEST(EarningTest, GradesAndShares) {
  World world = Town();
  Command checked = Act("g", "plant");
  checked.draft.mutable_earning()->set_grade(pb::EVIDENCE_GRADE_CHECKED);
  Done(world, checked);
  EXPECT_EQ(Earned(world), "8 g0 carry 0 g0 bonus 1");
  const auto party = [](std::string_view id, std::uint32_t number, AccountNo account) {
    return With(Shown(Act(id, "swap", 1, account), id), [&](auto& act) { act.set_party(number); });
  };
  Done(world, party("p1", 1, kAlice));
  const auto first = world.state().head().size - 1;
  EXPECT_EQ(Earned(world), "5 g0 carry 700000 g0") << "60 % of 9.5";
  // Of the second party only one that is like the first, and somebody else.
  const auto other = [&](auto change) { return With(party("pair:p1", 2, kBob), change); };
  Play(world,
       {{party("pair:p1", 2, kAlice), "SAME_ACCOUNT second_account"},
        {party("pair:none", 2, kBob), "CONDITION_NOT_MET act condition=parties"},
        {party("p2", 2, kBob), "CONDITION_NOT_MET act condition=parties"},
        {other([](auto& act) { act.set_quantity(2); }), "CONDITION_NOT_MET act condition=parties"},
        {other([](auto& act) { act.set_grade(pb::EVIDENCE_GRADE_CHECKED); }),
         "CONDITION_NOT_MET act condition=parties"},
        {ActOn("2024-02-27", party("pair:p1", 2, kBob)),
         "CONDITION_NOT_MET act condition=parties"}});
  Done(world, party("pair:p1", 2, kBob));
  EXPECT_EQ(Earned(world), "3 g0 carry 800000 g0") << "40 % of 9.5";
  EXPECT_EQ(world.last().earning().partner(), first);
  Play(world, {{party("p3", 3, kBob), "CONDITION_NOT_MET act condition=parties"},
               {Cancel("c", "p1"), "NOT_CANCELLABLE target_request_id"},
               {Cancel("c", "pair:p1"), "NOT_CANCELLABLE target_request_id"}});
}

TEST(EarningTest, CapsCutOrRefuse) {
  World world = Town();
  const auto bottle = [](std::string_view id, std::uint64_t pieces) {
    return Shown(Act(id, "bottle", pieces), id);
  };
  struct Row {
    Command act;
    std::string outcome;
    std::string earned;
  };
  const Row rows[] = {
      {Act("w1", "walk", 6'500), "OK", "6 g0 carry 500000 g0"},
      {Act("w2", "walk", 6'500), "OK", "4 g0 carry -500000 g0"},  // 3,500 are left
      {Act("w3", "walk", 100), "CAP_REACHED act cap=walk_day limit=10000 used=10000", ""},
      {ActOn("2024-02-27", Act("w4", "walk", 2'000)), "OK", "2 g0 carry 0 g0"},
      {Act("b1", "bike", 4'000), "OK", "40 g400 carry 0 g0"},
      {ActOn("2024-02-26", Act("b2", "bike", 2'000)), "OK", "10 g100 carry 0 g0"},  // Monday
      {Act("b3", "bike", 1), "CAP_REACHED act cap=bike_week limit=500 used=500", ""},
      {ActOn("2024-02-25", Act("b4", "bike", 2'000)), "OK", "20 g200 carry 0 g0"},
      {bottle("o1", 31), "OK", "9 g0 carry 300000 g0"},
      {bottle("o2", 31), "OK", "1 g0 carry -300000 g0"},  // 0.7 points are left
      {bottle("o3", 1), "CAP_REACHED act cap=bottle_month limit=10 used=10", ""},
      {Act("p1", "post", 2), "OK", "14 g0 carry 0 g0"},
      {Act("p2", "post", 1), "CAP_REACHED act cap=post_year limit=20 used=14", ""},
      {Act("p3", "post", 1, kBob), "OK", "7 g0 carry 0 g0"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(world.Ask(row.act), row.outcome) << row.act.draft.ShortDebugString();
    if (row.outcome == "OK") {
      EXPECT_EQ(Earned(world), row.earned) << row.act.draft.ShortDebugString();
    }
  }
  EXPECT_EQ(Counted(world, kAlice),
            "carry 0 g0; 2@2024-02-27:2000 2@2024-02-28:10000 3@2024-02-19:200000000 "
            "3@2024-02-26:500000000 4@2024-02-01:10000000 5@2024-01-01:14000000");
}

TEST(EarningTest, ACapOfADayCountsActsOfThatDayInAnyOrder) {
  World world = Town();
  world.GoTo("2024-03-01");
  std::string outcomes;
  int n = 0;
  for (const char* date : {"2024-03-01", "2024-02-28", "2024-02-28", "2024-03-01", "2024-02-28",
                           "2024-02-28", "2024-03-01"}) {
    const std::string id = "r" + std::to_string(n++);
    Command ride = ActAt(Act(id, "ride", 100), LedgerTime(MidnightOf(date).value() + 1));
    outcomes += world.Ask(ride).substr(0, 2) + " ";
  }
  EXPECT_EQ(outcomes, "OK OK OK OK OK CA OK ");
}

TEST(EarningTest, ABonusComesFromABudgetOfItsOwn) {
  World world = Town();
  Done(world, Act("p1", "plant", 2));
  EXPECT_EQ(Earned(world), "20 g0 carry 0 g0 bonus 4");
  EXPECT_EQ(Moves(world.last()), "11 -20; 13 -4; 5 +24 [661:20 661/f6:4]");
  Done(world, Act("p2", "plant"));
  EXPECT_EQ(Earned(world), "10 g0 carry 0 g0 bonus 1") << "at most 5 for each citizen";
  Done(world, Act("p3", "plant"));
  EXPECT_EQ(Earned(world), "10 g0 carry 0 g0");
  world.SetBalance(kExtra, 1);
  Done(world, Act("p4", "plant", 1, kBob));
  EXPECT_EQ(Earned(world), "10 g0 carry 0 g0") << "an empty budget: no bonus, never a part";
  Done(world, Act("s1", "seed"));
  EXPECT_EQ(Moves(world.last()), "11 -15; 5 +15 [661:15]") << "from the same budget";
  world.SetBalance(kBudget, 14);
  Done(world, Act("s2", "seed"));
  EXPECT_EQ(Earned(world), "10 g0 carry 0 g0");
  Play(world, {{By(Fund("f1", kBudget, 500), kOperator), "OK"},
               {By(Fund("f2", kExtra, 500), kOperator), "OK"}});
  world.GoTo("2024-03-06");
  Done(world, Act("p5", "plant", 1, kBob));  // of 28 February
  EXPECT_EQ(Earned(world), "10 g0 carry 0 g0 bonus 2");
  Done(world, ActAt(Act("p6", "plant", 1, kBob), world.now()));
  EXPECT_EQ(Earned(world), "10 g0 carry 0 g0") << "its dates are over";
}

TEST(EarningTest, ProductsAndSerials) {
  World world = Town();
  const auto buy = [](std::string_view id, std::string_view serial) {
    return Of(ShownSerial(Act(id, "buy"), serial), kFridge);
  };
  Done(world, buy("b1", "s1"));
  EXPECT_EQ(Earned(world), "20 g200 carry 0 g0") << "40,000 Wh of 0.5 g for 100";
  const std::string first = std::to_string(world.last_index());
  Play(world, {
                  {ActOn("2024-02-27", By(buy("b2", "s1"), kOtherPlatform)),
                   "ALREADY_CLAIMED act.evidence entry_index=" + first},
                  {Delist("d1", kFridge, pb::DELISTING_KIND_FALSELY_LABELLED), "OK"},
                  {buy("b3", "s3"), "PRODUCT_NOT_LISTED act.product"},
                  {Delist("d2", kFridge, pb::DELISTING_KIND_RELISTED), "OK"},
                  {buy("b4", "s4"), "OK"},
                  {buy("b5", "s5"), "CAP_REACHED act cap=things limit=2 used=2"},
              });
  Done(world, ActOn("2024-02-24", Of(ShownSerial(Act("b6", "buy", 1, kBob), "s6"), kFridge)));
  world.WaitDays(1);
  EXPECT_EQ(
      world.Ask(ActOn("2024-02-24", Of(ShownSerial(Act("b7", "buy", 1, kBob), "s6"), kFridge)))
          .substr(0, 15),
      "ALREADY_CLAIMED");
}

TEST(EarningTest, VenuesAreCertifiedForAKindAndTime) {
  World world = Town();
  const auto meal = [](std::string_view id) { return At(Lasting(Act(id, "meal"), 600), kBistro); };
  Play(world, {
                  {meal("m1"), "OK"},
                  {Certify("v", "bistro", "restaurant", true), "OK"},
                  {meal("m2"), "VENUE_NOT_CERTIFIED act.venue"},
                  {Certify("v2", "bistro", "restaurant"), "OK"},
                  {meal("m3"), "OK"},
              });
}

TEST(EarningTest, EvidenceEarnsOnce) {
  World world = Town();
  Done(world, Shown(Act("o1", "bottle", 10), "slip"));
  const std::string first = std::to_string(world.last_index());
  const std::string again = "ALREADY_CLAIMED act.evidence act_date=2024-02-28 entry_index=" + first;
  Play(world, {
                  {By(Shown(Act("o2", "bottle", 10, kBob), "slip"), kOtherPlatform), again},
                  {Shown(Act("o3", "ride", 8'000), "slip"), again},
                  {ActOn("2024-02-27", Shown(Act("o4", "bottle", 10), "slip")), "OK"},
                  {Shown(Shown(Act("o5", "bottle"), "x"), "x"), "FIELD_INVALID act.evidence"},
              });
}

}  // namespace
}  // namespace tanhui
