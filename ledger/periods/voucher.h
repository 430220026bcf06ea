// Vouchers (记账凭证) of a closed month: its postings summed by day, asset, kind of entry and
// account code, and written as a file that an accounting system imports. PERIODS.md has the
// grammar.
#ifndef TANHUI_LEDGER_PERIODS_VOUCHER_H_
#define TANHUI_LEDGER_PERIODS_VOUCHER_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/numeric/int128.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/rules/rulebook.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::periods {

// A line of a voucher. Vouchers are what has day, asset and kind in common.
struct VoucherKey {
  BusinessDate day;
  std::string asset;       // code
  std::string entry_kind;  // name
  std::string account_code;
  bool credit = false;
  std::string summary;
  friend auto operator<=>(const VoucherKey&, const VoucherKey&) = default;
};

struct VoucherSum {
  absl::uint128 amount = 0;
  std::uint64_t entries = 0;  // that have a posting in it
};

using VoucherSums = std::map<VoucherKey, VoucherSum>;

// What a posting is on; nullopt for an account that is not there.
struct PostedOn {
  AccountKind kind = AccountKind::kCitizen;
  AssetNo asset;
  std::string_view asset_code;
};
using WhatIsPostedOn = std::function<std::optional<PostedOn>(AccountNo)>;

// A posting that no row of the table fits.
struct WithoutCode {
  AccountKind account_kind = AccountKind::kCitizen;
  std::string entry_kind;
};

// Adds the postings of an entry; postings on accounts that `posted_on` does not know are left out.
std::optional<WithoutCode> AddEntry(const entry::v1::Entry& entry,
                                    const rules::AccountCodesVersion& codes,
                                    const WhatIsPostedOn& posted_on, VoucherSums& sums);

struct VoucherHeading {
  std::string scheme;  // code
  Month month;
  std::string codes;  // code of the table
  std::uint32_t codes_version = 0;
  EntryIndex closing;
};

// The whole file but for its hash, which the caller makes: everything up to the last comma of the
// last line, over which the hash goes, and the place for it.
struct VoucherText {
  std::string lines;  // hashed
  std::string end;    // the last line up to the hash, after the lines
};
VoucherText WriteVouchers(const VoucherHeading& heading, const VoucherSums& sums);

}  // namespace tanhui::periods

#endif  // TANHUI_LEDGER_PERIODS_VOUCHER_H_
