// Points past their date are gone, whether an entry says so already or not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;
using ::testing::HasSubstr;

// Alice has 5 points to the end of February 2024 and 10 to that of the next; it is 2024-02-28.
World EndOfFebruary() {
  World world = Funded();
  Done(world, WithGrams(ActAt(Award("old", kAlice, kBudget, 5), On("2023-02-10")), 50));
  Done(world, WithGrams(Award("new", kAlice, kBudget, 10), 90));
  EXPECT_EQ(Purse(world, kAlice), "15 = 649:5g50 661:10g90");
  return world;
}

TEST(ExpiryTest, PointsAreGoodToTheLastDayInShanghai) {
  World world = EndOfFebruary();
  const std::int64_t midnight = MidnightOf("2024-03-01").value();
  world.Wait(midnight - 1 - world.now().value());
  EXPECT_FALSE(world.ledger().Due(world.state(), kAlice, world.now()).has_value());
  EXPECT_EQ(world.Ask(Redeem("r1", kAlice, kShop, 1)), "OK");
  world.Wait(1);
  EXPECT_EQ(world.Ask(Redeem("r2", kAlice, kShop, 11)),
            "INSUFFICIENT_BALANCE points needed=11 available=10");
  EXPECT_EQ(world.Ask(Redeem("r2", kAlice, kShop, 10)), "OK");
  EXPECT_EQ(Purse(world, kAlice), "0");
  EXPECT_EQ(world.BalanceOf(kExpiry), 4);
}

TEST(ExpiryTest, AnExpiryEntryComesRightBefore) {
  World world = EndOfFebruary();
  world.GoTo("2024-03-01");
  const std::uint64_t before = world.last_index();
  ASSERT_EQ(world.Ask(Award("a", kAlice, kBudget, 1)), "OK");
  ASSERT_EQ(world.last_index(), before + 2);
  const Entry& expiry = world.entries()[before + 1];
  ASSERT_TRUE(expiry.has_expiry());
  EXPECT_EQ(expiry.caller(), 0u);
  EXPECT_TRUE(expiry.request_id().empty());
  EXPECT_EQ(expiry.recorded_micros(), world.last().recorded_micros());
  EXPECT_EQ(FormatDate(BusinessDate(expiry.business_date())), "2024-03-01");
  EXPECT_EQ(expiry.expiry().account(), kAlice.value());
  EXPECT_EQ(expiry.expiry().holds_size(), 0);
  EXPECT_EQ(Moves(expiry), "5 -5 [649:-5g-50]; 2 +5");
  EXPECT_EQ(world.last().postings(1).previous(), before + 2);
  EXPECT_EQ(Purse(world, kAlice), "11 = 661:10g90 662:1");
}

TEST(ExpiryTest, ARefusedCommandWritesNone) {
  World world = EndOfFebruary();
  world.GoTo("2024-03-01");
  const std::size_t before = world.entries().size();
  EXPECT_EQ(world.Ask(Redeem("r", kAlice, kShop, 15)),
            "INSUFFICIENT_BALANCE points needed=15 available=10");
  EXPECT_EQ(world.Ask(Award("a", kAlice, kStampBudget, 1)), "ASSET_MISMATCH budget");
  EXPECT_EQ(world.Ask(WithGrams(Award("new", kAlice, kBudget, 10), 90)), "SEEN 22");
  EXPECT_EQ(world.entries().size(), before);
  EXPECT_EQ(Purse(world, kAlice), "15 = 649:5g50 661:10g90");
}

TEST(ExpiryTest, TheSweeperFindsTheRest) {
  World world = EndOfFebruary();
  EXPECT_FALSE(world.Sweep(kAlice));
  world.GoTo("2025-03-01");
  EXPECT_TRUE(world.Sweep(kAlice));
  EXPECT_EQ(Moves(world.last()), "5 -15 [649:-5g-50 661:-10g-90]; 2 +15") << "both at once";
  EXPECT_FALSE(world.Sweep(kAlice)) << "nothing is due twice";
  EXPECT_EQ(Purse(world, kAlice), "0");
  EXPECT_EQ(world.BalanceOf(kExpiry), 15);
}

TEST(ExpiryTest, GiverAndReceiverAreSwept) {
  World world = EndOfFebruary();
  Done(world, ActAt(Award("bob", kBob, kBudget, 3), On("2023-02-11")));
  world.GoTo("2024-03-15");
  const std::uint64_t before = world.last_index();
  ASSERT_EQ(world.Ask(Transfer("t", kAlice, kBob, 10)), "OK");
  EXPECT_EQ(world.last_index(), before + 3);
  EXPECT_TRUE(world.entries()[before + 1].has_expiry());
  EXPECT_TRUE(world.entries()[before + 2].has_expiry());
  EXPECT_EQ(Purse(world, kAlice), "0");
  EXPECT_EQ(Purse(world, kBob), "10 = 661:10g90");
  EXPECT_EQ(world.BalanceOf(kExpiry), 8);
}

TEST(ExpiryTest, FrozenAndClosedPointsExpireToo) {
  World world = EndOfFebruary();
  Done(world, SetStatus("s", kAlice, AccountStatus::kFrozen));
  world.GoTo("2024-03-01");
  EXPECT_TRUE(world.Sweep(kAlice));
  EXPECT_EQ(Purse(world, kAlice), "10 = 661:10g90");
}

// Points past their date do not keep an account open, and go to the expiry account all the same.
TEST(ExpiryTest, WhatIsPastItsDateDoesNotKeepAnAccountOpen) {
  World world = EndOfFebruary();
  Done(world, Redeem("r", kAlice, kShop, 5));
  world.GoTo("2025-03-01");
  EXPECT_EQ(world.Ask(Close("c", kAlice)), "OK");
  world.Sweep(kAlice);
  EXPECT_EQ(Purse(world, kAlice), "0");
  EXPECT_EQ(world.BalanceOf(kExpiry), 10);
  EXPECT_EQ(world.Of(kAlice).status, AccountStatus::kClosed);
}

// What is decided does not depend on whether the sweeper has been there.
TEST(ExpiryTest, SweptOrNotTheAnswerIsTheSame) {
  World world = EndOfFebruary();
  Done(world, HoldPoints("h", kAlice, kShop, 7, On("2024-03-05")));
  const std::uint64_t hold = world.last_index();
  const std::uint64_t spent = Done(world, Redeem("r", kAlice, kShop, 2));
  world.GoTo("2025-02-28");
  const std::vector<Command> commands = {
      Award("a", kAlice, kBudget, 1),
      Redeem("x", kAlice, kShop, 8),
      Redeem("x", kAlice, kShop, 6),
      Transfer("t", kAlice, kBob, 7),
      Capture("c", hold, 1),
      Release("l", hold),
      Refund("f", spent, 2),
      Reverse("v", 21),
      Reverse("v", 22),
      Close("k", kAlice),
      Close("k", kAlice, true),
      Merge("m", kAlice, kBob),
      Merge("m", kBob, kAlice),
      Cancel("z", "new"),
      Cancel("z", "old"),
      HoldPoints("o", kAlice, kShop, 3, world.InDays(1)),
      HoldPoints("o", kAlice, kShop, 13, world.InDays(1)),
  };
  World swept = world;
  ASSERT_TRUE(swept.Sweep(kAlice));
  for (const Command& command : commands) {
    World first = world;
    World second = swept;
    const Command completed = world.Complete(command);
    EXPECT_EQ(first.AskCompleted(completed), second.AskCompleted(completed))
        << command.draft.ShortDebugString();
    first.Sweep(kAlice);
    EXPECT_EQ(Purse(first, kAlice), Purse(second, kAlice)) << command.draft.ShortDebugString();
    EXPECT_EQ(Purse(first, kBob), Purse(second, kBob)) << command.draft.ShortDebugString();
  }
}

TEST(ExpiryTest, ApplyFindsAnExpiryThatIsNotDue) {
  World world = EndOfFebruary();
  world.GoTo("2024-03-01");
  const Entry good = *world.ledger().Due(world.state(), kAlice, world.now());
  const auto broken = [&](auto&& change) {
    Entry entry = good;
    change(entry);
    return world.FaultOf(entry);
  };
  EXPECT_EQ(broken([](Entry&) {}), "OK");
  EXPECT_NE(broken([](Entry& e) { e.set_recorded_micros(MidnightOf("2024-02-29").value()); }), "OK")
      << "a lot that is not past its date by the entry's own time";
  EXPECT_NE(broken([](Entry& e) {
              auto& lot = *e.mutable_postings(0)->mutable_lots(0);
              lot.set_expiry_month(661);
            }),
            "OK")
      << "a lot that is good for another year";
  EXPECT_NE(broken([](Entry& e) { e.mutable_expiry()->set_account(kBob.value()); }), "OK");
  EXPECT_NE(broken([](Entry& e) { e.mutable_expiry()->add_holds(3); }), "OK");
  EXPECT_NE(broken([&](Entry& e) { e.mutable_postings(1)->set_account(kShop.value()); }), "OK")
      << "a merchant gets what expired";
}

}  // namespace
}  // namespace tanhui
