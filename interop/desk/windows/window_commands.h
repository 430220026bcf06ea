// The commands by which a city takes its steps of a window. Their caller is the peer and their ids
// follow from what they are about, so each step is taken once. Pure.
#ifndef TANHUI_INTEROP_DESK_WINDOWS_WINDOW_COMMANDS_H_
#define TANHUI_INTEROP_DESK_WINDOWS_WINDOW_COMMANDS_H_

#include <cstdint>
#include <set>
#include <span>
#include <string_view>

#include "interop/settlement/window.h"
#include "ledger/core/book.h"
#include "ledger/core/ids.h"

namespace tanhui::desk {

// A window with a peer.
struct WindowName {
  ParticipantNo peer;
  std::uint64_t window = 0;
  friend auto operator<=>(const WindowName&, const WindowName&) = default;
};

Command TheirListCommand(const WindowName& name, const settlement::Listed& listed);
// At least one id, at most interop::kMostStepIds.
Command ItemiseCommand(const WindowName& name, std::span<const settlement::ExchangeId> ids);
Command TheirMissingCommand(const WindowName& name, const std::set<settlement::ExchangeId>& ids);
Command CompleteCommand(const WindowName& name);
Command StateCommand(const WindowName& name, std::string_view statement);
Command AgreeCommand(const WindowName& name, std::string_view note);
Command SettleCommand(const WindowName& name, std::string_view reference);
// Of what the peer signed about a window. `against`: the entry here that it contradicts.
Command WindowEvidenceCommand(ParticipantNo peer, std::string_view shows, const Hash256& message,
                              EntryIndex against);

}  // namespace tanhui::desk

#endif  // TANHUI_INTEROP_DESK_WINDOWS_WINDOW_COMMANDS_H_
