// Points set aside for a merchant: hold, capture, release, and what a deadline does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "ledger/core/postings.h"
#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/flaws.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;
using ::testing::HasSubstr;

// Alice has 5 points to the end of February 2024, 20 to that of March and 10 to that of the next
// February; it is 2024-02-28. The log ends with entry 23.
World WithLots() {
  World world = Funded();
  Done(world, WithGrams(ActAt(Award("feb", kAlice, kBudget, 5), On("2023-02-10")), 50));
  Done(world, ActAt(Award("mar", kAlice, kBudget, 20), On("2023-03-10")));
  Done(world, WithGrams(Award("new", kAlice, kBudget, 10), 100));
  EXPECT_EQ(Purse(world, kAlice), "35 = 649:5g50 650:20 661:10g100");
  return world;
}
constexpr std::uint64_t kHold = 24;

TEST(HoldTest, SetsPointsAside) {
  World world = WithLots();
  EXPECT_EQ(Done(world, HoldPoints("h", kAlice, kShop, 8, world.InDays(7))), kHold);
  EXPECT_EQ(Moves(world.last()), "5 0 [649:-5g-50 650:-3] held 8");
  EXPECT_EQ(Purse(world, kAlice), "35 = 650:17 661:10g100 + held 8");
  EXPECT_EQ(world.BalanceOf(kShop), 0);
  const Account& alice = world.Of(kAlice);
  ASSERT_EQ(alice.holds.size(), 1u);
  EXPECT_EQ(alice.holds[0].number, EntryIndex(kHold));
  EXPECT_EQ(alice.holds[0].deadline, world.InDays(7));
  EXPECT_EQ(alice.holds[0].merchant, kShop);
  EXPECT_EQ(Words(alice.holds[0].lots), "649:5g50 650:3");
}

TEST(HoldTest, HeldPointsAreNotAvailable) {
  World world = WithLots();
  Done(world, HoldPoints("h", kAlice, kShop, 30, world.InDays(7)));
  const std::string no = "INSUFFICIENT_BALANCE points needed=6 available=5";
  Play(world, {
                  {Redeem("r", kAlice, kShop, 6), no},
                  {Transfer("t", kAlice, kBob, 6), no},
                  {HoldPoints("h2", kAlice, kShop, 6, world.InDays(1)), no},
                  {HoldPoints("h2", kAlice, kShop, 5, world.InDays(1)), "OK"},
              });
}

TEST(HoldTest, IsCapturedWhole) {
  World world = WithLots();
  Done(world, HoldPoints("h", kAlice, kShop, 8, world.InDays(7)));
  Done(world, Capture("c", kHold, 8));
  EXPECT_EQ(Moves(world.last()), "5 -8; 9 +8");
  EXPECT_EQ(Words(*ReadLots(world.last().capture().taken())), "649:5g50 650:3");
  EXPECT_EQ(Purse(world, kAlice), "27 = 650:17 661:10g100");
  EXPECT_TRUE(world.Of(kAlice).holds.empty());
  EXPECT_EQ(world.BalanceOf(kShop), 8);
}

TEST(HoldTest, IsCapturedInPartAndTheRestFreed) {
  World world = WithLots();
  Done(world, HoldPoints("h", kAlice, kShop, 30, world.InDays(7)));
  EXPECT_EQ(Purse(world, kAlice), "35 = 661:5g50 + held 30");
  Done(world, Capture("c", kHold, 4));
  EXPECT_EQ(Moves(world.last()), "5 -4 [649:1g10 650:20 661:5g50]; 9 +4") << "back in its lots";
  EXPECT_EQ(Words(*ReadLots(world.last().capture().taken())), "649:4g40");
  EXPECT_EQ(Purse(world, kAlice), "31 = 649:1g10 650:20 661:10g100");
}

TEST(HoldTest, IsReleasedIntoTheVeryLots) {
  World world = WithLots();
  Done(world, HoldPoints("h", kAlice, kShop, 33, world.InDays(7)));
  Done(world, Release("l", kHold));
  EXPECT_EQ(Moves(world.last()), "5 0 [649:5g50 650:20 661:8g80]");
  EXPECT_EQ(Purse(world, kAlice), "35 = 649:5g50 650:20 661:10g100");
}

TEST(HoldTest, HeldPointsDoNotExpire) {
  World world = WithLots();
  Done(world, HoldPoints("h", kAlice, kShop, 8, world.InDays(7)));
  world.GoTo("2024-03-02");
  EXPECT_FALSE(world.Sweep(kAlice));
  Done(world, Capture("c", kHold, 8));
  EXPECT_EQ(world.BalanceOf(kShop), 8);
  EXPECT_EQ(world.BalanceOf(kExpiry), 0);
}

// The scheme's grace: at least 30 days from today, to the end of that month.
TEST(HoldTest, WhatComesBackPastItsDateGetsGrace) {
  World world = WithLots();
  Done(world, HoldPoints("h", kAlice, kShop, 8, world.InDays(20)));
  world.GoTo("2024-03-02");
  World captured = world;
  Done(world, Release("l", kHold));
  EXPECT_EQ(Moves(world.last()), "5 0 [650:3 651:5g50]") << "2024-03-02 and 30 days: April";
  EXPECT_EQ(Purse(world, kAlice), "35 = 650:20 651:5g50 661:10g100");
  Done(captured, Capture("c", kHold, 2));
  EXPECT_EQ(Moves(captured.last()), "5 -2 [650:3 651:3g30]; 9 +2");
}

TEST(HoldTest, GraceMayMeetALotThatIsThere) {
  World world = WithLots();
  Terms terms;
  terms.grace_days = 0;
  Done(world, SetTerms("t", kPoints, terms));
  const auto hold = Done(world, HoldPoints("h", kAlice, kShop, 8, world.InDays(20)));
  world.GoTo("2024-03-02");
  Done(world, Release("l", hold));
  EXPECT_EQ(Purse(world, kAlice), "35 = 650:25g50 661:10g100") << "this month at least";
}

TEST(HoldTest, PastItsDeadlineItFreesItself) {
  World world = WithLots();
  const LedgerTime deadline = world.InDays(1);
  Done(world, HoldPoints("h", kAlice, kShop, 35, deadline));
  EXPECT_EQ(world.Ask(Redeem("r", kAlice, kShop, 1)),
            "INSUFFICIENT_BALANCE points needed=1 available=0");
  world.Wait(kMicrosPerDay - 1);
  EXPECT_FALSE(world.ledger().Due(world.state(), kAlice, world.now()).has_value());
  world.Wait(1);
  const std::uint64_t before = world.last_index();
  EXPECT_EQ(world.Ask(Redeem("r", kAlice, kShop, 3)), "OK");
  ASSERT_EQ(world.last_index(), before + 2);
  const Entry& expiry = world.entries()[before + 1];
  EXPECT_EQ(expiry.expiry().ShortDebugString(), "account: 5 holds: 24");
  EXPECT_EQ(Moves(expiry), "5 0 [649:5g50 650:20 661:10g100]");
  EXPECT_EQ(Purse(world, kAlice), "32 = 649:2g20 650:20 661:10g100");
}

// Each hold ends at its deadline, as if somebody had been there to see it: nothing depends on when
// it is swept.
TEST(HoldTest, ExpiryFreesHoldsAndThenTakesWhatIsPast) {
  World world = WithLots();
  Done(world, HoldPoints("h1", kAlice, kShop, 3, world.InDays(1)));  // 649:3
  Done(world, HoldPoints("h2", kAlice, kShop, 4, world.InDays(9)));  // 649:2 and 650:2
  Done(world, HoldPoints("h3", kAlice, kShop, 5, world.InDays(2)));  // 650:5
  EXPECT_EQ(Purse(world, kAlice), "35 = 650:13 661:10g100 + held 12");
  World daily = world;
  for (int day = 0; day < 33; ++day) {
    daily.WaitDays(1);
    daily.Sweep(kAlice);
  }
  world.GoTo("2024-04-01");
  EXPECT_TRUE(world.Sweep(kAlice));
  // On 2024-03-08, when h2 ended, its 649 was past its date: 30 days of grace, to the end of April.
  EXPECT_EQ(Moves(world.last()), "5 -23 [650:-13 651:2g20]; 2 +23");
  EXPECT_EQ(Purse(world, kAlice), "12 = 651:2g20 661:10g100");
  EXPECT_EQ(Purse(daily, kAlice), Purse(world, kAlice));
  EXPECT_EQ(daily.BalanceOf(kExpiry), world.BalanceOf(kExpiry));
  EXPECT_FALSE(world.Sweep(kAlice));
}

TEST(HoldTest, HoldsPayADebtInTheOrderOfTheirDeadlines) {
  World world = WithLots();
  Done(world, HoldPoints("h1", kAlice, kShop, 25, world.InDays(9)));  // 649:5g50 650:20
  Done(world, HoldPoints("h2", kAlice, kShop, 10, world.InDays(1)));  // 661:10g100
  Done(world, Reverse("v", 23));                                      // the award of 10, all held
  EXPECT_EQ(Purse(world, kAlice), "25 + held 35 - debt 10");
  World daily = world;
  for (int day = 0; day < 9; ++day) {
    daily.WaitDays(1);
    daily.Sweep(kAlice);
  }
  world.WaitDays(9);
  EXPECT_TRUE(world.Sweep(kAlice));
  EXPECT_EQ(Purse(world, kAlice), "25 = 650:20 651:5g50") << "h2 ended first and paid";
  EXPECT_EQ(Purse(daily, kAlice), Purse(world, kAlice));
}

TEST(HoldTest, ResolvesOnce) {
  const Command ends[] = {Capture("e", kHold, 8), Capture("e", kHold, 1), Release("e", kHold),
                          Cancel("e", "h")};
  for (const Command& end : ends) {
    World world = WithLots();
    Done(world, HoldPoints("h", kAlice, kShop, 8, world.InDays(7)));
    Done(world, end);
    Play(world, {
                    {Capture("c", kHold, 1), "HOLD_RESOLVED hold"},
                    {Capture("c", kHold, 8), "HOLD_RESOLVED hold"},
                    {Release("l", kHold), "HOLD_RESOLVED hold"},
                });
    EXPECT_EQ(world.Ask(end).substr(0, 7), "SEEN 25") << "a retry is answered as it was";
  }
}

TEST(HoldTest, NothingResolvesItAfterItsDeadline) {
  World world = WithLots();
  Done(world, HoldPoints("h", kAlice, kShop, 8, world.InDays(1)));
  world.WaitDays(1);
  for (const bool swept : {false, true}) {
    EXPECT_EQ(world.Ask(Capture("c", kHold, 8)), "HOLD_RESOLVED hold");
    EXPECT_EQ(world.Ask(Release("l", kHold)), "HOLD_RESOLVED hold");
    EXPECT_EQ(world.Sweep(kAlice), !swept);
  }
  EXPECT_EQ(Purse(world, kAlice), "35 = 649:5g50 650:20 661:10g100");
}

TEST(HoldTest, ItsDeadlineLiesAheadAndNotTooFar) {
  World world = WithLots();
  const auto hold = [&world](std::string_view id, std::int64_t micros) {
    return HoldPoints(id, kAlice, kShop, 1, LedgerTime(world.now().value() + micros));
  };
  const std::string no = "HOLD_DEADLINE deadline max_days=30";
  Play(world, {
                  {hold("h1", -1), no},
                  {hold("h1", 0), no},
                  {hold("h1", 1), "OK"},
                  {hold("h2", 30 * kMicrosPerDay + 1), no},
                  {hold("h2", 30 * kMicrosPerDay), "OK"},
              });
  Terms terms;
  terms.max_hold_days = 1;
  Done(world, SetTerms("t", kPoints, terms));
  Play(world, {
                  {hold("h3", kMicrosPerDay + 1), "HOLD_DEADLINE deadline max_days=1"},
                  {hold("h3", kMicrosPerDay), "OK"},
              });
}

TEST(HoldTest, AnAccountHasAtMost64) {
  ASSERT_EQ(kMaxHolds, 64u);
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 100));
  for (int i = 0; i < 64; ++i) {
    Done(world,
         HoldPoints("h" + std::to_string(i), kAlice, kShop, 1, world.InDays(i == 0 ? 1 : 7)));
  }
  Play(world, {
                  {HoldPoints("x", kAlice, kShop, 1, world.InDays(7)), "HOLD_LIMIT account"},
                  {Release("l", 25), "OK"},
                  {HoldPoints("x", kAlice, kShop, 1, world.InDays(7)), "OK"},
                  {HoldPoints("y", kAlice, kShop, 1, world.InDays(7)), "HOLD_LIMIT account"},
              });
  world.WaitDays(1);
  EXPECT_EQ(world.Ask(HoldPoints("y", kAlice, kShop, 1, world.InDays(7))), "OK")
      << "one is past its deadline";
}

TEST(HoldTest, CaptureTakesAtMostWhatIsHeld) {
  World world = WithLots();
  Done(world, HoldPoints("h", kAlice, kShop, 8, world.InDays(7)));
  EXPECT_EQ(world.Ask(Capture("c", kHold, 9)), "INSUFFICIENT_BALANCE points needed=9 available=8");
  EXPECT_EQ(world.Ask(Capture("c", kHold, 8)), "OK");
}

TEST(HoldTest, CaptureOfWhatIsNoHold) {
  World world = WithLots();
  Done(world, HoldPoints("h", kAlice, kShop, 8, world.InDays(7)));
  Play(world, {
                  {Capture("c", 22, 1), "WRONG_ENTRY_KIND hold"},
                  {Release("l", 22), "WRONG_ENTRY_KIND hold"},
                  {Capture("c", 25, 1), "UNKNOWN_ENTRY hold"},
                  {Release("l", 9'999'999'999), "UNKNOWN_ENTRY hold"},
                  {By(Capture("c", kHold, 1), kOtherPlatform), "UNKNOWN_ENTRY hold"},
                  {By(Release("l", kHold), kOtherPlatform), "UNKNOWN_ENTRY hold"},
                  {Privileged(Capture("c", kHold, 1)), "OK"},
              });
}

TEST(HoldTest, TheMerchantCapturesToo) {
  World world = WithLots();
  Done(world, HoldPoints("h", kAlice, kShop, 8, world.InDays(7)));
  Play(world, {
                  {By(Capture("c", kHold, 1), kKiosk), "UNKNOWN_ENTRY hold"},
                  {By(Capture("c", kHold, 1), kMall), "OK"},
              });
}

TEST(HoldTest, OfWrongAccounts) {
  World world = WithLots();
  const std::uint64_t home = kNextAccount.value();
  Done(world, OpenHousehold("o", kPoints, kAlice));
  Done(world, Contribute("p", AccountNo(home), kAlice, 10));
  const LedgerTime soon = world.InDays(1);
  Play(world,
       {
           {HoldPoints("h", AccountNo(home), kShop, 1, soon, kAlice), "WRONG_ACCOUNT_KIND account"},
           {HoldPoints("h", kShop, kShop, 1, soon), "WRONG_ACCOUNT_KIND account"},
           {HoldPoints("h", kBudget, kShop, 1, soon), "WRONG_ACCOUNT_KIND account"},
           {HoldPoints("h", kAlice, kBob, 1, soon), "WRONG_ACCOUNT_KIND merchant"},
           {HoldPoints("h", kAlice, kStampShop, 1, soon), "ASSET_MISMATCH merchant"},
           {HoldPoints("h", kAlice, kShop, kLimit + 1, soon),
            "AMOUNT_OVER_ASSET_LIMIT points limit=1000"},
       });
}

TEST(HoldRefusals, Hold) {
  const std::vector<Flaw> all = {
      {Reason::kRequestTooLate, "late"},
      {Reason::kActInFuture, "future"},
      {Reason::kWrongAccountKind, "merchant kind"},
      {Reason::kAssetMismatch, "mismatch"},
      {Reason::kAccountClosed, "closed"},
      {Reason::kAccountFrozen, "frozen"},
      {Reason::kHoldDeadline, "deadline"},
      {Reason::kAmountOverAssetLimit, "over limit"},
      {Reason::kHoldLimit, "holds"},
      {Reason::kInsufficientBalance, "poor"},
  };
  EverySet(all, 44, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    AccountNo merchant = flaws.Has("mismatch") ? kStampShop : kShop;
    if (flaws.Has("merchant kind")) {
      merchant = flaws.Has("mismatch") ? kStampBob : kBob;
    }
    if (flaws.Has("closed") && flaws.Has("frozen")) {
      return std::nullopt;
    }
    const std::int64_t points = flaws.Has("over limit") ? kLimit + 1 : 10;
    world.SetBalance(kAlice, flaws.Has("poor") ? points - 1 : points);
    Account& alice = world.mutable_state().ChangeAccount(kAlice);
    alice.status = flaws.Has("closed")   ? AccountStatus::kClosed
                   : flaws.Has("frozen") ? AccountStatus::kLost
                                         : AccountStatus::kOpen;
    for (std::uint64_t i = 0; flaws.Has("holds") && i < kMaxHolds; ++i) {
      alice.holds.push_back({EntryIndex(i),
                             world.InDays(9),
                             kShop,
                             {Lot{{Month(661), kMidnight, kSponsor}, Amount(1), 0}}});
      alice.held = Amount(alice.held.units() + 1);
      alice.balance = Amount(alice.balance.units() + 1);
    }
    const LedgerTime deadline = flaws.Has("deadline") ? world.now() : world.InDays(1);
    return Timed(world, HoldPoints("x", kAlice, merchant, points, deadline), flaws);
  });
}

TEST(HoldRefusals, Capture) {
  const std::vector<Flaw> all = {
      {Reason::kUnknownEntry, "another's"},     {Reason::kRequestTooLate, "late"},
      {Reason::kWrongEntryKind, "kind"},        {Reason::kAccountFrozen, "frozen"},
      {Reason::kHoldResolved, "past deadline"}, {Reason::kInsufficientBalance, "too much"},
      {Reason::kBalanceLimit, "merchant full"},
  };
  EverySet(all, 16, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    if (flaws.Has("kind") && (flaws.Has("past deadline") || flaws.Has("too much") ||
                              flaws.Has("frozen") || flaws.Has("merchant full"))) {
      return std::nullopt;
    }
    if (flaws.Has("past deadline") && flaws.Has("too much")) {
      return std::nullopt;  // of a hold that is gone nothing is held
    }
    world.SetBalance(kBudget, 100);
    Done(world, Award("a", kAlice, kBudget, 10));  // entry 20
    const std::uint64_t hold = Done(world, HoldPoints("h", kAlice, kShop, 8, world.InDays(7)));
    if (flaws.Has("frozen")) {
      Done(world, SetStatus("s", kAlice, AccountStatus::kFrozen));
    }
    if (flaws.Has("past deadline")) {
      world.WaitDays(7);
    }
    if (flaws.Has("merchant full")) {
      world.SetBalance(kShop, std::numeric_limits<std::int64_t>::max() - 7);
    }
    Command command =
        Capture("x", flaws.Has("kind") ? hold - 1 : hold, flaws.Has("too much") ? 9 : 8);
    command = flaws.Has("another's") ? By(command, kOtherPlatform) : command;
    return flaws.Has("late") ? NotAfter(command, LedgerTime(world.now().value() - 1)) : command;
  });
}

TEST(HoldFaults, ApplyFindsWhatDecideCannotHaveMade) {
  World world = WithLots();
  const Command hold = HoldPoints("h", kAlice, kShop, 8, world.InDays(7));
  EXPECT_EQ(Tampered(world, hold, [](Entry&) {}), "OK");
  EXPECT_NE(Tampered(world, hold, [](Entry& e) { e.mutable_hold()->set_points(7); }), "OK");
  EXPECT_NE(Tampered(world, hold, [](Entry& e) { e.mutable_hold()->set_account(6); }), "OK");
  EXPECT_NE(Tampered(world, hold, [](Entry& e) { e.mutable_hold()->set_merchant(99); }), "OK");
  EXPECT_NE(Tampered(world, hold, [](Entry& e) { e.mutable_postings(0)->set_held_after(9); }),
            "OK");
  EXPECT_NE(Tampered(world, hold, [](Entry& e) { e.clear_postings(); }), "OK");
  Done(world, hold);

  const Command capture = Capture("c", kHold, 5);
  EXPECT_EQ(Tampered(world, capture, [](Entry&) {}), "OK");
  EXPECT_NE(Tampered(world, capture, [](Entry& e) { e.mutable_capture()->set_points(6); }), "OK");
  EXPECT_NE(Tampered(world, capture, [](Entry& e) { e.mutable_capture()->set_hold(23); }), "OK");
  EXPECT_NE(Tampered(world, capture,
                     [](Entry& e) { e.mutable_capture()->mutable_taken(0)->set_points(4); }),
            "OK");
  EXPECT_NE(Tampered(world, capture,
                     [](Entry& e) { e.mutable_capture()->mutable_taken(0)->set_expiry_month(9); }),
            "OK");
  EXPECT_NE(Tampered(world, capture,
                     [](Entry& e) {
                       auto& part = *e.mutable_capture()->mutable_taken(0);
                       part.set_points(std::numeric_limits<std::int64_t>::max());
                       *e.mutable_capture()->add_taken() = part;
                       e.mutable_capture()->mutable_taken(1)->set_expiry_month(700);
                     }),
            "OK")
      << "a sum that overflows is a fault, not an abort";
  EXPECT_NE(Tampered(world, capture, [](Entry& e) { e.mutable_postings(0)->set_held_after(1); }),
            "OK");
  EXPECT_NE(Tampered(world, capture,
                     [](Entry& e) { e.mutable_postings(1)->set_account(kStampShop.value()); }),
            "OK");
  const Command release = Release("l", kHold);
  EXPECT_EQ(Tampered(world, release, [](Entry&) {}), "OK");
  EXPECT_NE(Tampered(world, release, [](Entry& e) { e.mutable_release()->set_hold(23); }), "OK");
  EXPECT_NE(Tampered(world, release, [](Entry& e) { e.clear_postings(); }), "OK");

  const Entry captured = std::get<Entry>(world.Decide(capture));
  Done(world, release);
  EXPECT_NE(world.FaultOf(captured), "OK") << "a hold that is gone";
}

}  // namespace
}  // namespace tanhui
