// Peers as requests name them.
#ifndef TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_PEER_NAMES_H_
#define TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_PEER_NAMES_H_

#include <string>
#include <string_view>

#include "interop/books/peers.h"
#include "services/rpc/draft.h"

namespace tanhui::rpc {

// peers/{participant}; nullptr when refused.
const interop::Peer* ReadPeer(std::string_view name, std::string_view field, Draft& draft);

// And back.
std::string PeerName(std::string_view code);
std::string PeerName(const interop::Peer& peer);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_PEER_NAMES_H_
