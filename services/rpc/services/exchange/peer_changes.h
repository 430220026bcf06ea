// PeersService: registering and changing peers.
#ifndef TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_PEER_CHANGES_H_
#define TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_PEER_CHANGES_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/peers.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses the call.
void StartCreatePeer(const Context& context,
                     CallPointer<v1::CreatePeerRequest, v1::CreatePeerResponse> call);
void StartChangePeer(const Context& context,
                     CallPointer<v1::ChangePeerRequest, v1::ChangePeerResponse> call);
void StartSuspendPeer(const Context& context,
                      CallPointer<v1::SuspendPeerRequest, v1::SuspendPeerResponse> call);
void StartPrepayPeer(const Context& context,
                     CallPointer<v1::PrepayPeerRequest, v1::PrepayPeerResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_PEER_CHANGES_H_
