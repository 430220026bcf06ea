#include "services/rpc/links/merged_accounts.h"

#include <algorithm>
#include <functional>
#include <string>

#include "ledger/core/book.h"

namespace tanhui::rpc {
namespace {

// Accounts that became one, at most: who has more merges than this is no person.
constexpr std::size_t kMostAccounts = 64;

absl::StatusOr<AccountNo> MergedBy(const store::Store& store, EntryIndex merge) {
  const auto bytes = store.ReadEntry(merge);
  if (!bytes.ok()) {
    return bytes.status();
  }
  Entry entry;
  return entry.ParseFromString(*bytes) ? absl::StatusOr<AccountNo>(AccountNo(entry.merge().from()))
                                       : absl::DataLossError("an entry cannot be decoded");
}

}  // namespace

absl::StatusOr<std::vector<AccountNo>> WithMerged(const store::Store& store, AccountNo number) {
  std::vector<AccountNo> accounts = {number};
  for (std::size_t i = 0; i < accounts.size() && accounts.size() < kMostAccounts; ++i) {
    const auto merges = store.ReadListing(Listing::kMergedInto, accounts[i].value(), EntryIndex(0),
                                          kMostAccounts - accounts.size());
    if (!merges.ok()) {
      return merges.status();
    }
    for (const EntryIndex index : *merges) {
      const auto from = MergedBy(store, index);
      if (!from.ok()) {
        return from.status();
      }
      accounts.push_back(*from);
    }
  }
  return accounts;
}

absl::StatusOr<std::vector<EntryIndex>> NewestOf(const store::Store& store, Listing listing,
                                                 const std::vector<AccountNo>& accounts,
                                                 EntryIndex before, std::size_t most) {
  std::vector<EntryIndex> all;
  for (const AccountNo account : accounts) {
    const auto found = store.ReadListingBack(listing, account.value(), before, most);
    if (!found.ok()) {
      return found.status();
    }
    all.insert(all.end(), found->begin(), found->end());
  }
  std::sort(all.begin(), all.end(), std::greater<>());
  all.resize(std::min(all.size(), most));
  return all;
}

}  // namespace tanhui::rpc
