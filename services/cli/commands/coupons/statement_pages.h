// Statements come in pages whose sums add up; people want the whole.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_COUPONS_STATEMENT_PAGES_H_
#define TANHUI_SERVICES_CLI_COMMANDS_COUPONS_STATEMENT_PAGES_H_

#include "tanhui/v1/coupons.grpc.pb.h"

namespace tanhui::cli {

// Adds a later page to what was read before; what a page says of now replaces it.
void AddPageOfCampaign(const v1::GetCampaignStatementResponse& page,
                       v1::GetCampaignStatementResponse* whole);
void AddPageOfMerchant(const v1::GetMerchantStatementResponse& page,
                       v1::GetMerchantStatementResponse* whole);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_COUPONS_STATEMENT_PAGES_H_
