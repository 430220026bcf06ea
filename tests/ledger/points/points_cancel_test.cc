// CancelRequest (冲正) of what the points book did.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

TEST(PointsCancelTest, EachKindGoesBack) {
  struct Row {
    Command command;
    std::string_view postings;  // of the cancellation: giver first
  };
  const Row rows[] = {
      {Fund("x", kBudget, 10), "11:-10=100 1:10=-100"},
      {Award("x", kAlice, kBudget, 10), "5:-10=50 11:10=50"},
      {Redeem("x", kAlice, kShop, 10), "9:-10=0 5:10=50"},
      {Transfer("x", kAlice, kBob, 10), "6:-10=0 5:10=50"},
  };
  for (const Row& row : rows) {
    World world;
    Play(world, {{Fund("f", kBudget, 100), "OK"}, {Award("a", kAlice, kBudget, 50), "OK"}});
    if (row.command.draft.has_funding()) {
      Play(world, {{Cancel("undo the award", "a"), "OK"}});
    }
    const auto before = world.state().accounts();
    Play(world, {{row.command, "OK"}});
    const std::uint64_t target = world.entries().size() - 1;
    Play(world, {{Cancel("c", "x"), "OK"}});
    std::string text;
    for (const entry::v1::Posting& posting : world.last().postings()) {
      text += (text.empty() ? "" : " ") + std::to_string(posting.account()) + ":" +
              std::to_string(posting.amount()) + "=" + std::to_string(posting.balance_after());
      EXPECT_EQ(posting.previous(), target + 1);
    }
    EXPECT_EQ(text, row.postings);
    EXPECT_EQ(world.last().cancellation().target_index(), target);
    EXPECT_EQ(world.last().cancellation().target_request_id(),
              "\x02"
              "x");
    for (const auto& [number, account] : before) {
      EXPECT_EQ(world.BalanceOf(number), account.balance.units()) << number.value();
    }
    const RequestRecord record{EntryIndex(target), EntryIndex(target + 1)};
    EXPECT_EQ(world.Find("x"), record);
    EXPECT_FALSE(world.Find("x")->blocked());
  }
}

TEST(PointsCancelTest, TwiceIsRefusedAndARepeatIsSeen) {
  World world;
  Play(world, {
                  {Fund("f", kBudget, 100), "OK"},          // entry 20
                  {Award("a", kAlice, kBudget, 10), "OK"},  // 21
                  {Cancel("c", "a"), "OK"},                 // 22
                  {Cancel("c", "a"), "SEEN 22"},
                  {Cancel("c2", "a"), "ALREADY_CANCELLED target_request_id entry_index=22"},
                  {Award("a", kAlice, kBudget, 10), "SEEN 21 CANCELLED 22"},
                  {Award("a", kAlice, kBudget, 11), "SEEN 21 OTHER points"},
                  {Cancel("c3", "c"), "NOT_CANCELLABLE target_request_id"},
                  {Award("a2", kAlice, kBudget, 10), "OK"},  // under a new id
              });
  EXPECT_EQ(world.BalanceOf(kAlice), 10);
  EXPECT_EQ(world.BalanceOf(kBudget), 90);
}

TEST(PointsCancelTest, TheLateRequestFindsItsTombstone) {
  World world;
  Play(world, {
                  {Fund("f", kBudget, 100), "OK"},
                  {Cancel("c", "a"), "OK"},
                  {Award("a", kAlice, kBudget, 10), "BLOCKED 21"},
                  {Award("a", kBob, kBudget, 99), "BLOCKED 21"},
                  {Redeem("a", kAlice, kShop, 1), "BLOCKED 21"},
                  {Cancel("c2", "a"), "ALREADY_CANCELLED target_request_id entry_index=21"},
              });
  const RequestRecord record{EntryIndex(21), EntryIndex(21)};
  EXPECT_EQ(world.Find("a"), record);
  EXPECT_TRUE(world.Find("a")->blocked());
  EXPECT_EQ(world.BalanceOf(kAlice), 0);
}

TEST(PointsCancelTest, SpentPointsCannotGoBack) {
  World world;
  Play(world,
       {
           {Fund("f", kBudget, 100), "OK"},
           {Award("a1", kAlice, kBudget, 10), "OK"},
           {Award("a2", kAlice, kBudget, 5), "OK"},
           {Redeem("r", kAlice, kShop, 12), "OK"},
           {Cancel("c", "a1"), "INSUFFICIENT_BALANCE target_request_id needed=10 available=3"},
           {Cancel("c", "a2"), "INSUFFICIENT_BALANCE target_request_id needed=5 available=3"},
           {Cancel("c", "f"), "INSUFFICIENT_BUDGET target_request_id needed=100 available=85"},
           {Cancel("c", "r"), "OK"},
           {Cancel("c1", "a1"), "OK"},
           {Cancel("c2", "a2"), "OK"},
           {Cancel("c3", "f"), "OK"},
       });
  for (const AccountNo number : {kIssuance, kBudget, kAlice, kShop}) {
    EXPECT_EQ(world.BalanceOf(number), 0) << number.value();
  }
}

TEST(PointsCancelTest, AReceiverThatPassedThePointsOn) {
  World world;
  Play(world,
       {
           {Fund("f", kBudget, 100), "OK"},
           {Award("a", kAlice, kBudget, 10), "OK"},
           {Transfer("t1", kAlice, kBob, 10), "OK"},
           {Transfer("t2", kBob, kAlice, 4), "OK"},
           {Cancel("c1", "t1"), "INSUFFICIENT_BALANCE target_request_id needed=10 available=6"},
           {Cancel("c2", "t2"), "OK"},
           {Cancel("c1", "t1"), "OK"},
       });
  EXPECT_EQ(world.BalanceOf(kAlice), 10);
  EXPECT_EQ(world.BalanceOf(kBob), 0);
}

TEST(PointsCancelTest, OnlyItsCallerUndoesARequest) {
  World world;
  Play(world, {
                  {Fund("f", kBudget, 100), "OK"},
                  {By(Cancel("c", "f"), kOtherPlatform), "OK"},  // a tombstone of its own
                  {Cancel("c", "f"), "OK"},
              });
  EXPECT_TRUE(world.entries()[21].has_tombstone());
  EXPECT_TRUE(world.last().has_cancellation());
}

TEST(PointsCancelTest, ACancellationHasTheDatesOfItsOwn) {
  World world;
  Play(world, {{Fund("f", kBudget, 100), "OK"}});
  world.Wait(3 * kMicrosPerDay);
  Play(world, {{Cancel("c", "f"), "OK"}});
  EXPECT_EQ(world.last().business_date(), world.entries()[20].business_date() + 3);
  EXPECT_EQ(world.last().accounting_date(), world.entries()[20].accounting_date() + 3);
}

TEST(PointsCancelTest, RefusalsInOrder) {
  World world;
  const LedgerTime past(kStart.value() - 1);
  Play(world, {
                  {Fund("f", kBudget, 100), "OK"},          // entry 20
                  {Award("a", kAlice, kBudget, 10), "OK"},  // 21
                  {Award("b", kAlice, kBudget, 10), "OK"},  // 22
                  {Cancel("c", "a"), "OK"},                 // 23
                  {Redeem("r", kAlice, kShop, 5), "OK"},    // 24
              });
  const std::string already = "ALREADY_CANCELLED target_request_id entry_index=23";
  const std::string spent = "INSUFFICIENT_BALANCE target_request_id needed=10 available=5";
  Play(world, {
                  {NotAfter(Cancel("d", "a"), past), "REQUEST_TOO_LATE not_after"},
                  {NotAfter(Cancel("d", "b"), past), "REQUEST_TOO_LATE not_after"},
                  {NotAfter(Cancel("d", "c"), past), "REQUEST_TOO_LATE not_after"},
                  {Cancel("d", "a"), already},  // and the points are spent
                  {Cancel("d", "c"), "NOT_CANCELLABLE target_request_id"},
                  {Cancel("d", "b"), spent},
              });
  world.SetBalance(kBudget, kMax);
  Play(world, {
                  {Cancel("d", "a"), already},  // and the budget is full
                  {Cancel("d", "b"), spent},
              });
  world.SetBalance(kAlice, 10);
  Play(world, {{Cancel("d", "b"), "BALANCE_LIMIT target_request_id"}});
  world.SetBalance(kBudget, kMax - 10);
  Play(world, {{Cancel("d", "b"), "OK"}});
}

}  // namespace
}  // namespace tanhui
