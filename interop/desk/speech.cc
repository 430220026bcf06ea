#include "interop/desk/speech.h"

#include <string>

#include "interop/peer/message.h"

namespace tanhui::desk {
namespace {

namespace pb = peer::v1;

using exchange::DestinationEvent;
using exchange::Message;
using exchange::OriginEvent;

Speech Begin(Message message, pb::PeerRole role, const ExchangeId& id, std::string_view hash) {
  Speech speech;
  speech.message.set_kind(interop::KindOf(message));
  speech.message.set_role(role);
  speech.message.set_exchange_id(std::string(id.view()));
  speech.message.set_terms_hash(std::string(hash));
  return speech;
}

}  // namespace

Speech SpeechOf(const AtOrigin& at, const ExchangeId& id, Message message) {
  Speech speech = Begin(message, pb::PEER_ROLE_ORIGIN, id, at.hash());
  if (message == Message::kPrepare) {
    *speech.message.mutable_terms() = at.prepared.exchange_preparation().terms();
  } else if (message == Message::kCommitted || message == Message::kAborted) {
    speech.proven_by = at.decision;
  }
  return speech;
}

Speech SpeechOf(const AtDestination& at, const ExchangeId& id, Message message) {
  Speech speech = Begin(message, pb::PEER_ROLE_DESTINATION, id, at.hash());
  if (message == Message::kReject) {
    speech.message.set_reason(at.received.exchange_reception().reason());
  }
  if (message == Message::kReject || message == Message::kFulfil) {
    speech.proven_by = at.reception;
  }
  return speech;
}

Speech BusySpeech(const ExchangeId& id, std::string_view hash, std::string_view reason) {
  Speech speech = Begin(Message::kBusy, pb::PEER_ROLE_DESTINATION, id, hash);
  speech.message.set_reason(std::string(reason));
  return speech;
}

Speech ModifiedSpeech(pb::PeerRole role, const ExchangeId& id, std::string_view hash) {
  Speech speech = Begin(Message::kNone, role, id, hash);
  speech.message.set_kind(pb::PEER_MESSAGE_KIND_MODIFIED);
  return speech;
}

std::optional<OriginEvent> OriginEventOf(Message said) {
  switch (said) {
    case Message::kFulfil:
      return OriginEvent::kFulfil;
    case Message::kReject:
      return OriginEvent::kReject;
    case Message::kBusy:
      return OriginEvent::kBusy;
    case Message::kConfirmed:
      return OriginEvent::kConfirmed;
    case Message::kCancelled:
      return OriginEvent::kCancelled;
    case Message::kLookup:
      return OriginEvent::kLookup;
    case Message::kUnknown:
      return OriginEvent::kUnknown;
    default:
      return std::nullopt;
  }
}

std::optional<DestinationEvent> DestinationEventOf(Message said) {
  switch (said) {
    case Message::kPrepare:
      return DestinationEvent::kPrepareGood;
    case Message::kCommitted:
      return DestinationEvent::kCommitted;
    case Message::kAborted:
      return DestinationEvent::kAborted;
    case Message::kLookup:
      return DestinationEvent::kLookup;
    case Message::kUnknown:
      return DestinationEvent::kUnknown;
    default:
      return std::nullopt;
  }
}

}  // namespace tanhui::desk
