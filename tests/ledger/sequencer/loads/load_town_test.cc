// Loads of opening balances through the sequencer: what commands of one batch need of each other is
// loaded, a restart goes on, a seal and a drop are raced, and the audit tells what was forged.
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/core/check.h"
#include "tests/ledger/points/loads/loads.h"
#include "tests/ledger/sequencer/forged_town.h"

namespace tanhui::sequencer {
namespace {

using namespace world;  // NOLINT: the words of commands

constexpr std::uint64_t kOpenEntry = kFirst + 2;  // behind what the town's budgets are funded with
constexpr std::uint64_t kAliceEntry = kOpenEntry + 1;
constexpr std::uint64_t kBobEntry = kOpenEntry + 2;
constexpr std::uint64_t kSealEntry = kOpenEntry + 3;
constexpr std::uint64_t kCreditEntry = kOpenEntry + 4;
constexpr AccountNo kOpening = kNextAccount;

std::vector<Command> WholeLoad() {
  return {OpenLoad("open", "old", 2, 35, 50),
          StateBalance("alice", kOpenEntry, kAlice, {Stated(655, 2, 20), Stated(661, 3, 30)}),
          StateBalance("bob", kOpenEntry, kBob, {Stated(661, 30)}),
          Seal("seal", kOpenEntry),
          CreditBalance("ca", kAliceEntry),
          CreditBalance("cb", kBobEntry)};
}

TEST(LoadTownTest, OneBatchNeedsNothingBeforeIt) {
  Town town;
  for (const std::string& outcome : town.AskAll(WholeLoad())) {
    EXPECT_TRUE(outcome.starts_with("OK")) << outcome;
  }
  EXPECT_EQ(town.BalanceOf(kAlice), 5);
  EXPECT_EQ(town.BalanceOf(kOpening), -35);
  EXPECT_EQ(town.Difference(), "");
}

TEST(LoadTownTest, ARestartBetweenAnyTwo) {
  Town town;
  for (const Command& command : WholeLoad()) {
    EXPECT_TRUE(town.Ask(command).starts_with("OK"));
    town.Reopen();
  }
  EXPECT_EQ(town.Ask(CreditBalance("again", kAliceEntry)), "ALREADY_REVERSED entry_index points=5");
  EXPECT_EQ(town.Ask(StateBalance("late", kOpenEntry, kBob, {Stated(661, 1)})),
            "LOAD_STATE load state=sealed");
  EXPECT_EQ(town.BalanceOf(kOpening), -35);
  EXPECT_EQ(town.Difference(), "");
}

TEST(LoadTownTest, ASealAndADropInOneBatch) {
  for (const bool seal_first : {true, false}) {
    Town town;
    const std::vector<Command> stated = {OpenLoad("open", "old", 1, 5),
                                         StateBalance("a", kOpenEntry, kAlice, {Stated(655, 5)})};
    town.AskAll(stated);
    std::vector<Command> raced = {Seal("seal", kOpenEntry), Drop("drop", kOpenEntry),
                                  CreditBalance("c", kAliceEntry)};
    if (!seal_first) {
      std::swap(raced[0], raced[1]);
    }
    const auto outcomes = town.AskAll(raced);
    EXPECT_TRUE(outcomes[0].starts_with("OK"));
    const std::string state = seal_first ? "sealed" : "dropped";
    EXPECT_EQ(outcomes[1], "LOAD_STATE load state=" + state);
    EXPECT_EQ(outcomes[2].starts_with("OK"), seal_first);
    EXPECT_EQ(town.BalanceOf(kAlice), seal_first ? 5 : 0);
    EXPECT_EQ(town.Difference(), "");
  }
}

class ForgedLoadTest : public ForgedTown {
 protected:
  void SetUp() override {
    town_.AskAll(WholeLoad());
    ASSERT_EQ(town_.Size(), kCreditEntry + 2);
    ASSERT_EQ(town_.Difference(), "");
    town_.Close();
  }
};

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

TEST_F(ForgedLoadTest, OpeningsAndBalances) {
  ExpectEach(kOpenEntry,
             {
                 [](Entry& entry) { entry.mutable_load_opening()->set_number(2); },
                 [](Entry& entry) { entry.mutable_load_opening()->set_asset(99); },
                 [](Entry& entry) { entry.mutable_load_opening()->set_opening_account(5); },
                 [](Entry& entry) { entry.mutable_load_opening()->set_points(kLeast); },
                 [](Entry& entry) { entry.mutable_load_opening()->set_as_of_date(2'000'000); },
                 [](Entry& entry) { entry.mutable_load_opening()->clear_file_sha256(); },
             });
  ExpectEach(
      kAliceEntry,
      {
          [](Entry& entry) { entry.mutable_opening_balance()->set_target(~std::uint64_t{0}); },
          [](Entry& entry) { entry.mutable_opening_balance()->set_target(1); },
          [](Entry& entry) { entry.mutable_opening_balance()->set_account(0); },
          [](Entry& entry) { entry.mutable_opening_balance()->set_account(kShop.value()); },
          [](Entry& entry) { entry.mutable_opening_balance()->clear_lots(); },
          [](Entry& entry) { entry.mutable_opening_balance()->mutable_lots(0)->set_points(kMost); },
          [](Entry& entry) { entry.mutable_opening_balance()->mutable_lots(0)->set_grams(kLeast); },
          [](Entry& entry) { entry.mutable_opening_balance()->mutable_lots()->SwapElements(0, 1); },
      });
}

TEST_F(ForgedLoadTest, SealsAndCredits) {
  ExpectEach(kSealEntry,
             {
                 [](Entry& entry) { entry.mutable_load_closing()->set_target(kAliceEntry); },
                 [](Entry& entry) { entry.mutable_load_closing()->set_target(~std::uint64_t{0}); },
                 [](Entry& entry) { entry.mutable_load_closing()->set_points(kMost); },
                 [](Entry& entry) { entry.mutable_load_closing()->clear_step(); },
             });
  ExpectEach(
      kCreditEntry,
      {
          [](Entry& entry) { entry.mutable_opening_credit()->set_target(kOpenEntry); },
          [](Entry& entry) { entry.mutable_opening_credit()->set_target(kBobEntry); },
          [](Entry& entry) { entry.mutable_opening_credit()->set_target(~std::uint64_t{0}); },
          [](Entry& entry) { entry.mutable_opening_credit()->set_load(kAliceEntry); },
          [](Entry& entry) { entry.mutable_opening_credit()->set_account(kBob.value()); },
          [](Entry& entry) { entry.mutable_opening_credit()->set_points(6); },
          [](Entry& entry) { entry.clear_postings(); },
          [](Entry& entry) { entry.mutable_postings(0)->set_account(kIssuance.value()); },
          // Other lots than were stated: only deciding again tells.
          [](Entry& entry) {
            entry.mutable_postings(1)->mutable_lots(0)->set_points(1);
            entry.mutable_postings(1)->mutable_lots(1)->set_points(4);
          },
          [](Entry& entry) { entry.mutable_postings(1)->mutable_lots(0)->set_grams(2'000); },
          [](Entry& entry) { entry.mutable_postings(1)->mutable_lots(0)->set_funder(6); },
      });
}

}  // namespace
}  // namespace tanhui::sequencer
