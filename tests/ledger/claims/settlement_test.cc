// Runs, their lines and steps: what is settled, once.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/claims/market.h"
#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;
using enum entry::v1::SettlementAction;

// The redemption that claimed it is entry 31.
constexpr std::uint64_t kSpent = 31;

// 100 fen are claimed; it is the day after, 2024-02-29.
World Claimed() {
  World world = Market();
  Done(world, Redeem("r", kAlice, kTillAccount, 100));
  world.WaitDays(1);
  return world;
}

// Run 1 with a line of 100 fen.
World Lined(std::uint64_t& line) {
  World world = Claimed();
  Done(world, BeginRun("run", kFen));
  line = Done(world, AddLine("line", 1, kMall));
  return world;
}

TEST(RunTest, OneALedgerDay) {
  World world = Claimed();
  Play(world, {
                  {BeginRun("a", kPoints), "ASSET_MISMATCH money"},
                  {BeginRun("a", AssetNo(99)), "UNKNOWN_ASSET money"},
                  {BeginRun("a", kFen), "OK"},
                  {BeginRun("b", kFen), "SETTLEMENT_STATE money state=RUN_EXISTS entry_index=32"},
                  {BeginRun("b", kStampFen), "OK"},
                  {By(Cancel("x", "a"), kOperator), "NOT_CANCELLABLE target_request_id"},
              });
  const claims::Terms& terms = claims::TermsOf(world.state().registry());
  EXPECT_EQ(terms.Find(RunNo(1))->until, Day("2024-02-28"));
  EXPECT_EQ(terms.LastRun(kStampFen)->number, RunNo(2));
  world.WaitDays(1);
  EXPECT_EQ(world.Ask(BeginRun("b", kFen)), "SEEN 33 OTHER money");
  EXPECT_EQ(world.Ask(BeginRun("c", kFen)), "OK");
}

TEST(LineTest, TakesWhatWasClaimedToTheEndOfTheDayBefore) {
  World world = Claimed();
  Done(world, BeginRun("run", kFen));
  Done(world, Redeem("today", kAlice, kShop, 30));
  EXPECT_EQ(Books(world), "claim 130 today 30 settling 0 paid 0");
  const auto line = Done(world, AddLine("line", 1, kMall));
  EXPECT_EQ(Moves(world.last()), "21 -100; 15 +100");
  EXPECT_EQ(world.last().settlement_line().claim(), kClaim.value());
  EXPECT_EQ(world.last().settlement_line().fen(), 100);
  EXPECT_EQ(Books(world), "claim 30 today 30 settling 100 paid 0");
  EXPECT_EQ(world.state().FindUndone(EntryIndex(line)).line, LineState::kClaimed);
  const Changes changes = world.mutable_state().TakeChanges();
  ASSERT_EQ(changes.settlement_lines.size(), 1u);
  EXPECT_EQ(changes.settlement_lines[0], std::pair(RunNo(1), EntryIndex(line)));
}

TEST(LineTest, EachRefusal) {
  World world = Claimed();
  Done(world, BeginRun("run", kFen));
  Done(world, OpenClaim("kiosk", kFen, kKiosk));
  Play(world, {
                  {AddLine("a", 2, kMall), "UNKNOWN_RUN run"},
                  {AddLine("a", 1, kSponsor), "UNKNOWN_ACCOUNT merchant"},
                  {AddLine("a", 1, kKiosk), "NOTHING_TO_SETTLE merchant fen=0"},
                  {AddLine("a", 1, kMall), "OK"},
                  {AddLine("a", 1, kMall), "SEEN 34"},
                  {AddLine("b", 1, kMall), "NOTHING_TO_SETTLE merchant fen=0"},
                  {By(Cancel("x", "a"), kOperator), "NOT_CANCELLABLE target_request_id"},
              });
  world.WaitDays(1);
  Play(world, {
                  {AddLine("b", 1, kMall), "SETTLEMENT_STATE run state=RUN_OVER entry_index=32"},
                  {BeginRun("run2", kFen), "OK"},
                  {AddLine("b", 2, kMall), "NOTHING_TO_SETTLE merchant fen=0"},
              });
}

// What is refunded today nets in the next run.
TEST(LineTest, ARefundOfTheDayIsNettedLater) {
  World world = Claimed();
  Done(world, BeginRun("run", kFen));
  Done(world, Refund("f", kSpent, 40));
  EXPECT_EQ(Books(world), "claim 60 today -40 settling 0 paid 0");
  Done(world, AddLine("line", 1, kMall));
  EXPECT_EQ(Books(world), "claim -40 today -40 settling 100 paid 0");
  world.WaitDays(1);
  Done(world, BeginRun("run2", kFen));
  EXPECT_EQ(world.Ask(AddLine("line2", 2, kMall)), "NOTHING_TO_SETTLE merchant fen=-40");
  Done(world, Redeem("r2", kAlice, kShop, 70));
  world.WaitDays(1);
  Done(world, BeginRun("run3", kFen));
  Done(world, AddLine("line3", 3, kMall));
  EXPECT_EQ(world.last().settlement_line().fen(), 30);
  EXPECT_EQ(Books(world), "claim 0 today 0 settling 130 paid 0");
}

// Before each step the line is in one of its states.
TEST(StepTest, EachTransition) {
  struct Row {
    std::vector<entry::v1::SettlementAction> before;
    std::string state;
    std::string approve, pay, back;  // what each does then
  };
  const auto refused = [](const std::string& state) {
    return "SETTLEMENT_STATE line state=" + state;
  };
  const auto approve = SETTLEMENT_ACTION_APPROVE;
  const auto pay = SETTLEMENT_ACTION_PAY;
  const auto back = SETTLEMENT_ACTION_RETURN;
  const std::vector<Row> rows = {
      {{}, "CLAIMED", "", refused("CLAIMED"), "15 -100; 21 +100"},
      {{approve}, "APPROVED", refused("APPROVED"), "15 -100; 16 +100", "15 -100; 21 +100"},
      {{approve, pay}, "PAID", refused("PAID"), refused("PAID"), "16 -100; 21 +100"},
      {{back}, "RETURNED", refused("RETURNED"), refused("RETURNED"), refused("RETURNED")},
      {{approve, pay, back},
       "RETURNED",
       refused("RETURNED"),
       refused("RETURNED"),
       refused("RETURNED")},
  };
  for (const Row& row : rows) {
    std::uint64_t line = 0;
    World world = Lined(line);
    for (const auto action : row.before) {
      Done(world,
           TakeStep("b" + std::to_string(world.last_index()), line, action, "why", "bank-1"));
    }
    const auto told = [&](entry::v1::SettlementAction action) {
      World copy = world;
      const std::string outcome = copy.Ask(TakeStep("s", line, action, "why", "bank-2"));
      if (outcome == "OK") {
        EXPECT_EQ(copy.last().settlement_step().fen(), 100);
        EXPECT_EQ(copy.last().settlement_step().merchant(), kMall.value());
      }
      return outcome == "OK" ? Moves(copy.last()) : outcome;
    };
    EXPECT_EQ(told(approve), row.approve) << row.state;
    EXPECT_EQ(told(pay), row.pay) << row.state;
    EXPECT_EQ(told(back), row.back) << row.state;
  }
}

TEST(StepTest, NeedsWhatItSays) {
  std::uint64_t line = 0;
  World world = Lined(line);
  const auto step = [&](entry::v1::SettlementAction action, std::string_view reason,
                        std::string_view bank) {
    return TakeStep("s", line, action, reason, bank);
  };
  Play(world,
       {
           {Approve("s", 999), "UNKNOWN_RUN line"},
           {Approve("s", line - 1), "UNKNOWN_RUN line"},
           {step(SETTLEMENT_ACTION_PAY, "", ""), "FIELD_REQUIRED bank_reference"},
           {step(SETTLEMENT_ACTION_RETURN, "", ""), "FIELD_REQUIRED reason"},
           {step(SETTLEMENT_ACTION_UNSPECIFIED, "", ""), "SETTLEMENT_STATE line state=CLAIMED"},
           {Approve("a", line), "OK"},
           {Approve("a", line), "SEEN 34"},
           {Pay("p", line), "OK"},
           {Pay("pay2", line), "SETTLEMENT_STATE line state=PAID"},
           {Return("r", line), "FIELD_REQUIRED bank_reference"},
           {Return("r", line, "bank-2"), "OK"},
           {By(Cancel("x", "r"), kOperator), "NOT_CANCELLABLE target_request_id"},
           {Refund("f", line, 1), "UNKNOWN_ENTRY entry_index"},
           {Privileged(Refund("f", line, 1)), "WRONG_ENTRY_KIND entry_index"},
       });
}

TEST(StepTest, WhatTheBankSentBackIsPaidOnceInSum) {
  std::uint64_t line = 0;
  World world = Lined(line);
  Done(world, Approve("a", line));
  Done(world, Pay("p", line));
  EXPECT_EQ(Books(world), "claim 0 today 0 settling 0 paid 100");
  Done(world, Return("back", line, "bank-2"));
  EXPECT_EQ(Books(world), "claim 100 today 0 settling 0 paid 0") << "it is not of today";
  world.WaitDays(1);
  Done(world, BeginRun("run2", kFen));
  const auto again = Done(world, AddLine("line2", 2, kMall));
  Done(world, Approve("a2", again));
  Done(world, Pay("pay2", again));
  EXPECT_EQ(Books(world), "claim 0 today 0 settling 0 paid 100");
  EXPECT_EQ(world.Ask(Pay("pay3", line)), "SETTLEMENT_STATE line state=RETURNED");
}

// The money comes back as a claim below zero, and nets against what is claimed next.
TEST(StepTest, AHouseholdsRedemptionIsCancelledAfterItWasSettled) {
  for (const bool left : {false, true}) {
    World world = Market();
    Done(world, Award("b", kBob, kBudget, 20));
    Done(world, OpenHousehold("home", kPoints, kAlice));
    const AccountNo home(world.last().household_opening().number());
    Done(world, Invite("i", home, kBob, kAlice, 100));
    Done(world, Accept("j", home, kBob));
    Done(world, Contribute("c1", home, kAlice, 5));
    Done(world, Contribute("c2", home, kBob, 7));
    Done(world, Redeem("r", home, kShop, 12, kBob));
    world.WaitDays(1);
    Done(world, BeginRun("run", kFen));
    const auto line = Done(world, AddLine("line", 1, kMall));
    Done(world, Approve("a", line));
    Done(world, Pay("p", line));
    if (left) {
      Done(world, Leave("l", home, kBob));
    }
    Done(world, Cancel("x", "r"));
    EXPECT_EQ(Books(world), "claim -12 today -12 settling 0 paid 12");
    EXPECT_EQ(Purse(world, kBob), left ? "20 = 661:20" : "13 = 661:13");
    world.WaitDays(1);
    Done(world, BeginRun("run2", kFen));
    EXPECT_EQ(world.Ask(AddLine("line2", 2, kMall)), "NOTHING_TO_SETTLE merchant fen=-12");
  }
}

// The stamps' ledger day ends at 23:00, and the run's with it.
TEST(RunTest, SettlesToTheSchemesCutOff) {
  World world = Market();
  Done(world, Award("s", kStampAlice, kStampBudget, 100));
  Done(world, Redeem("r1", kStampAlice, kStampShop, 10));
  world.Wait(13 * 60 * kMicrosPerMinute);  // 23:00 of the same Shanghai day
  Done(world, Redeem("r2", kStampAlice, kStampShop, 5));
  Done(world, BeginRun("run", kStampFen));
  EXPECT_EQ(BusinessDate(world.last().settlement_run().until()), Day("2024-02-28"));
  EXPECT_EQ(world.last().accounting_date(), Day("2024-02-29").value());
  const auto line = Done(world, AddLine("line", 1, kMall));
  EXPECT_EQ(Moves(world.last()), "22 -10; 19 +10");
  Done(world, Approve("a", line));
  EXPECT_EQ(world.last().accounting_date(), Day("2024-02-29").value())
      << "an approval moves nothing and is of its line's scheme";
  world.Wait(2 * 60 * kMicrosPerMinute);  // past midnight: still that ledger day
  EXPECT_EQ(world.Ask(AddLine("again", 1, kMall)), "NOTHING_TO_SETTLE merchant fen=0");
}

TEST(RunTest, MoneySumsToZero) {
  std::uint64_t line = 0;
  World world = Lined(line);
  Done(world, Redeem("r2", kAlice, kShop, 7));
  Done(world, Refund("f", kSpent, 3));
  const auto sum = [&] {
    return world.BalanceOf(kFenIssuance) + world.BalanceOf(kClaim) + world.BalanceOf(kSettling) +
           world.BalanceOf(kPaid);
  };
  EXPECT_EQ(sum(), 0);
  Done(world, Approve("a", line));
  Done(world, Pay("p", line));
  EXPECT_EQ(sum(), 0);
  EXPECT_EQ(world.BalanceOf(kFenIssuance), -104) << "what the scheme owes and paid";
}

}  // namespace
}  // namespace tanhui
