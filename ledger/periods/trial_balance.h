// The trial balance (试算平衡表) of a month: what the accounts of each kind in each asset had, got
// and gave, and have.
#ifndef TANHUI_LEDGER_PERIODS_TRIAL_BALANCE_H_
#define TANHUI_LEDGER_PERIODS_TRIAL_BALANCE_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/numeric/int128.h"
#include "ledger/core/accounts/period_table.h"
#include "ledger/core/registry.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::periods {

struct Line {
  AssetNo asset;
  AccountKind kind = AccountKind::kCitizen;
  absl::int128 opening = 0;  // a debit balance is below zero
  absl::uint128 debits = 0;
  absl::uint128 credits = 0;
  absl::int128 closing() const {
    return opening - static_cast<absl::int128>(debits) + static_cast<absl::int128>(credits);
  }
  friend bool operator==(const Line&, const Line&) = default;
};

// The lines of a month that is not closed, in order of asset and kind, none of zeros only: made of
// the balances after the last closing and of `rows`, which are those of all open months.
std::vector<Line> LinesOf(const Registry& registry, std::span<const PeriodTable::Row> rows,
                          SchemeNo scheme, Month month);

// The first month with postings that is not closed; nullopt when there is none.
std::optional<Month> FirstMonthOf(const Registry& registry, std::span<const PeriodTable::Row> rows,
                                  SchemeNo scheme);

void WriteLine(const Line& line, entry::v1::PeriodLine& out);
// nullopt for what WriteLine does not write.
std::optional<Line> ReadLine(const entry::v1::PeriodLine& line);

// Whether in each asset debits are credits and the closing balances sum to zero.
bool Balanced(std::span<const Line> lines);

// Decimal digits, with a minus sign below zero.
std::string DecimalOf(absl::int128 number);
std::string DecimalOf(absl::uint128 number);

}  // namespace tanhui::periods

#endif  // TANHUI_LEDGER_PERIODS_TRIAL_BALANCE_H_
