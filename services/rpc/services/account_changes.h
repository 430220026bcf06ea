// The methods of AccountsService that change an account's life: its status, its end, its guardian.
#ifndef TANHUI_SERVICES_RPC_SERVICES_ACCOUNT_CHANGES_H_
#define TANHUI_SERVICES_RPC_SERVICES_ACCOUNT_CHANGES_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/accounts.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses its call.
void StartFreeze(const Context& context, CallPointer<v1::FreezeRequest, v1::FreezeResponse> call);
void StartUnfreeze(const Context& context,
                   CallPointer<v1::UnfreezeRequest, v1::UnfreezeResponse> call);
void StartReportLost(const Context& context,
                     CallPointer<v1::ReportLostRequest, v1::ReportLostResponse> call);
void StartClose(const Context& context, CallPointer<v1::CloseRequest, v1::CloseResponse> call);
void StartMerge(const Context& context, CallPointer<v1::MergeRequest, v1::MergeResponse> call);
void StartGiveConsent(const Context& context,
                      CallPointer<v1::GiveConsentRequest, v1::GiveConsentResponse> call);
void StartWithdrawConsent(
    const Context& context,
    CallPointer<v1::WithdrawConsentRequest, v1::WithdrawConsentResponse> call);
void StartHandOver(const Context& context,
                   CallPointer<v1::HandOverRequest, v1::HandOverResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_ACCOUNT_CHANGES_H_
