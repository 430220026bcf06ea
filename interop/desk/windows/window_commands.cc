#include "interop/desk/windows/window_commands.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "interop/books/terms.h"
#include "interop/desk/step_commands.h"
#include "ledger/core/check.h"

namespace tanhui::desk {
namespace {

namespace pb = entry::v1;

using settlement::ExchangeId;

constexpr std::size_t kHashDigits = 32;  // of a message's hash in a request id

pb::WindowStep& NewStep(Command& command, const WindowName& name, pb::WindowAction action) {
  pb::WindowStep& step = *command.draft.mutable_window_step();
  step.set_peer(name.peer.value());
  step.set_window(name.window);
  step.set_action(action);
  return step;
}

Command SealedStep(Command command, const WindowName& name, std::string_view action) {
  return Sealed(std::move(command), name.peer,
                absl::StrCat("window-", name.window, "-", std::string(action)));
}

}  // namespace

Command TheirListCommand(const WindowName& name, const settlement::Listed& listed) {
  Command command;
  pb::WindowStep& step = NewStep(command, name, pb::WINDOW_ACTION_THEIR_LIST);
  step.set_items(listed.items);
  step.set_digest(std::string(listed.digest.view()));
  return SealedStep(std::move(command), name, "their-list");
}

Command ItemiseCommand(const WindowName& name, std::span<const ExchangeId> ids) {
  Check(!ids.empty(), "nothing is itemised");
  Command command;
  pb::WindowStep& step = NewStep(command, name, pb::WINDOW_ACTION_ITEMISE);
  for (const ExchangeId& id : ids) {
    step.add_exchange_ids(std::string(id.view()));
  }
  // What was itemised once is not again, so the first id is of this step alone.
  return SealedStep(std::move(command), name,
                    absl::StrCat("itemise-", interop::HexOf(ids.front().view())));
}

Command TheirMissingCommand(const WindowName& name, const std::set<ExchangeId>& ids) {
  Command command;
  pb::WindowStep& step = NewStep(command, name, pb::WINDOW_ACTION_THEIR_MISSING);
  for (const ExchangeId& id : ids) {
    step.add_exchange_ids(std::string(id.view()));
  }
  return SealedStep(std::move(command), name, "their-missing");
}

Command CompleteCommand(const WindowName& name) {
  Command command;
  NewStep(command, name, pb::WINDOW_ACTION_COMPLETE);
  return SealedStep(std::move(command), name, "complete");
}

Command StateCommand(const WindowName& name, std::string_view statement) {
  Command command;
  NewStep(command, name, pb::WINDOW_ACTION_STATE).set_statement(std::string(statement));
  return SealedStep(std::move(command), name, "state");
}

Command AgreeCommand(const WindowName& name, std::string_view note) {
  Command command;
  NewStep(command, name, pb::WINDOW_ACTION_AGREE).set_note(std::string(note));
  return SealedStep(std::move(command), name, "agree");
}

Command SettleCommand(const WindowName& name, std::string_view reference) {
  Command command;
  NewStep(command, name, pb::WINDOW_ACTION_SETTLE).set_reference(std::string(reference));
  return SealedStep(std::move(command), name, "settle");
}

Command WindowEvidenceCommand(ParticipantNo peer, std::string_view shows, const Hash256& message,
                              EntryIndex against) {
  Command command;
  pb::PeerEvidence& evidence = *command.draft.mutable_peer_evidence();
  evidence.set_peer(peer.value());
  evidence.set_shows(std::string(shows));
  evidence.set_message_hash(std::string(message.view()));
  evidence.set_against(against.value());
  return Sealed(std::move(command), peer,
                absl::StrCat("evidence-", interop::HexOf(message.view()).substr(0, kHashDigits)));
}

}  // namespace tanhui::desk
