// PointsService.AwardPair: the awards of an act of two parties.
#ifndef TANHUI_SERVICES_RPC_SERVICES_PAIRS_H_
#define TANHUI_SERVICES_RPC_SERVICES_PAIRS_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/points.pb.h"

namespace tanhui::rpc {

// Finishes or refuses the call.
void StartAwardPair(const Context& context,
                    CallPointer<v1::AwardPairRequest, v1::AwardPairResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_PAIRS_H_
