// The methods of PointsService that correct acts.
#ifndef TANHUI_SERVICES_RPC_CORRECTIONS_CORRECTIONS_H_
#define TANHUI_SERVICES_RPC_CORRECTIONS_CORRECTIONS_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/corrections.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses its call.
void StartCorrect(const Context& context,
                  CallPointer<v1::CorrectRequest, v1::CorrectResponse> call);
void StartBatchCorrect(const Context& context,
                       CallPointer<v1::BatchCorrectRequest, v1::BatchCorrectResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_CORRECTIONS_CORRECTIONS_H_
