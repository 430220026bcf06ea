// Where acts end: sums near 64 bits, pieces of evidence, and what stays counted when spent points
// are forgiven.
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/earning/acts.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

constexpr AccountNo kHome = kNextAccount;

// --- sums ---

// A thousand of either are 999,999,999 kg. Of dust they are a thousandth of a point, so that grams
// pile up in the carry; of stone they are one point, and the grams go with it.
constexpr char kHeavy[] = R"(
  code: "heavy" version: 1 first_date: "2024-01-01" display_name: "heavy"
  districts { code: 500103 name: "centre" } late_days: 7 max_age_days: 60
  grades { grade: EVIDENCE_GRADE_RECORDED percent: 100 }
  rules { scenario: "dust" display_name: "dust" unit: UNIT_ITEM
    rates { grams: "999999999" points: "0.000001"
            source { mark: SOURCE_MARK_ASSUMED text: "us" } } }
  rules { scenario: "stone" display_name: "stone" unit: UNIT_ITEM
    rates { grams: "999999999" points: "0.001"
            source { mark: SOURCE_MARK_ASSUMED text: "us" } } }
  rules { scenario: "pair" display_name: "pair" unit: UNIT_ITEM min_evidence: 2
    rates { points: "1" source { mark: SOURCE_MARK_ASSUMED text: "us" } } }
  goals { code: "mass" display_name: "mass" first_date: "2024-02-01" last_date: "2024-05-31"
          scenarios: "stone" counted: COUNTED_GRAMS target: 1000 reward: 1 budget: "budget"
          source { mark: SOURCE_MARK_ASSUMED text: "us" } })";

World Heavy() {
  World world = Funded();
  pb::RuleSet set;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kHeavy, &set));
  PublishSet(world, set);
  return world;
}

Command HeavyAct(std::string_view id, std::uint32_t scenario, AccountNo account,
                 std::uint64_t quantity = 1'000) {
  Command act = Act(id, "bottle", quantity, account);
  act.draft.mutable_earning()->set_scenario(scenario);
  return act;
}
Command Dust(std::string_view id, AccountNo account) { return HeavyAct(id, 1, account); }
Command Stone(std::string_view id, AccountNo account) { return HeavyAct(id, 2, account); }

// Four acts of dust.
void Dusty(World& world, AccountNo account) {
  for (const char* n : {"1", "2", "3", "4"}) {
    Done(world, Dust("dust" + std::string(n) + "/" + std::to_string(account.value()), account));
  }
  EXPECT_EQ(Counted(world, account), "carry 4000 g3999999996000000000;");
}

TEST(EarningBoundsTest, ACarryStaysFarFromTheEndOf64Bits) {
  World world = Heavy();
  Dusty(world, kAlice);
  Play(world, {
                  {Dust("d5", kAlice), "BALANCE_LIMIT act.quantity"},
                  {HeavyAct("d6", 1, kAlice, 1), "BALANCE_LIMIT act.quantity"},
                  {Dust("d7", kBob), "OK"},
                  {Stone("s", kAlice), "OK"},  // a point, with which all grams go
              });
  EXPECT_EQ(Earned(world), "1 g4999999995000 carry 0 g-3999999996000000000");
  EXPECT_EQ(Counted(world, kAlice), "carry 4000 g0;");
  EXPECT_EQ(world.Ask(Dust("d8", kAlice)), "OK");
}

TEST(EarningBoundsTest, MergedCarriesFitOrAreRefused) {
  World world = Heavy();
  Done(world, OpenCitizen("carol", kPoints));
  const AccountNo carol = kNextAccount;
  Dusty(world, kAlice);
  Dusty(world, kBob);
  Dusty(world, carol);
  Play(world, {
                  {By(Merge("m1", kAlice, kBob), kPlatform), "OK"},
                  {By(Merge("m2", carol, kBob), kPlatform), "BALANCE_LIMIT into"},
                  {Dust("d5", kBob), "BALANCE_LIMIT act.quantity"},
                  {Stone("s", kBob), "OK"},
              });
  EXPECT_EQ(Earned(world), "1 g8999999991000 carry 0 g-7999999992000000000");
  Done(world, By(Merge("m3", carol, kBob), kPlatform));
  EXPECT_EQ(Counted(world, kBob), "carry 12000 g3999999996000000000;");
}

// A household's goal counts without a cap: two acts of each of two members fill it.
TEST(EarningBoundsTest, TalliesOfAHouseholdToo) {
  World world = Heavy();
  Play(world, {{OpenHousehold("h1", kPoints, kAlice), "OK"},
               {Invite("h2", kHome, kBob, kAlice, 50), "OK"},
               {Accept("h3", kHome, kBob), "OK"},
               {Stone("a1", kAlice), "OK"},
               {Stone("a2", kAlice), "OK"},
               {Stone("b1", kBob), "OK"},
               {Stone("b2", kBob), "OK"},
               {Stone("a3", kAlice), "BALANCE_LIMIT act.quantity"}});
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0; 1@2024-02-01:1999999998000000000");
  EXPECT_EQ(Counted(world, kHome), "carry 0 g0; 1@2024-02-01:3999999996000000000");
  Play(world, {{Leave("l", kHome, kBob), "OK"}, {Stone("b3", kBob), "OK"}});
  EXPECT_EQ(Counted(world, kBob), "carry 0 g0; 1@2024-02-01:1999999998000000000")
      << "who is in no household counts for no goal";
}

// --- evidence ---

enum class Piece : char { kMoment, kSerial, kRecord };

// With pieces 0 to `pieces` of a kind; of a record the act's month and, on 28 February, the next.
Command With(Command act, int pieces, Piece piece) {
  const auto claim = [&act](char scope, int n) {
    act.draft.mutable_earning()->add_nullifiers(std::string(1, scope) +
                                                Sha256("piece" + std::to_string(n)).substr(0, 16));
  };
  for (int n = 0; n < pieces; ++n) {
    switch (piece) {
      case Piece::kMoment:
        claim('\x01', n);
        break;
      case Piece::kSerial:
        claim('\x02', n);
        break;
      case Piece::kRecord:
        claim('\x03', n);
        claim('\x05', n);
        break;
    }
  }
  return act;
}

TEST(EarningBoundsTest, AtMost16PiecesOfEvidence) {
  for (const Piece piece : {Piece::kMoment, Piece::kSerial, Piece::kRecord}) {
    World world = Town();
    const Command act = Act("o", "bottle", 5);
    Play(world, {{With(act, 17, piece), "FIELD_INVALID act.evidence"},
                 {With(With(act, 1, piece), 1, piece), "FIELD_INVALID act.evidence"},
                 {With(act, 16, piece), "OK"}});
    const std::string again = world.Ask(With(Act("p", "bottle", 5), 1, piece));
    EXPECT_EQ(again.substr(0, again.find(' ')), "ALREADY_CLAIMED");
  }
}

TEST(EarningBoundsTest, ARecordIsOnePieceThoughItClaimsTwoMonths) {
  World world = Heavy();
  const Command act = HeavyAct("p", 3, kAlice, 1);
  const std::string too_few = "CONDITION_NOT_MET act.evidence condition=evidence least=2";
  Play(world, {{With(act, 1, Piece::kRecord), too_few},
               {With(act, 1, Piece::kMoment), too_few},
               {With(act, 2, Piece::kRecord), "OK"}});
}

// --- forgiven points stay counted ---

World Forgiving() {
  World world = Town();
  Terms terms;
  terms.spent_reversal = SpentReversal::kWriteOff;
  Done(world, SetTerms("terms", kPoints, terms));
  return world;
}

TEST(EarningBoundsTest, WhatWasForgivenStaysCounted) {
  World world = Forgiving();
  const auto act = Done(world, Act("w", "walk", 3'700));
  const std::string counted = "carry 700000 g0; 2@2024-02-28:3700";
  EXPECT_EQ(Counted(world, kAlice), counted);
  Done(world, Redeem("r", kAlice, kShop, 1));
  Done(world, Reverse("v", act, 3'700));
  EXPECT_EQ(world.last().reversal().forgiven(), 1);
  EXPECT_EQ(Counted(world, kAlice), counted);
  EXPECT_EQ(world.BalanceOf(kAlice), 0);
}

TEST(EarningBoundsTest, WhatWasTakenBackAtOnceIsNotCounted) {
  World world = Forgiving();
  const auto act = Done(world, Act("w", "walk", 3'700));
  Done(world, Reverse("v", act, 3'700));
  EXPECT_EQ(world.last().reversal().forgiven(), 0);
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0;");
}

// The part that is taken back last cannot tell what an earlier one forgave.
TEST(EarningBoundsTest, WhereSpentPointsAreForgivenPartsStayCounted) {
  World world = Forgiving();
  const auto act = Done(world, Act("w", "walk", 3'700));
  Done(world, Reverse("v1", act, 1'700));
  Done(world, Reverse("v2", act, 2'000));
  EXPECT_EQ(world.BalanceOf(kAlice), 0);
  EXPECT_EQ(Counted(world, kAlice), "carry 700000 g0; 2@2024-02-28:3700");
}

TEST(EarningBoundsTest, OwedPointsAreNotCounted) {
  World world = Town();
  const auto act = Done(world, Act("w", "walk", 3'700));
  Done(world, Redeem("r", kAlice, kShop, 3));
  Done(world, Reverse("v1", act, 1'700));
  Done(world, Reverse("v2", act, 2'000));
  EXPECT_EQ(Purse(world, kAlice), "-3 - debt 3");
  EXPECT_EQ(Counted(world, kAlice), "carry 0 g0;");
}

}  // namespace
}  // namespace tanhui
