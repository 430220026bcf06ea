// An account as it was, against a replay of the log up to there.
#include "ledger/sequencer/past_account.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "ledger/points/settled.h"
#include "tests/ledger/sequencer/town.h"

namespace tanhui::sequencer {
namespace {

using world::kAlice;
using world::kBob;
using world::kBudget;
using world::kPoints;
using world::kShop;

constexpr std::int64_t kHour = 60 * kMicrosPerMinute;

Account SettledOf(const Account& account, LedgerTime moment) {
  return points::Settled(account, world::Transfers(TransferPolicy::kCapped), moment);
}

// What AccountAfter tells of an account, and nothing else.
Account Told(const Account& account) {
  Account told = account;
  told.status = AccountStatus::kOpen;
  told.minor = false;
  told.funded = Amount(0);
  told.guardian = AccountNo(0);
  told.household = AccountNo(0);
  told.merged_into = AccountNo(0);
  told.given = {};
  told.members = {};
  return told;
}

std::string Show(const Account& account) {
  std::string text = "balance " + std::to_string(account.balance.units()) + " held " +
                     std::to_string(account.held.units()) + " debt " +
                     std::to_string(account.debt.units()) + " last " +
                     std::to_string(account.last_entry_plus_one);
  for (const Lot& lot : account.lots) {
    text += " lot " + std::to_string(lot.key.expiry.value()) + ":" +
            std::to_string(lot.points.units()) + "/" + std::to_string(lot.grams);
  }
  for (const Hold& hold : account.holds) {
    text += " hold " + std::to_string(hold.number.value()) + ":" +
            std::to_string(SumOf(hold.lots).units());
  }
  return text;
}

// Two years of everything that moves points, a few commands a commit, drawn at random. What is
// refused is refused.
class Life {
 public:
  explicit Life(std::uint64_t seed) : random_(seed) {
    citizens_ = {kAlice, kBob};
    for (int i = 0; i < 3; ++i) {
      Open();
    }
    const auto opened = Do({world::OpenHousehold("household", kPoints, kAlice)});
    household_ = AccountNo(town_.EntryAt(opened[0]).household_opening().number());
    Do({world::Invite("invite", household_, kBob, kAlice, 1'000)});
    Do({world::Accept("accept", household_, kBob)});
  }

  void Live(int batches) {
    for (int i = 0; i < batches; ++i) {
      town_.clock().Wait(static_cast<std::int64_t>(Below(14 * 24)) * kHour);
      std::vector<Command> commands;
      for (std::uint64_t count = 1 + Below(6); count > 0; --count) {
        commands.push_back(Draw());
      }
      Do(commands);
      if (Below(20) == 0) {
        SweepAll();
      }
      if (Below(40) == 0) {
        MergeTwo();
      }
      if (Below(30) == 0) {
        LeaveOrJoin();
      }
    }
  }
  Town& town() { return town_; }

 private:
  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }
  AccountNo Citizen() { return citizens_[Below(citizens_.size())]; }
  std::string Id() { return "life-" + std::to_string(ids_++); }
  template <typename Value>
  Value OneOf(const std::vector<Value>& values, Value otherwise) {
    // Mostly of the newest, which can still be undone.
    return values.empty()
               ? otherwise
               : values[values.size() - 1 - Below(std::min<std::size_t>(values.size(), 6))];
  }

  void Open() {
    const auto opened = Do({world::OpenCitizen(Id(), kPoints)});
    citizens_.emplace_back(town_.EntryAt(opened[0]).account_opening().number());
  }
  // The youngest goes into another, holds and all; it was merged into before, perhaps.
  void MergeTwo() {
    const AccountNo from = citizens_.back();
    const AccountNo into = citizens_[Below(citizens_.size() - 1)];
    if (from != kAlice && from != kBob && into != kAlice && into != kBob &&
        !Do({world::Merge(Id(), from, into)}).empty()) {
      citizens_.pop_back();
      Open();
    }
  }
  // What was redeemed from a contribution then comes back to who left.
  void LeaveOrJoin() {
    if (Do({world::Leave(Id(), household_, kBob)}).empty()) {
      Do({world::Invite(Id(), household_, kBob, kAlice, 1'000)});
      Do({world::Accept(Id(), household_, kBob)});
    }
  }
  void SweepAll() {
    Submission step;
    for (std::uint64_t number = 1; number <= 40; ++number) {
      step.sweep.emplace_back(number);
    }
    ASSERT_TRUE(town_.Send(std::move(step)).get().empty());
  }

  Command Award() {
    const std::int64_t age = static_cast<std::int64_t>(Below(11 * 30)) * kMicrosPerDay;
    const LedgerTime act(town_.clock().Wall().value() - age);
    const auto points = static_cast<std::int64_t>(1 + Below(300));
    return world::ActAt(
        world::WithGrams(world::WithItems(world::Award(Id(), Citizen(), kBudget, points), 3),
                         points * 7),
        act);
  }
  Command Draw() {
    const auto points = static_cast<std::int64_t>(1 + Below(250));
    const LedgerTime deadline(town_.clock().Wall().value() +
                              static_cast<std::int64_t>(1 + Below(29 * 24)) * kHour);
    switch (Below(18)) {
      case 0:
      case 1:
        return world::Redeem(Id(), Citizen(), kShop, points);
      case 2:
      case 3:
      case 4:
        return world::HoldPoints(Id(), Citizen(), kShop, points, deadline);
      case 5:
        return world::Capture(Id(), OneOf<std::uint64_t>(holds_, 0), points);
      case 6:
        return world::Release(Id(), OneOf<std::uint64_t>(holds_, 0));
      case 7:
        return world::Refund(Id(), OneOf<std::uint64_t>(spendings_, 0), points);
      case 8:
      case 13:
      case 14:
        return world::Reverse(Id(), OneOf<std::uint64_t>(awards_, 0), 1 + Below(3));
      case 9:
        return world::Cancel(Id(), OneOf<std::string>(requests_, "none"));
      case 10:
        return world::Transfer(Id(), Citizen(), Citizen(), points);
      case 11:
        return world::Contribute(Id(), household_, Below(2) == 0 ? kAlice : kBob, points);
      case 12:
        return world::Redeem(Id(), household_, kShop, points, kBob);
      default:
        return Award();
    }
  }
  // The indexes of what was accepted.
  std::vector<std::uint64_t> Do(const std::vector<Command>& commands) {
    std::vector<std::uint64_t> accepted;
    const std::vector<std::string> words = town_.AskAll(commands);
    for (std::size_t i = 0; i < commands.size(); ++i) {
      if (words[i].starts_with("OK ")) {
        const std::uint64_t index = std::stoull(words[i].substr(3));
        accepted.push_back(index);
        Remember(commands[i], index);
      }
    }
    return accepted;
  }
  void Remember(const Command& command, std::uint64_t index) {
    const Entry& draft = command.draft;
    requests_.push_back(RequestId::FromStored(draft.request_id())->text());
    if (draft.has_hold()) {
      holds_.push_back(index);
    } else if (draft.has_award()) {
      awards_.push_back(index);
    } else if (draft.has_redemption() || draft.has_capture()) {
      spendings_.push_back(index);
    }
  }

  Town town_;
  std::mt19937_64 random_;
  std::uint64_t ids_ = 0;
  std::vector<AccountNo> citizens_;
  AccountNo household_;
  std::vector<std::uint64_t> holds_;
  std::vector<std::uint64_t> awards_;
  std::vector<std::uint64_t> spendings_;
  std::vector<std::string> requests_;
};

// Replays the log and asks about the past at each entry and between commits.
class Replay {
 public:
  explicit Replay(Town& town) : town_(town) {}

  void Run() {
    const std::uint64_t size = town_.Size();
    for (std::uint64_t i = 0; i < size && !testing::Test::HasFailure(); ++i) {
      const Entry entry = town_.EntryAt(i);
      TestLedger().Apply(state_, entry);
      const LedgerTime time(entry.recorded_micros());
      const LedgerTime next(i + 1 < size ? town_.EntryAt(i + 1).recorded_micros()
                                         : time.value() + 500 * kMicrosPerDay);
      for (const entry::v1::Posting& posting : entry.postings()) {
        CompareAfter(AccountNo(posting.account()), i, time);
      }
      for (std::uint64_t turn = 0; turn < 2 && !state_.accounts().empty(); ++turn) {
        const AccountNo number(1 + (i * 2 + turn) % state_.accounts().size());
        CompareAfter(number, i, time);
        if (next > time) {
          CompareAt(number, i, time);
          CompareAt(number, i, LedgerTime(time.value() + (next.value() - time.value()) / 2));
          CompareAt(number, i, LedgerTime(next.value() - 1));
        }
      }
    }
  }
  // How often something was the case, to be sure that it ever was.
  std::map<std::string, int>& tally() { return tally_; }

 private:
  void CompareAfter(AccountNo number, std::uint64_t index, LedgerTime time) {
    Compare(AccountAfter(town_.store(), number, EntryIndex(index), SettledOf), number, index, time);
  }
  void CompareAt(AccountNo number, std::uint64_t index, LedgerTime time) {
    Compare(AccountAt(town_.store(), number, time, SettledOf), number, index, time);
  }
  void Compare(const absl::StatusOr<PastAccount>& past, AccountNo number, std::uint64_t index,
               LedgerTime time) {
    const std::string where =
        "account " + std::to_string(number.value()) + " after " + std::to_string(index);
    ASSERT_TRUE(past.ok()) << where << ": " << past.status().ToString();
    const Account told = Told(*state_.FindAccount(number));
    const Account settled = SettledOf(told, time);
    EXPECT_EQ(past->as_of, EntryIndex(index)) << where;
    EXPECT_EQ(past->moment, time) << where;
    EXPECT_EQ(past->recorded, told)
        << where << ": " << Show(past->recorded) << " instead of " << Show(told);
    EXPECT_EQ(past->settled, settled) << where << ": " << Show(past->settled);
    EXPECT_EQ(past->available(), HasLots(told.kind) ? points::Available(settled) : told.balance);
    tally_["held"] += told.held > Amount(0) ? 1 : 0;
    tally_["debt"] += told.debt > Amount(0) ? 1 : 0;
    tally_["lots past their date"] += settled.balance != told.balance ? 1 : 0;
    tally_["holds past their deadline"] += settled.holds.size() != told.holds.size() ? 1 : 0;
    tally_["a debt that is paid so"] += settled.debt != told.debt ? 1 : 0;
    tally_["without lots"] += HasLots(told.kind) ? 0 : 1;
    tally_["of a household"] += told.kind == AccountKind::kHousehold ? 1 : 0;
    const bool merged = state_.Standing(number) != number;
    tally_["merged"] += merged ? 1 : 0;
  }

  Town& town_;
  State state_;
  std::map<std::string, int> tally_;
};

TEST(PastAccount, IsWhatAReplaySays) {
  std::map<std::string, int> tally;
  for (const std::uint64_t seed : {1, 2, 3}) {
    Life life(seed);
    life.Live(500);
    EXPECT_EQ(life.town().Difference(), "");
    Replay replay(life.town());
    replay.Run();
    for (const auto& [what, count] : replay.tally()) {
      tally[what] += count;
    }
  }
  for (const auto& [what, count] : tally) {
    EXPECT_GT(count, 0) << what << " was never seen";
    RecordProperty(what, count);
  }
}

TEST(PastAccount, HoldsThatWentOverInMerges) {
  Town town;
  const auto open = [&](const std::string& id) {
    const std::string words = town.Ask(world::OpenCitizen(id, kPoints));
    return AccountNo(town.EntryAt(std::stoull(words.substr(3))).account_opening().number());
  };
  const LedgerTime deadline(town.clock().Wall().value() + 20 * kMicrosPerDay);
  const AccountNo first = open("first");
  const AccountNo second = open("second");
  const AccountNo third = open("third");
  for (const AccountNo number : {first, second, third}) {
    const std::string id = std::to_string(number.value());
    ASSERT_TRUE(town.Ask(world::Award("award" + id, number, kBudget, 100)).starts_with("OK"));
    ASSERT_TRUE(
        town.Ask(world::HoldPoints("hold" + id, number, kShop, 10, deadline)).starts_with("OK"));
    ASSERT_TRUE(
        town.Ask(world::HoldPoints("more" + id, number, kShop, 7, deadline)).starts_with("OK"));
  }
  const std::uint64_t before = town.Size() - 1;
  ASSERT_TRUE(town.Ask(world::Merge("m1", first, second)).starts_with("OK"));
  ASSERT_TRUE(
      town.Ask(world::Cancel("c1", "hold" + std::to_string(first.value()))).starts_with("OK"));
  ASSERT_TRUE(town.Ask(world::Merge("m2", second, third)).starts_with("OK"));
  const auto past = [&](AccountNo number, std::uint64_t index) {
    return AccountAfter(town.store(), number, EntryIndex(index), SettledOf).value();
  };
  for (const AccountNo number : {first, second, third}) {
    EXPECT_EQ(past(number, before).recorded.holds.size(), 2u);
    EXPECT_EQ(past(number, before).available(), Amount(83));
  }
  const std::uint64_t last = town.Size() - 1;
  EXPECT_EQ(past(third, last).recorded.holds.size(), 5u);
  EXPECT_EQ(past(third, last).recorded.held, Amount(41));
  EXPECT_EQ(past(third, last).available(), Amount(259));
  EXPECT_EQ(past(second, last - 1).recorded.holds.size(), 3u);
  EXPECT_EQ(past(first, last).available(), Amount(0));
  const auto later = AccountAt(town.store(), third, deadline, SettledOf).value();
  EXPECT_EQ(later.settled.holds.size(), 0u);
  EXPECT_EQ(later.available(), Amount(300));
  Replay replay(town);
  replay.Run();
}

TEST(PastAccount, WhatIsNotThereIsNotFound) {
  Town town;
  const auto not_found = [](const absl::StatusOr<PastAccount>& past) {
    return absl::IsNotFound(past.status());
  };
  EXPECT_TRUE(not_found(AccountAfter(town.store(), AccountNo(99), EntryIndex(0), SettledOf)));
  EXPECT_TRUE(not_found(AccountAfter(town.store(), kAlice, EntryIndex(town.Size()), SettledOf)));
  const LedgerTime genesis(town.EntryAt(0).recorded_micros());
  EXPECT_TRUE(
      not_found(AccountAt(town.store(), kAlice, LedgerTime(genesis.value() - 1), SettledOf)));
  const auto begin = AccountAt(town.store(), kAlice, genesis, SettledOf);
  ASSERT_TRUE(begin.ok());
  EXPECT_EQ(begin->as_of, EntryIndex(1)) << "genesis and operator are one commit";
  EXPECT_EQ(begin->available(), Amount(0));
}

// An award of a busy budget is found by its commit, not by walking.
TEST(PastAccount, ABusyAccountIsReadByItsCommits) {
  Town town;
  std::uint64_t number = 0;
  for (int batch = 0; batch < 8; ++batch) {
    std::vector<Command> awards;
    for (int i = 0; i < 400; ++i) {
      awards.push_back(world::Award("a" + std::to_string(number++), kAlice, kBudget, 1));
    }
    town.AskAll(awards);
  }
  const std::uint64_t first = town.Size() - 3'200;
  for (std::uint64_t i = first; i < town.Size(); i += 57) {
    const auto past = AccountAfter(town.store(), kBudget, EntryIndex(i), SettledOf);
    ASSERT_TRUE(past.ok()) << past.status().ToString();
    EXPECT_EQ(past->available().units(), 1'000'000 - static_cast<std::int64_t>(i - first) - 1);
  }
}

}  // namespace
}  // namespace tanhui::sequencer
