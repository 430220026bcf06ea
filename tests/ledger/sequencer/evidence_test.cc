// A piece of evidence earns once, whatever comes at the same time, in which commit, and after which
// start; and what acts leave beside balances is durable.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <thread>

#include "tests/ledger/sequencer/acts.h"
#include "tests/ledger/sequencer/town.h"

namespace tanhui::sequencer {
namespace {

using namespace world;  // NOLINT: the words of commands
using Words = std::vector<std::string>;

// The town's documents; acts then begin at entry 28.
constexpr std::uint64_t kActs = 28;

std::string Claimed(std::uint64_t entry) {
  return "ALREADY_CLAIMED act.evidence act_date=2024-02-28 entry_index=" + std::to_string(entry);
}

class EvidenceTest : public testing::Test {
 protected:
  explicit EvidenceTest(const TownOptions& options = {}) : town_(options) {
    for (const std::string& words : town_.AskAll(PublishTown())) {
      EXPECT_TRUE(words.starts_with("OK")) << words;
    }
  }
  void SetUp() override { ASSERT_EQ(town_.Size(), kActs); }
  std::optional<EntryIndex> Stored(char letter) {
    Nullifier nullifier;
    const auto day = static_cast<std::uint32_t>(ShanghaiDate(kStart).value());
    for (int i = 0; i < 4; ++i) {
      nullifier.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(day >> (24 - 8 * i));
    }
    std::fill(nullifier.bytes.begin() + 4, nullifier.bytes.end(),
              static_cast<std::uint8_t>(letter));
    const auto claim = town_.store().ReadEvidence(std::array{nullifier}).value().front();
    return claim.has_value() ? std::optional(claim->entry) : std::nullopt;
  }

  Town town_;
};

TEST_F(EvidenceTest, OneOfTwoInOneCallEarns) {
  const Command both[] = {Act("a", kAlice, {EvidenceClaim('x')}),
                          Act("b", kBob, {EvidenceClaim('y'), EvidenceClaim('x')})};
  EXPECT_EQ(town_.AskAll(both), (Words{"OK 28", Claimed(28)}));
  EXPECT_EQ(town_.BalanceOf(kAlice), 3);
  EXPECT_EQ(town_.BalanceOf(kBob), 0);
  EXPECT_EQ(Stored('x'), EntryIndex(28));
  EXPECT_EQ(Stored('y'), std::nullopt) << "the refused act claims nothing";
  EXPECT_EQ(town_.Ask(Act("a", kAlice, {EvidenceClaim('x')})), "AGAIN 28");
  EXPECT_EQ(town_.Difference(), "");
}

// Of a repeat nothing is loaded: whoever stands beside it must not miss that.
TEST_F(EvidenceTest, ARepeatBesideAnotherActAfterAStart) {
  EXPECT_EQ(town_.Ask(Act("a", kAlice, {EvidenceClaim('x')})), "OK 28");
  town_.Reopen();
  const Command both[] = {Act("a", kAlice, {EvidenceClaim('x')}),
                          Act("b", kBob, {EvidenceClaim('x')}),
                          Act("c", kAlice, {EvidenceClaim('y')})};
  EXPECT_EQ(town_.AskAll(both), (Words{"AGAIN 28", Claimed(28), "OK 29"}));
  town_.Reopen();
  const Command other[] = {Act("a", kAlice, {EvidenceClaim('x')}),
                           Act("c", kBob, {EvidenceClaim('y')})};
  EXPECT_EQ(town_.AskAll(other)[0], "AGAIN 28");
  EXPECT_EQ(town_.BalanceOf(kAlice), 6);
  EXPECT_EQ(town_.Difference(), "");
}

// The store lacks the first claim while its commit is being written.
TEST_F(EvidenceTest, TheSecondIsRefusedWhileTheFirstIsInFlight) {
  town_.gate().Close();
  auto first = town_.Send({town_.desk().Complete(Act("a", kAlice, {EvidenceClaim('x')}))});
  town_.gate().AwaitArrival();
  auto second = town_.Send({town_.desk().Complete(Act("b", kBob, {EvidenceClaim('x')}))});
  auto third = town_.Send({town_.desk().Complete(Act("c", kBob, {EvidenceClaim('z')}))});
  town_.AwaitDecided();
  town_.gate().Open();
  EXPECT_EQ(sequencer::Words(first.get()), Words{"OK 28"});
  EXPECT_EQ(sequencer::Words(second.get()), Words{Claimed(28)});
  EXPECT_EQ(sequencer::Words(third.get()), Words{"OK 29"});
  EXPECT_EQ(town_.Difference(), "");
}

TEST_F(EvidenceTest, TheSecondIsRefusedAfterAStart) {
  EXPECT_EQ(town_.Ask(Act("a", kAlice, {EvidenceClaim('x'), "\x02" + std::string(16, 's')})),
            "OK 28");
  town_.Reopen();
  EXPECT_EQ(town_.Ask(Act("b", kBob, {EvidenceClaim('x')})), Claimed(28));
  // A serial number is claimed for ever, a record on its day.
  const LedgerTime next_day(kStart.value() + kMicrosPerDay);
  town_.clock().Wait(2 * kMicrosPerDay);
  EXPECT_EQ(town_.Ask(ActAt(Act("c", kBob, {EvidenceClaim('x')}), next_day)), "OK 29");
  EXPECT_EQ(town_.Ask(ActAt(Act("d", kBob, {"\x02" + std::string(16, 's')}), next_day)),
            "ALREADY_CLAIMED act.evidence entry_index=28");
}

TEST_F(EvidenceTest, WhatIsCancelledCanBeClaimedAgain) {
  EXPECT_EQ(town_.Ask(Act("a", kAlice, {EvidenceClaim('x')})), "OK 28");
  EXPECT_EQ(town_.Ask(Cancel("ca", "a")), "OK 29");
  EXPECT_EQ(Stored('x'), std::nullopt);
  // Commits that have nothing to do with it: it is forgotten and read again.
  EXPECT_EQ(town_.Ask(Act("m", kAlice, {EvidenceClaim('m')})), "OK 30");
  EXPECT_EQ(town_.Ask(Act("n", kAlice, {EvidenceClaim('n')})), "OK 31");
  EXPECT_EQ(town_.Ask(Act("b", kBob, {EvidenceClaim('x')})), "OK 32");
  town_.Reopen();
  EXPECT_EQ(town_.Ask(Cancel("cb", "b")), "OK 33");
  EXPECT_EQ(town_.Ask(Act("c", kBob, {EvidenceClaim('x')})), "OK 34");
  EXPECT_EQ(town_.Ask(Act("d", kAlice, {EvidenceClaim('x')})), Claimed(34));
  EXPECT_EQ(Stored('x'), EntryIndex(34));
  EXPECT_EQ(town_.Difference(), "");
}

TEST_F(EvidenceTest, ACancellationInFlightFreesIt) {
  EXPECT_EQ(town_.Ask(Act("a", kAlice, {EvidenceClaim('x')})), "OK 28");
  EXPECT_EQ(town_.Ask(Act("other", kAlice, {EvidenceClaim('o')})), "OK 29");
  town_.gate().Close();
  auto cancelled = town_.Send({town_.desk().Complete(Cancel("c", "a"))});
  town_.gate().AwaitArrival();
  // The store still says that it is claimed.
  auto again = town_.Send({town_.desk().Complete(Act("b", kBob, {EvidenceClaim('x')}))});
  town_.AwaitDecided();
  town_.gate().Open();
  EXPECT_EQ(sequencer::Words(cancelled.get()), Words{"OK 30"});
  EXPECT_EQ(sequencer::Words(again.get()), Words{"OK 31"});
  EXPECT_EQ(Stored('x'), EntryIndex(31));
  EXPECT_EQ(town_.Difference(), "");
}

TEST_F(EvidenceTest, ARefusedBatchClaimsNothing) {
  Command sealed = Act("a", kAlice, {EvidenceClaim('x')});
  sealed.sealed_evidence = "sealed";
  const Command batch[] = {sealed, Act("b", kAlice, {EvidenceClaim('x')})};
  EXPECT_EQ(town_.AskAll(batch, true)[1], "ALREADY_CLAIMED act.evidence");
  EXPECT_EQ(town_.Try(std::array{sealed}), Words{"OK 28"});
  EXPECT_EQ(town_.Ask(Act("c", kBob, {EvidenceClaim('x')})), "OK 28");
  EXPECT_TRUE(absl::IsNotFound(town_.store().ReadSealedEvidence(EntryIndex(28)).status()));
  EXPECT_EQ(town_.Difference(), "");
}

TEST_F(EvidenceTest, SealedEvidenceIsKeptBesideTheLog) {
  Command sealed = Act("a", kAlice, {EvidenceClaim('x')});
  sealed.sealed_evidence = "sealed";
  EXPECT_EQ(town_.Ask(sealed), "OK 28");
  town_.Reopen();
  EXPECT_EQ(town_.store().ReadSealedEvidence(EntryIndex(28)).value(), "sealed");
  EXPECT_EQ(town_.EntryAt(28).SerializeAsString().find("sealed"), std::string::npos);
}

TEST_F(EvidenceTest, WhatAProductEarnedIsListed) {
  EXPECT_EQ(town_.Ask(Act("a", kAlice, {EvidenceClaim('x')}, kLamp)), "OK 28");
  EXPECT_EQ(town_.Ask(Act("b", kBob, {EvidenceClaim('y')})), "OK 29");
  const Command batch[] = {Act("c", kBob, {EvidenceClaim('z')}, kLamp),
                           Act("d", kBob, {EvidenceClaim('z')}, kLamp)};
  town_.AskAll(batch, true);  // all refused
  EXPECT_EQ(town_.Ask(Act("e", kBob, {EvidenceClaim('z')}, kLamp)), "OK 30");
  town_.Reopen();
  std::vector<EntryIndex> earned;
  EXPECT_EQ(town_.store()
                .ScanProductEarnings(1, EntryIndex(0), 10,
                                     [&earned](EntryIndex entry) {
                                       earned.push_back(entry);
                                       return true;
                                     })
                .value(),
            std::nullopt);
  EXPECT_EQ(earned, (std::vector<EntryIndex>{EntryIndex(28), EntryIndex(30)}));
  EXPECT_EQ(town_.Difference(), "");
}

// The household is in no command: it follows from the account.
TEST_F(EvidenceTest, ActsCountForAHouseholdAfterAStart) {
  EXPECT_EQ(town_.Ask(OpenHousehold("home", kPoints, kAlice)), "OK 28");
  town_.Reopen();
  EXPECT_EQ(town_.Ask(Act("a", kAlice, {EvidenceClaim('x')})), "OK 29");
  const AccountNo household(town_.EntryAt(28).household_opening().number());
  EXPECT_EQ(town_.EntryAt(29).earning().household(), household.value());
  town_.Reopen();
  EXPECT_EQ(town_.Ask(Cancel("c", "a")), "OK 30");
  EXPECT_EQ(town_.Ask(Act("b", kAlice, {EvidenceClaim('x')})), "OK 31");
  const auto account = town_.store().ReadAccountAsOf(household).value().account;
  ASSERT_EQ(account.tallies.size(), 1u);
  EXPECT_EQ(account.tallies[0].amount, 1);
  EXPECT_EQ(town_.Difference(), "");
}

// Many claims of few pieces from several threads, with no cache and small commits; whoever took one
// twice would leave a log that the audit refuses.
class EvidenceStressTest : public EvidenceTest {
 protected:
  static TownOptions Options() {
    TownOptions options;
    options.sequencer.max_cached_accounts = 0;
    options.sequencer.max_commit_commands = 8;
    return options;
  }
  EvidenceStressTest() : EvidenceTest(Options()) {}

  void Work(std::uint64_t seed, const std::string& name) {
    std::mt19937_64 random(seed);
    std::vector<std::string> made;
    std::vector<std::future<std::vector<Outcome>>> answers;
    for (int i = 0; i < 150; ++i) {
      const std::string id = name + std::to_string(i);
      const char letter = static_cast<char>('a' + random() % 8);
      Command command = Act(id, random() % 2 == 0 ? kAlice : kBob, {EvidenceClaim(letter)},
                            random() % 2 == 0 ? kRide : kLamp);
      if (random() % 3 == 0 && !made.empty()) {
        command = Cancel(id, made[random() % made.size()]);
      } else {
        made.push_back(id);
      }
      std::vector<Command> commands = {town_.desk().Complete(command)};
      if (random() % 8 == 0) {
        commands.push_back(town_.desk().Complete(Act(id + "/2", kBob, {EvidenceClaim('a')})));
      }
      answers.push_back(town_.Send(std::move(commands), random() % 2 == 0));
    }
    for (auto& answer : answers) {
      answer.get();
    }
  }
};

TEST_F(EvidenceStressTest, NoPieceEarnsTwice) {
  for (std::uint64_t round = 0; round < 3; ++round) {
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < 4; ++i) {
      threads.emplace_back([this, round, i] {
        Work(17 * round + i, std::to_string(round) + "-" + std::to_string(i) + "-");
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    EXPECT_EQ(town_.Difference(), "");
    town_.Reopen();
  }
  EXPECT_GT(town_.Size(), kActs + 100);
}

}  // namespace
}  // namespace tanhui::sequencer
