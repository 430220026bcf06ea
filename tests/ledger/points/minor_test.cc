// Accounts of minors: consent, guardians, hand-over.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/flaws.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;
using enum entry::v1::GuardianAction;

constexpr AccountNo kDora = kNextAccount;  // a minor

World WithDora() {
  World world = Funded();
  Done(world, OpenMinor("dora", kPoints));
  Done(world, Award("a", kAlice, kBudget, 10));
  return world;
}

World WithConsent() {
  World world = WithDora();
  Done(world, Consent("consent", kDora, kAlice));
  Done(world, Award("d", kDora, kBudget, 20));
  return world;
}

TEST(MinorTest, NothingBeforeConsent) {
  World world = WithDora();
  const std::string no = "CONSENT_REQUIRED account";
  Play(world, {
                  {Award("x", kDora, kBudget, 1), no},
                  {Redeem("x", kDora, kShop, 1), no},
                  {Redeem("x", kDora, kShop, 1, kAlice), no},
                  {HoldPoints("x", kDora, kShop, 1, world.InDays(1), kAlice), no},
                  {Transfer("x", kAlice, kDora, 1), "NOT_FOR_MINORS to_account"},
                  {Consent("c", kDora, kAlice), "OK"},
                  {Award("x", kDora, kBudget, 1), "OK"},
                  {Redeem("y", kDora, kShop, 1, kAlice), "OK"},
              });
  EXPECT_EQ(world.Of(kDora).guardian, kAlice);
}

TEST(MinorTest, TheGuardianActs) {
  World world = WithConsent();
  Done(world, CreateParticipant("p", "relief", ParticipantKind::kCharity));
  Done(world, OpenCharity("o", kPoints, ParticipantNo(8)));
  const AccountNo relief(kDora.value() + 1);
  const std::string no = "GUARDIAN_REQUIRED acting_account";
  const LedgerTime soon = world.InDays(1);
  Play(world, {
                  {Redeem("x", kDora, kShop, 1), no},
                  {Redeem("x", kDora, kShop, 1, kDora), no},
                  {Redeem("x", kDora, kShop, 1, kBob), no},
                  {Redeem("x", kDora, kShop, 1, kAlice), "OK"},
                  {Donate("y", kDora, relief, 1), no},
                  {Donate("y", kDora, relief, 1, kAlice), "OK"},
                  {HoldPoints("z", kDora, kShop, 1, soon), no},
                  {HoldPoints("z", kDora, kShop, 1, soon, kAlice), "OK"},
              });
  EXPECT_EQ(Purse(world, kDora), "18 = 661:17 + held 1");
}

TEST(MinorTest, NoTransfers) {
  World world = WithConsent();
  Done(world, OpenHousehold("h", kPoints, kAlice));
  const AccountNo home(kDora.value() + 1);
  Play(world, {
                  {Transfer("x", kDora, kBob, 1), "NOT_FOR_MINORS from_account"},
                  {Transfer("x", kAlice, kDora, 1), "NOT_FOR_MINORS to_account"},
                  {OpenHousehold("x", kPoints, kDora), "NOT_FOR_MINORS head"},
                  {Contribute("x", home, kDora, 1), "NOT_FOR_MINORS member"},
                  {Merge("x", kDora, kBob), "NOT_FOR_MINORS from"},
                  {Merge("x", kBob, kDora), "NOT_FOR_MINORS into"},
              });
}

TEST(MinorTest, TheGuardianWithdraws) {
  World world = WithConsent();
  Play(world,
       {
           {Guardian("w", kDora, kBob, GUARDIAN_ACTION_WITHDRAW), "GUARDIAN_REQUIRED guardian"},
           {Guardian("w", kDora, kAlice, GUARDIAN_ACTION_WITHDRAW), "OK"},
           {Award("x", kDora, kBudget, 1), "CONSENT_REQUIRED account"},
           {Redeem("x", kDora, kShop, 1, kAlice), "CONSENT_REQUIRED account"},
           {Consent("c2", kDora, kBob), "OK"},
           {Redeem("x", kDora, kShop, 1, kBob), "OK"},
       });
  EXPECT_EQ(Purse(world, kDora), "19 = 661:19");
}

TEST(MinorTest, AtMajorityTheAccountIsItsOwners) {
  World world = WithConsent();
  Play(world, {
                  {HandOver("h", kDora), "OK"},
                  {Redeem("x", kDora, kShop, 1, kAlice), "NOT_A_MINOR acting_account"},
                  {Redeem("x", kDora, kShop, 1), "OK"},
                  {Transfer("y", kDora, kBob, 1), "OK"},
                  {HandOver("h2", kDora), "NOT_A_MINOR account"},
                  {Consent("c2", kDora, kAlice), "NOT_A_MINOR account"},
              });
  EXPECT_FALSE(world.Of(kDora).minor);
  EXPECT_EQ(world.Of(kDora).guardian, AccountNo(0));
}

TEST(MinorTest, WhoMayBeAGuardian) {
  World world = WithDora();
  Done(world, OpenMinor("eve", kPoints));
  Done(world, Close("c", kBob));
  const AccountNo eve(kDora.value() + 1);
  Play(world, {
                  {Consent("x", kDora, kShop), "WRONG_ACCOUNT_KIND guardian"},
                  {Consent("x", kDora, kDora), "SAME_ACCOUNT guardian"},
                  {Consent("x", kDora, eve), "NOT_FOR_MINORS guardian"},
                  {Consent("x", kDora, kBob), "ACCOUNT_CLOSED guardian"},
                  {Consent("x", kAlice, kDora), "NOT_FOR_MINORS guardian"},
                  {Consent("x", kShop, kAlice), "WRONG_ACCOUNT_KIND account"},
              });
}

TEST(MinorTest, AGuardianWhoseAccountWasMergedStaysTheGuardian) {
  World world = WithConsent();
  Done(world, Merge("m", kAlice, kBob));
  Play(world, {
                  {Redeem("x", kDora, kShop, 1, kBob), "OK"},
                  {Redeem("y", kDora, kShop, 1, kAlice), "OK"},  // who is Bob by now
                  {Guardian("w", kDora, kBob, GUARDIAN_ACTION_WITHDRAW), "OK"},
              });
}

TEST(MinorTest, AFrozenGuardianDoesNotAct) {
  World world = WithConsent();
  Done(world, SetStatus("s", kAlice, AccountStatus::kLost));
  EXPECT_EQ(world.Ask(Redeem("x", kDora, kShop, 1, kAlice)), "ACCOUNT_FROZEN acting_account");
  Done(world, SetStatus("s2", kAlice, AccountStatus::kOpen));
  EXPECT_EQ(world.Ask(Redeem("x", kDora, kShop, 1, kAlice)), "OK");
}

TEST(MinorTest, AnAdultActsForHimself) {
  World world = WithDora();
  Play(world, {
                  {Redeem("x", kAlice, kShop, 1, kBob), "NOT_A_MINOR acting_account"},
                  {Redeem("x", kAlice, kShop, 1, kAlice), "OK"},
              });
}

TEST(MinorTest, OthersDoWhatNeedsNoGuardian) {
  World world = WithConsent();
  const auto spent = Done(world, Redeem("r", kDora, kShop, 5, kAlice));
  const auto hold = Done(world, HoldPoints("h", kDora, kShop, 5, world.InDays(1), kAlice));
  Play(world, {
                  {Capture("c", hold, 2), "OK"},
                  {Refund("f", spent, 5), "OK"},
                  {Reverse("v", 24), "OK"},
                  {SetStatus("s", kDora, AccountStatus::kFrozen), "OK"},
              });
}

TEST(MinorRefusals, Spending) {
  const std::vector<Flaw> all = {
      {Reason::kRequestTooLate, "late"},       {Reason::kActInFuture, "future"},
      {Reason::kAccountFrozen, "frozen"},      {Reason::kConsentRequired, "no consent"},
      {Reason::kGuardianRequired, "stranger"}, {Reason::kAmountOverAssetLimit, "over limit"},
      {Reason::kInsufficientBalance, "poor"},
  };
  EverySet(all, 21, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    const std::int64_t points = flaws.Has("over limit") ? kLimit + 1 : 10;
    Done(world, OpenMinor("dora", kPoints));
    if (!flaws.Has("no consent")) {
      Done(world, Consent("c", kDora, kAlice));
    }
    if (flaws.Has("frozen")) {
      Done(world, SetStatus("s", kDora, AccountStatus::kFrozen));
    }
    world.SetBalance(kDora, flaws.Has("poor") ? points - 1 : points);
    const AccountNo acting = flaws.Has("stranger") ? kBob : kAlice;
    return Timed(world, Redeem("x", kDora, kShop, points, acting), flaws);
  });
}

TEST(MinorFaults, ApplyFindsWhatDecideCannotHaveMade) {
  World world = WithDora();
  using Body = entry::v1::Guardianship;
  const auto fault = [&](auto&& change) {
    return Tampered(world, Consent("c", kDora, kAlice),
                    [&](Entry& e) { change(*e.mutable_guardianship()); });
  };
  EXPECT_EQ(fault([](Body&) {}), "OK");
  EXPECT_NE(fault([](Body& b) { b.set_account(kAlice.value()); }), "OK");
  EXPECT_NE(fault([](Body& b) { b.set_account(99); }), "OK");
  EXPECT_NE(fault([](Body& b) { b.set_guardian(99); }), "OK");
  EXPECT_NE(fault([](Body& b) { b.clear_action(); }), "OK");
  EXPECT_NE(fault([](Body& b) { b.set_action(static_cast<entry::v1::GuardianAction>(4)); }), "OK");
}

}  // namespace
}  // namespace tanhui
