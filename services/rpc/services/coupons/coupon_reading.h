// CouponsService: a citizen's coupons, and the codes that a till takes.
#ifndef TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_READING_H_
#define TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_READING_H_

#include <string_view>

#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/coupons.pb.h"

namespace tanhui::rpc {

// Tells whoever watches for abuse on which device a coupon, or a code of it, was asked for; an
// empty `device` is not told.
void TellDevice(const Context& context, AccountNo citizen, EntryIndex coupon,
                std::string_view device, LedgerTime at);

// Each finishes or refuses the call.
void StartGetCoupon(const Context& context,
                    CallPointer<v1::GetCouponRequest, v1::GetCouponResponse> call);
void StartListCoupons(const Context& context,
                      CallPointer<v1::ListCouponsRequest, v1::ListCouponsResponse> call);
void StartGetCouponCode(const Context& context,
                        CallPointer<v1::GetCouponCodeRequest, v1::GetCouponCodeResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_READING_H_
