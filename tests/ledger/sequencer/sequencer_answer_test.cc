// What is answered: repeats, conflicts, lists, trials, cancellations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/ledger/sequencer/town.h"
#include "tests/ledger/store/lossy_file_system.h"

namespace tanhui::sequencer {
namespace {

using testing::ElementsAre;
using world::Award;
using world::Cancel;
using world::kAlice;
using world::kBob;
using world::kBudget;
using world::kPoints;
using world::kShop;
using world::Redeem;
using world::Transfer;

// The first index after the cast.
constexpr int kFirst = 22;

std::string Ok(int nth) { return "OK " + std::to_string(kFirst + nth); }
std::string Again(int nth) { return "AGAIN " + std::to_string(kFirst + nth); }

// A town whose commits stop in front of their fsync while the gate is closed: what is in flight is
// then neither durable nor readable.
class Flight {
 public:
  explicit Flight(SequencerOptions sequencer = {}) {
    TownOptions options;
    options.sequencer = sequencer;
    options.store.env = env_.get();
    options.directory = scratch_ / "town";
    town_ = std::make_unique<Town>(options);
    files_->SetBeforeSync([this](const std::string& path) {
      if (path.ends_with(".log")) {
        gate_.Pass();
      }
    });
  }
  ~Flight() { Land(); }

  Town& town() { return *town_; }
  // Sends a first submission and returns when its fsync has begun.
  std::future<std::vector<Outcome>> TakeOff(std::vector<Command> commands) {
    gate_.Close();
    auto outcome = town_->Send(town_->desk().Complete(commands));
    gate_.AwaitArrival();
    return outcome;
  }
  void Land() { gate_.Open(); }

 private:
  ScratchDirectory scratch_;
  std::shared_ptr<store::LossyFileSystem> files_ =
      std::make_shared<store::LossyFileSystem>(scratch_ / "town/db", scratch_ / "lost");
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(files_);
  Gate gate_;
  std::unique_ptr<Town> town_;
};

bool Ready(const std::future<std::vector<Outcome>>& future) {
  return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

TEST(SequencerAnswers, ARepeatGetsTheFirstOutcome) {
  Town town;
  const Command award = town.desk().Complete(Award("a", kAlice, kBudget, 5));
  const auto first = town.Send({award}).get();
  EXPECT_THAT(Words(first), ElementsAre(Ok(0)));
  EXPECT_EQ(town.Ask(Award("b", kAlice, kBudget, 1)), Ok(1));
  for (int i = 0; i < 2; ++i) {
    const auto again = town.Send({award}).get();
    EXPECT_THAT(Words(again), ElementsAre(Again(0)));
    // The balance is that after the first time, not today's.
    EXPECT_EQ(std::get<Accepted>(again[0]).entry.SerializeAsString(),
              std::get<Accepted>(first[0]).entry.SerializeAsString());
    town.Reopen();
  }
  EXPECT_EQ(town.BalanceOf(kAlice), 6);
  EXPECT_EQ(town.Size(), kFirst + 2u);
  EXPECT_EQ(town.Difference(), "");
}

TEST(SequencerAnswers, ARepeatInOneListGetsTheFirstOutcome) {
  Town town;
  const Command commands[] = {Award("a", kAlice, kBudget, 5), Award("a", kAlice, kBudget, 5),
                              Award("b", kAlice, kBudget, 1), Award("a", kAlice, kBudget, 5)};
  EXPECT_THAT(town.AskAll(commands), ElementsAre(Ok(0), Again(0), Ok(1), Again(0)));
  EXPECT_EQ(town.BalanceOf(kAlice), 6);
}

TEST(SequencerAnswers, ARepeatWhileTheFirstIsInFlightWaitsForIt) {
  Flight flight;
  Town& town = flight.town();
  const Command award = Award("a", kAlice, kBudget, 5);
  auto first = flight.TakeOff({award});
  auto again = town.Send({town.desk().Complete(award)});
  auto conflict = town.Send({town.desk().Complete(Award("a", kAlice, kBudget, 6))});
  // A refusal was decided on what is in flight, too.
  auto refused = town.Send({town.desk().Complete(Redeem("r", kAlice, kShop, 100))});
  town.AwaitDecided();
  EXPECT_EQ(town.Size(), static_cast<std::uint64_t>(kFirst)) << "nothing is durable yet";
  for (const auto* answer : {&first, &again, &conflict, &refused}) {
    EXPECT_FALSE(Ready(*answer)) << "answered before its state was durable";
  }
  flight.Land();
  EXPECT_THAT(Words(first.get()), ElementsAre(Ok(0)));
  EXPECT_THAT(Words(again.get()), ElementsAre(Again(0)));
  EXPECT_THAT(Words(conflict.get()), ElementsAre("REQUEST_ID_REUSED points entry_index=22"));
  EXPECT_THAT(Words(refused.get()), ElementsAre("INSUFFICIENT_BALANCE points needed=100 "
                                                "available=5"));
  EXPECT_EQ(town.BalanceOf(kAlice), 5);
}

// Two submissions that are decided into one commit.
TEST(SequencerAnswers, ARepeatInOneCommitGetsTheFirstOutcome) {
  Flight flight;
  Town& town = flight.town();
  auto ahead = flight.TakeOff({Award("ahead", kBob, kBudget, 1)});
  auto first = town.Send({town.desk().Complete(Award("a", kAlice, kBudget, 5))});
  town.AwaitDecided();
  auto again = town.Send({town.desk().Complete(Award("a", kAlice, kBudget, 5))});
  town.AwaitDecided();
  flight.Land();
  EXPECT_THAT(Words(ahead.get()), ElementsAre(Ok(0)));
  EXPECT_THAT(Words(first.get()), ElementsAre(Ok(1)));
  EXPECT_THAT(Words(again.get()), ElementsAre(Again(1)));
  EXPECT_EQ(town.commits().back(), kFirst + 2u);
  EXPECT_EQ(town.BalanceOf(kAlice), 5);
}

TEST(SequencerAnswers, AConflictNamesTheField) {
  Town town;
  const Command first =
      world::WithReference(world::ActAt(Award("a", kAlice, kBudget, 5), world::kStart), "till 1");
  ASSERT_EQ(town.Ask(first), Ok(0));
  struct Row {
    Command again;
    std::string field;
  };
  const auto with = [&](Command command, std::string_view reference = "till 1") {
    return world::WithReference(world::ActAt(std::move(command), world::kStart), reference);
  };
  const Row rows[] = {
      {with(Award("a", kAlice, kBudget, 6)), "points"},
      {with(Award("a", kBob, kBudget, 5)), "account"},
      {with(Award("a", kAlice, kBudget, 5, "bus_ride")), "scenario"},
      {with(Award("a", kAlice, kBudget, 5), "till 2"), "reference"},
      {world::WithReference(Award("a", kAlice, kBudget, 5), "till 1"), "act_time"},
      {with(Redeem("a", kAlice, kShop, 5)), "request_id"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(town.Ask(row.again), "REQUEST_ID_REUSED " + row.field + " entry_index=22");
  }
  // Another caller's id is another id.
  EXPECT_EQ(town.Ask(world::By(first, world::kOtherPlatform)), Ok(1));
  EXPECT_EQ(town.Difference(), "");
}

TEST(SequencerAnswers, AListIsAnsweredInItsOrder) {
  Town town;
  const Command commands[] = {Award("a", kAlice, kBudget, 5), Redeem("b", kAlice, kShop, 6),
                              Redeem("c", kAlice, kShop, 5), Award("d", kAlice, kBudget, 9'999),
                              Award("e", kBob, kBudget, 1)};
  EXPECT_THAT(town.AskAll(commands),
              ElementsAre(Ok(0), "INSUFFICIENT_BALANCE points needed=6 available=5", Ok(1),
                          "AMOUNT_OVER_ASSET_LIMIT points limit=1000", Ok(2)));
  EXPECT_EQ(town.BalanceOf(kShop), 5);
  EXPECT_EQ(town.Difference(), "");
  EXPECT_THAT(town.AskAll({}), ElementsAre());
}

TEST(SequencerAnswers, AnAtomicListIsAllOrNothing) {
  Town town;
  const Command bad[] = {world::WithReference(Award("a", kAlice, kBudget, 5), "kept nowhere"),
                         world::ForUser(world::OpenCitizen("o", kPoints), 'u'),
                         Redeem("b", kAlice, kShop, 6), Award("c", kAlice, kBudget, 5)};
  EXPECT_THAT(town.AskAll(bad, true),
              ElementsAre("BATCH_REFUSED refused_request=2", "BATCH_REFUSED refused_request=2",
                          "INSUFFICIENT_BALANCE points needed=6 available=5",
                          "BATCH_REFUSED refused_request=2"));
  EXPECT_EQ(town.Size(), static_cast<std::uint64_t>(kFirst));
  EXPECT_EQ(town.BalanceOf(kAlice), 0);
  // Its ids are free, its user has no account, its reference is nowhere.
  const Command good[] = {Award("a", kAlice, kBudget, 7),
                          world::ForUser(world::OpenCitizen("o2", kPoints), 'u'),
                          Redeem("b", kAlice, kShop, 6)};
  EXPECT_THAT(town.AskAll(good, true), ElementsAre(Ok(0), Ok(1), Ok(2)));
  EXPECT_TRUE(absl::IsNotFound(town.store().ReadReference(EntryIndex(kFirst)).status()));
  EXPECT_EQ(town.BalanceOf(kAlice), 1);
  EXPECT_EQ(town.Difference(), "");
}

TEST(SequencerAnswers, AnAtomicListMayHoldRepeats) {
  Town town;
  const Command first[] = {Award("a", kAlice, kBudget, 5), Award("b", kAlice, kBudget, 5)};
  ASSERT_THAT(town.AskAll(first, true), ElementsAre(Ok(0), Ok(1)));
  EXPECT_THAT(town.AskAll(first, true), ElementsAre(Again(0), Again(1)));
  const Command mixed[] = {first[0], Award("c", kAlice, kBudget, 5), first[1],
                           Award("c", kAlice, kBudget, 5)};
  EXPECT_THAT(town.AskAll(mixed, true), ElementsAre(Again(0), Ok(2), Again(1), Again(2)));
  const Command refused[] = {first[0], Award("d", kAlice, kBudget, 5),
                             Award("a", kAlice, kBudget, 6)};
  EXPECT_THAT(town.AskAll(refused, true),
              ElementsAre("BATCH_REFUSED refused_request=2", "BATCH_REFUSED refused_request=2",
                          "REQUEST_ID_REUSED points entry_index=22"));
  EXPECT_EQ(town.BalanceOf(kAlice), 15);
  EXPECT_EQ(town.Difference(), "");
}

// An undone list between others of the same commit leaves no hole.
TEST(SequencerAnswers, AnUndoneListLeavesItsCommitWhole) {
  Flight flight;
  Town& town = flight.town();
  auto ahead = flight.TakeOff({Award("ahead", kBob, kBudget, 1)});
  const auto send = [&](std::vector<Command> commands) {
    return town.Send(town.desk().Complete(commands), true);
  };
  auto undone_first = send({Award("a", kAlice, kBudget, 5), Redeem("b", kAlice, kShop, 6)});
  auto kept = send({Award("a", kAlice, kBudget, 4), Redeem("b", kAlice, kShop, 3)});
  auto undone = send({Award("c", kAlice, kBudget, 5), Redeem("d", kAlice, kShop, 7)});
  auto last = send({Redeem("c", kAlice, kShop, 1)});
  town.AwaitDecided();
  flight.Land();
  EXPECT_THAT(Words(kept.get()), ElementsAre(Ok(1), Ok(2)));
  EXPECT_THAT(Words(last.get()), ElementsAre(Ok(3)));
  undone_first.get();
  undone.get();
  ahead.get();
  EXPECT_EQ(town.BalanceOf(kAlice), 0);
  EXPECT_EQ(town.BalanceOf(kShop), 4);
  EXPECT_EQ(town.Difference(), "");
}

TEST(SequencerAnswers, ValidateOnlyWritesNothing) {
  Town town;
  const Command one[] = {Award("a", kAlice, kBudget, 5)};
  const Command list[] = {Award("a", kAlice, kBudget, 5), Redeem("b", kAlice, kShop, 4),
                          Redeem("c", kAlice, kShop, 4)};
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(town.Try(one), ElementsAre(Ok(0)));
    EXPECT_THAT(town.Try(list),
                ElementsAre(Ok(0), Ok(1), "INSUFFICIENT_BALANCE points needed=4 available=1"));
    EXPECT_THAT(town.Try(list, true),
                ElementsAre("BATCH_REFUSED refused_request=2", "BATCH_REFUSED refused_request=2",
                            "INSUFFICIENT_BALANCE points needed=4 available=1"));
  }
  EXPECT_EQ(town.Size(), static_cast<std::uint64_t>(kFirst));
  EXPECT_EQ(town.BalanceOf(kAlice), 0);
  EXPECT_THAT(town.AskAll(list),
              ElementsAre(Ok(0), Ok(1), "INSUFFICIENT_BALANCE points needed=4 available=1"));
  EXPECT_THAT(town.Try(one), ElementsAre(Again(0)));
  EXPECT_EQ(town.Difference(), "");
}

TEST(SequencerAnswers, ACancellationInOneListMovesBack) {
  Town town;
  const Command commands[] = {Award("a", kAlice, kBudget, 5), Cancel("x", "a"),
                              Award("a", kAlice, kBudget, 5), Cancel("y", "a"), Cancel("x", "a")};
  for (const bool atomic : {false}) {
    EXPECT_THAT(town.AskAll(commands, atomic),
                ElementsAre(Ok(0), Ok(1), "REQUEST_CANCELLED request_id entry_index=23",
                            "ALREADY_CANCELLED target_request_id entry_index=23", Again(1)));
  }
  const Command both[] = {Award("b", kAlice, kBudget, 5), Cancel("z", "b")};
  EXPECT_THAT(town.AskAll(both, true), ElementsAre(Ok(2), Ok(3)));
  EXPECT_EQ(town.BalanceOf(kAlice), 0);
  EXPECT_EQ(town.Difference(), "");
}

TEST(SequencerAnswers, ACancellationOfWhatIsInFlightMovesBack) {
  Flight flight;
  Town& town = flight.town();
  auto award = flight.TakeOff({Award("a", kAlice, kBudget, 5)});
  auto cancel = town.Send({town.desk().Complete(Cancel("x", "a"))});
  town.AwaitDecided();
  flight.Land();
  EXPECT_THAT(Words(award.get()), ElementsAre(Ok(0)));
  EXPECT_THAT(Words(cancel.get()), ElementsAre(Ok(1)));
  EXPECT_EQ(town.BalanceOf(kAlice), 0);
  EXPECT_EQ(town.Difference(), "");
}

TEST(SequencerAnswers, ACancellationLongAfterMovesBack) {
  TownOptions options;
  options.sequencer.max_cached_accounts = 1;
  Town town(options);
  ASSERT_EQ(town.Ask(Award("a", kAlice, kBudget, 5)), Ok(0));
  ASSERT_EQ(town.Ask(Award("b", kBob, kBudget, 5)), Ok(1));
  town.Reopen();
  EXPECT_EQ(town.Ask(Cancel("x", "a")), Ok(2));
  EXPECT_EQ(town.BalanceOf(kAlice), 0);
  EXPECT_EQ(town.EntryAt(kFirst + 2).cancellation().target_index(), kFirst + 0u);
  town.Reopen();
  EXPECT_EQ(town.Ask(Award("a", kAlice, kBudget, 5)),
            "REQUEST_CANCELLED request_id entry_index=24");
  EXPECT_EQ(town.Ask(Cancel("x", "a")), Again(2));
  EXPECT_EQ(town.Ask(Cancel("y", "a")), "ALREADY_CANCELLED target_request_id entry_index=24");
  EXPECT_EQ(town.Ask(Cancel("x", "b")), "REQUEST_ID_REUSED target_request_id entry_index=24");
  EXPECT_EQ(town.Difference(), "");
}

TEST(SequencerAnswers, ACancellationOfNothingBlocksItForEver) {
  Town town;
  EXPECT_EQ(town.Ask(Cancel("x", "late")), Ok(0));
  EXPECT_TRUE(town.EntryAt(kFirst).has_tombstone());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(town.Ask(Award("late", kAlice, kBudget, 5)),
              "REQUEST_CANCELLED request_id entry_index=22");
    EXPECT_EQ(town.Ask(Cancel("x", "late")), Again(0));
    town.Reopen();
  }
  // A cancellation itself cannot be taken back.
  EXPECT_EQ(town.Ask(Cancel("y", "x")), "NOT_CANCELLABLE target_request_id");
  EXPECT_EQ(town.Difference(), "");
}

TEST(SequencerAnswers, WhatIsOutsideTheLogIsKeptBesideIt) {
  Town town;
  const Command open = world::ForUser(world::OpenCitizen("o", kPoints), 'u');
  ASSERT_EQ(town.Ask(open), Ok(0));
  ASSERT_EQ(town.Ask(world::WithReference(Award("a", kAlice, kBudget, 5), "till 7")), Ok(1));
  town.Reopen();
  EXPECT_EQ(town.store().ReadReference(EntryIndex(kFirst + 1)).value(), "till 7");
  const std::vector<PlatformUserKey> users = {*open.platform_user};
  EXPECT_EQ(town.store().ReadPlatformUsers(users).value()[0], world::kNextAccount);
  // The same user under another request id has an account already.
  EXPECT_TRUE(town.Ask(world::ForUser(world::OpenCitizen("o2", kPoints), 'u'))
                  .starts_with("ACCOUNT_EXISTS"));
}

// Everything that a client can do, some of it refused.
std::vector<Command> ManyCommands(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  std::vector<Command> commands;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t number = random() % (count + 20);
    const std::string id = "many" + std::to_string(number);
    // Any other: a request that would cancel itself is no shape of a request.
    const std::uint64_t target = (number + 1 + random() % (count + 10)) % (count + 20);
    const AccountNo one = random() % 2 == 0 ? kAlice : kBob;
    const AccountNo other = one == kAlice ? kBob : kAlice;
    const auto points = static_cast<std::int64_t>(1 + random() % 20);
    const Command choices[] = {
        Award(id, one, kBudget, points),
        Transfer(id, one, other, points),
        Redeem(id, one, kShop, points),
        Cancel(id, "many" + std::to_string(target)),
        Award(id, world::kStampAlice, world::kStampBudget, points),
        world::ForUser(world::OpenCitizen(id, kPoints), static_cast<char>(random() % 30)),
    };
    commands.push_back(choices[random() % 6]);
  }
  return commands;
}

// A cache of one account, which is dropped after every commit, gives the same log byte for byte.
TEST(SequencerAnswers, ASmallCacheChangesNothing) {
  TownOptions small;
  small.sequencer.max_cached_accounts = 1;
  Town with_small(small);
  Town with_large;
  const std::vector<Command> commands = ManyCommands(7, 400);
  for (std::size_t i = 0; i < commands.size();) {
    const std::size_t count = std::min(commands.size() - i, 1 + i % 5);
    const std::span<const Command> list(commands.data() + i, count);
    ASSERT_EQ(with_small.AskAll(list, i % 3 == 0), with_large.AskAll(list, i % 3 == 0));
    i += count;
  }
  ASSERT_EQ(with_small.durable(), with_large.durable());
  EXPECT_GT(with_small.Size(), 100u);
  EXPECT_EQ(with_small.Difference(), "");
}

// The same while commits overlap: what is in flight must not be forgotten.
TEST(SequencerAnswers, ASmallCacheKeepsWhatIsInFlight) {
  TownOptions small;
  small.sequencer.max_cached_accounts = 1;
  small.sequencer.max_commit_commands = 3;
  Town with_small(small);
  Town with_large;
  std::vector<std::future<std::vector<Outcome>>> answers;
  std::vector<std::string> expected;
  for (const Command& command : ManyCommands(8, 400)) {
    answers.push_back(with_small.Send({with_small.desk().Complete(command)}));
    expected.push_back(with_large.Ask(command));
  }
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ASSERT_THAT(Words(answers[i].get()), ElementsAre(expected[i])) << "command " << i;
  }
  EXPECT_EQ(with_small.BalanceOf(kAlice), with_large.BalanceOf(kAlice));
  EXPECT_EQ(with_small.Difference(), "");
}

}  // namespace
}  // namespace tanhui::sequencer
