// The methods of HouseholdsService about what households reach together.
#ifndef TANHUI_SERVICES_RPC_SERVICES_HOUSEHOLDS_GOALS_H_
#define TANHUI_SERVICES_RPC_SERVICES_HOUSEHOLDS_GOALS_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/households.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses its call.
void StartClaimGoalReward(
    const Context& context,
    CallPointer<v1::ClaimGoalRewardRequest, v1::ClaimGoalRewardResponse> call);
void ListGoals(const Context& context,
               CallPointer<v1::ListGoalsRequest, v1::ListGoalsResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_HOUSEHOLDS_GOALS_H_
