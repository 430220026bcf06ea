// Accounts that became one, and what was listed for all of them.
#ifndef TANHUI_SERVICES_RPC_LINKS_MERGED_ACCOUNTS_H_
#define TANHUI_SERVICES_RPC_LINKS_MERGED_ACCOUNTS_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/core/books/changes.h"
#include "ledger/core/ids.h"
#include "ledger/store/store.h"

namespace tanhui::rpc {

// The account and all that were merged into it; an error when the store cannot be read.
absl::StatusOr<std::vector<AccountNo>> WithMerged(const store::Store& store, AccountNo number);

// The newest `most` entries that are listed for the accounts before `before`, newest first.
absl::StatusOr<std::vector<EntryIndex>> NewestOf(const store::Store& store, Listing listing,
                                                 const std::vector<AccountNo>& accounts,
                                                 EntryIndex before, std::size_t most);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_LINKS_MERGED_ACCOUNTS_H_
