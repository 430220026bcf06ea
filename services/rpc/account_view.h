// Accounts as the API shows them: as they stand now.
#ifndef TANHUI_SERVICES_RPC_ACCOUNT_VIEW_H_
#define TANHUI_SERVICES_RPC_ACCOUNT_VIEW_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/core/account.h"
#include "ledger/core/business_time.h"
#include "services/rpc/caller.h"
#include "services/rpc/context.h"
#include "tanhui/v1/accounts.pb.h"

namespace tanhui::rpc {

// The time at which a read looks at dates and deadlines: the clock's, but never before the log's
// last entry, so that no read sees less than an entry did. An error when the store cannot be read.
absl::StatusOr<LedgerTime> ReadingTime(const Context& context);

// An account as it goes on after any merges.
struct StandingAccount {
  AccountNo number;
  Account account;
};
// DataLoss when there is none.
absl::StatusOr<StandingAccount> ReadStanding(const Context& context, AccountNo number);

// Citizens' and households' accounts are read by whoever may name them (NamedTo::kBeRead) or has
// them as its user. What a merchant
// took or a charity was given is read by itself, operators and auditors: its name stands in every
// redemption that a platform made.
bool MayRead(const Caller& caller, const Account& account);

// Of a citizen or a household: points that can be spent.
Amount AvailableOf(const Account& account);

// Shows `account`, which is as settled at the reading time, with names as the caller's own. An
// error when the names of the accounts that it points to cannot be read.
absl::Status FillAccount(const Context& context, const Caller& caller, AccountNo number,
                         const Account& account, v1::Account& out);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_ACCOUNT_VIEW_H_
