// The methods of SettlementService about runs and their lines.
#ifndef TANHUI_SERVICES_RPC_SERVICES_CLAIMS_SETTLEMENT_RUNS_H_
#define TANHUI_SERVICES_RPC_SERVICES_CLAIMS_SETTLEMENT_RUNS_H_

#include "ledger/core/books/undone.h"
#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/settlement.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses its call.
void StartCreateRun(const Context& context,
                    CallPointer<v1::CreateRunRequest, v1::CreateRunResponse> call);
void StartAddLine(const Context& context,
                  CallPointer<v1::AddLineRequest, v1::AddLineResponse> call);
void StartBatchAddLines(const Context& context,
                        CallPointer<v1::BatchAddLinesRequest, v1::BatchAddLinesResponse> call);
void StartApprove(const Context& context,
                  CallPointer<v1::ApproveRequest, v1::ApproveResponse> call);
void StartPay(const Context& context, CallPointer<v1::PayRequest, v1::PayResponse> call);
void StartReturn(
    const Context& context,
    CallPointer<v1::SettlementServiceReturnRequest, v1::SettlementServiceReturnResponse> call);

void StartGetRun(const Context& context, CallPointer<v1::GetRunRequest, v1::GetRunResponse> call);
void StartListRuns(const Context& context,
                   CallPointer<v1::ListRunsRequest, v1::ListRunsResponse> call);
void StartListLines(const Context& context,
                    CallPointer<v1::ListLinesRequest, v1::ListLinesResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_CLAIMS_SETTLEMENT_RUNS_H_
