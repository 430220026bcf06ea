// What is owed to citizens: points outstanding by expiry month and funder, as a fold over accounts.
// reports_service and the simulated year use it.
#ifndef TANHUI_LEDGER_POINTS_LIABILITY_H_
#define TANHUI_LEDGER_POINTS_LIABILITY_H_

#include <compare>
#include <cstdint>
#include <map>

#include "ledger/core/account.h"
#include "ledger/core/ids.h"
#include "ledger/core/lots.h"
#include "ledger/core/registry.h"

namespace tanhui::points {

// Points of one expiry month and funder, of citizens and households alike.
struct Outstanding {
  Amount free;
  Amount held;
  std::int64_t grams = 0;  // of CO2e, of both
  friend bool operator==(const Outstanding&, const Outstanding&) = default;
};

// Sums over the accounts of one asset. Amounts cannot overflow: balances sum to zero over the
// asset, and the issuance account alone carries the other sign (Check).
class Liability {
 public:
  // At `now` lots past their date and holds past their deadline count as settled.
  Liability(AssetNo asset, const Terms& terms, LedgerTime now)
      : asset_(asset), terms_(terms), now_(now) {}

  // Each account once; those of other assets are passed over.
  void Add(const Account& account);

  struct Key {
    Month expiry;
    ParticipantNo funder;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  const std::map<Key, Outstanding>& rows() const { return rows_; }
  // Of citizens and households. Expired: past their date, but still in no Expiry entry.
  Amount available() const { return available_; }
  Amount expired() const { return expired_; }
  Amount held() const { return held_; }
  Amount debt() const { return debt_; }
  // Of an account kind without lots; the issuance account's is below zero.
  Amount total(AccountKind kind) const;

  // citizens (available + expired + held - debt) = -(issuance + all other accounts), and the rows
  // add up to what is available and held.
  bool Balanced() const;

 private:
  AssetNo asset_;
  Terms terms_;
  LedgerTime now_;
  std::map<Key, Outstanding> rows_;
  Amount available_;
  Amount expired_;
  Amount held_;
  Amount debt_;
  std::map<AccountKind, Amount> totals_;
};

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_LIABILITY_H_
