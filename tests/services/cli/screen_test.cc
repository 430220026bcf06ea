#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/cli/screen/account_text.h"
#include "services/cli/screen/answer_text.h"
#include "services/cli/screen/progress.h"
#include "services/cli/screen/report_text.h"
#include "services/cli/screen/table.h"
#include "tanhui/v1/budgets.pb.h"

namespace tanhui::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(DisplayWidth(""), 0U);
  EXPECT_EQ(DisplayWidth("points"), 6U);
  EXPECT_EQ(DisplayWidth("碳惠通"), 6U);
  EXPECT_EQ(DisplayWidth("332（观澜）"), 11U);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1U);           // e and a combining accent
  EXPECT_EQ(DisplayWidth("\xF0\x9F\x8C\xB1 x"), 4U);  // a seedling
  EXPECT_EQ(DisplayWidth("\xFF"), 1U);
}

TEST(Table, AlignsChinese) {
  Table table({"name", ">points", "sponsor"});
  table.Add({"示范预算", "1,000", "渝北区"});
  table.Add({"demo", "27", "x"});
  EXPECT_EQ(table.Text(),
            "NAME      POINTS  SPONSOR\n"
            "示范预算   1,000  渝北区\n"
            "demo          27  x\n");
}

TEST(Table, TextsCannotMoveTheCursor) {
  Table table({"name"});
  table.Add({"\x1b[2Jgone\n"});
  EXPECT_EQ(table.Text(), "NAME\n?[2Jgone?\n");
}

TEST(FactList, LinesUp) {
  FactList facts;
  facts.Add("名称", "demo");
  facts.Add("available", "5");
  EXPECT_EQ(facts.Text(), "名称       demo\navailable  5\n");
}

TEST(Grouped, EveryThreeDigits) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1000), "1,000");
  EXPECT_EQ(Grouped(-1234567), "-1,234,567");
  EXPECT_EQ(Grouped(-123), "-123");
}

TEST(AnswerText, FlattensMessages) {
  v1::BudgetsServiceGetResponse response;
  response.mutable_budget()->set_name("budgets/demo");
  response.mutable_budget()->set_display_name("示范预算");
  response.mutable_budget()->set_available(1'000'000);
  response.set_as_of_index(12);
  EXPECT_EQ(AnswerText(response),
            "name          budgets/demo\n"
            "display name  示范预算\n"
            "available     1,000,000\n"
            "number        0\n"
            "funded        0\n"
            "used          0\n"
            "used percent  0\n"
            "warning       unspecified\n"
            "return days   0\n"
            "year end      unspecified\n"
            "as of index   12\n");
  EXPECT_THAT(JsonLine(response), HasSubstr("\"as_of_index\":\"12\""));
}

TEST(AnswerText, TimesAndKinds) {
  v1::AwardResponse award;
  award.mutable_record_time()->set_seconds(1'535'760'000);
  EXPECT_THAT(AnswerText(award), HasSubstr("record time  2018-09-01 08:00:00 +08:00\n"));
  EXPECT_THAT(AnswerText(v1::AwardResponse()), Not(HasSubstr("record time")));
  EXPECT_EQ(KindName(v1::ENTRY_KIND_ACCOUNT_OPENING), "account opening");
}

TEST(AnswerText, Log) {
  v1::ListLogEntriesResponse page;
  v1::LogEntry& entry = *page.add_entries();
  entry.set_index(7);
  entry.set_kind(v1::ENTRY_KIND_AWARD);
  entry.set_caller("participants/app");
  entry.set_scenario("metro_ride");
  entry.add_postings()->set_amount(-27);
  entry.add_postings()->set_amount(27);
  page.set_next_page_token("t1");
  page.set_as_of_index(7);
  const std::string text = LogText(page);
  EXPECT_THAT(text, HasSubstr("    7  award  participants/app  metro_ride     27"));
  EXPECT_THAT(text, HasSubstr("more: --page-token t1\nas of entry 7\n"));
}

TEST(AccountText, WhatExpiresAndWhatIsHeldAreTables) {
  v1::GetAccountResponse response;
  v1::Account& account = *response.mutable_account();
  account.set_name("accounts/a");
  account.set_available(1'200);
  account.set_held(30);
  account.set_status(v1::ACCOUNT_STATUS_OPEN);
  EXPECT_THAT(AccountText(response), Not(HasSubstr("EXPIRES")));
  v1::ExpiringPoints& points = *account.add_expiring();
  points.set_date("2027-01-31");
  points.set_points(1'200);
  v1::OpenHold& hold = *account.add_holds();
  hold.set_name("holds/7");
  hold.set_points(30);
  hold.set_merchant("participants/shop");
  hold.mutable_deadline()->set_seconds(1'535'760'000);
  const std::string text = AccountText(response);
  EXPECT_THAT(text, HasSubstr("available    1,200\n"));
  EXPECT_THAT(text, HasSubstr("\nEXPIRES AFTER  POINTS\n2027-01-31      1,200\n"));
  EXPECT_THAT(text, HasSubstr("\nHOLD     POINTS  MERCHANT           UNTIL\n"
                              "holds/7      30  participants/shop  2018-09-01 08:00:00 +08:00\n"));
}

TEST(EntriesText, TellsTheFirstLots) {
  v1::ListEntriesResponse page;
  v1::AccountEntry& entry = *page.add_entries();
  entry.set_kind(v1::ENTRY_KIND_REVERSAL);
  entry.set_reason("goods_returned");
  entry.set_amount(-1'234);
  for (const char* date : {"2027-01-31", "2027-02-28", "", "2027-03-31"}) {
    v1::LotChange& lot = *entry.add_lots();
    lot.set_expiry_date(date);
    lot.set_points(-1'000);
  }
  entry.mutable_lots(2)->set_points(5);
  EXPECT_THAT(EntriesText(page), HasSubstr("reversal  goods_returned  -1,234"));
  EXPECT_THAT(EntriesText(page), HasSubstr("-1,000 until 2027-01-31, -1,000 until 2027-02-28, +5 "
                                           "for ever, 1 more"));
}

TEST(UsedBar, TwentySteps) {
  EXPECT_EQ(UsedBar(0), "[--------------------]   0 %");
  EXPECT_EQ(UsedBar(4), "[--------------------]   4 %");
  EXPECT_EQ(UsedBar(82), "[################----]  82 %");
  EXPECT_EQ(UsedBar(100), "[####################] 100 %");
}

TEST(LiabilityText, SaysWhenItDoesNotAddUp) {
  v1::GetLiabilityResponse report;
  v1::LiabilityRow& row = *report.add_rows();
  row.set_funder("participants/yubei");
  row.set_available(5);
  report.set_available(5);
  report.set_debt(2);
  report.set_issuance(-4);
  const std::string text = LiabilityText(report);
  EXPECT_THAT(text, HasSubstr("never          participants/yubei          5     0      0\n"));
  EXPECT_THAT(text, HasSubstr("NOT BALANCED as of entry 0"));
  report.set_balanced(true);
  EXPECT_THAT(LiabilityText(report), HasSubstr("\nbalanced as of entry 0"));
}

struct Watched {
  std::vector<std::string> writes;
  std::chrono::milliseconds now{0};
  Progress Start(std::uint64_t total, bool terminal) {
    return Progress(
        "awards", total, terminal, [this](std::string_view text) { writes.emplace_back(text); },
        [this] { return now; });
  }
};

TEST(Progress, ABarOnATerminal) {
  Watched watched;
  Progress progress = watched.Start(10'000, true);
  watched.now = std::chrono::milliseconds(500);
  progress.Update(2'500);
  watched.now = std::chrono::milliseconds(550);
  progress.Update(3'000);  // too soon for another frame
  watched.now = std::chrono::milliseconds(2'000);
  progress.Update(10'000);
  progress.Finish();
  EXPECT_THAT(watched.writes,
              ElementsAre("\rawards  [######                    ]  25 %  2,500/10,000  5,000/s  "
                          "0:01 left\x1b[K",
                          "\rawards  [##########################] 100 %  10,000/10,000  5,000/s  "
                          "in 0:02\x1b[K",
                          "\n"));
}

TEST(Progress, PlainLinesElsewhere) {
  Watched watched;
  Progress progress = watched.Start(1000, false);
  for (std::uint64_t done = 0; done <= 1000; done += 25) {
    watched.now += std::chrono::milliseconds(25);
    progress.Update(done);
  }
  progress.Finish();
  ASSERT_EQ(watched.writes.size(), 10U);
  EXPECT_EQ(watched.writes[0], "awards  10 %  100/1,000  800/s  0:01 left\n");
  EXPECT_THAT(watched.writes[9], HasSubstr("100 %  1,000/1,000"));
}

TEST(Progress, NothingToDoShowsNothing) {
  Watched watched;
  Progress progress = watched.Start(0, true);
  progress.Update(0);
  progress.Finish();
  EXPECT_TRUE(watched.writes.empty());
}

}  // namespace
}  // namespace tanhui::cli
