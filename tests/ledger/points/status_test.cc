// Frozen, reported lost, opened again, closed.
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/flaws.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;
using enum AccountStatus;

// Alice has 30 points (entry 21), of which she redeemed 5 (entry 22) and holds 8 (entry 23).
World Moving() {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 30));
  Done(world, Redeem("r", kAlice, kShop, 5));
  Done(world, HoldPoints("h", kAlice, kShop, 8, world.InDays(3)));
  Done(world, Award("b", kBob, kBudget, 10));
  return world;
}
constexpr std::uint64_t kAward = 21;
constexpr std::uint64_t kSpent = 22;
constexpr std::uint64_t kHold = 23;

TEST(StatusTest, FrozenAndLostGiveNothing) {
  for (const AccountStatus status : {kFrozen, kLost}) {
    World world = Moving();
    Done(world, CreateParticipant("p", "relief", ParticipantKind::kCharity));
    Done(world, OpenCharity("o", kPoints, ParticipantNo(8)));
    Done(world, OpenHousehold("home", kPoints, kAlice));
    Done(world, SetStatus("s", kAlice, status));
    EXPECT_EQ(world.Of(kAlice).status, status);
    const AccountNo home(kNextAccount.value() + 1);
    Play(world, {
                    {Redeem("x", kAlice, kShop, 1), "ACCOUNT_FROZEN account"},
                    {HoldPoints("x", kAlice, kShop, 1, world.InDays(1)), "ACCOUNT_FROZEN account"},
                    {Capture("x", kHold, 1), "ACCOUNT_FROZEN hold"},
                    {Transfer("x", kAlice, kBob, 1), "ACCOUNT_FROZEN from_account"},
                    {Donate("x", kAlice, kNextAccount, 1), "ACCOUNT_FROZEN account"},
                    {Contribute("x", home, kAlice, 1), "ACCOUNT_FROZEN member"},
                    // Nobody learns a balance from a frozen account.
                    {Redeem("x", kAlice, kShop, 999), "ACCOUNT_FROZEN account"},
                    {Transfer("x", kAlice, kBob, 999), "ACCOUNT_FROZEN from_account"},
                });
    EXPECT_EQ(Purse(world, kAlice), "25 = 661:17 + held 8");
  }
}

TEST(StatusTest, FrozenAndLostTakeWhatTheTermsSay) {
  for (const bool credits : {true, false}) {
    World world = Moving();
    Terms terms = Transfers(TransferPolicy::kCapped);
    terms.credits_while_frozen = credits;
    Done(world, SetTerms("t", kPoints, terms));
    Done(world, SetStatus("s", kAlice, kFrozen));
    Play(world, {
                    {Award("a2", kAlice, kBudget, 1), credits ? "OK" : "ACCOUNT_FROZEN account"},
                    {Transfer("t2", kBob, kAlice, 1), credits ? "OK" : "ACCOUNT_FROZEN to_account"},
                    // These go on whatever the terms say.
                    {Refund("f", kSpent, 2), "OK"},
                    {Reverse("v", kAward), "OK"},
                    {Release("l", kHold), "OK"},
                });
  }
}

TEST(StatusTest, UnfreezingOpensAgain) {
  World world = Moving();
  Play(world, {
                  {SetStatus("s1", kAlice, kFrozen, "suspected_fraud"), "OK"},
                  // Who reports a loss must not undo what the operator ordered.
                  {SetStatus("s2", kAlice, kLost), "ACCOUNT_FROZEN account"},
                  {SetStatus("s3", kAlice, kFrozen), "OK"},
                  {Redeem("x", kAlice, kShop, 1), "ACCOUNT_FROZEN account"},
                  {SetStatus("s4", kAlice, kOpen), "OK"},
                  {Redeem("x", kAlice, kShop, 1), "OK"},
                  {SetStatus("s5", kAlice, kLost), "OK"},
                  {SetStatus("s6", kAlice, kFrozen), "OK"},
              });
  EXPECT_EQ(world.entries()[25].status_change().reason(), "suspected_fraud");
  EXPECT_EQ(world.entries()[25].postings_size(), 0);
}

TEST(StatusTest, OfWhatIsNoCitizens) {
  World world = Moving();
  for (const AccountNo number : {kShop, kBudget, kIssuance, kExpiry}) {
    EXPECT_EQ(world.Ask(SetStatus("s", number, kFrozen)), "WRONG_ACCOUNT_KIND account");
    EXPECT_EQ(world.Ask(Close("c", number)), "WRONG_ACCOUNT_KIND account");
  }
}

TEST(ClosingTest, AnEmptyAccountCloses) {
  World world;
  Play(world, {
                  {Close("c", kAlice), "OK"},
                  {Close("c2", kAlice), "ACCOUNT_CLOSED account"},
                  {SetStatus("s", kAlice, kOpen), "ACCOUNT_CLOSED account"},
              });
  EXPECT_EQ(world.Of(kAlice).status, kClosed);
  EXPECT_EQ(world.Of(kAlice).merged_into, AccountNo(0));
  EXPECT_EQ(world.last().postings_size(), 0);
}

TEST(ClosingTest, PointsKeepItOpenUnlessTheyAreForfeit) {
  World world = Funded();
  Done(world, WithGrams(Award("a", kAlice, kBudget, 30), 90));
  EXPECT_EQ(world.Ask(Close("c", kAlice)), "NOT_EMPTY account available=30 held=0 debt=0");
  Done(world, Close("c", kAlice, true));
  EXPECT_EQ(Moves(world.last()), "5 -30 [661:-30g-90]; 2 +30");
  EXPECT_EQ(world.last().closing().reason(), "owner_asked");
  EXPECT_EQ(Purse(world, kAlice), "0");
  EXPECT_EQ(world.BalanceOf(kExpiry), 30);
}

TEST(ClosingTest, HeldPointsAndDebtsKeepItOpen) {
  World world = Moving();
  EXPECT_EQ(world.Ask(Close("c", kAlice, true)), "NOT_EMPTY account available=17 held=8 debt=0");
  world.WaitDays(3);
  EXPECT_EQ(world.Ask(Close("c", kAlice)), "NOT_EMPTY account available=25 held=0 debt=0");
  EXPECT_EQ(world.Ask(Close("c", kAlice, true)), "OK") << "the hold is past its deadline";
  EXPECT_EQ(world.BalanceOf(kExpiry), 25);

  World owing = Funded();
  Done(owing, Award("a", kAlice, kBudget, 30));
  Done(owing, Redeem("r", kAlice, kShop, 30));
  Done(owing, Reverse("v", 21));
  EXPECT_EQ(owing.Ask(Close("c", kAlice, true)), "NOT_EMPTY account available=0 held=0 debt=30");
}

// Its hold is past its deadline and pays the whole debt: nothing is left, and nothing moves.
TEST(ClosingTest, AHoldThatPaysTheDebtDoesNotKeepItOpen) {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 10));
  Done(world, HoldPoints("h", kAlice, kShop, 10, world.InDays(1)));
  Done(world, Reverse("v", 21));
  EXPECT_EQ(Purse(world, kAlice), "0 + held 10 - debt 10");
  world.WaitDays(1);
  EXPECT_EQ(world.Ask(Close("c", kAlice)), "OK");
  EXPECT_EQ(Purse(world, kAlice), "0");
  EXPECT_TRUE(world.Of(kAlice).holds.empty());
}

// Nobody learns a balance from a frozen account.
TEST(ClosingTest, AFrozenAccountTellsNoBalance) {
  World world = Moving();
  Done(world, SetStatus("s", kAlice, kFrozen));
  EXPECT_EQ(world.Ask(Close("c", kAlice, true)), "NOT_EMPTY account");
  EXPECT_EQ(world.Ask(Cancel("c", "a")), "INSUFFICIENT_BALANCE target_request_id needed=30");
}

TEST(ClosingTest, AMemberOfAHouseholdLeavesFirst) {
  World world = Funded();
  Done(world, OpenHousehold("home", kPoints, kAlice));
  EXPECT_EQ(world.Ask(Close("c", kAlice)), "HOUSEHOLD_EXISTS account");
  Done(world, Leave("l", kNextAccount, kAlice));
  EXPECT_EQ(world.Ask(Close("c", kAlice)), "OK");
}

TEST(ClosingTest, AClosedAccountDoesNothing) {
  World world = Moving();
  Done(world, Release("l", kHold));
  Done(world, Close("c", kAlice, true));
  Play(world, {
                  {Award("x", kAlice, kBudget, 1), "ACCOUNT_CLOSED account"},
                  {Redeem("x", kAlice, kShop, 1), "ACCOUNT_CLOSED account"},
                  {HoldPoints("x", kAlice, kShop, 1, world.InDays(1)), "ACCOUNT_CLOSED account"},
                  {Transfer("x", kAlice, kBob, 1), "ACCOUNT_CLOSED from_account"},
                  {Transfer("x", kBob, kAlice, 1), "ACCOUNT_CLOSED to_account"},
                  {Merge("x", kAlice, kBob), "ACCOUNT_CLOSED from"},
                  {Merge("x", kBob, kAlice), "ACCOUNT_CLOSED into"},
                  {Refund("x", kSpent, 1), "ACCOUNT_CLOSED points"},
                  {OpenHousehold("x", kPoints, kAlice), "ACCOUNT_CLOSED head"},
                  {Cancel("x", "r"), "ACCOUNT_CLOSED target_request_id"},
                  {Cancel("x", "a"), "ACCOUNT_CLOSED target_request_id"},
                  {Capture("x", kHold, 1), "ACCOUNT_CLOSED hold"},
                  {Release("x", kHold), "HOLD_RESOLVED hold"},
                  {Reverse("v", kAward), "OK"},
              });
}

TEST(ClosingRefusals, Closing) {
  const std::vector<Flaw> all = {
      {Reason::kRequestTooLate, "late"},       {Reason::kActInFuture, "future"},
      {Reason::kWrongAccountKind, "kind"},     {Reason::kAccountClosed, "closed"},
      {Reason::kHouseholdExists, "household"}, {Reason::kNotEmpty, "points"},
  };
  EverySet(all, 13, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    if (flaws.Has("kind") && (flaws.Has("closed") || flaws.Has("household"))) {
      return std::nullopt;
    }
    const AccountNo account = flaws.Has("kind") ? kShop : kAlice;
    world.SetBalance(account, flaws.Has("points") ? 1 : 0);
    if (flaws.Has("household")) {
      Done(world, OpenHousehold("home", kPoints, kAlice));
    }
    if (flaws.Has("closed")) {
      world.mutable_state().ChangeAccount(kAlice).status = kClosed;
    }
    return Timed(world, Close("x", account), flaws);
  });
}

TEST(StatusFaults, ApplyFindsWhatDecideCannotHaveMade) {
  World world = Moving();
  const Command freeze = SetStatus("s", kAlice, kFrozen);
  const auto fault = [&](auto&& change) {
    return Tampered(world, freeze, [&](Entry& e) { change(*e.mutable_status_change()); });
  };
  using Body = entry::v1::StatusChange;
  EXPECT_EQ(fault([](Body&) {}), "OK");
  EXPECT_NE(fault([](Body& b) { b.clear_status(); }), "OK");
  EXPECT_NE(fault([](Body& b) { b.set_status(static_cast<entry::v1::AccountStatus>(4)); }), "OK");
  EXPECT_NE(fault([](Body& b) { b.set_account(kShop.value()); }), "OK");
  EXPECT_NE(fault([](Body& b) { b.set_account(99); }), "OK");

  const Command close = Close("c", kBob, true);
  EXPECT_EQ(Tampered(world, close, [](Entry&) {}), "OK");
  EXPECT_NE(Tampered(world, close, [](Entry& e) { e.clear_postings(); }), "OK")
      << "points are left behind";
  EXPECT_NE(Tampered(world, close, [](Entry& e) { e.mutable_closing()->set_account(5); }), "OK");
  EXPECT_NE(Tampered(world, close,
                     [](Entry& e) { e.mutable_postings(1)->set_account(kStampExpiry.value()); }),
            "OK");
}

}  // namespace
}  // namespace tanhui
