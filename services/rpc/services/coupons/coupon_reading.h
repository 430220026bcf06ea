// CouponsService: a citizen's coupons, and the codes that a till takes.
#ifndef TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_READING_H_
#define TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_READING_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/coupons.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses the call.
void StartGetCoupon(const Context& context,
                    CallPointer<v1::GetCouponRequest, v1::GetCouponResponse> call);
void StartListCoupons(const Context& context,
                      CallPointer<v1::ListCouponsRequest, v1::ListCouponsResponse> call);
void StartGetCouponCode(const Context& context,
                        CallPointer<v1::GetCouponCodeRequest, v1::GetCouponCodeResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_READING_H_
