// The methods of PointsService that set points aside.
#ifndef TANHUI_SERVICES_RPC_SERVICES_HOLDS_H_
#define TANHUI_SERVICES_RPC_SERVICES_HOLDS_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/points.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses its call.
void StartHold(const Context& context, CallPointer<v1::HoldRequest, v1::HoldResponse> call);
void StartCapture(const Context& context,
                  CallPointer<v1::CaptureRequest, v1::CaptureResponse> call);
void StartRelease(const Context& context,
                  CallPointer<v1::ReleaseRequest, v1::ReleaseResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_HOLDS_H_
