// CouponsService: what comes back of orders, and what funders pay after review.
#ifndef TANHUI_SERVICES_RPC_SERVICES_COUPONS_REFUNDS_H_
#define TANHUI_SERVICES_RPC_SERVICES_COUPONS_REFUNDS_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/coupons.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses the call.
void StartRefundCoupon(const Context& context,
                       CallPointer<v1::RefundCouponRequest, v1::RefundCouponResponse> call);
void StartRefundOrder(const Context& context,
                      CallPointer<v1::RefundOrderRequest, v1::RefundOrderResponse> call);
void StartReviewRedemption(
    const Context& context,
    CallPointer<v1::ReviewRedemptionRequest, v1::ReviewRedemptionResponse> call);
void StartBatchReview(const Context& context,
                      CallPointer<v1::BatchReviewRequest, v1::BatchReviewResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_COUPONS_REFUNDS_H_
