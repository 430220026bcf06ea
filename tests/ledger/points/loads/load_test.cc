// A load from its opening to its last credit: what is stated, sealed, dropped and credited.
#include <gtest/gtest.h>

#include <string>

#include "ledger/points/liability.h"
#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/loads/loads.h"

namespace tanhui {
namespace {

using namespace world;

// 150 points of Alice's in two lots and 30 of Bob's; the balances are the next two entries.
Begun Sealed() {
  Begun begun = Begin(2, 180, 1'500);
  Play(begun.world,
       {
           {StateBalance("a", begun.load, kAlice, {Stated(655, 120, 1'200), Stated(661, 30, 300)}),
            "OK"},
           {StateBalance("b", begun.load, kBob, {Stated(kNever.value(), 30)}), "OK"},
           {Seal("seal", begun.load), "OK"},
       });
  return begun;
}

TEST(LoadTest, NothingMovesBeforeTheSealAndEverythingAfterIt) {
  Begun begun = Begin(2, 180, 1'500);
  World& world = begun.world;
  EXPECT_EQ(world.last().load_opening().number(), 1u);
  EXPECT_EQ(AccountNo(world.last().load_opening().opening_account()), begun.opening);
  EXPECT_EQ(world.Of(begun.opening).kind, AccountKind::kOpening);
  const auto a = Done(world, StateBalance("a", begun.load, kAlice,
                                          {Stated(655, 120, 1'200), Stated(661, 30, 300)}));
  const auto b = Done(world, StateBalance("b", begun.load, kBob, {Stated(kNever.value(), 30)}));
  Play(world,
       {
           {Redeem("early", kAlice, kShop, 1), "INSUFFICIENT_BALANCE points needed=1 available=0"},
           {CreditBalance("ca", a), "LOAD_STATE load state=open"},
           {Seal("seal", begun.load), "OK"},
           {Redeem("still", kAlice, kShop, 1), "INSUFFICIENT_BALANCE points needed=1 available=0"},
           {CreditBalance("ca", a), "OK"},
       });
  EXPECT_EQ(Moves(world.last()),
            std::to_string(begun.opening.value()) + " -150; 5 +150 [655:120g1200 661:30g300]");
  Play(world, {
                  {Redeem("now", kAlice, kShop, 130), "OK"},
                  {CreditBalance("cb", b), "OK"},
                  {CreditBalance("cb", b), "SEEN " + std::to_string(world.last_index() + 2)},
                  {CreditBalance("again", b), "ALREADY_REVERSED entry_index points=30"},
              });
  EXPECT_EQ(Purse(world, kAlice), "20 = 661:20g200");
  EXPECT_EQ(Purse(world, kBob), "30 = 65535:30");
  EXPECT_EQ(world.BalanceOf(begun.opening), -180);
  EXPECT_EQ(TotalsOf(world, begun.load),
            (LoadTotals{LoadState::kSealed, 2, Amount(180), Amount(1'500), 2}));
}

TEST(LoadTest, TheSecondLoadOfAnAssetTakesTheSameAccount) {
  Begun begun = Sealed();
  const AccountNo next = begun.world.state().head().next_account;
  Done(begun.world, OpenLoad("second", "second", 1, 1));
  EXPECT_EQ(AccountNo(begun.world.last().load_opening().opening_account()), begun.opening);
  EXPECT_EQ(begun.world.state().head().next_account, next);
  Done(begun.world, OpenLoad("stamps", "stamps", 1, 1, 0, kStamps));
  EXPECT_EQ(AccountNo(begun.world.last().load_opening().opening_account()), next);
  EXPECT_EQ(begun.world.Of(next).asset, kStamps);
  EXPECT_EQ(begun.world.last().load_opening().number(), 3u);
  const loads::Register& loads = loads::LoadsOf(begun.world.state().registry());
  EXPECT_EQ(loads.FindLoad("second")->number, LoadNo(2));
  EXPECT_EQ(loads.Find(LoadNo(4)), nullptr);
  EXPECT_EQ(loads.FindLoad(EntryIndex(begun.load))->code, "old");
}

TEST(LoadTest, EachTotalMustBeRight) {
  struct Row {
    std::uint64_t accounts;
    std::int64_t points;
    std::int64_t grams;
    std::string outcome;
  };
  const auto differ = [](std::string_view want) {
    return "CONTROL_TOTALS load " + std::string(want);
  };
  const Row rows[] = {
      {2, 180, 1'500, "OK"},
      {1, 180, 1'500,
       differ("accounts_want=1 accounts_have=2 points_want=180 points_have=180 grams_want=1500 "
              "grams_have=1500")},
      {2, 179, 1'500,
       differ("accounts_want=2 accounts_have=2 points_want=179 points_have=180 grams_want=1500 "
              "grams_have=1500")},
      {2, 180, 1'501,
       differ("accounts_want=2 accounts_have=2 points_want=180 points_have=180 grams_want=1501 "
              "grams_have=1500")},
  };
  for (const Row& row : rows) {
    Begun begun = Begin(row.accounts, row.points, row.grams);
    Play(begun.world, {
                          {StateBalance("a", begun.load, kAlice, {Stated(655, 150, 1'500)}), "OK"},
                          {StateBalance("b", begun.load, kBob, {Stated(655, 30)}), "OK"},
                          {Seal("seal", begun.load), row.outcome},
                      });
  }
}

TEST(LoadTest, DroppedIsFinalAndItsCodeStaysTaken) {
  Begun begun = Begin(2, 180);
  const auto a = Done(begun.world, StateBalance("a", begun.load, kAlice, {Stated(655, 150)}));
  Play(begun.world, {
                        {Drop("drop", begun.load), "OK"},
                        {Drop("drop", begun.load), "SEEN " + std::to_string(a + 1)},
                        {Drop("drop2", begun.load), "LOAD_STATE load state=dropped"},
                        {Seal("seal", begun.load), "LOAD_STATE load state=dropped"},
                        {StateBalance("b", begun.load, kBob, {Stated(655, 30)}),
                         "LOAD_STATE load state=dropped"},
                        {CreditBalance("c", a), "LOAD_STATE load state=dropped"},
                        {OpenLoad("new", "old", 1, 1), "CODE_EXISTS load_id code=old"},
                        {OpenLoad("new", "new", 1, 1), "OK"},
                    });
  EXPECT_EQ(Purse(begun.world, kAlice), "0");
}

// Of two that come together the first one wins, whichever it is.
TEST(LoadTest, SealAndDropAreRacedInOneBatch) {
  for (const bool seal_first : {true, false}) {
    Begun begun = Begin(1, 30);
    const auto a = Done(begun.world, StateBalance("a", begun.load, kAlice, {Stated(655, 30)}));
    const Command seal = Seal("seal", begun.load);
    const Command drop = Drop("drop", begun.load);
    Play(begun.world,
         {
             {seal_first ? seal : drop, "OK"},
             {seal_first ? drop : seal,
              seal_first ? "LOAD_STATE load state=sealed" : "LOAD_STATE load state=dropped"},
             {CreditBalance("c", a), seal_first ? "OK" : "LOAD_STATE load state=dropped"},
         });
  }
}

TEST(LoadTest, ASealedLoadTakesNoMore) {
  Begun begun = Sealed();
  Play(begun.world, {
                        {StateBalance("late", begun.load, kBob, {Stated(655, 1)}),
                         "LOAD_STATE load state=sealed"},
                        {Drop("drop", begun.load), "LOAD_STATE load state=sealed"},
                        {Seal("again", begun.load), "LOAD_STATE load state=sealed"},
                    });
}

TEST(LoadTest, ADebtIsPaidFirst) {
  Begun begun = Sealed();
  World& world = begun.world;
  const auto award = Done(world, Award("w", kAlice, kBudget, 50));
  Done(world, Redeem("r", kAlice, kShop, 50));
  Done(world, Reverse("v", award));
  EXPECT_EQ(Purse(world, kAlice), "-50 - debt 50");
  Done(world, CreditBalance("ca", begun.load + 1));
  EXPECT_EQ(Purse(world, kAlice), "100 = 655:70g700 661:30g300");
  EXPECT_EQ(world.last().opening_credit().points(), 150);
  EXPECT_EQ(EntryIndex(world.last().opening_credit().load()), EntryIndex(begun.load));
}

TEST(LoadTest, AMergedAccountIsFollowed) {
  Begun begun = Sealed();
  World& world = begun.world;
  const AccountNo third = world.state().head().next_account;
  Done(world, By(OpenCitizen("third", kPoints), kOperator));
  Done(world, Merge("m1", kAlice, third));
  Done(world, Merge("m2", third, kBob));
  Done(world, CreditBalance("ca", begun.load + 1));
  EXPECT_EQ(AccountNo(world.last().opening_credit().account()), kBob);
  Done(world, CreditBalance("cb", begun.load + 2));
  EXPECT_EQ(Purse(world, kBob), "180 = 655:120g1200 661:30g300 65535:30");
  Begun other = Begin(1, 5);
  Done(other.world, Merge("m", kAlice, kBob));
  Done(other.world, StateBalance("a", other.load, kAlice, {Stated(655, 5)}));
  EXPECT_EQ(TotalsOf(other.world, other.load).accounts, 1u) << "stated of an account merged before";
}

TEST(LoadTest, WhatCannotBeCreditedIsLeft) {
  Begun begun = Sealed();
  World& world = begun.world;
  Done(world, Close("close", kAlice));
  Play(world,
       {
           {CreditBalance("ca", begun.load + 1), "ACCOUNT_CLOSED entry_index"},
           {CreditBalance("cb", begun.load + 2), "OK"},
           {CreditBalance("again", begun.load + 2), "ALREADY_REVERSED entry_index points=30"},
       });
  EXPECT_EQ(TotalsOf(world, begun.load).credited, 1u);
  EXPECT_EQ(world.BalanceOf(begun.opening), -180 + 150);
}

TEST(LoadTest, FrozenAndLostAccountsTakeItWhateverTheTermsSay) {
  for (const AccountStatus status : {AccountStatus::kFrozen, AccountStatus::kLost}) {
    Begun begun = Sealed();
    Terms terms = Transfers(TransferPolicy::kCapped);
    terms.credits_while_frozen = false;
    Done(begun.world, SetTerms("terms", kPoints, terms));
    Done(begun.world, SetStatus("stop", kAlice, status));
    Done(begun.world, CreditBalance("ca", begun.load + 1));
    EXPECT_EQ(begun.world.BalanceOf(kAlice), 150);
  }
}

TEST(LoadTest, AMinorTakesItWithoutConsent) {
  Begun begun = Begin(1, 7);
  World& world = begun.world;
  const AccountNo minor = world.state().head().next_account;
  Done(world, By(OpenMinor("minor", kPoints), kOperator));
  const auto balance = Done(world, StateBalance("a", begun.load, minor, {Stated(655, 7)}));
  Play(world, {
                  {Seal("seal", begun.load), "OK"},
                  {CreditBalance("c", balance), "OK"},
                  {Redeem("r", minor, kShop, 1), "CONSENT_REQUIRED account"},
              });
  EXPECT_EQ(Purse(world, minor), "7 = 655:7");
}

TEST(LoadTest, WhatIsPastItsDateByThenExpiresByAnEntryOfItsOwn) {
  Begun begun = Sealed();
  World& world = begun.world;
  world.GoTo("2024-09-02");  // month 656
  Done(world, CreditBalance("ca", begun.load + 1));
  EXPECT_EQ(Purse(world, kAlice), "150 = 655:120g1200 661:30g300");
  EXPECT_EQ(world.Ask(Redeem("r", kAlice, kShop, 31)),
            "INSUFFICIENT_BALANCE points needed=31 available=30");
  EXPECT_TRUE(world.Sweep(kAlice));
  EXPECT_TRUE(world.last().has_expiry());
  EXPECT_EQ(Purse(world, kAlice), "30 = 661:30g300");
  EXPECT_EQ(world.BalanceOf(kExpiry), 120);
}

// Lots past their date stand until they are swept, so they need room.
TEST(LoadTest, ThereIsRoomForSoManyLots) {
  Begun begun = Begin(2, 2'048);
  World& world = begun.world;
  Lots lots;
  for (std::uint16_t month = 649; lots.size() < kMaxLots; ++month) {
    lots.push_back(Stated(month, 1));
  }
  Lots others = lots;
  for (Lot& lot : others) {
    lot.key.funder = kDistrict;
  }
  const auto a = Done(world, StateBalance("a", begun.load, kAlice, lots));
  const auto b = Done(world, StateBalance("b", begun.load, kBob, others));
  Done(world, Seal("seal", begun.load));
  world.GoTo("2024-04-01");  // two months are past
  Done(world, CreditBalance("ca", a));
  EXPECT_EQ(world.Of(kAlice).lots.size(), kMaxLots);
  Done(world, Award("w", kBob, kBudget, 1));
  EXPECT_EQ(world.Ask(CreditBalance("cb", b)), "LOT_LIMIT entry_index limit=1024");
  EXPECT_EQ(TotalsOf(world, begun.load).credited, 1u);
}

TEST(LoadTest, TheLiabilityReportStaysBalanced) {
  Begun begun = Sealed();
  Done(begun.world, CreditBalance("ca", begun.load + 1));
  const State& state = begun.world.state();
  points::Liability report(kPoints, state.registry().Find(kPoints)->terms, begun.world.now());
  for (const auto& [number, account] : state.accounts()) {
    report.Add(account);
  }
  EXPECT_TRUE(report.Balanced());
  EXPECT_EQ(report.total(AccountKind::kOpening), Amount(-150));
  EXPECT_EQ(report.available(), Amount(150));
}

// A trial that is undone leaves no load behind.
TEST(LoadTest, ATrialCanBeUndone) {
  World world = Funded();
  world.BeginTrial();
  const auto load = Done(world, OpenLoad("load", "old", 1, 5));
  Done(world, StateBalance("a", load, kAlice, {Stated(655, 5)}));
  world.UndoTrial();
  EXPECT_EQ(world.state().FindUndone(EntryIndex(load)), Undone{});
  EXPECT_EQ(loads::LoadsOf(world.state().registry()).FindLoad("old"), nullptr);
}

}  // namespace
}  // namespace tanhui
