// Peers as the API shows them.
#ifndef TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_PEER_VIEW_H_
#define TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_PEER_VIEW_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "interop/books/peers.h"
#include "ledger/core/account.h"
#include "services/rpc/context.h"
#include "tanhui/v1/peers.pb.h"

namespace tanhui::rpc {

// The accounts of a peer, all of one moment.
struct PeerAccounts {
  Account departed;
  Account arrived;
  Account leaving;
  Account coming;
};
struct PeersAsOf {
  std::vector<PeerAccounts> accounts;  // in the order of what was asked for
  std::uint64_t size = 0;              // of the log
  BusinessDate today;                  // for what holds from a date on
};
absl::StatusOr<PeersAsOf> ReadPeerAccounts(const Context& context,
                                           const std::vector<const interop::Peer*>& peers);

// Everything but the position.
void FillPeer(const Registry& registry, const interop::Peer& peer, BusinessDate today,
              v1::Peer& out);
void FillPosition(const interop::Peer& peer, const PeerAccounts& accounts, BusinessDate today,
                  v1::PeerPosition& out);
void FillRates(const interop::Rates& rates, v1::PeerRates& out);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_PEER_VIEW_H_
