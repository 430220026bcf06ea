// How windows are named among exchanges: in the schedule, and in rows of messages that are kept.
#ifndef TANHUI_INTEROP_DESK_WINDOWS_WINDOW_ROWS_H_
#define TANHUI_INTEROP_DESK_WINDOWS_WINDOW_ROWS_H_

#include <cstdint>
#include <string_view>

#include "interop/books/terms.h"
#include "interop/settlement/window.h"

namespace tanhui::desk {

// Codes by which messages of a window are found again.
inline constexpr std::string_view kClosingKept = "closing";
inline constexpr std::string_view kStatementKept = "statement";

// 16 bytes that are no exchange's: the entry that they would name is the log's first.
inline settlement::ExchangeId IdOfWindow(std::uint64_t window) {
  return interop::IdOf(EntryIndex(0), LedgerTime(static_cast<std::int64_t>(window)));
}
inline std::uint64_t WindowOfId(const settlement::ExchangeId& id) {
  return static_cast<std::uint64_t>(interop::RecordedOf(id).value());
}

}  // namespace tanhui::desk

#endif  // TANHUI_INTEROP_DESK_WINDOWS_WINDOW_ROWS_H_
