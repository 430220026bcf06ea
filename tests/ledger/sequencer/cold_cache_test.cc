// Commands right after a start, when the sequencer knows no account yet: everything that decide
// looks at must be loaded, and nothing twice, whatever refers to what.
#include <gtest/gtest.h>

#include "tests/ledger/sequencer/town.h"

namespace tanhui::sequencer {
namespace {

using namespace world;  // NOLINT: the words of commands

constexpr AccountNo kMinor = kNextAccount;
constexpr AccountNo kGuardian{kNextAccount.value() + 1};

// The minor has the smaller number, so that loading meets it before its guardian.
void OpenFamily(Town& town) {
  EXPECT_EQ(town.AskAll(std::vector<Command>{
                OpenMinor("minor", kPoints), OpenCitizen("guardian", kPoints),
                Consent("consent", kMinor, kGuardian), Fund("fund", kBudget, 1000),
                Award("a1", kMinor, kBudget, 30), Award("a2", kGuardian, kBudget, 20)}),
            (std::vector<std::string>{"OK 22", "OK 23", "OK 24", "OK 25", "OK 26", "OK 27"}));
}

TEST(ColdCache, AGuardianActsAfterAStart) {
  Town town;
  OpenFamily(town);
  town.Reopen();
  EXPECT_EQ(town.Ask(Redeem("r", kMinor, kShop, 5, kGuardian)), "OK 28");
  EXPECT_EQ(town.Difference(), "");
}

TEST(ColdCache, AGuardianWhoWasMergedActsAfterAStart) {
  Town town;
  OpenFamily(town);
  EXPECT_EQ(town.Ask(Merge("m", kGuardian, kAlice)), "OK 28");
  town.Reopen();
  EXPECT_EQ(town.Ask(Redeem("r", kMinor, kShop, 5, kAlice)), "OK 29");
}

TEST(ColdCache, AMergedAccountAndTheOneThatGoesOnInOneCall) {
  Town town;
  OpenFamily(town);
  EXPECT_EQ(town.Ask(Merge("m", kAlice, kGuardian)), "OK 28");
  town.Reopen();
  EXPECT_EQ(town.AskAll(std::vector<Command>{Award("b1", kAlice, kBudget, 1),
                                             Award("b2", kGuardian, kBudget, 1)}),
            (std::vector<std::string>{"OK 29", "OK 30"}));
  EXPECT_EQ(town.BalanceOf(kGuardian), 22);
  EXPECT_EQ(town.BalanceOf(kAlice), 0);
}

TEST(ColdCache, MinorAndGuardianAreSweptTogether) {
  Town town;
  OpenFamily(town);
  town.clock().Wait(500 * kMicrosPerDay);
  town.Reopen();
  town.sequencer().ConfirmClock();
  Submission step;
  step.sweep = {kMinor, kGuardian};
  EXPECT_TRUE(town.Send(std::move(step)).get().empty());
  EXPECT_EQ(town.BalanceOf(kMinor), 0);
  EXPECT_EQ(town.BalanceOf(kGuardian), 0);
  EXPECT_EQ(town.BalanceOf(kExpiry), 50);
  EXPECT_EQ(town.Difference(), "");
}

// With room for no account at all each command loads its own again.
TEST(ColdCache, NothingIsKeptBetweenCommits) {
  TownOptions options;
  options.sequencer.max_cached_accounts = 0;
  Town town(options);
  OpenFamily(town);
  EXPECT_EQ(
      town.Ask(HoldPoints("h", kMinor, kShop, 20,
                          LedgerTime(town.clock().Wall().value() + kMicrosPerDay), kGuardian)),
      "OK 28");
  EXPECT_EQ(town.Ask(Capture("c", 28, 12)), "OK 29");
  EXPECT_EQ(town.Ask(Refund("f1", 29, 5)), "OK 30");
  EXPECT_EQ(town.Ask(Refund("f2", 29, 8)), "NOTHING_LEFT_TO_UNDO points left=7");
  EXPECT_EQ(town.Ask(Refund("f3", 29, 7)), "OK 31");
  EXPECT_EQ(town.Ask(Reverse("v1", 26)), "OK 32");
  EXPECT_EQ(town.Ask(Reverse("v2", 26)), "NOTHING_LEFT_TO_UNDO quantity left=0");
  EXPECT_EQ(town.BalanceOf(kMinor), 0);
  EXPECT_EQ(town.Difference(), "");
}

}  // namespace
}  // namespace tanhui::sequencer
