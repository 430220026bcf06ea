// Entries of one commit, some in each row of `entries`; SCHEMA.md is the page for people.
#ifndef TANHUI_LEDGER_STORE_ENTRY_ROW_H_
#define TANHUI_LEDGER_STORE_ENTRY_ROW_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tanhui::store {

// How many of the entries make the next row: enough that a row costs little beside them, few
// enough that reading one of them does.
std::size_t EntriesOfRow(std::span<const std::string> entries);

std::string EncodeEntryRow(std::span<const std::string> entries);
// nullopt for what no encoder made. The views are into `bytes`.
std::optional<std::vector<std::string_view>> DecodeEntryRow(std::string_view bytes);

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_ENTRY_ROW_H_
