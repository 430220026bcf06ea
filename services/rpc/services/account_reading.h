// The reading methods of AccountsService.
#ifndef TANHUI_SERVICES_RPC_SERVICES_ACCOUNT_READING_H_
#define TANHUI_SERVICES_RPC_SERVICES_ACCOUNT_READING_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/accounts.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses its call.
void GetAccount(const Context& context,
                CallPointer<v1::GetAccountRequest, v1::GetAccountResponse> call);
void ListEntries(const Context& context,
                 CallPointer<v1::ListEntriesRequest, v1::ListEntriesResponse> call);
void GetBalance(const Context& context,
                CallPointer<v1::GetBalanceRequest, v1::GetBalanceResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_ACCOUNT_READING_H_
