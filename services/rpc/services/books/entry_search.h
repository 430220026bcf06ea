// Finding entries by the time at which they were recorded.
#ifndef TANHUI_SERVICES_RPC_SERVICES_BOOKS_ENTRY_SEARCH_H_
#define TANHUI_SERVICES_RPC_SERVICES_BOOKS_ENTRY_SEARCH_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "services/rpc/outcome.h"

namespace tanhui::rpc {

// The first entry recorded at `time` or later; `size` when none of the first `size` was.
inline absl::StatusOr<EntryIndex> FirstAt(const Context& context, LedgerTime time,
                                          std::uint64_t size) {
  std::uint64_t low = 0;
  std::uint64_t high = size;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto entry = ReadEntry(context, EntryIndex(middle));
    if (!entry.ok()) {
      return entry.status();
    }
    if (LedgerTime(entry->recorded_micros()) < time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return EntryIndex(low);
}

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_BOOKS_ENTRY_SEARCH_H_
