// Log entries as the API shows them.
#ifndef TANHUI_SERVICES_RPC_ENTRY_VIEW_H_
#define TANHUI_SERVICES_RPC_ENTRY_VIEW_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "ledger/core/book.h"
#include "services/rpc/caller.h"
#include "services/rpc/context.h"
#include "tanhui/v1/accounts.pb.h"
#include "tanhui/v1/log.pb.h"

namespace tanhui::rpc {

v1::EntryKind KindOf(const Entry& entry);

// Whether the caller may see the whole entry: its own, or every one for an auditor.
bool MaySee(const Caller& caller, const Entry& entry);

// What the entry did to the account; the entry has a posting on it (Check).
void FillAccountEntry(const Entry& entry, EntryIndex index, AccountNo account, const Caller& caller,
                      v1::AccountEntry& out);

// The entry with names instead of numbers. An error when the store cannot be read.
absl::Status FillLogEntry(const Context& context, const Entry& entry, EntryIndex index,
                          const Caller& caller, v1::LogEntry& out);

// NotFound past the durable end; DataLoss when it cannot be decoded.
absl::StatusOr<Entry> ReadEntry(const Context& context, EntryIndex index);

// An account as the API shows it.
void FillAccount(const Registry& registry, AccountNo number, const Account& account,
                 v1::Account& out);

// Pages: 0 means the default, more than the maximum the maximum.
inline constexpr std::int32_t kDefaultPage = 50;
inline constexpr std::int32_t kMaxPage = 1'000;
std::int32_t PageSize(std::int32_t asked);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_ENTRY_VIEW_H_
