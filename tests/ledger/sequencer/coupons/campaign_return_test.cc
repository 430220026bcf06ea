// The sweeper returns what a campaign's coupons cannot use any more, without anybody asking, and
// with nothing in memory but what it loads.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "ledger/books/all_books.h"
#include "ledger/sequencer/sweeper.h"
#include "tests/ledger/coupons/town.h"
#include "tests/ledger/sequencer/town.h"

namespace tanhui::sequencer {
namespace {

using namespace world;  // NOLINT: the words of commands

constexpr AccountNo kDistrictBudget{17};
constexpr AccountNo kSponsorBudget{18};
constexpr AccountNo kStock{19};

// As the server hands it to the sweeper.
std::shared_ptr<const Registry> RegistryOf(const Town& town) {
  auto registry = std::make_shared<Registry>();
  for (std::uint64_t i = 0; i < town.Size(); ++i) {
    TestLedger().Register(*registry, EntryIndex(i), town.EntryAt(i));
  }
  return registry;
}

void Sweep(Town& town) {
  SweeperOptions options;
  options.look_at_clock = std::chrono::milliseconds(1);
  Sweeper sweeper(
      options, town.store(), town.sequencer(), town.clock(), [&] { return RegistryOf(town); },
      tanhui::MayBeDue);
  sweeper.AwaitPasses(1);
}

void Prepare(Town& town) {
  const std::vector<std::string> outcomes = town.AskAll(std::vector<Command>{
      CreateMoney("money", "fen", kMidnight), OpenBudget("d", "district-fen", kDistrict, kFen),
      OpenBudget("s", "sponsor-fen", kSponsor, kFen), Fund("fd", kDistrictBudget, kTownFen),
      Fund("fs", kSponsorBudget, kTownFen), OpenCampaign("c", "spring", [](auto& opening) {
        opening.mutable_funders(0)->set_budget(kDistrictBudget.value());
        opening.mutable_funders(1)->set_budget(kSponsorBudget.value());
      })});
  for (const std::string& outcome : outcomes) {
    ASSERT_TRUE(outcome.starts_with("OK")) << outcome;
  }
  ASSERT_EQ(town.BalanceOf(kStock), 18'000);
  ASSERT_EQ(town.BalanceOf(kDistrictBudget), kTownFen - 12'000);
}

TEST(CampaignSweeperTest, ReturnsTheStockOfWhatIsOver) {
  TownOptions options;
  options.sequencer.max_cached_accounts = 0;  // every sweep loads its own
  Town town(options);
  ASSERT_NO_FATAL_FAILURE(Prepare(town));
  const std::uint64_t before = town.Size();
  Sweep(town);
  EXPECT_EQ(town.Size(), before);
  town.clock().Wait(11 * kMicrosPerDay);
  town.Reopen();
  Sweep(town);
  EXPECT_EQ(town.Size(), before + 1);
  EXPECT_TRUE(town.EntryAt(before).has_campaign_return());
  EXPECT_EQ(town.BalanceOf(kStock), 0);
  EXPECT_EQ(town.BalanceOf(kDistrictBudget), kTownFen);
  EXPECT_EQ(town.BalanceOf(kSponsorBudget), kTownFen);
  Sweep(town);  // what may be due is not
  EXPECT_EQ(town.Size(), before + 1);
  EXPECT_EQ(town.Difference(), "");
}

TEST(CampaignSweeperTest, AndOfWhatIsEnded) {
  Town town;
  ASSERT_NO_FATAL_FAILURE(Prepare(town));
  EXPECT_TRUE(town.Ask(End("e", CampaignNo(1))).starts_with("OK"));
  Sweep(town);
  EXPECT_EQ(town.BalanceOf(kStock), 0);
  EXPECT_EQ(town.Difference(), "");
}

// The years of the budgets end before the return, each told with what it had.
TEST(CampaignSweeperTest, YearsOfBudgetsEndBefore) {
  Town town;
  ASSERT_NO_FATAL_FAILURE(Prepare(town));
  const std::uint64_t before = town.Size();
  town.clock().Wait(400 * kMicrosPerDay);
  town.Reopen();
  town.sequencer().ConfirmClock();
  Submission step;
  step.sweep = {kStock};
  EXPECT_TRUE(town.Send(std::move(step)).get().empty());
  EXPECT_EQ(town.Size(), before + 3);
  EXPECT_TRUE(town.EntryAt(before).has_budget_year_end());
  EXPECT_EQ(town.EntryAt(before).budget_year_end().carried(), kTownFen - 12'000);
  EXPECT_TRUE(town.EntryAt(before + 1).has_budget_year_end());
  EXPECT_TRUE(town.EntryAt(before + 2).has_campaign_return());
  EXPECT_EQ(town.Difference(), "");
}

}  // namespace
}  // namespace tanhui::sequencer
