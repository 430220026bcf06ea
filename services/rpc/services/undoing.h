// The methods of PointsService that give back or take back what an earlier entry did.
#ifndef TANHUI_SERVICES_RPC_SERVICES_UNDOING_H_
#define TANHUI_SERVICES_RPC_SERVICES_UNDOING_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/points.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses its call.
void StartRefund(const Context& context, CallPointer<v1::RefundRequest, v1::RefundResponse> call);
void StartReverse(const Context& context,
                  CallPointer<v1::ReverseRequest, v1::ReverseResponse> call);
void StartBatchReverse(const Context& context,
                       CallPointer<v1::BatchReverseRequest, v1::BatchReverseResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_UNDOING_H_
