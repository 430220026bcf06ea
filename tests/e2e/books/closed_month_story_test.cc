// January is closed; in February an old sale comes back and an old walk is counted again.
// January's trial balance and vouchers stay as they were, byte by byte; February names both
// originals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tanhui/entry/v1/documents.pb.h"
#include "tests/e2e/books/story_days.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kCodes = R"(
  code: 'green-codes' version: 1 first_date: '2027-01-01' display_name: '科目' scheme: 'green'
  rows { account_kind: 'citizen' debit_code: '2204' credit_code: '2204' summary: '居民积分' }
  rows { account_kind: 'merchant' debit_code: '2241' credit_code: '2241' summary: '商户积分' }
  rows { account_kind: 'budget' debit_code: '2401' credit_code: '2401' summary: '预算' }
  rows { account_kind: 'issuance' debit_code: '6601' credit_code: '6601' summary: '发放' }
  rows { account_kind: 'claim' debit_code: '2202' credit_code: '2202' summary: '应付' }
)";
// 1,000 steps are 5 points.
constexpr const char* kWalk =
    "rules { scenario: 'walk' display_name: '步行' unit: UNIT_STEP rates { grams: '50' per: 1000 "
    "{source} } }";

class ClosedMonthStory : public StoryDays {
 protected:
  void SetUp() override {
    StoryDays::SetUp();
    PublishRules(kWalk);
    Publish(v1::DOCUMENT_KIND_ACCOUNT_CODES, Parsed<entry::v1::AccountCodes>(kCodes));
  }

  void Close(const std::string& month) const {
    Run(0, {"period", "close", "--scheme", "green", month, kStillGood});
  }
  std::string TrialBalance(const std::string& month) const {
    return Run(0, {"--json", "period", "trial-balance", "--scheme", "green", month});
  }
  // The bytes of the file, which must be a good one.
  std::string Vouchers(const std::string& month) const {
    const std::string path = scratch_ / absl::StrCat("vouchers-", FreshId());
    Run(0, {"voucher", "export", "--scheme", "green", "--month", month, path});
    Run(0, {"voucher", "check", path});
    return ReadBytes(path);
  }
  // A column of the trial balance of a month, by asset and kind of account.
  std::map<std::string, std::string> Column(const std::string& month,
                                            const std::string& name) const {
    std::map<std::string, std::string> out;
    const auto report = Do(Accountant(), &ReportsStub::GetTrialBalance,
                           absl::StrCat("scheme: 'schemes/green' month: '", month, "'"));
    for (const v1::TrialBalanceLine& line : report.lines()) {
      out[line.asset() + " " + line.account_kind()] =
          name == "opening" ? line.opening() : line.closing();
    }
    for (const v1::TrialBalanceTotal& total : report.totals()) {
      EXPECT_EQ(total.debits(), total.credits()) << month << " " << total.asset();
    }
    return out;
  }

  std::uint64_t Walk(std::uint64_t steps) const {
    return Do(Operator(), &PointsStub::Award,
              absl::StrCat(
                  "request_id: 'walk' account: '", citizen_, "' budget: 'budgets/demo' ",
                  "act_time { seconds: ", clock_.Wall().value() / 1'000'000 - 60,
                  " } act { scenario: 'walk' district: '500103' unit: UNIT_STEP quantity: ", steps,
                  " }"))
        .entry_index();
  }
  static std::string ToSteps(std::uint64_t act, std::uint64_t steps, const std::string& more) {
    return absl::StrCat("request_id: 'counted-again' reason: 'counted_again' entry_index: ", act,
                        " act { scenario: 'walk' district: '500103' unit: UNIT_STEP quantity: ",
                        steps, " } ", more);
  }
  static std::string RefundOf(std::uint64_t sale, const std::string& more) {
    return absl::StrCat("request_id: 'came-back' points: 10 entry_index: ", sale, " ", more);
  }
};

TEST_F(ClosedMonthStory, WhatWasClosedStays) {
  const std::uint64_t sale = Redeem("shop/s1/t1", 100);
  GoTo("2027-01-20 12:00:00");
  const std::uint64_t walk = Walk(4'000);
  GoTo("2027-02-03 12:00:00");
  Close("2027-01");
  const std::string trial_balance = TrialBalance("2027-01");
  const std::string vouchers = Vouchers("2027-01");
  EXPECT_THAT(vouchers, AllOf(HasSubstr("2027-01-05,points,redemption,居民积分,2204,100,0,1\n"),
                              HasSubstr("2027-01-05,fen,redemption,应付,2202,0,350,1\n"),
                              HasSubstr("2027-01-20,points,earning,居民积分,2204,0,20,1\n")));

  // Nobody gets anything into January any more.
  const std::uint64_t size = LogSize(Operator());
  const std::string january = "booked_on: '2027-01-31'";
  for (const Refused& refused :
       {Refuse(Operator(), &PointsStub::Refund, RefundOf(sale, january)),
        Refuse(Operator(), &PointsStub::Correct, ToSteps(walk, 6'000, january))}) {
    EXPECT_EQ(refused.reason, "PERIOD_CLOSED");
    EXPECT_EQ(refused.code, grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_EQ(refused.metadata.at("first_open_date"), "2027-02-01");
  }
  EXPECT_EQ(LogSize(Operator()), size);

  // Both are February's, and say what they are about.
  const std::uint64_t refund =
      Do(Operator(), &PointsStub::Refund, RefundOf(sale, "")).entry_index();
  const auto correction =
      Do(Operator(), &PointsStub::Correct, ToSteps(walk, 6'000, "booked_on: '2027-02-01'"));
  EXPECT_EQ(correction.change(), 10);
  EXPECT_EQ(correction.target_index(), walk);
  for (const auto& [entry, original, date] :
       {std::tuple(refund, sale, "2027-02-03"),
        std::tuple(correction.entry_index(), walk, "2027-02-01")}) {
    EXPECT_EQ(EntryAt(entry).target_index(), original);
    EXPECT_EQ(EntryAt(entry).accounting_date(), date);
  }
  EXPECT_EQ(EntryAt(walk).business_date(), EntryAt(correction.entry_index()).business_date())
      << "judged by the rules and caps of January's day";
  EXPECT_EQ(BalanceOfUser("citizen"), 1'000 - 100 + 20 + 10 + 10);
  EXPECT_EQ(ClaimOf("shop").balance(), 350 - 35);
  EXPECT_EQ(TrialBalance("2027-01"), trial_balance);
  EXPECT_EQ(Vouchers("2027-01"), vouchers);

  GoTo("2027-03-02 12:00:00");
  Close("2027-02");
  EXPECT_EQ(TrialBalance("2027-01"), trial_balance);
  EXPECT_EQ(Vouchers("2027-01"), vouchers);
  EXPECT_THAT(Vouchers("2027-02"),
              AllOf(HasSubstr("2027-02-03,points,refund,居民积分,2204,0,10,1\n"),
                    HasSubstr("2027-02-03,fen,refund,应付,2202,35,0,1\n"),
                    HasSubstr("2027-02-01,points,correction,居民积分,2204,0,10,1\n"),
                    Not(HasSubstr("redemption")), Not(HasSubstr("earning"))));
  EXPECT_EQ(Column("2027-02", "opening"), Column("2027-01", "closing"))
      << "one month goes on where the other ended";
}

}  // namespace
}  // namespace tanhui::e2e
