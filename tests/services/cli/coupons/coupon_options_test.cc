// Orders on a command line, cells that no spreadsheet computes, and what a coupon is worth in
// words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/cli/commands/coupons/coupon_text.h"
#include "services/cli/commands/coupons/order_options.h"
#include "services/cli/commands/coupons/statement_pages.h"
#include "services/cli/commands/coupons/uses_file.h"

namespace tanhui::cli {
namespace {

using testing::HasSubstr;

TEST(OrderOptions, LinesOfAnOrder) {
  const auto tea = ParseOrderLine("tea=4000");
  ASSERT_TRUE(tea.ok());
  EXPECT_EQ(tea->category(), "tea");
  EXPECT_EQ(tea->fen(), 4'000);
  const auto bare = ParseOrderLine("70");
  ASSERT_TRUE(bare.ok());
  EXPECT_EQ(bare->category(), "");
  EXPECT_EQ(bare->fen(), 70);
  for (const char* text :
       {"", "tea", "tea=", "tea=40.00", "tea=4000 ", "=", "40,00", "+5", "99999999999999999999"}) {
    EXPECT_THAT(std::string(ParseOrderLine(text).status().message()), HasSubstr("such as tea=4000"))
        << text;
  }
}

TEST(OrderOptions, PartsThatComeBack) {
  const auto back = ParseLineBack("1=3000");
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->line(), 1U);
  EXPECT_EQ(back->fen(), 3'000);
  for (const char* text : {"", "3000", "=3000", "1=", "-1=3000", "1=3000=", "a=1", "1=30.0"}) {
    EXPECT_THAT(std::string(ParseLineBack(text).status().message()), HasSubstr("LINE=FEN")) << text;
  }
}

TEST(UsesFile, NoCellIsAFormula) {
  EXPECT_EQ(SafeField("R-1"), "\"R-1\"");
  EXPECT_EQ(SafeField("a\"b,c"), "\"a\"\"b,c\"");
  EXPECT_EQ(SafeField(""), "\"\"");
  for (const char* text : {"=1+1", "+86", "-x", "@SUM(A1)", "\tx"}) {
    EXPECT_THAT(SafeField(text), testing::StartsWith("\"'")) << text;
  }
}

TEST(CouponText, WhatACouponIsWorth) {
  v1::CampaignTerms terms;
  terms.set_face_fen(2'000);
  EXPECT_EQ(ValueText(terms), "20.00 yuan off");
  terms.set_threshold_fen(5'005);
  EXPECT_EQ(ValueText(terms), "20.00 yuan off from 50.05 on");
  terms.set_face_fen(0);
  terms.set_threshold_fen(0);
  terms.set_percent_permille(105);
  terms.set_ceiling_fen(3'000);
  EXPECT_EQ(ValueText(terms), "10.5 % off, at most 30.00 yuan");
}

TEST(StatementPages, SumsOfAllPages) {
  v1::GetMerchantStatementResponse whole;
  v1::GetMerchantStatementResponse page;
  v1::MerchantCampaignSums& row = *page.add_campaigns();
  row.set_campaign("campaigns/a");
  row.mutable_sums()->set_uses(2);
  row.mutable_sums()->set_claimed_fen(-5);
  AddPageOfMerchant(page, &whole);
  *page.add_campaigns() = row;
  page.mutable_campaigns(1)->set_campaign("campaigns/b");
  AddPageOfMerchant(page, &whole);
  ASSERT_EQ(whole.campaigns_size(), 2);
  EXPECT_EQ(whole.campaigns(0).sums().uses(), 4U);
  EXPECT_EQ(whole.campaigns(0).sums().claimed_fen(), -10);
  EXPECT_EQ(whole.campaigns(1).sums().uses(), 2U);

  v1::GetCampaignStatementResponse campaign;
  v1::GetCampaignStatementResponse first;
  first.set_locked_fen(100);
  first.mutable_sums()->set_goods_fen(7);
  AddPageOfCampaign(first, &campaign);
  AddPageOfCampaign(first, &campaign);
  EXPECT_EQ(campaign.locked_fen(), 100) << "what a page says of now is not summed";
  EXPECT_EQ(campaign.sums().goods_fen(), 14);
}

}  // namespace
}  // namespace tanhui::cli
