// Which refusals of a kept act are for good.
#ifndef TANHUI_SERVICES_RPC_UNCLAIMED_CLAIM_REASONS_H_
#define TANHUI_SERVICES_RPC_UNCLAIMED_CLAIM_REASONS_H_

#include "ledger/core/refusal.h"

namespace tanhui::rpc {

// True when a kept act that is refused for this reason can never be awarded, so that it is not kept
// any more. False for what may pass, for what another account could be awarded (an account that is
// unknown, closed, frozen, of another kind or asset), and for every reason that is not known to be
// for good: such an act is kept until it expires.
bool IsForGood(const Refusal& refusal);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_UNCLAIMED_CLAIM_REASONS_H_
