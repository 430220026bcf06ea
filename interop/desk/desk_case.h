// A message on its way through the desk.
#ifndef TANHUI_INTEROP_DESK_DESK_CASE_H_
#define TANHUI_INTEROP_DESK_DESK_CASE_H_

#include <memory>
#include <optional>

#include "interop/desk/exchange_desk.h"

namespace tanhui::desk {

// By one thread at a time.
struct ExchangeDesk::Case {
  interop::OpenedMessage opened;
  peer::v1::SignedMessage sealed;
  std::shared_ptr<const Registry> registry;  // that `peer` is of
  const interop::Peer* peer = nullptr;
  ExchangeId id;
  exchange::Message said = exchange::Message::kNone;
  std::optional<interop::ProvenEntry> proven;  // when a proof came with it
  int turns = 0;                               // how often the log was read for it
  bool shown = false;                          // what it contradicts is in the log
  bool changed = false;                        // a step was written for it
  Said done;

  bool at_origin() const { return opened.message.role() == peer::v1::PEER_ROLE_DESTINATION; }
  const std::string& hash() const { return opened.message.terms_hash(); }
  entry::v1::PeerProof proof() const;
};

}  // namespace tanhui::desk

#endif  // TANHUI_INTEROP_DESK_DESK_CASE_H_
