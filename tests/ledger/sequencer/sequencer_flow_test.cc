// Bounds, deadlines, stops, time, and many threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/ledger/sequencer/town.h"

namespace tanhui::sequencer {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using world::Award;
using world::kAlice;
using world::kBudget;

constexpr std::uint64_t kFirst = 22;

// One commit in flight and one decided, both held; whatever comes next waits in the queue.
class FullTown {
 public:
  explicit FullTown(SequencerOptions sequencer) {
    TownOptions options;
    sequencer.max_commit_commands = 1;
    options.sequencer = sequencer;
    town_ = std::make_unique<Town>(options);
    town_->gate().Close();
    held_.push_back(Send("in flight"));
    town_->gate().AwaitArrival();
    held_.push_back(Send("decided"));
    town_->AwaitDecided();
  }

  std::future<std::vector<Outcome>> Send(const std::string& id, std::size_t bytes = 0,
                                         std::size_t count = 1,
                                         std::optional<Refusal>* refused = nullptr) {
    Submission submission;
    for (std::size_t i = 0; i < count; ++i) {
      submission.commands.push_back(
          town_->desk().Complete(Award(id + std::to_string(i), kAlice, kBudget, 1)));
    }
    submission.bytes = bytes;
    return town_->Send(std::move(submission), refused);
  }
  // Refused at once, and `done` never called.
  void ExpectFull(const std::string& id, std::size_t bytes = 0, std::size_t count = 1) {
    std::optional<Refusal> refused;
    auto answer = Send(id, bytes, count, &refused);
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->reason, Reason::kQueueFull);
    EXPECT_THROW(answer.get(), std::future_error) << "done was called";
  }
  Town& town() { return *town_; }

 private:
  std::unique_ptr<Town> town_;
  std::vector<std::future<std::vector<Outcome>>> held_;
};

TEST(SequencerFlow, AFullQueueRefusesAtOnce) {
  SequencerOptions options;
  options.max_queued_commands = 3;
  FullTown full(options);
  auto one = full.Send("one");
  auto two = full.Send("two", 0, 2);
  EXPECT_EQ(full.town().sequencer().queued_commands(), 3u);
  full.ExpectFull("three");
  full.town().gate().Open();
  EXPECT_THAT(Words(one.get()), ElementsAre("OK 24"));
  EXPECT_THAT(Words(two.get()), ElementsAre("OK 25", "OK 26"));
  EXPECT_THAT(Words(full.Send("three").get()), ElementsAre("OK 27"));
  EXPECT_EQ(full.town().Difference(), "");
}

TEST(SequencerFlow, TheQueueIsBoundedInBytes) {
  SequencerOptions options;
  options.max_queued_bytes = 1'000;
  FullTown full(options);
  auto one = full.Send("one", 600);
  full.ExpectFull("two", 401);
  auto three = full.Send("three", 400);
  full.town().gate().Open();
  one.get();
  three.get();
  EXPECT_EQ(full.town().Size(), kFirst + 4);
}

TEST(SequencerFlow, OneSubmissionAboveTheBoundIsTakenAlone) {
  SequencerOptions options;
  options.max_queued_commands = 3;
  FullTown full(options);
  auto large = full.Send("large", 0, 9);
  full.ExpectFull("next");
  full.town().gate().Open();
  EXPECT_EQ(large.get().size(), 9u);
  EXPECT_EQ(full.town().Size(), kFirst + 11);
}

TEST(SequencerFlow, APastDeadlineIsDropped) {
  Town town;
  Submission late;
  late.commands = {town.desk().Complete(Award("a", kAlice, kBudget, 1)),
                   town.desk().Complete(Award("b", kAlice, kBudget, 1))};
  late.deadline = std::chrono::steady_clock::now();
  EXPECT_THAT(Words(town.Send(std::move(late)).get()), Each("DEADLINE_EXCEEDED"));
  Submission early;
  early.commands = {town.desk().Complete(Award("a", kAlice, kBudget, 1))};
  early.deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
  EXPECT_THAT(Words(town.Send(std::move(early)).get()), ElementsAre("OK 22"));
  EXPECT_EQ(town.Size(), kFirst + 1);
}

TEST(SequencerFlow, StoppingAnswersEverythingThatWasTaken) {
  SequencerOptions options;
  FullTown full(options);
  std::vector<std::future<std::vector<Outcome>>> taken;
  for (int i = 0; i < 20; ++i) {
    taken.push_back(full.Send("taken" + std::to_string(i) + "."));
  }
  full.town().sequencer().StopTaking();
  std::optional<Refusal> refused;
  auto late = full.Send("late", 0, 1, &refused);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->reason, Reason::kShuttingDown);
  EXPECT_THROW(late.get(), std::future_error);
  full.town().sequencer().StopTaking();
  // The destructor of the sequencer waits for them all.
  full.town().Reopen();
  for (std::size_t i = 0; i < taken.size(); ++i) {
    EXPECT_THAT(Words(taken[i].get()), ElementsAre("OK " + std::to_string(kFirst + 2 + i)));
  }
  EXPECT_EQ(full.town().Size(), kFirst + 22);
  EXPECT_EQ(full.town().Difference(), "");
}

TEST(SequencerFlow, ANearlyFullDiskStopsWritesAndRecovers) {
  Town town;
  town.free_bytes() = (std::uint64_t{1} << 30) - 1;
  town.clock().Wait(kMicrosPerSecond);
  EXPECT_EQ(town.Ask(Award("a", kAlice, kBudget, 1)), "WRITES_STOPPED_DISK");
  EXPECT_THAT(town.sequencer().WritesStopped(), HasSubstr("full"));
  EXPECT_EQ(town.Size(), kFirst);
  town.free_bytes() = std::uint64_t{1} << 30;
  town.clock().Wait(kMicrosPerSecond);
  EXPECT_EQ(town.Ask(Award("a", kAlice, kBudget, 1)), "OK 22");
  EXPECT_EQ(town.sequencer().WritesStopped(), "");
}

TEST(SequencerFlow, AJumpOfTheClockStopsWritesUntilItIsConfirmed) {
  Town town;
  town.clock().Jump(6 * kMicrosPerMinute);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(town.Ask(Award("a", kAlice, kBudget, 1)), "WRITES_STOPPED_CLOCK");
  }
  EXPECT_THAT(town.sequencer().WritesStopped(), HasSubstr("jumped"));
  town.sequencer().ConfirmClock();
  EXPECT_EQ(town.sequencer().WritesStopped(), "");
  EXPECT_EQ(town.Ask(Award("a", kAlice, kBudget, 1)), "OK 22");
  EXPECT_EQ(LedgerTime(town.EntryAt(kFirst).recorded_micros()), town.clock().Wall());
}

TEST(SequencerFlow, ALongStopOfTheServerStopsWritesUntilItIsConfirmed) {
  Town town;
  town.clock().Wait(31 * kMicrosPerDay);
  town.Reopen();
  EXPECT_EQ(town.Ask(Award("a", kAlice, kBudget, 1)), "WRITES_STOPPED_CLOCK");
  EXPECT_THAT(town.sequencer().WritesStopped(), HasSubstr("gap"));
  town.sequencer().ConfirmClock();
  EXPECT_EQ(town.Ask(Award("a", kAlice, kBudget, 1)), "OK 22");
}

TEST(SequencerFlow, AClockThatGoesBackIsFollowedByOneMicrosecondAtATime) {
  Town town;
  ASSERT_EQ(town.Ask(Award("a", kAlice, kBudget, 1)), "OK 22");
  town.clock().Jump(-kMicrosPerDay);
  ASSERT_EQ(town.Ask(Award("b", kAlice, kBudget, 1)), "OK 23");
  EXPECT_EQ(town.EntryAt(kFirst + 1).recorded_micros(), town.EntryAt(kFirst).recorded_micros() + 1);
}

// Times of entries against the commits that they came in.
void ExpectOneTimePerCommit(const Town& town) {
  std::uint64_t start = kFirst;
  for (const std::uint64_t end : town.commits()) {
    if (end <= kFirst) {
      continue;  // the cast
    }
    for (std::uint64_t i = start; i < end; ++i) {
      const std::int64_t time = town.EntryAt(i).recorded_micros();
      const std::int64_t before = town.EntryAt(i - 1).recorded_micros();
      if (i == start) {
        ASSERT_GT(time, before) << "entry " << i << " begins a commit";
      } else {
        ASSERT_EQ(time, before) << "entry " << i;
      }
    }
    start = end;
  }
  ASSERT_EQ(start, town.Size());
}

TEST(SequencerFlow, EntriesOfOneCommitShareATimeEvenWhenTheClockMovesOn) {
  Town town;
  town.gate().Close();
  auto ahead = town.Send({town.desk().Complete(Award("ahead", kAlice, kBudget, 1))});
  town.gate().AwaitArrival();
  std::vector<std::future<std::vector<Outcome>>> answers;
  for (int i = 0; i < 5; ++i) {
    answers.push_back(
        town.Send({town.desk().Complete(Award("a" + std::to_string(i), kAlice, kBudget, 1))}));
    town.AwaitDecided();
    town.clock().Wait(kMicrosPerSecond);
  }
  town.gate().Open();
  for (auto& answer : answers) {
    answer.get();
  }
  EXPECT_EQ(town.Ask(Award("last", kAlice, kBudget, 1)), "OK 28");
  ExpectOneTimePerCommit(town);
}

// Whether small batches go to the committing thread, or are committed by the deciding one, or each
// in turn.
class ManyThreads : public testing::TestWithParam<std::pair<bool, std::size_t>> {};

INSTANTIATE_TEST_SUITE_P(SequencerFlow, ManyThreads,
                         testing::Values(std::pair(true, 0), std::pair(false, 128),
                                         std::pair(false, 4)));

TEST_P(ManyThreads, GetEachTheirOwnAnswers) {
  constexpr int kThreads = 8;
  constexpr int kEach = 150;
  TownOptions options;
  options.all_handed_over = GetParam().first;
  options.sequencer.small_commit_commands = GetParam().second;
  options.store = SmallStore();
  options.sequencer.max_cached_accounts = 2;
  Town town(options);
  std::mutex mutex;
  std::set<std::uint64_t> indexes;
  std::int64_t points = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::vector<std::future<std::vector<Outcome>>> answers;
      for (int i = 0; i < kEach; ++i) {
        const std::string id = std::to_string(t) + "." + std::to_string(i);
        // Every second id is sent by another thread as well; one of them is the repeat.
        const std::string shared = i % 2 == 0 ? "shared" + std::to_string(i) : id;
        answers.push_back(
            town.Send({town.desk().Complete(Award(shared, kAlice, kBudget, 3)),
                       town.desk().Complete(Award(id + "b", world::kBob, kBudget, 2))},
                      i % 3 == 0));
      }
      for (auto& answer : answers) {
        for (const Outcome& outcome : answer.get()) {
          const auto& accepted = std::get<Accepted>(outcome);
          const std::lock_guard lock(mutex);
          const bool fresh = indexes.insert(accepted.index.value()).second;
          EXPECT_TRUE(fresh || accepted.replayed ||
                      accepted.entry.request_id().find("shared") == 1);
          points += fresh ? accepted.entry.award().points() : 0;
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const std::size_t expected = kThreads * kEach + kThreads * kEach / 2 + kEach / 2;
  EXPECT_EQ(indexes.size(), expected);
  EXPECT_EQ(town.Size(), kFirst + expected);
  EXPECT_EQ(town.BalanceOf(kAlice) + town.BalanceOf(world::kBob), points);
  EXPECT_EQ(town.durable().size, town.Size());
  EXPECT_EQ(town.durable().root, town.store().ReadHead().value()->root);
  ExpectOneTimePerCommit(town);
  EXPECT_EQ(town.Difference(), "");
}

// One thread's answers come in the order of its submissions; what waits at the stop is answered,
// too, also while small batches are gathered.
class AnswerOrder : public testing::TestWithParam<bool> {};

INSTANTIATE_TEST_SUITE_P(SequencerFlow, AnswerOrder, testing::Bool());

TEST_P(AnswerOrder, IsThatOfSubmissions) {
  TownOptions options;
  options.all_handed_over = GetParam();
  options.sequencer.small_commit_commands = 16;
  Town town(options);
  std::mutex mutex;
  std::vector<int> order;
  for (int i = 0; i < 300; ++i) {
    Submission submission;
    // Some write, some are refused, some are dropped.
    submission.commands = {town.desk().Complete(
        Award("a" + std::to_string(i), kAlice, kBudget, i % 3 == 0 ? 9'999 : 1))};
    if (i % 5 == 0) {
      submission.deadline = std::chrono::steady_clock::now();
    }
    submission.done = [&, i](const std::vector<Outcome>&) {
      const std::lock_guard lock(mutex);
      order.push_back(i);
    };
    ASSERT_FALSE(town.sequencer().Submit(std::move(submission)).has_value());
  }
  town.Reopen();
  ASSERT_EQ(order.size(), 300u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

}  // namespace
}  // namespace tanhui::sequencer
