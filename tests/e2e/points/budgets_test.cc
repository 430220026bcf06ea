// Budgets, terms, expiry dates and the liability report through the API.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/core/business_time.h"
#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {
namespace {

// The Shanghai date so many days from now.
BusinessDate Today(std::int32_t days_from_now = 0) {
  const LedgerTime now(SecondsFromNow(0).seconds() * kMicrosPerSecond);
  return BusinessDate(ShanghaiDate(now).value() + days_from_now);
}

class BudgetsTest : public ApiTest {
 protected:
  void Create(const std::string& code, const std::string& more) const {
    Do(&BudgetsStub::Create, absl::StrCat("request_id: 'new-", code, "' budget_id: '", code,
                                          "' display_name: '预算' asset: 'assets/points' "
                                          "sponsor: 'participants/sponsor' ",
                                          more));
  }
  v1::Budget Read(const std::string& code) const {
    return Do(&BudgetsStub::Get, "name: 'budgets/" + code + "'").budget();
  }
  void Fund(const std::string& code, std::int64_t points) const {
    Do(&BudgetsStub::Fund,
       absl::StrCat("request_id: 'fund-", code, "' budget: 'budgets/", code, "' points: ", points));
  }
  std::string Award(const std::string& id, const std::string& code, std::int64_t points) const {
    v1::AwardRequest award = AwardOf(id, citizen_, points);
    award.set_budget("budgets/" + code);
    return client().Call(&PointsStub::Award, award).reason();
  }
};

TEST_F(BudgetsTest, WarnAndNeverOverspend) {
  Create("small", "");
  EXPECT_EQ(Read("small").warning(), v1::BUDGET_WARNING_NONE);
  EXPECT_EQ(Read("small").used_percent(), 0);
  Fund("small", 1'000);
  struct Step {
    std::int64_t points;
    std::int32_t percent;
    v1::BudgetWarning warning;
  };
  std::int64_t used = 0;
  for (const Step& step : {Step{799, 79, v1::BUDGET_WARNING_NONE},
                           {1, 80, v1::BUDGET_WARNING_AT_80},
                           {149, 94, v1::BUDGET_WARNING_AT_80},
                           {1, 95, v1::BUDGET_WARNING_AT_95},
                           {49, 99, v1::BUDGET_WARNING_AT_95},
                           {1, 100, v1::BUDGET_WARNING_EXHAUSTED}}) {
    used += step.points;
    ASSERT_EQ(Award(absl::StrCat("a", used), "small", step.points), "");
    const v1::Budget budget = Read("small");
    EXPECT_EQ(budget.used(), used);
    EXPECT_EQ(budget.available(), 1'000 - used);
    EXPECT_EQ(budget.funded(), 1'000);
    EXPECT_EQ(budget.used_percent(), step.percent);
    EXPECT_EQ(budget.warning(), step.warning) << used;
  }
  EXPECT_EQ(Award("over", "small", 1), "INSUFFICIENT_BUDGET");
}

// 10,000 awards at once from a budget that pays for half of them.
TEST_F(BudgetsTest, AreNotOverspentByMany) {
  constexpr int kClients = 16;
  constexpr int kAwards = 625;
  Create("hot", "");
  Fund("hot", 5'000);
  std::atomic<int> paid = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int number = 0; number < kClients; ++number) {
    threads.emplace_back([this, number, &paid, &refused, mine = Client(server_.NewChannel())] {
      for (int i = 0; i < kAwards; ++i) {
        v1::AwardRequest award = AwardOf(absl::StrCat(number, "-", i), citizen_, 1);
        award.set_budget("budgets/hot");
        const auto answer = mine.Call(&PointsStub::Award, award);
        EXPECT_TRUE(answer.ok() || answer.reason() == "INSUFFICIENT_BUDGET")
            << answer.status.error_message();
        ++(answer.ok() ? paid : refused);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(paid, 5'000);
  EXPECT_EQ(refused, kClients * kAwards - 5'000);
  EXPECT_EQ(Read("hot").available(), 0);
  EXPECT_EQ(BalanceOf(client(), citizen_), 5'500);
}

TEST_F(BudgetsTest, PayInTheirPeriodAndGoBack) {
  Create("dated", absl::StrCat("first_date: '", FormatDate(Today(1)), "' last_date: '",
                               FormatDate(Today(10)), "' return_days: 30"));
  const v1::Budget dated = Read("dated");
  EXPECT_EQ(dated.first_date(), FormatDate(Today(1)));
  EXPECT_EQ(dated.last_date(), FormatDate(Today(10)));
  EXPECT_EQ(dated.return_days(), 30U);
  Fund("dated", 100);
  EXPECT_EQ(Award("early", "dated", 1), "BUDGET_OUT_OF_PERIOD");
  const auto back =
      ExpectDoneOnce(&BudgetsStub::Return,
                     Parsed<v1::ReturnRequest>("request_id: 'back' budget: 'budgets/dated'"));
  EXPECT_EQ(back.points(), 100);
  EXPECT_EQ(back.balance(), 0);
  EXPECT_EQ(Read("dated").funded(), 0);
  EXPECT_EQ(WhyNot(&BudgetsStub::Return, "request_id: 'back2' budget: 'budgets/dated'"),
            "INSUFFICIENT_BUDGET");
}

// A period that is over: what is unused counts as gone back at once.
TEST_F(BudgetsTest, AfterTheirReturn) {
  Create("over", absl::StrCat("last_date: '", FormatDate(Today(-1)), "'"));
  Fund("over", 100);
  const v1::Budget over = Read("over");
  EXPECT_EQ(over.available(), 0);
  EXPECT_EQ(over.funded(), 0);
  EXPECT_EQ(over.warning(), v1::BUDGET_WARNING_NONE);
}

TEST_F(BudgetsTest, ListedPageByPage) {
  for (const std::string code : {"b1", "b2", "b3"}) {
    Create(code, "");
  }
  std::vector<std::string> names;
  std::string token;
  do {
    const auto page = Do(&BudgetsStub::List, "page_size: 2 page_token: '" + token + "'");
    for (const v1::Budget& budget : page.budgets()) {
      names.push_back(budget.name());
    }
    token = page.next_page_token();
  } while (!token.empty() && names.size() < 10);
  EXPECT_EQ(names, (std::vector<std::string>{"budgets/demo", "budgets/stamps", "budgets/b1",
                                             "budgets/b2", "budgets/b3"}));
  const auto stamps = Do(&BudgetsStub::List, "asset: 'assets/stamps'");
  ASSERT_EQ(stamps.budgets_size(), 1);
  EXPECT_EQ(stamps.budgets(0).name(), "budgets/stamps");
  EXPECT_EQ(Do(&BudgetsStub::List, "").budgets(0).used(), 500);
}

TEST_F(BudgetsTest, TermsAreDataOfAnAsset) {
  const v1::Terms before = Do(&AdminStub::GetAsset, "name: 'assets/points'").asset().terms();
  EXPECT_EQ(before.validity_months(), 1'200U);
  EXPECT_EQ(before.grace_days(), 30U);
  EXPECT_EQ(before.transfers(), v1::TRANSFER_POLICY_CAPPED);
  EXPECT_EQ(before.spent_reversal(), v1::SPENT_REVERSAL_DEBT);
  EXPECT_TRUE(before.credits_while_frozen());
  const auto set = ExpectDoneOnce(
      &AdminStub::SetTerms,
      Parsed<v1::SetTermsRequest>("request_id: 'terms' asset: 'assets/points' terms { "
                                  "validity_months: 0 transfers: TRANSFER_POLICY_CAPPED "
                                  "transfer_daily_cap: 50 max_hold_days: 1 }"));
  EXPECT_EQ(set.terms().validity_months(), 0U);
  EXPECT_TRUE(set.terms().has_validity_months());
  EXPECT_EQ(set.terms().max_members(), 8U);
  const auto assets = Do(&AdminStub::ListAssets, "");
  ASSERT_EQ(assets.assets_size(), 2);
  EXPECT_EQ(assets.assets(0).terms().ShortDebugString(), set.terms().ShortDebugString());
  EXPECT_EQ(assets.assets(0).scheme(), "schemes/green");
  v1::AwardRequest old = AwardOf("old", citizen_, 1);
  *old.mutable_act_time() = SecondsFromNow(-800 * 86'400);
  EXPECT_TRUE(client().Call(&PointsStub::Award, old).ok()) << "points that never expire";
  EXPECT_TRUE(client().Call(&PointsStub::Transfer, TransferOf("t", citizen_, other_, 30)).ok());
  EXPECT_EQ(client().Call(&PointsStub::Transfer, TransferOf("t2", citizen_, other_, 21)).reason(),
            "TRANSFER_CAP");
  Do(&AdminStub::SetTerms, "request_id: 'defaults' asset: 'assets/points' terms {}");
  old.set_request_id("too old");
  EXPECT_EQ(client().Call(&PointsStub::Award, old).reason(), "ACT_TOO_OLD");
  EXPECT_EQ(client().Call(&PointsStub::Transfer, TransferOf("t3", citizen_, other_, 1)).reason(),
            "TRANSFERS_OFF");
}

// Lots of two months and one that never expires, next dates first.
TEST_F(BudgetsTest, WhatExpiresNextAndWhatIsOwed) {
  const auto award = [this](const std::string& id, std::uint32_t months, std::int64_t points) {
    Do(&AdminStub::SetTerms,
       absl::StrCat("request_id: 'terms-", id,
                    "' asset: 'assets/points' terms { validity_months: ", months, " }"));
    ASSERT_TRUE(client().Call(&PointsStub::Award, AwardOf(id, other_, points)).ok());
  };
  award("a2", 2, 20);
  award("a1", 1, 10);
  award("a0", 0, 5);
  const Month now = MonthOf(Today());
  const v1::Account account = AccountOf(other_);
  EXPECT_EQ(account.available(), 35);
  ASSERT_EQ(account.expiring_size(), 2);
  EXPECT_EQ(account.expiring(0).date(),
            FormatDate(LastDayOf(Month(static_cast<std::uint16_t>(now.value() + 1)))));
  EXPECT_EQ(account.expiring(0).points(), 10);
  EXPECT_EQ(account.expiring(1).points(), 20);
  // The next date is spent first.
  ASSERT_TRUE(client().Call(&PointsStub::Redeem, RedeemOf("r", other_, 12)).ok());
  const v1::AccountEntry spent = HistoryOf(other_)[0];
  ASSERT_EQ(spent.lots_size(), 2);
  EXPECT_EQ(spent.lots(0).expiry_date(), account.expiring(0).date());
  EXPECT_EQ(spent.lots(0).points(), -10);
  EXPECT_EQ(spent.lots(1).points(), -2);
  Do(&PointsStub::Hold, absl::StrCat("request_id: 'h' account: '", other_,
                                     "' asset: 'assets/points' merchant: 'participants/shop' "
                                     "points: 8 deadline { seconds: ",
                                     SecondsFromNow(600).seconds(), " }"));

  const auto report = Do(&ReportsStub::GetLiability, "asset: 'assets/points'");
  EXPECT_TRUE(report.balanced());
  EXPECT_EQ(report.available(), 500 + 35 - 12 - 8);
  EXPECT_EQ(report.held(), 8);
  EXPECT_EQ(report.debt(), 0);
  EXPECT_EQ(report.expired_unswept(), 0);
  EXPECT_EQ(report.issuance(), -1'000'000);
  EXPECT_EQ(report.budgets(), 1'000'000 - 535);
  EXPECT_EQ(report.merchants(), 12);
  EXPECT_EQ(report.charities(), 0);
  EXPECT_EQ(report.expired(), 0);
  EXPECT_EQ(report.as_of_index(), LogSize(client()) - 1);
  ASSERT_EQ(report.rows_size(), 3);
  EXPECT_EQ(report.rows(0).expiry_date(), account.expiring(1).date());
  EXPECT_EQ(report.rows(0).available(), 10);
  EXPECT_EQ(report.rows(0).held(), 8);
  EXPECT_EQ(report.rows(0).funder(), "participants/sponsor");
  EXPECT_EQ(report.rows(2).expiry_date(), "");
  EXPECT_EQ(report.rows(2).available(), 5);
}

}  // namespace
}  // namespace tanhui::e2e
