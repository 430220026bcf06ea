// Vouchers: what postings become by a table of account codes, and the file's exact text.
#include "ledger/periods/voucher.h"

#include <gtest/gtest.h>

#include <string>

#include "ledger/rules/codes/account_codes.h"
#include "tests/ledger/periods/period_words.h"

namespace tanhui {
namespace {

using namespace world;

rules::AccountCodesVersion Codes() {
  rules::AccountCodesVersion codes;
  codes.code = "cq-codes";
  codes.version = 3;
  codes.scheme = "midnight";
  const int redemption = *rules::EntryKindOf("redemption");
  codes.rows = {{AccountKind::kCitizen, redemption, "2204.1", "2204.2", "积分兑换"},
                {AccountKind::kCitizen, 0, "2204.8", "2204.9", "居民积分"},
                {AccountKind::kMerchant, 0, "2241", "2241", "商户, \"应付\""},
                {AccountKind::kBudget, 0, "2401", "2401", "预算"},
                {AccountKind::kIssuance, 0, "6601", "6601", "发放"}};
  return codes;
}

periods::WhatIsPostedOn OnAccountsOf(const World& world) {
  return [&world](AccountNo number) -> std::optional<periods::PostedOn> {
    const Account& account = world.Of(number);
    if (account.asset != kPoints) {
      return std::nullopt;
    }
    return periods::PostedOn{account.kind, account.asset, "points"};
  };
}

std::string TextOf(const periods::VoucherSums& sums) {
  const auto text = periods::WriteVouchers(
      {"midnight", *ParseMonth("2024-02"), "cq-codes", 3, EntryIndex(99)}, sums);
  return text.lines + text.end;
}

TEST(VoucherTest, SumsByDayKindAndCode) {
  World world = Funded(100);
  Done(world, Award("a1", kAlice, kBudget, 40));
  Done(world, Award("a2", kBob, kBudget, 2));
  Done(world, Redeem("r1", kAlice, kShop, 15));
  Done(world, Fund("fs", kStampBudget, 7));  // of another scheme
  world.WaitDays(1);
  Done(world, Redeem("r2", kAlice, kShop, 5));
  periods::VoucherSums sums;
  for (const Entry& entry : world.entries()) {
    EXPECT_FALSE(periods::AddEntry(entry, Codes(), OnAccountsOf(world), sums).has_value());
  }
  EXPECT_EQ(TextOf(sums),
            "#tanhui-voucher 1,midnight,2024-02,account_codes cq-codes 3,closing 99\n"
            "voucher,date,asset,entry_kind,summary,account_code,debit,credit,entries\n"
            "2024-02-0001,2024-02-28,points,award,居民积分,2204.9,0,42,2\n"
            "2024-02-0001,2024-02-28,points,award,预算,2401,42,0,2\n"
            "2024-02-0002,2024-02-28,points,funding,预算,2401,0,100,1\n"
            "2024-02-0002,2024-02-28,points,funding,发放,6601,100,0,1\n"
            "2024-02-0003,2024-02-28,points,redemption,积分兑换,2204.1,15,0,1\n"
            "2024-02-0003,2024-02-28,points,redemption,\"商户, \"\"应付\"\"\",2241,0,15,1\n"
            "2024-02-0004,2024-02-29,points,redemption,积分兑换,2204.1,5,0,1\n"
            "2024-02-0004,2024-02-29,points,redemption,\"商户, \"\"应付\"\"\",2241,0,5,1\n"
            "#end,8,162,162,");
}

TEST(VoucherTest, AMonthWithoutPostingsIsAFileWithoutLines) {
  EXPECT_EQ(TextOf({}),
            "#tanhui-voucher 1,midnight,2024-02,account_codes cq-codes 3,closing 99\n"
            "voucher,date,asset,entry_kind,summary,account_code,debit,credit,entries\n"
            "#end,0,0,0,");
}

TEST(VoucherTest, APostingWithoutARowIsNamed) {
  World world = Funded(100);
  rules::AccountCodesVersion codes = Codes();
  codes.rows.pop_back();
  periods::VoucherSums sums;
  const auto without = periods::AddEntry(world.last(), codes, OnAccountsOf(world), sums);
  ASSERT_TRUE(without.has_value());
  EXPECT_EQ(rules::NameOf(without->account_kind) + " " + without->entry_kind, "issuance funding");
}

TEST(AccountCodesTest, NamesAndChecks) {
  EXPECT_EQ(rules::AccountKindOf("merchant"), AccountKind::kMerchant);
  EXPECT_FALSE(rules::AccountKindOf("MERCHANT").has_value());
  EXPECT_FALSE(rules::AccountKindOf("unspecified").has_value());
  EXPECT_EQ(rules::EntryKindOf(""), 0);
  EXPECT_FALSE(rules::EntryKindOf("caller").has_value()) << "a field that is no kind of entry";
  EXPECT_EQ(rules::NameOfEntryKind(*rules::EntryKindOf("budget_year_end")), "budget_year_end");
  entry::v1::AccountCodes codes;
  codes.set_code("codes");
  codes.set_version(1);
  codes.set_first_date("2027-01-01");
  codes.set_display_name("科目");
  codes.set_scheme("midnight");
  EXPECT_EQ(rules::CheckAccountCodes(codes)->path, "rows");
  auto& row = *codes.add_rows();
  row.set_account_kind("merchant");
  row.set_debit_code("2241");
  row.set_credit_code("2241.01-A");
  row.set_summary("商户");
  EXPECT_FALSE(rules::CheckAccountCodes(codes).has_value());
  *codes.add_rows() = row;
  EXPECT_EQ(rules::CheckAccountCodes(codes)->path, "rows[1].entry_kind");
  codes.mutable_rows(1)->set_entry_kind("redemptions");
  EXPECT_EQ(rules::CheckAccountCodes(codes)->path, "rows[1].entry_kind");
  codes.mutable_rows(1)->set_entry_kind("redemption");
  codes.mutable_rows(1)->set_credit_code("22,41");
  EXPECT_EQ(rules::CheckAccountCodes(codes)->path, "rows[1].credit_code");
}

TEST(AccountCodesTest, OneTableForAScheme) {
  rules::Rulebook book;
  entry::v1::AccountCodes codes;
  codes.set_code("codes");
  codes.set_version(1);
  codes.set_first_date("2027-01-01");
  codes.set_display_name("科目");
  codes.set_scheme("midnight");
  auto& row = *codes.add_rows();
  row.set_account_kind("merchant");
  row.set_debit_code("1");
  row.set_credit_code("2");
  row.set_summary("x");
  constexpr auto kKind = entry::v1::DOCUMENT_KIND_ACCOUNT_CODES;
  const auto publish = [&](std::uint32_t number, std::uint64_t index) {
    const std::string bytes = codes.SerializeAsString();
    ASSERT_FALSE(book.Check(kKind, bytes).has_value());
    rules::Document document;
    document.number = rules::DocumentNo(number);
    document.kind = kKind;
    document.publication = EntryIndex(index);
    book.Publish(document, bytes);
  };
  publish(1, 10);
  codes.set_version(2);
  codes.set_first_date("2027-03-05");
  publish(2, 20);
  const auto version = [&](std::string_view date, std::uint64_t before) {
    const auto* found = book.AccountCodesInForce("midnight", Day(date), EntryIndex(before));
    return found == nullptr ? 0u : found->version;
  };
  EXPECT_EQ(version("2026-12-31", 99), 0u);
  EXPECT_EQ(version("2027-01-31", 10), 0u) << "published after that entry";
  EXPECT_EQ(version("2027-01-31", 11), 1u);
  EXPECT_EQ(version("2027-03-31", 20), 1u);
  EXPECT_EQ(version("2027-03-31", 21), 2u);
  EXPECT_EQ(book.AccountCodesInForce("other", Day("2027-03-31"), EntryIndex(99)), nullptr);
  codes.set_code("other");
  EXPECT_EQ(book.Check(kKind, codes.SerializeAsString())->path, "code");
  codes.set_code("codes");
  codes.set_scheme("evening");
  EXPECT_EQ(book.Check(kKind, codes.SerializeAsString())->path, "scheme");
}

}  // namespace
}  // namespace tanhui
