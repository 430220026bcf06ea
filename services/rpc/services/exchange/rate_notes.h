// PeersService: rates that both cities sign.
#ifndef TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_RATE_NOTES_H_
#define TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_RATE_NOTES_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/peers.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses the call.
void StartSignRates(const Context& context,
                    CallPointer<v1::SignRatesRequest, v1::SignRatesResponse> call);
void StartAgreeRates(const Context& context,
                     CallPointer<v1::AgreeRatesRequest, v1::AgreeRatesResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_RATE_NOTES_H_
