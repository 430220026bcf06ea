// What a city says of an exchange as it stands: a message that is not signed yet. Pure.
#ifndef TANHUI_INTEROP_DESK_SPEECH_H_
#define TANHUI_INTEROP_DESK_SPEECH_H_

#include <optional>

#include "interop/desk/exchange_reading.h"
#include "interop/exchange/protocol.h"
#include "ledger/core/ids.h"
#include "tanhui/peer/v1/peer.pb.h"

namespace tanhui::desk {

// A message but for its proof.
struct Speech {
  peer::v1::PeerMessage message;
  std::optional<EntryIndex> proven_by;  // the entry whose proof belongs to it
};

// `message` is one that the protocol answers or repeats in that state.
Speech SpeechOf(const AtOrigin& at, const ExchangeId& id, exchange::Message message);
Speech SpeechOf(const AtDestination& at, const ExchangeId& id, exchange::Message message);

// The ones that follow from no state: not now, for a reason that is a code; and that the id is
// known here with other terms.
Speech BusySpeech(const ExchangeId& id, std::string_view hash, std::string_view reason);
Speech ModifiedSpeech(peer::v1::PeerRole role, const ExchangeId& id, std::string_view hash);

// What happened here, by what the other city said; nullopt for what a city in that role never
// says. A prepare is taken for a good one.
std::optional<exchange::OriginEvent> OriginEventOf(exchange::Message said);
std::optional<exchange::DestinationEvent> DestinationEventOf(exchange::Message said);

}  // namespace tanhui::desk

#endif  // TANHUI_INTEROP_DESK_SPEECH_H_
