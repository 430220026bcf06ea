// Assets, budgets and reports as text for people.
#ifndef TANHUI_SERVICES_CLI_SCREEN_REPORT_TEXT_H_
#define TANHUI_SERVICES_CLI_SCREEN_REPORT_TEXT_H_

#include <cstdint>
#include <string>

#include "tanhui/v1/admin.pb.h"
#include "tanhui/v1/budgets.pb.h"
#include "tanhui/v1/reports.pb.h"

namespace tanhui::cli {

// [################----]  82 %; `percent` from 0 to 100.
std::string UsedBar(std::int32_t percent);

std::string AssetsText(const v1::ListAssetsResponse& response);
// Facts, with a bar of what is used.
std::string BudgetText(const v1::BudgetsServiceGetResponse& response);
// A table with such bars.
std::string BudgetsText(const v1::BudgetsServiceListResponse& page);
// A table by expiry date and funder, then the sums on both sides.
std::string LiabilityText(const v1::GetLiabilityResponse& response);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_SCREEN_REPORT_TEXT_H_
