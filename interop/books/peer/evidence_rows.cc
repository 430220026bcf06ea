// What no honest peer can have signed.
#include "interop/books/peers.h"
#include "interop/books/refused.h"
#include "interop/books/rows.h"

namespace tanhui::interop {
namespace {

namespace pb = entry::v1;

using rules::Want;

constexpr std::size_t kExchangeIdBytes = 16;

// `index` is that of the entry itself.
std::optional<Refusal> RefusedEvidence(const Registry& registry, EntryIndex index,
                                       const pb::PeerEvidence& evidence) {
  const std::size_t id = evidence.exchange_id().size();
  const rules::Found found = rules::Collected({
      Want(id == 0 || id == kExchangeIdBytes, "exchange_id", "must be 16 bytes or empty"),
      rules::WantWord(evidence.shows(), "shows"),
      Want(evidence.message_hash().size() == Hash256::kSize, "message_hash", "must be 32 bytes"),
      Want(evidence.against() < index.value(), "against", "is no entry"),
  });
  if (found) {
    return FieldInvalid(*found);
  }
  return PeersOf(registry).Find(ParticipantNo(evidence.peer())) == nullptr
             ? std::optional(UnknownPeer())
             : std::nullopt;
}

std::optional<Refusal> DecideEvidence(const State& state, const DecideInput&, Entry& entry) {
  return RefusedEvidence(state.registry(), EntryIndex(state.head().size), entry.peer_evidence());
}

// For its ledger day.
void NamesOfEvidence(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const ParticipantNo number(draft.peer_evidence().peer());
  if (const Peer* peer = PeersOf(state.registry()).Find(number)) {
    out.push_back(peer->departed_account);
  }
}

Fault ApplyEvidence(State& state, EntryIndex index, const Entry& entry) {
  const pb::PeerEvidence& evidence = entry.peer_evidence();
  if (RefusedEvidence(state.registry(), index, evidence)) {
    return "evidence against a peer that cannot be";
  }
  state.NoteListing({Listing::kStepsWithPeer, evidence.peer(), index});
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kPeerEvidence,
     .decide = DecideEvidence,
     .apply = ApplyEvidence,
     .names = NamesOfEvidence},
};

}  // namespace

std::span<const BookRow> EvidenceRows() { return kRows; }

}  // namespace tanhui::interop
