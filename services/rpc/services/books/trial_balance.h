// Trial balances for callers: of closed months from their closing, of open ones from the sums that
// the store keeps.
#ifndef TANHUI_SERVICES_RPC_SERVICES_BOOKS_TRIAL_BALANCE_H_
#define TANHUI_SERVICES_RPC_SERVICES_BOOKS_TRIAL_BALANCE_H_

#include <google/protobuf/repeated_field.h>

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/periods/trial_balance.h"
#include "services/rpc/context.h"
#include "services/rpc/draft.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/reports.pb.h"

namespace tanhui::rpc {

// The sums of all open months, and a registry that knows the same closings.
struct OpenMonths {
  std::vector<PeriodTable::Row> rows;
  std::uint64_t size = 0;  // of the log
  std::shared_ptr<const Registry> registry;
};
absl::StatusOr<OpenMonths> ReadOpenMonths(const Context& context, SchemeNo scheme);

// YYYY-MM; month 0 when refused.
Month ReadMonth(Draft& draft, const std::string& text);

void FillLine(const Registry& registry, const periods::Line& line, v1::TrialBalanceLine& out);

// The lines of a closing; DataLoss when they cannot be read.
absl::StatusOr<std::vector<periods::Line>> LinesOf(const entry::v1::PeriodClosing& closing);

// Answers ReportsService.GetTrialBalance.
void ReportTrialBalance(const Context& context,
                        CallPointer<v1::GetTrialBalanceRequest, v1::GetTrialBalanceResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_BOOKS_TRIAL_BALANCE_H_
