// Two accounts of one person become one.
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/flaws.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;

World Both() {
  World world = Funded();
  Done(world, WithGrams(Award("a1", kAlice, kBudget, 30), 300));
  Done(world, ActAt(Award("a2", kAlice, kBudget, 5), On("2023-06-01")));
  Done(world, WithGrams(Award("b1", kBob, kBudget, 7), 7));
  return world;
}

TEST(MergeTest, LotsGoOver) {
  World world = Both();
  Done(world, Merge("m", kAlice, kBob));
  EXPECT_EQ(Moves(world.last()), "5 -35 [653:-5 661:-30g-300]; 6 +35 [653:5 661:30g300]");
  EXPECT_EQ(Purse(world, kAlice), "0");
  EXPECT_EQ(Purse(world, kBob), "42 = 653:5 661:37g307");
  EXPECT_EQ(world.Of(kAlice).status, AccountStatus::kClosed);
  EXPECT_EQ(world.Of(kAlice).merged_into, kBob);
  EXPECT_EQ(world.state().Standing(kAlice), kBob);
  const Changes changes = world.mutable_state().TakeChanges();
  ASSERT_EQ(changes.listings.size(), 1u);
  EXPECT_EQ(changes.listings[0],
            (ListingRow{Listing::kMergedInto, kBob.value(), EntryIndex(world.last_index())}));
}

TEST(MergeTest, WhatNamesTheOldHappensToTheNew) {
  World world = Both();
  const auto spent = Done(world, Redeem("r", kAlice, kShop, 5));
  const auto hold = Done(world, HoldPoints("h", kAlice, kShop, 10, world.InDays(5)));
  const auto given = Done(world, Transfer("t", kAlice, kBob, 1));
  Done(world, OpenCitizen("c", kPoints));
  const AccountNo carol = kNextAccount;
  Done(world, Merge("m", kAlice, carol));
  Play(world, {
                  {Award("x1", kAlice, kBudget, 1), "OK"},
                  {Redeem("x2", kAlice, kShop, 2), "OK"},
                  {Transfer("x3", kAlice, kBob, 1), "OK"},
                  {Transfer("x4", kBob, kAlice, 1), "OK"},
                  {HoldPoints("x5", kAlice, kShop, 1, world.InDays(1)), "OK"},
                  {Capture("x6", hold, 4), "OK"},
                  {Refund("x7", spent, 5), "OK"},
                  {Reverse("x8", 21), "OK"},
                  {Cancel("x9", "t"), "OK"},
                  {SetStatus("s", kAlice, AccountStatus::kFrozen), "OK"},
                  {Redeem("z", carol, kShop, 1), "ACCOUNT_FROZEN account"},
                  {SetStatus("s2", carol, AccountStatus::kOpen), "OK"},
                  {Transfer("z", kAlice, carol, 1), "SAME_ACCOUNT to_account"},
                  {Merge("z", kAlice, carol), "SAME_ACCOUNT into"},
                  {Close("z", kAlice, true), "NOT_EMPTY account available=0 held=1 debt=1"},
              });
  EXPECT_EQ(Purse(world, kAlice), "0") << "nothing happens to the old one";
  EXPECT_EQ(world.Of(kAlice).last_entry_plus_one, given + 3) << "the merge was its last entry";
}

TEST(MergeTest, HoldsKeepTheirNumbersAndDeadlines) {
  World world = Both();
  const auto h1 = Done(world, HoldPoints("h1", kBob, kShop, 2, world.InDays(1)));
  const auto h2 = Done(world, HoldPoints("h2", kAlice, kShop, 3, world.InDays(2)));
  const auto h3 = Done(world, HoldPoints("h3", kBob, kShop, 4, world.InDays(3)));
  Done(world, Merge("m", kAlice, kBob));
  const Account& bob = world.Of(kBob);
  ASSERT_EQ(bob.holds.size(), 3u);
  EXPECT_EQ(bob.holds[0].number, EntryIndex(h1));
  EXPECT_EQ(bob.holds[1].number, EntryIndex(h2));
  EXPECT_EQ(bob.holds[1].deadline, world.InDays(2));
  EXPECT_EQ(bob.holds[2].number, EntryIndex(h3));
  EXPECT_EQ(Purse(world, kBob), "42 = 653:2 661:31g301 + held 9");
  Done(world, Capture("c", h2, 3));
  world.WaitDays(3);
  EXPECT_TRUE(world.Sweep(kBob));
  EXPECT_EQ(Purse(world, kBob), "39 = 653:2 661:37g307");
  EXPECT_TRUE(world.Of(kAlice).holds.empty());
}

TEST(MergeTest, ADebtOfEitherIsPaidFromBoth) {
  World world = Both();
  Done(world, Redeem("r", kAlice, kShop, 35));
  Done(world, Reverse("v", 21));
  EXPECT_EQ(Purse(world, kAlice), "-30 - debt 30");
  World into = world;
  Done(into, Merge("m", kBob, kAlice));
  EXPECT_EQ(Moves(into.last()), "6 -7 [661:-7g-7]; 5 +7 debt 23");
  EXPECT_EQ(Purse(into, kAlice), "-23 - debt 23");
  Done(world, Merge("m", kAlice, kBob));
  EXPECT_EQ(Moves(world.last()), "5 +30; 6 -30 [661:-7g-7] debt 23");
  EXPECT_EQ(Purse(world, kAlice), "0");
  EXPECT_EQ(Purse(world, kBob), "-23 - debt 23");
}

TEST(MergeTest, TheDaysTransfersAreAdded) {
  World world = Both();
  Done(world, SetTerms("cap", kPoints, Transfers(TransferPolicy::kCapped, 10)));
  Done(world, OpenCitizen("c", kPoints));
  const AccountNo carol = kNextAccount;
  Done(world, Transfer("t1", kAlice, carol, 6));
  Done(world, Transfer("t2", kBob, carol, 3));
  Done(world, Merge("m", kAlice, kBob));
  EXPECT_EQ(world.Ask(Transfer("t3", kBob, carol, 2)), "TRANSFER_CAP points left=1");
  EXPECT_EQ(world.Ask(Transfer("t3", kBob, carol, 1)), "OK");
  world.WaitDays(1);
  EXPECT_EQ(world.Ask(Transfer("t4", kBob, carol, 10)), "OK");
}

TEST(MergeTest, OfEmptyAccounts) {
  World world;
  Done(world, Merge("m", kAlice, kBob));
  EXPECT_EQ(world.last().postings_size(), 0);
  EXPECT_EQ(world.state().Standing(kAlice), kBob);
}

TEST(MergeTest, AgainAndAgain) {
  World world = Both();
  Done(world, OpenCitizen("c", kPoints));
  Done(world, OpenCitizen("d", kPoints));
  const AccountNo carol(13);
  const AccountNo dave(14);
  Done(world, Merge("m1", kAlice, kBob));
  Done(world, Merge("m2", kAlice, carol));  // which is Bob's by now
  Done(world, Merge("m3", carol, dave));
  EXPECT_EQ(world.state().Standing(kAlice), dave);
  EXPECT_EQ(Purse(world, dave), "42 = 653:5 661:37g307");
  EXPECT_EQ(world.Ask(Award("x", kAlice, kBudget, 1)), "OK");
  EXPECT_EQ(Purse(world, dave), "43 = 653:5 661:38g307");
  EXPECT_EQ(world.Ask(Merge("m4", dave, kAlice)), "SAME_ACCOUNT into");
}

// Nothing is left of what is past its date, whoever has it.
TEST(MergeTest, WhatIsPastItsDateStaysBehind) {
  World world = Both();
  Done(world, HoldPoints("h", kAlice, kShop, 3, world.InDays(1)));
  world.GoTo("2024-07-01");
  Done(world, Merge("m", kAlice, kBob));
  world.Sweep(kAlice);
  world.Sweep(kBob);
  // The hold ended in February, and its points were June's again.
  EXPECT_EQ(Purse(world, kBob), "37 = 661:37g307");
  EXPECT_EQ(Purse(world, kAlice), "0");
  EXPECT_EQ(world.BalanceOf(kExpiry), 5);

  World nothing = Both();
  nothing.GoTo("2025-03-01");
  Done(nothing, Merge("m", kAlice, kBob));
  nothing.Sweep(kAlice);
  nothing.Sweep(kBob);
  EXPECT_EQ(Purse(nothing, kAlice), "0");
  EXPECT_EQ(Purse(nothing, kBob), "0");
}

// A lost account goes over into the new one; nobody gets out of an operator's order by a merge.
TEST(MergeTest, LostGoesOverAndFrozenStays) {
  using enum AccountStatus;
  struct Row {
    AccountStatus from;
    AccountStatus into;
    std::string_view outcome;
  };
  const Row rows[] = {
      {kOpen, kOpen, "OK"},
      {kLost, kOpen, "OK"},
      {kFrozen, kOpen, "ACCOUNT_FROZEN from"},
      {kOpen, kFrozen, "ACCOUNT_FROZEN into"},
      {kOpen, kLost, "ACCOUNT_FROZEN into"},
      {kLost, kLost, "ACCOUNT_FROZEN into"},
  };
  for (const Row& row : rows) {
    World world = Both();
    Done(world, SetStatus("s1", kAlice, row.from));
    Done(world, SetStatus("s2", kBob, row.into));
    EXPECT_EQ(world.Ask(Merge("m", kAlice, kBob)), row.outcome);
    EXPECT_EQ(world.Of(kBob).status, row.into);
    if (row.outcome == "OK") {
      EXPECT_EQ(world.Ask(Redeem("r", kAlice, kShop, 40)), "OK");
    }
  }
}

TEST(MergeTest, TogetherAtMost64Holds) {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 100));
  Done(world, Award("b", kBob, kBudget, 100));
  for (int i = 0; i < 65; ++i) {
    Done(world, HoldPoints("h" + std::to_string(i), i < 33 ? kAlice : kBob, kShop, 1,
                           world.InDays(i == 0 ? 1 : 2)));
  }
  EXPECT_EQ(world.Ask(Merge("m", kAlice, kBob)), "HOLD_LIMIT into");
  world.WaitDays(1);
  EXPECT_EQ(world.Ask(Merge("m", kAlice, kBob)), "OK") << "one is past its deadline";
}

TEST(MergeRefusals, Merge) {
  const std::vector<Flaw> all = {
      {Reason::kRequestTooLate, "late"},       {Reason::kWrongAccountKind, "kind"},
      {Reason::kAssetMismatch, "mismatch"},    {Reason::kSameAccount, "same"},
      {Reason::kAccountClosed, "closed"},      {Reason::kNotForMinors, "minor"},
      {Reason::kHouseholdExists, "household"}, {Reason::kHoldLimit, "holds"},
  };
  EverySet(all, 25, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    const bool same = flaws.Has("same");
    if (same && (flaws.Has("kind") || flaws.Has("mismatch"))) {
      return std::nullopt;
    }
    const AccountNo bob = flaws.Has("mismatch") ? kStampBob : kBob;
    const AccountNo shop = flaws.Has("mismatch") ? kStampShop : kShop;
    const AccountNo into = same ? kAlice : flaws.Has("kind") ? shop : bob;
    Account& alice = world.mutable_state().ChangeAccount(kAlice);
    if (flaws.Has("closed")) {
      alice.status = AccountStatus::kClosed;
    }
    alice.minor = flaws.Has("minor");
    alice.household = AccountNo(flaws.Has("household") ? 99 : 0);
    for (std::uint64_t i = 0; flaws.Has("holds") && i < kMaxHolds + 1; ++i) {
      alice.holds.push_back({EntryIndex(i),
                             world.InDays(9),
                             kShop,
                             {Lot{{Month(661), kMidnight, kSponsor}, Amount(1), 0}}});
      alice.held = Amount(alice.held.units() + 1);
      alice.balance = Amount(alice.balance.units() + 1);
    }
    if (flaws.Has("closed") && flaws.Has("holds")) {
      return std::nullopt;  // a closed account has none
    }
    const Command command = Merge("x", kAlice, into);
    return flaws.Has("late") ? NotAfter(command, LedgerTime(world.now().value() - 1)) : command;
  });
}

TEST(MergeFaults, ApplyFindsWhatDecideCannotHaveMade) {
  World world = Both();
  Done(world, HoldPoints("h", kAlice, kShop, 3, world.InDays(1)));
  const Command merge = Merge("m", kAlice, kBob);
  EXPECT_EQ(Tampered(world, merge, [](Entry&) {}), "OK");
  EXPECT_NE(Tampered(world, merge, [](Entry& e) { e.clear_postings(); }), "OK");
  EXPECT_NE(Tampered(world, merge, [](Entry& e) { e.mutable_merge()->set_into(7); }), "OK");
  EXPECT_NE(Tampered(world, merge, [](Entry& e) { e.mutable_merge()->set_from(6); }), "OK");
  EXPECT_NE(Tampered(world, merge, [](Entry& e) { e.mutable_merge()->set_from(99); }), "OK");
  EXPECT_NE(Tampered(world, merge,
                     [](Entry& e) {
                       e.mutable_postings(0)->set_held_after(1);
                       e.mutable_postings(1)->set_held_after(2);
                       e.mutable_postings(0)->set_amount(-34);
                       e.mutable_postings(0)->set_balance_after(1);
                       e.mutable_postings(1)->set_amount(34);
                       e.mutable_postings(1)->set_balance_after(41);
                     }),
            "OK")
      << "held points stay behind";
}

}  // namespace
}  // namespace tanhui
