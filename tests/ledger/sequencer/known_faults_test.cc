// One test for each fault of points ledgers elsewhere that queues, threads and restarts can show;
// the others stand in tests/ledger/points/known_faults_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/ledger/sequencer/town.h"

namespace tanhui::sequencer {
namespace {

using testing::Each;
using testing::StartsWith;
using world::kAlice;
using world::kBob;
using world::kBudget;
using world::kNextAccount;
using world::kPoints;
using world::kShop;

constexpr std::uint64_t kFirst = 22;

// Sends the commands of `make(thread, i)` from each of the threads, waits for all the answers and
// counts them by their first word.
template <typename Make>
std::map<std::string, int> FromThreads(Town& town, int threads, int each, Make make) {
  std::mutex mutex;
  std::map<std::string, int> counts;
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      std::vector<std::future<std::vector<Outcome>>> answers;
      for (int i = 0; i < each; ++i) {
        answers.push_back(town.Send({town.desk().Complete(make(t, i))}));
      }
      for (auto& answer : answers) {
        const std::string words = Words(answer.get()).at(0);
        const std::lock_guard lock(mutex);
        ++counts[words.substr(0, words.find(' '))];
      }
    });
  }
  for (std::thread& thread : running) {
    thread.join();
  }
  return counts;
}

std::string Id(int thread, int i) { return std::to_string(thread) + "." + std::to_string(i); }

// A budget is overspent when awards read its balance before others have written theirs.
TEST(KnownFaults, TenThousandAwardsOnOneBudgetSpendWhatItHolds) {
  constexpr int kThreads = 8;
  constexpr int kEach = 1'250;
  constexpr std::int64_t kHolds = 4'321;
  TownOptions options;
  options.sequencer.max_queued_commands = 20'000;
  Town town(options);
  ASSERT_EQ(town.Ask(world::By(world::OpenBudget("b", "small", world::kSponsor, kPoints),
                               world::kOperator)),
            "OK 22");
  ASSERT_EQ(town.Ask(world::Fund("f", kNextAccount, kHolds)), "OK 23");
  const auto counts = FromThreads(town, kThreads, kEach, [](int t, int i) {
    return world::Award(Id(t, i), i % 2 == 0 ? kAlice : kBob, kNextAccount, 1);
  });
  EXPECT_EQ(counts,
            (std::map<std::string, int>{{"OK", kHolds}, {"INSUFFICIENT_BUDGET", 10'000 - kHolds}}));
  EXPECT_EQ(town.BalanceOf(kNextAccount), 0);
  EXPECT_EQ(town.BalanceOf(kAlice) + town.BalanceOf(kBob), kHolds);
  EXPECT_EQ(town.Difference(), "");
}

// "Deadlocks on hot accounts": transfers both ways between two accounts, and everybody redeems at
// one merchant.
TEST(KnownFaults, HotAccountsDoNotLockEachOther) {
  Town town;
  ASSERT_EQ(town.Ask(world::Award("a", kAlice, kBudget, 1'000)), "OK 22");
  ASSERT_EQ(town.Ask(world::Award("b", kBob, kBudget, 1'000)), "OK 23");
  const auto counts = FromThreads(town, 4, 400, [](int t, int i) {
    const AccountNo from = t % 2 == 0 ? kAlice : kBob;
    const AccountNo to = t % 2 == 0 ? kBob : kAlice;
    return i % 4 == 0 ? world::Redeem(Id(t, i), from, kShop, 1)
                      : world::Transfer(Id(t, i), from, to, 1);
  });
  EXPECT_EQ(counts, (std::map<std::string, int>{{"OK", 1'600}}));
  EXPECT_EQ(town.BalanceOf(kShop), 400);
  EXPECT_EQ(town.BalanceOf(kAlice) + town.BalanceOf(kBob), 1'600);
  EXPECT_EQ(town.Difference(), "");
}

// "Queue accepted but balance never updated": who is told OK finds the balance durable.
TEST(KnownFaults, WhatIsAnsweredIsInTheBalance) {
  Town town;
  for (int i = 1; i <= 50; ++i) {
    ASSERT_EQ(town.Ask(world::Award(std::to_string(i), kAlice, kBudget, 2)),
              "OK " + std::to_string(kFirst + static_cast<std::uint64_t>(i) - 1));
    ASSERT_EQ(town.BalanceOf(kAlice), 2 * i);
  }
  town.Reopen();
  EXPECT_EQ(town.BalanceOf(kAlice), 100);
}

// "A retry without replay", from everywhere at once.
TEST(KnownFaults, OneRequestFromManyThreadsHappensOnce) {
  Town town;
  ASSERT_EQ(town.Ask(world::Award("a", kAlice, kBudget, 1'000)), "OK 22");
  ASSERT_EQ(town.Ask(world::HoldPoints("h", kAlice, kShop, 100,
                                       LedgerTime(world::kStart.value() + kMicrosPerDay))),
            "OK 23");
  const Command capture = town.desk().Complete(world::Capture("c", 23, 60));
  std::mutex mutex;
  std::map<std::string, int> answers;
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&] {
      const std::string words = town.AskCompleted(capture);
      const std::lock_guard lock(mutex);
      ++answers[words];
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(answers, (std::map<std::string, int>{{"OK 24", 1}, {"AGAIN 24", 15}}));
  EXPECT_EQ(town.BalanceOf(kShop), 60);
  town.Reopen();
  EXPECT_EQ(town.AskCompleted(capture), "AGAIN 24") << "kept for ever";
}

// "Refund twice": two clerks at once.
TEST(KnownFaults, TwoRefundsAtOnceGiveBackOnce) {
  Town town;
  ASSERT_EQ(town.Ask(world::Award("a", kAlice, kBudget, 100)), "OK 22");
  ASSERT_EQ(town.Ask(world::Redeem("r", kAlice, kShop, 100)), "OK 23");
  const auto counts =
      FromThreads(town, 8, 5, [](int t, int i) { return world::Refund(Id(t, i), 23, 30); });
  EXPECT_EQ(counts, (std::map<std::string, int>{{"OK", 3}, {"NOTHING_LEFT_TO_UNDO", 37}}));
  EXPECT_EQ(town.BalanceOf(kShop), 10);
}

// "An expired hold that frees nothing", and its like over a restart: no timer is lost, since none
// is needed.
TEST(KnownFaults, ARestartLosesNoDeadline) {
  Town town;
  ASSERT_EQ(town.Ask(world::Award("a", kAlice, kBudget, 100)), "OK 22");
  ASSERT_EQ(town.Ask(world::HoldPoints("h", kAlice, kShop, 100,
                                       LedgerTime(world::kStart.value() + kMicrosPerDay))),
            "OK 23");
  town.clock().Wait(kMicrosPerDay);
  town.Reopen();
  EXPECT_EQ(town.Ask(world::Capture("c", 23, 1)), "HOLD_RESOLVED hold");
  EXPECT_EQ(town.Ask(world::Redeem("r", kAlice, kShop, 100)), "OK 25") << "after its expiry";
  EXPECT_TRUE(town.EntryAt(24).has_expiry());
  EXPECT_EQ(town.Difference(), "");
}

// A batch touches an account with something due once, whatever its commands are.
TEST(KnownFaults, WhatIsDueIsWrittenOnceForABatch) {
  Town town;
  const LedgerTime last_year(world::kStart.value() - 360 * kMicrosPerDay);
  ASSERT_EQ(town.Ask(world::ActAt(world::Award("a", kAlice, kBudget, 100), last_year)), "OK 22");
  for (int day = 0; day < 40; ++day) {
    town.clock().Wait(kMicrosPerDay);
    ASSERT_THAT(town.Ask(world::Award("b" + std::to_string(day), kBob, kBudget, 1)),
                StartsWith("OK"));
  }
  const std::uint64_t before = town.Size();
  const std::vector<Command> batch = {world::Award("x", kAlice, kBudget, 1),
                                      world::Transfer("y", kBob, kAlice, 1),
                                      world::Redeem("z", kAlice, kShop, 2)};
  EXPECT_THAT(town.Try(batch, true), Each(StartsWith("OK")));
  EXPECT_EQ(town.Size(), before) << "what is only validated writes no expiry either";
  EXPECT_THAT(town.AskAll(batch, true), Each(StartsWith("OK")));
  EXPECT_EQ(town.Size(), before + 4);
  EXPECT_TRUE(town.EntryAt(before).has_expiry());
  EXPECT_EQ(town.BalanceOf(world::kExpiry), 100);
  EXPECT_EQ(town.Difference(), "");
}

// "A node-local TTL that makes replicas diverge": the same log, opened by clocks that are years
// apart, is the same state; what is past its date goes by an entry of whoever writes next.
TEST(KnownFaults, AReplicasClockChangesNothing) {
  Town town;
  ASSERT_EQ(town.Ask(world::Award("a", kAlice, kBudget, 100)), "OK 22");
  town.clock().Wait(800 * kMicrosPerDay);
  town.Reopen();
  EXPECT_EQ(town.Size(), kFirst + 1);
  EXPECT_EQ(town.BalanceOf(kAlice), 100) << "as the log says";
  EXPECT_EQ(town.Difference(), "") << "an audit does not ask what time it is";
  town.sequencer().ConfirmClock();
  EXPECT_EQ(town.Ask(world::Redeem("r", kAlice, kShop, 100)),
            "INSUFFICIENT_BALANCE points needed=100 available=0");
}

// "A restart that cannot open its own files after an out-of-memory kill": what lies on the disk
// while everything is going on opens, holds what was acknowledged, and goes on. Kills at random
// moments are those of tests/crash.
TEST(KnownFaults, WhatAKillLeavesOpensAgain) {
  namespace fs = std::filesystem;
  // Its buffers are large: nothing is written behind it while it is copied.
  Town town;
  const auto counts = FromThreads(town, 4, 250, [](int t, int i) {
    return world::Award(Id(t, i), i % 2 == 0 ? kAlice : kBob, kBudget, 1);
  });
  ASSERT_EQ(counts.at("OK"), 1'000);
  ScratchDirectory scratch;
  TownOptions after;
  after.directory = scratch / "killed";
  after.store = SmallStore();
  after.cast = false;
  // Nothing is closed or flushed before, as a kill does not.
  fs::copy(town.directory(), after.directory, fs::copy_options::recursive);
  Town again(after);
  EXPECT_EQ(again.Size(), kFirst + 1'000);
  EXPECT_EQ(again.BalanceOf(kAlice), 500);
  EXPECT_EQ(again.Difference(), "");
  EXPECT_THAT(again.Ask(world::Redeem("r", kAlice, kShop, 500)), StartsWith("OK"));
}

}  // namespace
}  // namespace tanhui::sequencer
