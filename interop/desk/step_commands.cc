#include "interop/desk/step_commands.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "interop/books/step_requests.h"
#include "ledger/core/check.h"
#include "ledger/core/request_id.h"
#include "ledger/merkle/hash.h"

namespace tanhui::desk {
namespace {

namespace pb = entry::v1;

// Tells digests of these commands from those of requests over the API.
constexpr std::string_view kDigestDomain = "tanhui.peer.request.v1\n";
constexpr std::size_t kHashDigits = 32;  // of a message's hash in a request id

std::string NamedBy(std::string_view what, const Hash256& message) {
  return absl::StrCat(std::string(what), interop::HexOf(message.view()).substr(0, kHashDigits));
}

pb::ExchangeDecision& NewDecision(Command& command, ParticipantNo peer, const ExchangeId& id) {
  pb::ExchangeDecision& decision = *command.draft.mutable_exchange_decision();
  decision.set_peer(peer.value());
  decision.set_exchange_id(std::string(id.view()));
  return decision;
}

pb::ExchangeReception& NewReception(Command& command, ParticipantNo peer, const ExchangeId& id) {
  pb::ExchangeReception& reception = *command.draft.mutable_exchange_reception();
  reception.set_peer(peer.value());
  reception.set_exchange_id(std::string(id.view()));
  return reception;
}

}  // namespace

Command Sealed(Command command, ParticipantNo peer, std::string_view request) {
  const auto id = RequestId::FromText(request);
  Check(id.has_value(), "a request id of a step");
  command.draft.set_caller(peer.value());
  command.draft.set_request_id(std::string(id->stored()));
  const std::string intent = command.draft.SerializeAsString();
  command.draft.set_request_digest(
      std::string(merkle::Sha256({kDigestDomain, std::string_view(intent)}).view()));
  return command;
}

pb::PeerProof PeerProofOf(const interop::ProvenEntry& proven, const Hash256& message) {
  pb::PeerProof proof;
  proof.set_index(proven.index.value());
  proof.set_size(proven.checkpoint.size);
  proof.set_root(std::string(proven.checkpoint.root.view()));
  proof.set_message_hash(std::string(message.view()));
  return proof;
}

Command CommitCommand(ParticipantNo peer, const ExchangeId& id, EntryIndex preparation,
                      const pb::PeerProof& proof) {
  Command command;
  pb::ExchangeDecision& decision = NewDecision(command, peer, id);
  decision.set_preparation(preparation.value());
  decision.set_outcome(pb::EXCHANGE_OUTCOME_COMMITTED);
  *decision.mutable_proof() = proof;
  return Sealed(std::move(command), peer, interop::DecideText(id));
}

Command AbortCommand(ParticipantNo peer, const ExchangeId& id,
                     std::optional<EntryIndex> preparation, std::string_view reason) {
  Command command;
  pb::ExchangeDecision& decision = NewDecision(command, peer, id);
  decision.set_preparation(preparation.value_or(EntryIndex(0)).value());
  decision.set_outcome(pb::EXCHANGE_OUTCOME_ABORTED);
  decision.set_reason(std::string(reason));
  return Sealed(std::move(command), peer, interop::DecideText(id));
}

Command ReturnCommand(ParticipantNo peer, const ExchangeId& id, EntryIndex preparation) {
  Command command;
  command.draft.mutable_exchange_return()->set_preparation(preparation.value());
  return Sealed(std::move(command), peer, interop::ReturnText(id));
}

Command ReceptionCommand(ParticipantNo peer, const ExchangeId& id, const pb::ExchangeTerms& terms,
                         std::string_view reason) {
  Command command;
  pb::ExchangeReception& reception = NewReception(command, peer, id);
  *reception.mutable_terms() = terms;
  reception.set_reason(std::string(reason));
  return Sealed(std::move(command), peer, interop::ReceiveText(id));
}

Command BlockCommand(ParticipantNo peer, const ExchangeId& id) {
  Command command;
  NewReception(command, peer, id);
  return Sealed(std::move(command), peer, interop::ReceiveText(id));
}

Command ConfirmCommand(ParticipantNo peer, const ExchangeId& id, EntryIndex reception,
                       const pb::PeerProof& proof, std::uint64_t window, AccountNo account) {
  Command command;
  pb::ExchangeConclusion& conclusion = *command.draft.mutable_exchange_conclusion();
  conclusion.set_reception(reception.value());
  conclusion.set_end(pb::EXCHANGE_END_CONFIRMED);
  *conclusion.mutable_proof() = proof;
  conclusion.set_window(window);
  conclusion.set_account(account.value());
  return Sealed(std::move(command), peer, interop::ConcludeText(id));
}

Command CancelCommand(ParticipantNo peer, const ExchangeId& id, EntryIndex reception,
                      const pb::PeerProof& proof) {
  Command command;
  pb::ExchangeConclusion& conclusion = *command.draft.mutable_exchange_conclusion();
  conclusion.set_reception(reception.value());
  conclusion.set_end(pb::EXCHANGE_END_CANCELLED);
  *conclusion.mutable_proof() = proof;
  return Sealed(std::move(command), peer, interop::ConcludeText(id));
}

Command EvidenceCommand(ParticipantNo peer, const ExchangeId& id, std::string_view shows,
                        const Hash256& message, std::optional<EntryIndex> against) {
  Command command;
  pb::PeerEvidence& evidence = *command.draft.mutable_peer_evidence();
  evidence.set_peer(peer.value());
  evidence.set_exchange_id(std::string(id.view()));
  evidence.set_shows(std::string(shows));
  evidence.set_message_hash(std::string(message.view()));
  evidence.set_against(against.value_or(EntryIndex(0)).value());
  return Sealed(std::move(command), peer, NamedBy("evidence-", message));
}

Command SuspendCommand(ParticipantNo peer, std::string_view reason, EntryIndex evidence,
                       const Hash256& message) {
  Command command;
  pb::PeerSuspension& suspension = *command.draft.mutable_peer_suspension();
  suspension.set_peer(peer.value());
  suspension.set_outgoing(true);
  suspension.set_incoming(true);
  suspension.set_reason(std::string(reason));
  suspension.set_evidence(evidence.value());
  return Sealed(std::move(command), peer, NamedBy("suspend-", message));
}

}  // namespace tanhui::desk
