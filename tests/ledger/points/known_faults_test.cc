// One test for each fault of points ledgers elsewhere that decide and apply can show; those of
// queues, crashes and threads stand in tests/ledger/sequencer/known_faults_test.cc.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;

// "Expiry by date filter while debits are not tied to lots": a job subtracts what was earned in a
// month although it was spent meanwhile, and the balance collapses.
TEST(KnownFaults, SpentPointsDoNotExpireAgain) {
  World world = Funded();
  Done(world, ActAt(Award("old", kAlice, kBudget, 100), On("2023-02-10")));
  Done(world, Award("new", kAlice, kBudget, 50));
  Done(world, Redeem("r", kAlice, kShop, 90));  // of the old ones
  world.GoTo("2024-03-01");
  world.Sweep(kAlice);
  EXPECT_EQ(Purse(world, kAlice), "50 = 661:50") << "only the 10 that were left are gone";
  EXPECT_EQ(world.BalanceOf(kExpiry), 10);
}

// The same the other way round: what was earned later must not be counted as what expires.
TEST(KnownFaults, ATransferDoesNotRenewPoints) {
  World world = Funded();
  Done(world, ActAt(Award("old", kAlice, kBudget, 10), On("2023-02-10")));
  Done(world, Transfer("t1", kAlice, kBob, 10));
  Done(world, Transfer("t2", kBob, kAlice, 10));
  world.GoTo("2024-03-01");
  EXPECT_EQ(world.Ask(Redeem("r", kAlice, kShop, 1)),
            "INSUFFICIENT_BALANCE points needed=1 available=0");
}

// "Holds not counted in the available amount."
TEST(KnownFaults, HeldPointsAreNotSpentTwice) {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 10));
  const auto hold = Done(world, HoldPoints("h", kAlice, kShop, 10, world.InDays(1)));
  Play(world,
       {
           {Redeem("r", kAlice, kShop, 1), "INSUFFICIENT_BALANCE points needed=1 available=0"},
           {Capture("c", hold, 10), "OK"},
       });
  EXPECT_EQ(world.BalanceOf(kShop), 10);
}

// "An expired hold that frees nothing."
TEST(KnownFaults, AHoldPastItsDeadlineFreesItsPoints) {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 10));
  Done(world, HoldPoints("h", kAlice, kShop, 10, world.InDays(1)));
  world.WaitDays(1);
  EXPECT_EQ(world.Ask(Redeem("r", kAlice, kShop, 10)), "OK") << "without any job having run";
  EXPECT_TRUE(world.Of(kAlice).holds.empty());
}

// "A retry without replay."
TEST(KnownFaults, ARetryIsAnsweredAsTheFirstTime) {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 30));
  const auto hold = Done(world, HoldPoints("h", kAlice, kShop, 10, world.InDays(1)));
  const auto spent = Done(world, Redeem("r", kAlice, kShop, 10));
  const std::vector<Command> once = {
      Capture("c", hold, 4),  Refund("f", spent, 10),     Reverse("v", 21),
      Cancel("x", "funded2"), ReturnBudget("b", kBudget), Transfer("t", kBob, kAlice, 1),
  };
  Done(world, Award("bob", kBob, kBudget, 1));
  for (const Command& command : once) {
    const std::string index = std::to_string(Done(world, command));
    const auto before = world.state().accounts();
    world.WaitDays(60);  // whatever holds by now
    EXPECT_EQ(world.Ask(command), (command.draft.has_cancellation() ? "SEEN " : "SEEN ") + index);
    EXPECT_EQ(world.state().accounts(), before);
    EXPECT_EQ(world.last_index(), std::stoull(index)) << "nothing was written";
    world.Wait(-60 * kMicrosPerDay);
  }
}

// "The same key with other content accepted."
TEST(KnownFaults, TheSameIdWithOtherContentIsNamed) {
  World world = Funded();
  Done(world, Award("a", kAlice, kBudget, 30));
  const auto spent = Done(world, Redeem("r", kAlice, kShop, 10));
  Done(world, Refund("f", spent, 4));
  EXPECT_EQ(world.Ask(Refund("f", spent, 5)), "SEEN 23 OTHER points");
  EXPECT_EQ(world.Ask(Reverse("f", 21)), "SEEN 23 OTHER request_id");
  EXPECT_EQ(world.BalanceOf(kShop), 6);
}

// "Refund twice", and clawback twice.
TEST(KnownFaults, NothingIsGivenOrTakenBackTwice) {
  World world = Funded();
  const auto award = Done(world, Award("a", kAlice, kBudget, 30));
  const auto spent = Done(world, Redeem("r", kAlice, kShop, 10));
  Play(world, {
                  {Refund("f1", spent, 10), "OK"},
                  {Refund("f2", spent, 10), "NOTHING_LEFT_TO_UNDO points left=0"},
                  {Cancel("c1", "r"), "NOT_CANCELLABLE target_request_id"},
                  {Reverse("v1", award), "OK"},
                  {Reverse("v2", award), "NOTHING_LEFT_TO_UNDO quantity left=0"},
                  {Cancel("c2", "a"), "NOT_CANCELLABLE target_request_id"},
              });
  EXPECT_EQ(world.BalanceOf(kBudget), 10'000);
  EXPECT_EQ(world.BalanceOf(kShop), 0);
  EXPECT_EQ(Purse(world, kAlice), "0");
}

// Stores forget the clawback after a refund of the goods: the points stay spent and earned at once.
TEST(KnownFaults, ARefundAndAClawbackBothCount) {
  World world = Funded();
  const auto award = Done(world, Award("a", kAlice, kBudget, 30));
  const auto spent = Done(world, Redeem("r", kAlice, kShop, 30));
  Done(world, Reverse("v", award));
  Done(world, Refund("f", spent, 30));
  EXPECT_EQ(Purse(world, kAlice), "0");
  EXPECT_EQ(world.BalanceOf(kBudget), 10'000);
}

// "A node-local TTL that makes replicas diverge": nothing expires but by an entry, so whoever
// applies the same bytes at whatever time has the same state.
TEST(KnownFaults, ReplicasDoNotDependOnTheirClocks) {
  World world = Funded();
  Done(world, ActAt(Award("old", kAlice, kBudget, 10), On("2023-02-10")));
  Done(world, HoldPoints("h", kAlice, kShop, 4, world.InDays(1)));
  Done(world, OpenDatedBudget("b", "dated", BusinessDate(0), Day("2024-02-29")));
  Done(world, Fund("fb", kNextAccount, 7));
  world.GoTo("2024-03-05");
  Done(world, Award("new", kAlice, kBudget, 1));
  std::vector<State> replicas;
  for (const std::string_view clock : {"2024-02-28", "2024-03-05", "2031-01-01"}) {
    World replica(Cast::kEmpty);
    replica.GoTo(clock);
    State state;
    for (const Entry& entry : world.entries()) {
      Entry read;
      ASSERT_TRUE(read.ParseFromString(entry.SerializeAsString()));
      ASSERT_EQ(replica.ledger().TryApply(state, read), std::nullopt);
    }
    replicas.push_back(state);
  }
  for (const State& replica : replicas) {
    EXPECT_EQ(replica.accounts(), world.state().accounts());
    EXPECT_EQ(replica.head(), world.state().head());
  }
}

// "Sparse filters that scan everything": an account's own entries are found by walking its chain,
// not by looking at others'.
TEST(KnownFaults, AHistoryIsWalkedWithoutLookingAtOthers) {
  World world = Funded(100'000);
  Done(world, Award("first", kAlice, kBudget, 1));
  for (int i = 0; i < 50; ++i) {
    Done(world, Award("b" + std::to_string(i), kBob, kBudget, 1));
  }
  Done(world, Award("last", kAlice, kBudget, 2));
  std::vector<std::uint64_t> walked;
  for (std::uint64_t at = world.Of(kAlice).last_entry_plus_one; at != 0;) {
    walked.push_back(at - 1);
    for (const entry::v1::Posting& posting : world.entries()[at - 1].postings()) {
      if (posting.account() == kAlice.value()) {
        at = posting.previous();
        break;
      }
    }
  }
  EXPECT_EQ(walked, (std::vector<std::uint64_t>{72, 21}));
}

// An account that is opened, frozen and merged under a platform's own name: a hold or a debt must
// not vanish with the old account.
TEST(KnownFaults, AMergeLosesNeitherHoldsNorDebts) {
  World world = Funded();
  const auto award = Done(world, Award("a", kAlice, kBudget, 10));
  const auto hold = Done(world, HoldPoints("h", kAlice, kShop, 10, world.InDays(1)));
  Done(world, Reverse("v", award));
  Done(world, Merge("m", kAlice, kBob));
  EXPECT_EQ(Purse(world, kBob), "0 + held 10 - debt 10");
  Done(world, Capture("c", hold, 6));
  EXPECT_EQ(Purse(world, kBob), "-6 - debt 6");
}

}  // namespace
}  // namespace tanhui
