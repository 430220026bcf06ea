// Settlement over several ledger days: claimed, taken into runs, approved, paid, returned; and what
// each line is for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/e2e/books/ledger_days.h"

namespace tanhui::e2e {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SettlementTest : public LedgerDays {
 protected:
  v1::GetRunResponse RunNamed(const Client& client, const std::string& run) const {
    return Do(client, &SettlementStub::GetRun, absl::StrCat("name: '", run, "'"));
  }
};

TEST_F(SettlementTest, ARunIsPaid) {
  Redeem("shop/s1/t1", 10);
  Redeem("shop/s1/t1", 3);  // 7 / 2 · 3 = 10 fen and a half
  Redeem("shop/s2", 4);
  Redeem("shop", 2);
  Redeem("stall", 100);
  EXPECT_EQ(ClaimOf("shop").balance(), 35 + 10 + 14 + 7);
  EXPECT_EQ(ClaimOf("shop").today(), 66);
  EXPECT_EQ(ClaimOf("shop").to_settle(), 0) << "the day is not over";
  NextDay();
  Redeem("shop/s1/t2", 6);
  EXPECT_EQ(ClaimOf("shop").balance(), 66 + 21);
  EXPECT_EQ(ClaimOf("shop").to_settle(), 66);

  const auto trial = Do(Clerk(), &SettlementStub::CreateRun,
                        "request_id: 'run' money: 'assets/fen' validate_only: true");
  EXPECT_EQ(trial.run().name(), "");
  EXPECT_EQ(trial.run().until_date(), "2027-01-05");
  EXPECT_EQ(trial.to_settle(), 66 + 350);
  ASSERT_EQ(trial.claims_size(), 2);
  EXPECT_EQ(trial.claims(1).merchant(), "participants/stall");
  EXPECT_EQ(trial.claims(1).to_settle(), 350);

  const auto made =
      Do(Clerk(), &SettlementStub::CreateRun, "request_id: 'run' money: 'assets/fen'");
  EXPECT_EQ(made.run().name(), "settlementRuns/1");
  EXPECT_EQ(made.run().until_date(), "2027-01-05");
  EXPECT_TRUE(made.run().taking_lines());
  EXPECT_EQ(made.claims_size(), 0);
  const Refused second =
      Refuse(Clerk(), &SettlementStub::CreateRun, "request_id: 'run2' money: 'assets/fen'");
  EXPECT_EQ(second.reason, "SETTLEMENT_STATE");
  EXPECT_EQ(second.metadata.at("entry_index"), std::to_string(made.entry_index()));

  const std::string line = AddLine("settlementRuns/1", "shop");
  const std::string other = AddLine("settlementRuns/1", "stall");
  EXPECT_EQ(AddLine("settlementRuns/1", "shop"), "NOTHING_TO_SETTLE");
  EXPECT_EQ(ClaimOf("shop").balance(), 21);
  EXPECT_EQ(Pay(line, "B-1"), "SETTLEMENT_STATE");
  EXPECT_EQ(Approve(line), "");
  EXPECT_EQ(Approve(line), "SETTLEMENT_STATE");
  EXPECT_EQ(Pay(line, "B-1"), "");
  EXPECT_EQ(LineNamed(line).state(), v1::LINE_STATE_PAID);
  EXPECT_EQ(LineNamed(other).state(), v1::LINE_STATE_CLAIMED);

  const Refused again =
      Refuse(Clerk(), &SettlementStub::Pay,
             absl::StrCat("request_id: 'again' line: '", line, "' bank_reference: 'B-2'"));
  EXPECT_EQ(again.reason, "SETTLEMENT_STATE");
  EXPECT_EQ(again.code, grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(again.metadata.at("field"), "line");
  EXPECT_EQ(again.metadata.at("state"), "PAID");

  const auto run = RunNamed(Auditor(), "settlementRuns/1");
  ASSERT_EQ(run.totals_size(), 2);
  EXPECT_EQ(run.totals(0).state(), v1::LINE_STATE_CLAIMED);
  EXPECT_EQ(run.totals(0).fen(), 350);
  EXPECT_EQ(run.totals(1).state(), v1::LINE_STATE_PAID);
  EXPECT_EQ(run.totals(1).fen(), 66);

  EXPECT_THAT(StatementOf(line),
              ElementsAre("taken 2027-01-05 participants/shop settlementPrices/1 2 7",
                          "taken 2027-01-05 participants/shop/units/s1/t1 settlementPrices/1 13 45",
                          "taken 2027-01-05 participants/shop/units/s2 settlementPrices/1 4 14"));
  EXPECT_EQ(StatementOf(line, 1), StatementOf(line));
  NextDay();
  EXPECT_FALSE(RunNamed(Clerk(), "settlementRuns/1").run().taking_lines());
  EXPECT_EQ(AddLine("settlementRuns/1", "shop"), "SETTLEMENT_STATE") << "the day after";
}

// What is refunded on the day of a run is for the next one; so is what the bank sent back.
TEST_F(SettlementTest, ReturnedLinesAndRefunds) {
  const std::uint64_t sale = Redeem("shop/s1/t1", 10);
  Redeem("stall", 2);
  NextDay();
  Refund(sale, 3);
  Redeem("shop/s2", 4);
  const std::string run = NewRun();
  const std::string line = AddLine(run, "shop");
  EXPECT_EQ(LineNamed(line).fen(), 35);
  Redeem("shop/s1/t2", 2);
  EXPECT_EQ(Approve(line), "");
  EXPECT_EQ(Pay(line, "B-1"), "");
  EXPECT_EQ(Return(line, ""), "FIELD_REQUIRED") << "the bank's reference of what it sent back";
  EXPECT_EQ(Return(line, "B-1-R"), "");
  EXPECT_EQ(Return(line, "B-1-R"), "SETTLEMENT_STATE");
  EXPECT_EQ(Approve(line), "SETTLEMENT_STATE") << "final";
  EXPECT_EQ(ClaimOf("shop").to_settle(), 35) << "claimed again";
  NextDay();
  Refund(sale, 1);
  const std::string next = AddLine(NewRun(), "shop");
  // 3 of 10 points: 35 - ⌊7 · 3.5⌋ = 11 fen.
  EXPECT_THAT(StatementOf(next),
              ElementsAre("taken 2027-01-06 participants/shop/units/s1/t2 settlementPrices/1 2 7",
                          "taken 2027-01-06 participants/shop/units/s2 settlementPrices/1 4 14",
                          "back 2027-01-06 participants/shop/units/s1/t1 settlementPrices/1 -3 -11",
                          "returned 2027-01-06   0 35"));
  EXPECT_EQ(StatementOf(next, 3), StatementOf(next));
  EXPECT_EQ(Approve(next), "");
  EXPECT_EQ(Return(next, ""), "") << "turned down before payment: no bank has a reference";
  EXPECT_THAT(StatementOf(line), ElementsAre("taken 2027-01-05 participants/shop/units/s1/t1 "
                                             "settlementPrices/1 10 35"))
      << "what was settled stays as it was told";
}

// Claims below zero: nothing to settle, until later sales are worth more.
TEST_F(SettlementTest, BelowZero) {
  const std::uint64_t sale = Redeem("shop", 20);
  NextDay();
  const std::string line = AddLine(NewRun(), "shop");
  EXPECT_EQ(LineNamed(line).fen(), 70);
  Refund(sale, 20);
  NextDay();
  EXPECT_EQ(ClaimOf("shop").balance(), -70);
  EXPECT_EQ(ClaimOf("shop").to_settle(), 0);
  const Refused nothing = Refuse(Clerk(), &SettlementStub::AddLine,
                                 absl::StrCat("request_id: 'l' merchant: 'participants/shop' "
                                              "run: '",
                                              NewRun(), "'"));
  EXPECT_EQ(nothing.reason, "NOTHING_TO_SETTLE");
  EXPECT_EQ(nothing.metadata.at("field"), "merchant");
  EXPECT_EQ(nothing.metadata.at("fen"), "-70");
  Redeem("shop/s2", 30);
  NextDay();
  const std::string next = AddLine(NewRun(), "shop");
  EXPECT_THAT(StatementOf(next),
              ElementsAre("taken 2027-01-07 participants/shop/units/s2 settlementPrices/1 30 105",
                          "back 2027-01-06 participants/shop settlementPrices/1 -20 -70"));
}

// Points are claimed by the price of the day on which they are taken, and given back by that price.
TEST_F(SettlementTest, PricesChange) {
  const Refused late =
      Refuse(Operator(), &SettlementStub::PublishPrice,
             "request_id: 'p' asset: 'assets/points' money: 'assets/fen' first_date: '2027-01-05' "
             "fen: 1 per_points: 1 reason: 'late'");
  EXPECT_EQ(late.reason, "DATE_NOT_AHEAD");
  EXPECT_EQ(late.metadata.at("field"), "first_date");
  const auto own =
      Do(Operator(), &SettlementStub::PublishPrice,
         "request_id: 'p' asset: 'assets/points' money: 'assets/fen' first_date: '2027-01-06' "
         "merchant: 'participants/shop' fen: 1 per_points: 3 reason: 'contract'");
  EXPECT_EQ(own.price().name(), "settlementPrices/2");
  EXPECT_EQ(own.price().merchant(), "participants/shop");
  EXPECT_EQ(own.price().per_points(), 3);
  EXPECT_EQ(Refuse(Operator(), &SettlementStub::PublishPrice,
                   "request_id: 'q' asset: 'assets/stamps' money: 'assets/fen' "
                   "first_date: '2027-01-06' fen: 1 per_points: 1 reason: 'x'")
                .reason,
            "ASSET_MISMATCH")
      << "money of another scheme";
  const auto hold = Do(Operator(), &PointsStub::Hold,
                       absl::StrCat("request_id: 'h' account: '", citizen_,
                                    "' asset: 'assets/points' merchant: 'participants/shop' "
                                    "store: 's1' till: 't1' points: 9 deadline { seconds: ",
                                    clock_.Wall().value() / 1'000'000 + 200'000, " }"));
  const std::uint64_t sale = Redeem("shop/s1", 9);
  NextDay();
  const auto taken = Do(Operator(), &PointsStub::Capture,
                        absl::StrCat("request_id: 'c' points: 8 hold: '", hold.name(), "'"));
  Refund(sale, 4);
  Refund(taken.entry_index(), 7);
  NextDay();
  // ⌊8 / 3⌋ = 2 fen for the capture, of which 7 points give back 2; ⌊31.5⌋ - ⌊17.5⌋ = 14.
  EXPECT_THAT(
      StatementOf(AddLine(NewRun(), "shop")),
      ElementsAre("taken 2027-01-05 participants/shop/units/s1 settlementPrices/1 9 31",
                  "taken 2027-01-06 participants/shop/units/s1/t1 settlementPrices/2 8 2",
                  "back 2027-01-06 participants/shop/units/s1 settlementPrices/1 -4 -14",
                  "back 2027-01-06 participants/shop/units/s1/t1 settlementPrices/2 -7 -2"));
  EXPECT_EQ(Do(Stall(), &SettlementStub::ListPrices, "").prices_size(), 1)
      << "what the shop gets is the shop's own";
  EXPECT_EQ(Do(Shop(), &SettlementStub::ListPrices, "asset: 'assets/points'").prices_size(), 2);
}

TEST_F(SettlementTest, FourEyes) {
  Redeem("shop", 10);
  NextDay();
  const std::string line = AddLine(NewRun(), "shop");
  const std::string named = absl::StrCat("request_id: 'x' line: '", line, "' ");
  EXPECT_EQ(Refuse(Clerk(), &SettlementStub::Approve, named).reason, "PERMISSION_DENIED");
  EXPECT_EQ(Refuse(Chief(), &SettlementStub::Pay, named).reason, "PERMISSION_DENIED");
  EXPECT_EQ(Refuse(Chief(), &SettlementStub::Return, named).reason, "PERMISSION_DENIED");
  EXPECT_EQ(Refuse(Chief(), &SettlementStub::CreateRun, "").reason, "PERMISSION_DENIED");
  EXPECT_EQ(Refuse(Chief(), &SettlementStub::AddLine, "").reason, "PERMISSION_DENIED");
  EXPECT_EQ(Refuse(Chief(), &SettlementStub::BatchAddLines, "").reason, "PERMISSION_DENIED");
  for (const Client& client : {Clerk(), Chief(), Auditor(), Shop()}) {
    EXPECT_EQ(Refuse(client, &SettlementStub::PublishPrice, "").reason, "PERMISSION_DENIED");
    EXPECT_EQ(Refuse(client, &SettlementStub::OpenClaim, "").reason, "PERMISSION_DENIED");
    EXPECT_EQ(Refuse(client, &MerchantsStub::CreateUnit, "").reason, "PERMISSION_DENIED");
    EXPECT_EQ(Refuse(client, &MerchantsStub::ChangeUnit, "").reason, "PERMISSION_DENIED");
  }
  for (const Client& client : {Auditor(), Shop()}) {
    EXPECT_EQ(Refuse(client, &SettlementStub::Approve, named).reason, "PERMISSION_DENIED");
    EXPECT_EQ(Refuse(client, &SettlementStub::Pay, named).reason, "PERMISSION_DENIED");
  }
  EXPECT_EQ(LineNamed(line).state(), v1::LINE_STATE_CLAIMED);
}

TEST_F(SettlementTest, MerchantsSeeTheirOwn) {
  Redeem("shop", 10);
  Redeem("stall", 20);
  NextDay();
  const std::string run = NewRun();
  const std::string shops = AddLine(run, "shop");
  const std::string stalls = AddLine(run, "stall");
  for (const auto& [client, own, others] :
       {std::tuple(Shop(), shops, stalls), std::tuple(Stall(), stalls, shops)}) {
    const auto lines = Do(client, &SettlementStub::ListLines, absl::StrCat("parent: '", run, "'"));
    ASSERT_EQ(lines.lines_size(), 1);
    EXPECT_EQ(lines.lines(0).name(), own);
    ASSERT_EQ(RunNamed(client, run).totals_size(), 1);
    EXPECT_EQ(RunNamed(client, run).totals(0).lines(), 1);
    EXPECT_EQ(Do(client, &SettlementStub::ListClaims, "money: 'assets/fen'").claims_size(), 1);
    EXPECT_EQ(
        Do(client, &SettlementStub::GetStatement, absl::StrCat("line: '", own, "'")).rows_size(),
        1);
    const Refused hidden =
        Refuse(client, &SettlementStub::GetStatement, absl::StrCat("line: '", others, "'"));
    EXPECT_EQ(hidden.reason, "UNKNOWN_RUN");
    EXPECT_EQ(hidden.code, grpc::StatusCode::NOT_FOUND);
  }
  EXPECT_EQ(
      Refuse(Stall(), &MerchantsStub::GetUnit, "name: 'participants/shop' asset: 'assets/points'")
          .reason,
      "UNKNOWN_UNIT");
  const auto lines =
      Do(Auditor(), &SettlementStub::ListLines, absl::StrCat("parent: '", run, "' page_size: 1"));
  ASSERT_EQ(lines.lines_size(), 1);
  EXPECT_EQ(Do(Auditor(), &SettlementStub::ListLines,
               absl::StrCat("parent: '", run, "' page_token: '", lines.next_page_token(), "'"))
                .lines(0)
                .name(),
            stalls);
}

TEST_F(SettlementTest, MalformedRequests) {
  Redeem("shop", 10);
  NextDay();
  const std::string line = AddLine(NewRun(), "shop");
  const std::string named = absl::StrCat("request_id: 'x' line: '", line, "' ");
  const auto field = [](const Refused& refused) {
    const auto found = refused.metadata.find("field");
    return refused.reason + " " + (found == refused.metadata.end() ? "" : found->second);
  };
  EXPECT_EQ(Approve(line), "");
  EXPECT_EQ(field(Refuse(Clerk(), &SettlementStub::Pay, named)), "FIELD_REQUIRED bank_reference");
  const Refused personal =
      Refuse(Clerk(), &SettlementStub::Pay, named + "bank_reference: 'to 138 1234 5678'");
  EXPECT_EQ(field(personal), "REFERENCE_IS_PERSONAL bank_reference");
  EXPECT_EQ(personal.message.find("1234"), std::string::npos);
  EXPECT_EQ(field(Refuse(Clerk(), &SettlementStub::Return, named)), "FIELD_REQUIRED reason");
  for (const auto& [name, reason] :
       {std::pair("", "FIELD_REQUIRED"), std::pair("settlementRuns/1", "FIELD_INVALID"),
        std::pair("settlementRuns/1/lines/0", "FIELD_INVALID"),
        std::pair("settlementRuns/x/lines/9", "FIELD_INVALID"),
        std::pair("settlementRuns/9/lines/9", "UNKNOWN_RUN"),
        std::pair("settlementRuns/1/lines/9", "UNKNOWN_RUN"),
        std::pair("settlementRuns/1/lines/999999", "UNKNOWN_RUN")}) {
    EXPECT_EQ(field(Refuse(Chief(), &SettlementStub::Approve,
                           absl::StrCat("request_id: 'y' line: '", name, "'"))),
              absl::StrCat(reason, " line"));
    EXPECT_EQ(
        field(Refuse(Chief(), &SettlementStub::GetStatement, absl::StrCat("line: '", name, "'"))),
        absl::StrCat(reason, " line"));
  }
  EXPECT_EQ(
      field(Refuse(Clerk(), &SettlementStub::CreateRun, "request_id: 'r' money: 'assets/points'")),
      "ASSET_MISMATCH money");
  EXPECT_EQ(field(Refuse(Clerk(), &SettlementStub::ListClaims, "money: 'assets/points'")),
            "WRONG_ACCOUNT_KIND money");
  EXPECT_EQ(field(Refuse(Operator(), &SettlementStub::OpenClaim,
                         "request_id: 'o' merchant: 'participants/fund' money: 'assets/fen'")),
            "WRONG_PARTICIPANT_KIND merchant");
  EXPECT_EQ(field(Refuse(Operator(), &SettlementStub::OpenClaim,
                         "request_id: 'o' merchant: 'participants/shop' money: 'assets/fen'")),
            "ACCOUNT_EXISTS merchant");
  EXPECT_EQ(field(Refuse(Clerk(), &SettlementStub::ListLines,
                         "parent: 'settlementRuns/1' page_token: 'x'")),
            "FIELD_INVALID page_token");
  EXPECT_THAT(RunNamed(Clerk(), "settlementRuns/1").totals(), testing::SizeIs(1));
}

}  // namespace
}  // namespace tanhui::e2e
