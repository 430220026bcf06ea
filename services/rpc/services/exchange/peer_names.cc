#include "services/rpc/services/exchange/peer_names.h"

namespace tanhui::rpc {
namespace {

constexpr std::string_view kPeers = "peers/";

}  // namespace

const interop::Peer* ReadPeer(std::string_view name, std::string_view field, Draft& draft) {
  if (!name.starts_with(kPeers) || name.size() > kPeers.size() + kMaxCode) {
    draft.Refuse(name.empty() ? Refusal(Reason::kFieldRequired, std::string(field))
                              : Refusal(Reason::kFieldInvalid, std::string(field))
                                    .With("expected", "peers/{participant}"));
    return nullptr;
  }
  const interop::Peer* peer =
      interop::PeersOf(draft.registry()).FindByCode(name.substr(kPeers.size()));
  if (peer == nullptr) {
    draft.Refuse(Refusal(Reason::kUnknownPeer, std::string(field)));
  }
  return peer;
}

std::string PeerName(std::string_view code) { return std::string(kPeers).append(code); }

std::string PeerName(const interop::Peer& peer) { return PeerName(peer.code); }

}  // namespace tanhui::rpc
