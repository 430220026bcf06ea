// Accounts and the limits that follow from their kind.
#ifndef TANHUI_LEDGER_CORE_ACCOUNT_H_
#define TANHUI_LEDGER_CORE_ACCOUNT_H_

#include <cstdint>
#include <optional>

#include "ledger/core/amount.h"
#include "ledger/core/ids.h"

namespace tanhui {

// The numbers are those of tanhui.entry.v1.AccountKind and of the stored record.
enum class AccountKind : std::uint8_t { kCitizen = 1, kMerchant = 2, kBudget = 3, kIssuance = 4 };

// Everything the ledger knows of one account besides the entries themselves.
struct Account {
  AccountKind kind = AccountKind::kCitizen;
  AssetNo asset;
  ParticipantNo participant;  // a merchant's account: the merchant; a budget: who funds it
  Amount balance;             // the issuance account's is minus all points ever issued
  // 1 + index of the last entry with a posting on this account; 0 when there is none.
  std::uint64_t last_entry_plus_one = 0;
  AccountId id;   // all zero for budgets and issuance accounts, which are named by code
  OwnerId owner;  // all zero except for citizens
  friend bool operator==(const Account&, const Account&) = default;
};

// Whether an account of this kind may hold `balance`: issuance never above zero, every other kind
// never below.
constexpr bool WithinLimit(AccountKind kind, Amount balance) {
  return kind == AccountKind::kIssuance ? balance <= Amount(0) : !balance.negative();
}

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_ACCOUNT_H_
