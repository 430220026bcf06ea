// What is due is written without anybody asking, in steps.
#include "ledger/sequencer/sweeper.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ledger/points/settled.h"
#include "ledger/sequencer/engine.h"
#include "tests/ledger/sequencer/town.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::sequencer {
namespace {

using world::kAlice;
using world::kBudget;
using world::kExpiry;
using world::kPoints;

constexpr std::int64_t kYear = 400 * kMicrosPerDay;  // past the month of any award

SweeperOptions Quick() {
  SweeperOptions options;
  options.max_due = 10;
  options.max_rows = 7;
  options.look_at_clock = std::chrono::milliseconds(1);
  options.try_again = std::chrono::milliseconds(1);
  return options;
}

bool LotsOrHoldsAreDue(const Registry&, AccountNo, const Account& account, LedgerTime now) {
  return points::IsDue(account, now);
}

std::unique_ptr<Sweeper> SweeperOf(Town& town, const SweeperOptions& options = Quick()) {
  return std::make_unique<Sweeper>(
      options, town.store(), town.sequencer(), town.clock(),
      [] { return std::make_shared<const Registry>(); }, LotsOrHoldsAreDue);
}

// Citizens with ten points each.
void Settle(Town& town, int citizens) {
  std::vector<Command> openings;
  for (int i = 0; i < citizens; ++i) {
    openings.push_back(world::OpenCitizen("open" + std::to_string(i), kPoints));
  }
  std::vector<Command> awards;
  for (const std::string& words : town.AskAll(openings)) {
    const Entry opening = town.EntryAt(std::stoull(words.substr(3)));
    awards.push_back(world::Award("award" + std::to_string(awards.size()),
                                  AccountNo(opening.account_opening().number()), kBudget, 10));
  }
  for (const std::string& words : town.AskAll(awards)) {
    ASSERT_TRUE(words.starts_with("OK")) << words;
  }
}

TEST(Sweeper, WhatIsDueAtItsStartIsSweptInSteps) {
  Town town;
  Settle(town, 45);
  town.clock().Wait(kYear);
  const std::uint64_t before = town.Size();
  const std::size_t commits_before = town.commits().size();
  const auto sweeper = SweeperOf(town);
  sweeper->AwaitPasses(1);
  EXPECT_EQ(town.Size(), before + 45);
  EXPECT_EQ(town.BalanceOf(kExpiry), 450);
  const std::vector<std::uint64_t> commits = town.commits();
  EXPECT_GE(commits.size() - commits_before, 5u);
  for (std::size_t i = commits_before; i < commits.size(); ++i) {
    EXPECT_LE(commits[i] - commits[i - 1], 10u);
  }
  for (std::uint64_t i = before; i < town.Size(); ++i) {
    EXPECT_TRUE(town.EntryAt(i).has_expiry());
    EXPECT_EQ(town.EntryAt(i).caller(), 0u);
  }
  EXPECT_EQ(town.Difference(), "");
}

TEST(Sweeper, NothingIsWrittenWhenNothingIsDue) {
  Town town;
  Settle(town, 20);
  const std::uint64_t before = town.Size();
  const auto sweeper = SweeperOf(town);
  sweeper->AwaitPasses(1);
  sweeper->Nudge();
  sweeper->AwaitPasses(2);
  EXPECT_EQ(town.Size(), before);
}

TEST(Sweeper, APassBeginsWithEachShanghaiDate) {
  Town town;
  Settle(town, 3);
  const auto sweeper = SweeperOf(town);
  sweeper->AwaitPasses(1);
  for (std::uint64_t day = 1; day <= 3; ++day) {
    town.clock().Wait(kMicrosPerDay);
    sweeper->AwaitPasses(1 + day);
  }
  town.clock().Wait(kYear);
  sweeper->AwaitPasses(5);
  EXPECT_EQ(town.BalanceOf(kExpiry), 30);
  EXPECT_EQ(sweeper->passes(), 5u) << "one a date";
  town.clock().Jump(-kMicrosPerDay);  // set back: another date, and nothing to do
  sweeper->AwaitPasses(6);
  EXPECT_EQ(town.BalanceOf(kExpiry), 30);
}

TEST(Sweeper, AHoldPastItsDeadlineIsFreed) {
  Town town;
  Settle(town, 1);
  const LedgerTime deadline(town.clock().Wall().value() + kMicrosPerDay);
  ASSERT_TRUE(town.Ask(world::HoldPoints("h", world::kNextAccount, world::kShop, 4, deadline))
                  .starts_with("OK"));
  const auto sweeper = SweeperOf(town);
  sweeper->AwaitPasses(1);
  const auto account = [&] { return town.store().ReadAccountAsOf(world::kNextAccount)->account; };
  EXPECT_EQ(account().held, Amount(4));
  town.clock().Wait(kMicrosPerDay);
  sweeper->AwaitPasses(2);
  EXPECT_EQ(account().held, Amount(0));
  EXPECT_EQ(account().lots[0].points, Amount(10));
  EXPECT_EQ(town.EntryAt(town.Size() - 1).expiry().holds_size(), 1);
}

// One bad step of the clock must not expire a city's points.
TEST(Sweeper, WhileWritesAreStoppedItTriesAgain) {
  Town town;
  Settle(town, 25);
  town.clock().Jump(kYear);
  const std::uint64_t before = town.Size();
  auto sweeper = SweeperOf(town);
  while (town.sequencer().WritesStopped().empty()) {
    std::this_thread::yield();
  }
  EXPECT_EQ(town.Size(), before);
  EXPECT_EQ(sweeper->passes(), 0u);
  sweeper.reset();  // it can be stopped meanwhile
  EXPECT_EQ(town.Size(), before);

  sweeper = SweeperOf(town);
  town.sequencer().ConfirmClock();
  sweeper->AwaitPasses(1);
  EXPECT_EQ(town.BalanceOf(kExpiry), 250);
}

TEST(Sweeper, ASequencerThatStoppedTakingIsNoObstacleToItsEnd) {
  Town town;
  Settle(town, 25);
  town.clock().Wait(kYear);
  town.sequencer().StopTaking();
  auto sweeper = SweeperOf(town);
  sweeper.reset();
  EXPECT_EQ(town.BalanceOf(kExpiry), 0);
}

TEST(Sweeper, CommandsGoOnWhileItSweeps) {
  Town town;
  Settle(town, 200);
  town.clock().Wait(kYear);
  auto sweeper = SweeperOf(town);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(
        town.Ask(world::Award("now" + std::to_string(i), kAlice, kBudget, 1)).starts_with("OK"));
  }
  sweeper->AwaitPasses(1);
  sweeper.reset();
  EXPECT_EQ(town.BalanceOf(kExpiry), 2'000);
  EXPECT_EQ(town.BalanceOf(kAlice), 100);
  EXPECT_EQ(town.Difference(), "");
}

// The engine starts and stops it, and gives it the registry: what a budget did not use goes back.
TEST(Sweeper, TheEngineSweepsFromItsStart) {
  ScratchDirectory scratch;
  HandClock clock(world::kStart);
  Desk desk;
  EngineOptions options;
  options.data_directory = scratch / "data";
  options.checkpoint_copy = scratch / "second";
  options.sweeper = Quick();
  options.may_be_due = [](const Registry& registry, AccountNo number, const Account&, LedgerTime) {
    return registry.FindBudget(number) != nullptr;
  };
  const auto open = [&] {
    auto engine = Engine::Open(options, TestLedger(), clock, signing::DemoSigner());
    Check(engine.ok(), engine.status().ToString());
    return *std::move(engine);
  };
  auto engine = open();
  std::promise<std::vector<Outcome>> promise;
  Submission submission;
  submission.commands = desk.Complete(std::vector<Command>{
      world::CreateParticipant("p", "sponsor", ParticipantKind::kSponsor),
      world::CreateScheme("s", "scheme"), world::CreateAsset("a", "points", SchemeNo(1)),
      world::OpenDatedBudget("b", "budget", ShanghaiDate(world::kStart),
                             ShanghaiDate(world::kStart), 30),
      world::Fund("f", AccountNo(3), 1'000)});
  submission.commands[3].draft.mutable_budget_opening()->set_sponsor(2);
  submission.done = [&promise](std::vector<Outcome> outcomes) {
    promise.set_value(std::move(outcomes));
  };
  ASSERT_FALSE(engine->sequencer().Submit(std::move(submission)).has_value());
  for (const std::string& words : Words(promise.get_future().get())) {
    ASSERT_TRUE(words.starts_with("OK")) << words;
  }
  const auto funds = [&] { return engine->store().ReadAccountAsOf(AccountNo(3))->account.balance; };
  // A nudge before the first pass begins is that pass.
  engine->sweeper()->AwaitPasses(1);
  engine->sweeper()->Nudge();
  engine->sweeper()->AwaitPasses(2);
  EXPECT_EQ(funds(), Amount(1'000));
  engine.reset();
  clock.Wait(32 * kMicrosPerDay);
  options.sequencer.max_start_gap_micros = 60 * kMicrosPerDay;
  engine = open();
  engine->sweeper()->AwaitPasses(1);
  EXPECT_EQ(funds(), Amount(0));
}

}  // namespace
}  // namespace tanhui::sequencer
