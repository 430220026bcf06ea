// CouponsService: coupons at tills: locked, used, given back and reviewed.
#ifndef TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_USES_H_
#define TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_USES_H_

#include "services/rpc/services/coupons/coupon_access.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/coupons.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses the call.
void StartLockCoupon(CouponAccess& access,
                     CallPointer<v1::LockCouponRequest, v1::LockCouponResponse> call);
void StartUnlockCoupon(CouponAccess& access,
                       CallPointer<v1::UnlockCouponRequest, v1::UnlockCouponResponse> call);
void StartRedeemCoupon(CouponAccess& access,
                       CallPointer<v1::RedeemCouponRequest, v1::RedeemCouponResponse> call);
void StartBatchRedeemCoupons(
    CouponAccess& access,
    CallPointer<v1::BatchRedeemCouponsRequest, v1::BatchRedeemCouponsResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_USES_H_
