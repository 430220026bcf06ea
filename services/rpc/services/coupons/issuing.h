// CouponsService: applications, coupons given to citizens, and coupons taken from them.
#ifndef TANHUI_SERVICES_RPC_SERVICES_COUPONS_ISSUING_H_
#define TANHUI_SERVICES_RPC_SERVICES_COUPONS_ISSUING_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/coupons.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses the call.
void StartApplyForCoupon(const Context& context,
                         CallPointer<v1::ApplyForCouponRequest, v1::ApplyForCouponResponse> call);
void StartIssueCoupon(const Context& context,
                      CallPointer<v1::IssueCouponRequest, v1::IssueCouponResponse> call);
void StartBatchIssueCoupons(
    const Context& context,
    CallPointer<v1::BatchIssueCouponsRequest, v1::BatchIssueCouponsResponse> call);
void StartRevokeCoupon(const Context& context,
                       CallPointer<v1::RevokeCouponRequest, v1::RevokeCouponResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_COUPONS_ISSUING_H_
