// Which transfers a scheme allows.
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/flaws.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;
using enum TransferPolicy;

World Rich() {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 500));
  Done(world, Award("b", kBob, kBudget, 500));
  return world;
}

TEST(TransferTest, OffMeansOff) {
  World world = Rich();
  Done(world, SetTerms("t", kPoints, Transfers(kOff)));
  EXPECT_EQ(world.Ask(Transfer("x", kAlice, kBob, 1)), "TRANSFERS_OFF from_account");
  Done(world, SetTerms("t2", kPoints, Transfers(kCapped)));
  EXPECT_EQ(world.Ask(Transfer("x", kAlice, kBob, 1)), "OK");
}

TEST(TransferTest, ACapIsOfAGiverAndAShanghaiDay) {
  World world = Rich();
  Done(world, SetTerms("t", kPoints, Transfers(kCapped, 10)));
  Play(world, {
                  {Transfer("x1", kAlice, kBob, 11), "TRANSFER_CAP points left=10"},
                  {Transfer("x1", kAlice, kBob, 4), "OK"},
                  {Transfer("x2", kAlice, kBob, 7), "TRANSFER_CAP points left=6"},
                  {Transfer("x2", kAlice, kBob, 6), "OK"},
                  {Transfer("x3", kAlice, kBob, 1), "TRANSFER_CAP points left=0"},
                  {Transfer("x4", kBob, kAlice, 10), "OK"},
              });
  world.Wait(MidnightOf("2024-02-29").value() - 1 - world.now().value());
  EXPECT_EQ(world.Ask(Transfer("x5", kAlice, kBob, 1)), "TRANSFER_CAP points left=0");
  world.Wait(1);
  EXPECT_EQ(world.Ask(Transfer("x5", kAlice, kBob, 10)), "OK");
  // Whenever the act was: the day is that of the ledger.
  const LedgerTime yesterday(world.now().value() - kMicrosPerDay);
  EXPECT_EQ(world.Ask(ActAt(Transfer("x6", kAlice, kBob, 1), yesterday)),
            "TRANSFER_CAP points left=0");
}

TEST(TransferTest, WhatIsCancelledDoesNotCount) {
  World world = Rich();
  Done(world, SetTerms("t", kPoints, Transfers(kCapped, 10)));
  Play(world, {
                  {Transfer("x1", kAlice, kBob, 8), "OK"},
                  {Cancel("c1", "x1"), "OK"},
                  {Transfer("x2", kAlice, kBob, 10), "OK"},
              });
  world.WaitDays(1);
  Play(world, {
                  {Transfer("x3", kAlice, kBob, 3), "OK"},
                  {Cancel("c2", "x2"), "OK"},  // of the day before
                  {Transfer("x4", kAlice, kBob, 8), "TRANSFER_CAP points left=7"},
              });
}

TEST(TransferTest, ACapThatIsLoweredIsNeverNegative) {
  World world = Rich();
  Done(world, Transfer("x1", kAlice, kBob, 50));
  Done(world, SetTerms("t", kPoints, Transfers(kCapped, 10)));
  EXPECT_EQ(world.Ask(Transfer("x2", kAlice, kBob, 1)), "TRANSFER_CAP points left=0");
}

TEST(TransferTest, WithinAHousehold) {
  World world = Rich();
  Done(world, SetTerms("t", kPoints, Transfers(kHousehold, 10)));
  const std::string no = "NOT_IN_HOUSEHOLD to_account";
  EXPECT_EQ(world.Ask(Transfer("x", kAlice, kBob, 1)), no);
  Done(world, OpenHousehold("h", kPoints, kAlice));
  EXPECT_EQ(world.Ask(Transfer("x", kAlice, kBob, 1)), no);
  Done(world, Invite("i", kNextAccount, kBob, kAlice, 5));
  EXPECT_EQ(world.Ask(Transfer("x", kAlice, kBob, 1)), no) << "invited is not joined";
  Done(world, Accept("j", kNextAccount, kBob));
  EXPECT_EQ(world.Ask(Transfer("x", kAlice, kBob, 100)), "OK") << "the cap is of another policy";
  EXPECT_EQ(world.Ask(Transfer("y", kBob, kAlice, 1)), "OK");
  Done(world, Leave("l", kNextAccount, kBob));
  EXPECT_EQ(world.Ask(Transfer("z", kAlice, kBob, 1)), no);
}

TEST(TransferTest, NotInTwoHouseholds) {
  World world = Rich();
  Done(world, SetTerms("t", kPoints, Transfers(kHousehold)));
  Done(world, OpenHousehold("h1", kPoints, kAlice));
  Done(world, OpenHousehold("h2", kPoints, kBob));
  EXPECT_EQ(world.Ask(Transfer("x", kAlice, kBob, 1)), "NOT_IN_HOUSEHOLD to_account");
}

TEST(TransferRefusals, Transfer) {
  const std::vector<Flaw> all = {
      {Reason::kRequestTooLate, "late"},
      {Reason::kActInFuture, "future"},
      {Reason::kAccountClosed, "taker closed"},
      {Reason::kAccountFrozen, "giver frozen"},
      {Reason::kAccountFrozen, "taker frozen"},
      {Reason::kNotForMinors, "giver minor"},
      {Reason::kNotForMinors, "taker minor"},
      {Reason::kNotInHousehold, "strangers"},
      {Reason::kAmountOverAssetLimit, "over limit"},
      {Reason::kInsufficientBalance, "poor"},
  };
  EverySet(all, 44, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    if (flaws.Has("taker closed") && flaws.Has("taker frozen")) {
      return std::nullopt;
    }
    Terms terms = Transfers(kHousehold);
    terms.credits_while_frozen = false;
    Done(world, SetTerms("t", kPoints, terms));
    const std::int64_t points = flaws.Has("over limit") ? kLimit + 1 : 10;
    world.SetBalance(kAlice, flaws.Has("poor") ? points - 1 : points);
    Account& alice = world.mutable_state().ChangeAccount(kAlice);
    Account& bob = world.mutable_state().ChangeAccount(kBob);
    alice.household = kNextAccount;
    bob.household = AccountNo(flaws.Has("strangers") ? 99 : kNextAccount.value());
    alice.status = flaws.Has("giver frozen") ? AccountStatus::kFrozen : AccountStatus::kOpen;
    bob.status = flaws.Has("taker closed")   ? AccountStatus::kClosed
                 : flaws.Has("taker frozen") ? AccountStatus::kLost
                                             : AccountStatus::kOpen;
    alice.minor = flaws.Has("giver minor");
    bob.minor = flaws.Has("taker minor");
    return Timed(world, Transfer("x", kAlice, kBob, points), flaws);
  });
}

TEST(TransferRefusals, TheCapStandsBetweenLimitAndBalance) {
  const std::vector<Flaw> all = {
      {Reason::kAmountOverAssetLimit, "over limit"},
      {Reason::kTransferCap, "cap"},
      {Reason::kInsufficientBalance, "poor"},
  };
  EverySet(all, 3, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    const std::int64_t points = flaws.Has("over limit") ? kLimit + 1 : 10;
    Done(world, SetTerms("t", kPoints, Transfers(kCapped, flaws.Has("cap") ? points - 1 : points)));
    world.SetBalance(kAlice, flaws.Has("poor") ? points - 1 : points);
    return Transfer("x", kAlice, kBob, points);
  });
}

}  // namespace
}  // namespace tanhui
