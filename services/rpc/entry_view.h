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

// What was done, of awards, acts and switches of scenarios; empty for the rest.
std::string ScenarioOf(const Registry& registry, const Entry& entry);

// participants/…; empty for a number that names nobody.
std::string ParticipantName(const Registry& registry, ParticipantNo number);

// YYYY-MM-DD; empty for points that never expire.
std::string ExpiryDate(Month month);

// Whether the caller may see the whole entry: its own, or every one for an auditor.
bool MaySee(const Caller& caller, const Entry& entry);

// What the entry did to the account of `posting`, which is one of its postings.
void FillAccountEntry(const Registry& registry, const Entry& entry, EntryIndex index,
                      const entry::v1::Posting& posting, const Caller& caller,
                      v1::AccountEntry& out);

// The entry with names instead of numbers. An error when the store cannot be read.
absl::Status FillLogEntry(const Context& context, const Entry& entry, EntryIndex index,
                          const Caller& caller, v1::LogEntry& out);

// Pages: 0 means the default, more than the maximum the maximum.
inline constexpr std::int32_t kDefaultPage = 50;
inline constexpr std::int32_t kMaxPage = 1'000;
std::int32_t PageSize(std::int32_t asked);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_ENTRY_VIEW_H_
