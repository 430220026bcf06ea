#include "ledger/periods/voucher.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "ledger/periods/trial_balance.h"
#include "ledger/rules/codes/account_codes.h"

namespace tanhui::periods {
namespace {

constexpr std::string_view kColumns =
    "voucher,date,asset,entry_kind,summary,account_code,debit,credit,entries\n";

// RFC 4180.
std::string Field(const std::string& text) {
  return text.find_first_of(",\"\r\n") == std::string::npos
             ? text
             : absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

bool IsSameVoucher(const VoucherKey& a, const VoucherKey& b) {
  return a.day == b.day && a.asset == b.asset && a.entry_kind == b.entry_kind;
}

}  // namespace

std::optional<WithoutCode> AddEntry(const entry::v1::Entry& entry,
                                    const rules::AccountCodesVersion& codes,
                                    const WhatIsPostedOn& posted_on, VoucherSums& sums) {
  const int kind = static_cast<int>(entry.body_case());
  std::set<VoucherKey> counted;
  for (const entry::v1::Posting& posting : entry.postings()) {
    const auto on = posted_on(AccountNo(posting.account()));
    if (!on.has_value() || posting.amount() == 0) {
      continue;
    }
    const rules::AccountCode* code = codes.Find(on->kind, kind);
    if (code == nullptr) {
      return WithoutCode{on->kind, rules::NameOfEntryKind(kind)};
    }
    const bool credit = posting.amount() > 0;
    VoucherKey key{BusinessDate(entry.accounting_date()),
                   std::string(on->asset_code),
                   rules::NameOfEntryKind(kind),
                   credit ? code->credit : code->debit,
                   credit,
                   code->summary};
    VoucherSum& sum = sums[key];
    const absl::uint128 amount(static_cast<std::uint64_t>(posting.amount()));
    sum.amount += credit ? amount : absl::uint128(0) - absl::uint128(posting.amount());
    sum.entries += counted.insert(std::move(key)).second ? 1 : 0;
  }
  return std::nullopt;
}

VoucherText WriteVouchers(const VoucherHeading& heading, const VoucherSums& sums) {
  const std::string month = FormatMonth(heading.month);
  VoucherText text;
  absl::StrAppend(&text.lines, "#tanhui-voucher 1,", heading.scheme, ",", month, ",account_codes ",
                  heading.codes, " ", heading.codes_version, ",closing ", heading.closing.value(),
                  "\n", absl::string_view(kColumns.data(), kColumns.size()));
  absl::uint128 debits = 0;
  absl::uint128 credits = 0;
  std::uint32_t voucher = 0;
  const VoucherKey* before = nullptr;
  for (const auto& [key, sum] : sums) {
    voucher += before == nullptr || !IsSameVoucher(*before, key) ? 1 : 0;
    before = &key;
    (key.credit ? credits : debits) += sum.amount;
    absl::StrAppend(&text.lines, month, absl::StrFormat("-%04d", voucher), ",", FormatDate(key.day),
                    ",", key.asset, ",", key.entry_kind, ",", Field(key.summary), ",",
                    key.account_code, ",", key.credit ? "0" : DecimalOf(sum.amount), ",",
                    key.credit ? DecimalOf(sum.amount) : "0", ",", sum.entries, "\n");
  }
  absl::StrAppend(&text.end, "#end,", sums.size(), ",", DecimalOf(debits), ",", DecimalOf(credits),
                  ",");
  return text;
}

}  // namespace tanhui::periods
