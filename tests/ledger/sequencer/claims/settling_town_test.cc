// Merchants that settle, through the sequencer: what commands of one batch need of each other is
// loaded, a restart goes on, and the audit decides all of it again and tells what was forged.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/ledger/claims/market.h"
#include "tests/ledger/sequencer/forged_town.h"

namespace tanhui::sequencer {
namespace {

using namespace world;  // NOLINT: the words of commands

constexpr AssetNo kMoney{3};
constexpr AccountNo kTillOfTown{19};
constexpr std::uint64_t kMoneyEntry = 22;
constexpr std::uint64_t kClaimEntry = 23;
constexpr std::uint64_t kStoreEntry = 24;
constexpr std::uint64_t kPriceEntry = 26;
constexpr std::uint64_t kChangeEntry = 27;
constexpr std::uint64_t kSpendEntry = 30;
constexpr std::uint64_t kCaptureEntry = 32;
constexpr std::uint64_t kRefundEntry = 33;
constexpr std::uint64_t kRunEntry = 34;
constexpr std::uint64_t kLineEntry = 35;
constexpr std::uint64_t kPayEntry = 37;
constexpr std::uint64_t kReturnEntry = 38;

BusinessDate DayOf(LedgerTime time) { return ShanghaiDate(time); }

// Everything that a merchant needs, and what is taken there at once.
std::vector<Command> FirstDay(LedgerTime now) {
  return {CreateMoney("money", "fen", kMidnight),
          OpenClaim("claim", kMoney, kMall),
          CreateStore("store", kMall, kPoints, "s1"),
          CreateTill("till", kMall, kPoints, kStore, "t1"),
          Publish("price", kPoints, kMoney, ParticipantNo(0), DayOf(now), {3, 2}),
          ChangeUnit("limits", kMall, kPoints, kStore, Most(100, 200)),
          Fund("fund", kBudget, 1'000),
          Award("award", kAlice, kBudget, 500),
          Redeem("spend", kAlice, kTillOfTown, 11),
          HoldPoints("hold", kAlice, kTillOfTown, 9, LedgerTime(now.value() + kMicrosPerDay)),
          Capture("capture", 31, 9),
          Refund("refund", kSpendEntry, 4)};
}

std::vector<Command> NextDay() {
  return {BeginRun("run", kMoney), AddLine("line", 1, kMall), Approve("approve", kLineEntry),
          Pay("pay", kLineEntry), Return("return", kLineEntry, "bank-3")};
}

bool AllAccepted(const std::vector<std::string>& outcomes) {
  return std::all_of(outcomes.begin(), outcomes.end(),
                     [](const std::string& outcome) { return outcome.starts_with("OK"); });
}

TEST(SettlingTownTest, OneBatchNeedsNothingBeforeIt) {
  Town town;
  const auto outcomes = town.AskAll(FirstDay(town.clock().Wall()));
  EXPECT_TRUE(AllAccepted(outcomes)) << testing::PrintToString(outcomes);
  EXPECT_EQ(town.BalanceOf(AccountNo(17)), 7 * 3 / 2 + 13);
  EXPECT_EQ(town.Difference(), "");
}

// One by one, with a restart between any two: nothing is in memory but what was loaded.
TEST(SettlingTownTest, ARestartBetweenAnyTwo) {
  Town town;
  const LedgerTime start = town.clock().Wall();
  const auto ask = [&](const std::vector<Command>& commands) {
    for (const Command& command : commands) {
      EXPECT_TRUE(town.Ask(command).starts_with("OK")) << command.draft.ShortDebugString();
      town.Reopen();
    }
  };
  ask(FirstDay(start));
  town.clock().Wait(kMicrosPerDay);
  ask(NextDay());
  EXPECT_EQ(town.BalanceOf(AccountNo(17)), 23) << "the bank sent it back";
  EXPECT_EQ(town.Difference(), "");
}

class ForgedSettlementTest : public ForgedTown {
 protected:
  void SetUp() override {
    ASSERT_TRUE(AllAccepted(town_.AskAll(FirstDay(town_.clock().Wall()))));
    town_.clock().Wait(kMicrosPerDay);
    ASSERT_TRUE(AllAccepted(town_.AskAll(NextDay())));
    ASSERT_EQ(town_.Size(), kReturnEntry + 1);
    ASSERT_EQ(town_.Difference(), "");
    town_.Close();
  }
};

// `fen` more from one posting to another.
void Shift(Entry& entry, int from, int to, std::int64_t fen) {
  for (const auto& [at, amount] : {std::pair(from, -fen), std::pair(to, fen)}) {
    auto& posting = *entry.mutable_postings(at);
    posting.set_amount(posting.amount() + amount);
    posting.set_balance_after(posting.balance_after() + amount);
  }
}

TEST_F(ForgedSettlementTest, WhatWasTaken) {
  ExpectEach(kSpendEntry, {[](Entry& e) { e.mutable_redemption()->set_price(0); },
                           [](Entry& e) { e.mutable_redemption()->set_price(99); },
                           [](Entry& e) { e.mutable_redemption()->set_points(101); },
                           [](Entry& e) { e.mutable_redemption()->set_merchant(17); },
                           [](Entry& e) { e.mutable_redemption()->set_merchant(kShop.value()); },
                           [](Entry& e) { Shift(e, 2, 3, 1); },
                           [](Entry& e) { e.mutable_postings()->DeleteSubrange(2, 2); },
                           [](Entry& e) { e.mutable_postings()->DeleteSubrange(1, 3); },
                           [](Entry& e) { e.mutable_postings()->RemoveLast(); },
                           [](Entry& e) { e.clear_postings(); }});
  ExpectEach(kCaptureEntry, {[](Entry& e) { e.mutable_capture()->set_price(0); },
                             [](Entry& e) { e.mutable_capture()->set_price(2); },
                             [](Entry& e) { Shift(e, 2, 3, -1); },
                             [](Entry& e) { e.mutable_postings()->DeleteSubrange(2, 2); }});
}

// Fewer or more fen than the target's, found by deciding again.
TEST_F(ForgedSettlementTest, WhatCameBack) {
  ExpectEach(kRefundEntry,
             {[](Entry& e) { Shift(e, 3, 2, 1); }, [](Entry& e) { Shift(e, 2, 3, 1); },
              [](Entry& e) { e.mutable_postings()->DeleteSubrange(2, 2); },
              [](Entry& e) { e.mutable_refund()->set_target(kPriceEntry); },
              [](Entry& e) { e.mutable_refund()->set_target(0); },
              [](Entry& e) { e.mutable_postings()->SwapElements(2, 3); }});
}

TEST_F(ForgedSettlementTest, WhatIsRegistered) {
  ExpectEach(kMoneyEntry, {[](Entry& e) { e.mutable_asset_creation()->set_money(false); },
                           [](Entry& e) { e.mutable_asset_creation()->set_paid_account(1); }});
  ExpectEach(kClaimEntry,
             {[](Entry& e) { e.mutable_account_opening()->set_asset(1); },
              [](Entry& e) { e.mutable_account_opening()->set_participant(999); },
              [](Entry& e) {
                e.mutable_account_opening()->set_kind(static_cast<entry::v1::AccountKind>(9));
              }});
  ExpectEach(kStoreEntry, {[](Entry& e) { e.mutable_unit_creation()->set_merchant(999); },
                           [](Entry& e) { e.mutable_unit_creation()->set_asset(999); },
                           [](Entry& e) { e.mutable_unit_creation()->set_parent(1); },
                           [](Entry& e) { e.mutable_unit_creation()->set_number(0); },
                           [](Entry& e) { e.mutable_unit_creation()->clear_account_id(); }});
  ExpectEach(kChangeEntry, {[](Entry& e) { e.mutable_unit_change()->set_unit(999); },
                            [](Entry& e) { e.mutable_unit_change()->set_merchant(999); },
                            [](Entry& e) {
                              e.mutable_unit_change()->set_unit(0),
                                  e.mutable_unit_change()->set_asset(999);
                            },
                            [](Entry& e) { e.mutable_unit_change()->set_most_points(-1); }});
  ExpectEach(kPriceEntry, {[](Entry& e) { e.mutable_settlement_price()->set_asset(999); },
                           [](Entry& e) { e.mutable_settlement_price()->set_money(0); },
                           [](Entry& e) { e.mutable_settlement_price()->set_merchant(999); },
                           [](Entry& e) { e.mutable_settlement_price()->set_per_points(0); },
                           [](Entry& e) { e.mutable_settlement_price()->set_fen(-1); },
                           [](Entry& e) { e.mutable_settlement_price()->set_first_date(0); },
                           [](Entry& e) { e.mutable_settlement_price()->set_number(2); }});
}

TEST_F(ForgedSettlementTest, WhatIsSettled) {
  ExpectEach(kRunEntry, {[](Entry& e) { e.mutable_settlement_run()->set_money(999); },
                         [](Entry& e) { e.mutable_settlement_run()->set_money(1); },
                         [](Entry& e) { e.mutable_settlement_run()->set_until(0); },
                         [](Entry& e) { e.mutable_settlement_run()->set_number(7); }});
  ExpectEach(kLineEntry, {[](Entry& e) { e.mutable_settlement_line()->set_run(0); },
                          [](Entry& e) { e.mutable_settlement_line()->set_run(999); },
                          [](Entry& e) { e.mutable_settlement_line()->set_merchant(999); },
                          [](Entry& e) { e.mutable_settlement_line()->set_claim(0); },
                          [](Entry& e) { e.mutable_settlement_line()->set_fen(1); },
                          [](Entry& e) { e.clear_postings(); }});
  for (const std::uint64_t step : {kPayEntry, kReturnEntry}) {
    ExpectEach(
        step,
        {[](Entry& e) { e.mutable_settlement_step()->set_target(999); },
         [](Entry& e) { e.mutable_settlement_step()->set_target(0); },
         [](Entry& e) { e.mutable_settlement_step()->set_merchant(999); },
         [](Entry& e) { e.mutable_settlement_step()->set_merchant(1); },
         [](Entry& e) { e.mutable_settlement_step()->set_fen(1); },
         [](Entry& e) {
           e.mutable_settlement_step()->set_action(entry::v1::SETTLEMENT_ACTION_APPROVE);
         },
         [](Entry& e) { e.clear_reference_commitment(); }, [](Entry& e) { e.clear_postings(); },
         [](Entry& e) { e.mutable_postings()->SwapElements(0, 1); }});
  }
}

}  // namespace
}  // namespace tanhui::sequencer
