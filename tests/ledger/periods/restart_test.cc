// Months over a real store: a restart in the middle of one, and one batch with a refund and the
// closing of its month.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/periods/period_words.h"
#include "tests/ledger/sequencer/town.h"

namespace tanhui {
namespace {

using namespace world;

std::string LastLines(const sequencer::Town& town) {
  return LinesText(town.EntryAt(town.Size() - 1).period_closing());
}

TEST(PeriodsRestartTest, TheSumsOutliveARestart) {
  sequencer::Town town;
  EXPECT_EQ(town.Ask(Award("a", kAlice, kBudget, 40)), "OK 22");
  town.Reopen();
  EXPECT_EQ(town.Ask(Redeem("r", kAlice, kShop, 15)), "OK 23");
  town.clock().Wait(3 * kMicrosPerDay);
  town.Reopen();
  EXPECT_EQ(town.Ask(ClosePeriod("c", kMidnight, "2024-02")), "OK 24");
  const std::string lines =
      "1/citizen 0 -15 +40 =25; 1/merchant 0 -0 +15 =15; 1/budget 0 -40 +1000000 =999960; "
      "1/issuance 0 -1000000 +0 =-1000000";
  EXPECT_EQ(LastLines(town), lines);
  town.Reopen();
  const std::string closed = "PERIOD_CLOSED booked_on first_open_date=2024-03-01";
  EXPECT_EQ(town.Ask(BookedOn(Refund("b", 23, 5), "2024-02-28")), closed);
  EXPECT_EQ(town.Ask(Refund("b", 23, 5)), "OK 25");
  town.clock().Wait(31 * kMicrosPerDay);
  town.Reopen();
  town.sequencer().ConfirmClock();
  EXPECT_EQ(town.Ask(ClosePeriod("c3", kMidnight, "2024-03")), "OK 26");
  EXPECT_EQ(LastLines(town),
            "1/citizen 25 -0 +5 =30; 1/merchant 15 -5 +0 =10; 1/budget 999960 -0 +0 =999960; "
            "1/issuance -1000000 -0 +0 =-1000000");
  EXPECT_EQ(town.Difference(), "");
}

TEST(PeriodsRestartTest, ARefundAndTheClosingOfItsMonthInOneBatch) {
  for (const bool refund_first : {true, false}) {
    sequencer::Town town;
    EXPECT_EQ(town.Ask(Award("a", kAlice, kBudget, 40)), "OK 22");
    EXPECT_EQ(town.Ask(Redeem("r", kAlice, kShop, 15)), "OK 23");
    town.clock().Wait(3 * kMicrosPerDay);
    const Command refund = BookedOn(Refund("b", 23, 5), "2024-02-28");
    const Command close = ClosePeriod("c", kMidnight, "2024-02");
    const std::vector<Command> batch =
        refund_first ? std::vector{refund, close} : std::vector{close, refund};
    const std::vector<std::string> tried = town.Try(batch);
    const std::vector<std::string> outcomes = town.AskAll(batch);
    EXPECT_EQ(outcomes.front(), "OK 24");
    EXPECT_EQ(outcomes.back(),
              refund_first ? "OK 25" : "PERIOD_CLOSED booked_on first_open_date=2024-03-01");
    EXPECT_EQ(tried.back(), outcomes.back());
    EXPECT_EQ(town.Difference(), "");
  }
}

TEST(PeriodsRestartTest, TheAuditDecidesYearEndsAgain) {
  sequencer::Town town;
  EXPECT_EQ(town.Ask(OpenYearlyBudget("b", "returning", kPoints, entry::v1::YEAR_END_RETURN)),
            "OK 22");
  EXPECT_EQ(town.Ask(Fund("f", kNextAccount, 100)), "OK 23");
  town.clock().Wait(400 * kMicrosPerDay);
  sequencer::Submission sweep;
  sweep.sweep = {kNextAccount, kBudget};
  EXPECT_TRUE(town.Send(std::move(sweep)).get().empty());
  EXPECT_EQ(town.EntryAt(24).budget_year_end().ShortDebugString(),
            "budget: 13 year: 2024 returned: 100");
  EXPECT_EQ(town.EntryAt(25).budget_year_end().ShortDebugString(),
            "budget: 11 year: 2024 carried: 1000000");
  EXPECT_EQ(town.Difference(), "");
  town.Reopen();
  sequencer::Submission again;
  again.sweep = {kNextAccount, kBudget};
  EXPECT_TRUE(town.Send(std::move(again)).get().empty());
  EXPECT_EQ(town.Size(), 26u);
}

}  // namespace
}  // namespace tanhui
