#include "ledger/points/liability.h"

#include <limits>

#include "ledger/core/check.h"
#include "ledger/points/settled.h"

namespace tanhui::points {
namespace {

void AddTo(Amount& sum, Amount amount) {
  const auto next = tanhui::Add(sum, amount);
  Check(next.has_value(), "points outstanding overflow");
  sum = *next;
}

// A sum of grams has no other side that bounds it; a report stops at the largest number.
void AddGrams(std::int64_t& sum, std::int64_t grams) {
  if (__builtin_add_overflow(sum, grams, &sum)) {
    sum = std::numeric_limits<std::int64_t>::max();
  }
}

}  // namespace

void Liability::Add(const Account& account) {
  if (account.asset != asset_) {
    return;
  }
  if (!HasLots(account.kind)) {
    AddTo(totals_[account.kind], account.balance);
    return;
  }
  const Account settled = Settled(account, terms_, now_);
  for (const Lot& lot : settled.lots) {
    Outstanding& row = rows_[{lot.key.expiry, lot.key.funder}];
    AddTo(row.free, lot.points);
    AddGrams(row.grams, lot.grams);
  }
  for (const Hold& hold : settled.holds) {
    for (const Lot& lot : hold.lots) {
      Outstanding& row = rows_[{lot.key.expiry, lot.key.funder}];
      AddTo(row.held, lot.points);
      AddGrams(row.grams, lot.grams);
    }
  }
  AddTo(available_, Available(settled));
  // Settling moves nothing but what is past its date.
  AddTo(expired_, Amount(account.balance.units() - settled.balance.units()));
  AddTo(held_, settled.held);
  AddTo(debt_, settled.debt);
}

Amount Liability::total(AccountKind kind) const {
  const auto found = totals_.find(kind);
  return found == totals_.end() ? Amount(0) : found->second;
}

bool Liability::Balanced() const {
  // 128 bits: the sums of one sign can be as large as a balance may be.
  __int128 sum = available_.units();
  sum += expired_.units();
  sum += held_.units();
  sum -= debt_.units();
  for (const auto& [kind, total] : totals_) {
    sum += total.units();
  }
  Amount free;
  Amount held;
  for (const auto& [key, row] : rows_) {
    AddTo(free, row.free);
    AddTo(held, row.held);
  }
  return sum == 0 && free == available_ && held == held_;
}

}  // namespace tanhui::points
