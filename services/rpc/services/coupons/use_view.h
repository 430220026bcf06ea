// What was done with coupons at merchants: one entry as the API shows it, and sums of many.
#ifndef TANHUI_SERVICES_RPC_SERVICES_COUPONS_USE_VIEW_H_
#define TANHUI_SERVICES_RPC_SERVICES_COUPONS_USE_VIEW_H_

#include "absl/status/status.h"
#include "ledger/core/book.h"
#include "services/rpc/context.h"
#include "tanhui/v1/campaigns.pb.h"
#include "tanhui/v1/coupons.pb.h"

namespace tanhui::rpc {

// Of an entry that ListCouponUses lists; 0 of any other.
CampaignNo CampaignOf(const Entry& use);

// All but what its maker alone may know: reference and request id. Of a cancellation the entry of
// the use is read. An error when the store cannot be read or the entry is none of these.
absl::Status FillUse(const Context& context, const Registry& registry, EntryIndex index,
                     const Entry& entry, v1::CouponUse& out);

// What only the maker of the entry is told.
absl::Status FillMaker(const Context& context, EntryIndex index, const Entry& entry,
                       v1::CouponUse& out);

void AddTo(const v1::CouponUse& use, v1::CouponSums& sums);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_COUPONS_USE_VIEW_H_
