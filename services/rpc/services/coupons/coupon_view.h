// Coupons and applications as the API shows them.
#ifndef TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_VIEW_H_
#define TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_VIEW_H_

#include "absl/status/status.h"
#include "ledger/core/books/undone.h"
#include "ledger/coupons/campaigns.h"
#include "services/rpc/services/coupons/coupon_access.h"
#include "tanhui/v1/coupons.pb.h"

namespace tanhui::rpc {

// `became` is what became of the entry.

// How it is at `now`: a lock past its deadline is none, and what was not used in time is over.
v1::CouponState StateAt(const coupons::Campaign& campaign, const IssuedCoupon& coupon,
                        const CouponNow& became, LedgerTime now);

// All but the holder's name. DataLoss for a coupon of no campaign.
absl::Status FillCoupon(const Registry& registry, const IssuedCoupon& coupon,
                        const CouponNow& became, LedgerTime now, v1::Coupon& out);

absl::Status FillApplication(const Registry& registry, EntryIndex index, const Entry& entry,
                             const CouponNow& became, v1::CouponApplication& out);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_VIEW_H_
