// CouponsService: statements of campaigns and merchants, and the uses behind them.
#ifndef TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_STATEMENTS_H_
#define TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_STATEMENTS_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/coupons.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses the call.
void StartGetCampaignStatement(
    const Context& context,
    CallPointer<v1::GetCampaignStatementRequest, v1::GetCampaignStatementResponse> call);
void StartGetMerchantStatement(
    const Context& context,
    CallPointer<v1::GetMerchantStatementRequest, v1::GetMerchantStatementResponse> call);
void StartListCouponUses(const Context& context,
                         CallPointer<v1::ListCouponUsesRequest, v1::ListCouponUsesResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_STATEMENTS_H_
