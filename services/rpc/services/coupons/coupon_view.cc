#include "services/rpc/services/coupons/coupon_view.h"

#include <algorithm>

#include "ledger/coupons/coupon.h"
#include "ledger/coupons/discount.h"
#include "ledger/coupons/lottery.h"
#include "services/rpc/services/coupons/campaign_names.h"

namespace tanhui::rpc {

v1::CouponState StateAt(const coupons::Campaign& campaign, const IssuedCoupon& coupon,
                        const CouponNow& became, LedgerTime now) {
  switch (became.state) {
    case CouponState::kUsed:
      return v1::COUPON_STATE_USED;
    case CouponState::kVoid:
      return v1::COUPON_STATE_VOID;
    case CouponState::kLocked:
      if (now < became.lock_until) {
        return v1::COUPON_STATE_LOCKED;
      }
      break;
    case CouponState::kReady:
      break;
  }
  return now > coupons::ValidUntil(campaign, coupon.issue) ? v1::COUPON_STATE_EXPIRED
                                                           : v1::COUPON_STATE_READY;
}

absl::Status FillCoupon(const Registry& registry, const IssuedCoupon& coupon,
                        const CouponNow& became, LedgerTime now, v1::Coupon& out) {
  const coupons::Campaign* campaign =
      coupons::CampaignsOf(registry).Find(CampaignNo(coupon.issue.campaign()));
  if (campaign == nullptr) {
    return absl::DataLossError("a coupon has no campaign");
  }
  out.set_name(CouponName(coupon.index));
  out.set_campaign(CampaignName(*campaign));
  out.set_state(StateAt(*campaign, coupon, became, now));
  *out.mutable_issue_time() = ToTimestamp(coupon.issued);
  *out.mutable_use_first_time() = ToTimestamp(std::max(coupon.issued, campaign->use_first));
  *out.mutable_use_last_time() = ToTimestamp(coupons::ValidUntil(*campaign, coupon.issue));
  if (out.state() == v1::COUPON_STATE_LOCKED) {
    *out.mutable_lock_deadline_time() = ToTimestamp(became.lock_until);
  }
  const bool as_issued = became.entry == EntryIndex(0);
  out.set_state_entry_index(as_issued ? coupon.index.value() : became.entry.value());
  out.set_points(coupon.issue.points());
  out.set_most_fen(coupons::MaxDiscount(campaign->value).units());
  out.set_threshold_fen(campaign->value.threshold.units());
  out.set_display_name(campaign->display_name);
  return absl::OkStatus();
}

absl::Status FillApplication(const Registry& registry, EntryIndex index, const Entry& entry,
                             const CouponNow& became, v1::CouponApplication& out) {
  const entry::v1::CouponApplication& application = entry.coupon_application();
  const coupons::Campaign* campaign =
      coupons::CampaignsOf(registry).Find(CampaignNo(application.campaign()));
  if (campaign == nullptr) {
    return absl::DataLossError("an application has no campaign");
  }
  out.set_entry_index(index.value());
  out.set_campaign(CampaignName(*campaign));
  out.set_ordinal(application.ordinal());
  *out.mutable_apply_time() = ToTimestamp(LedgerTime(entry.recorded_micros()));
  out.set_state(v1::APPLICATION_STATE_WAITING);
  if (campaign->draw.has_value() && application.ordinal() < campaign->draw->applications) {
    out.set_place(coupons::PlaceOf(*campaign->draw, application.ordinal()));
    out.set_state(out.place() < campaign->stock ? v1::APPLICATION_STATE_WON
                                                : v1::APPLICATION_STATE_LOST);
  }
  if (became.state == CouponState::kUsed) {
    out.set_state(v1::APPLICATION_STATE_ISSUED);
    out.set_coupon(CouponName(became.entry));
  }
  return absl::OkStatus();
}

}  // namespace tanhui::rpc
