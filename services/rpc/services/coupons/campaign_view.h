// Campaigns as the API shows them.
#ifndef TANHUI_SERVICES_RPC_SERVICES_COUPONS_CAMPAIGN_VIEW_H_
#define TANHUI_SERVICES_RPC_SERVICES_COUPONS_CAMPAIGN_VIEW_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/core/account.h"
#include "ledger/coupons/campaigns.h"
#include "services/rpc/context.h"
#include "tanhui/v1/campaigns.pb.h"

namespace tanhui::rpc {

// The accounts of a campaign, all of one moment.
struct CampaignAccounts {
  Account stock;
  Account coupons;
  Account review;
  Account rest;
};
struct CampaignsAsOf {
  std::vector<CampaignAccounts> accounts;  // in the order of what was asked for
  std::uint64_t size = 0;                  // of the log
  LedgerTime now;                          // for what depends on the time
};
absl::StatusOr<CampaignsAsOf> ReadCampaignAccounts(
    const Context& context, const std::vector<const coupons::Campaign*>& campaigns);

v1::CampaignState StateAt(const coupons::Campaign& campaign, LedgerTime now);
// Fen that are set aside for one coupon.
Amount FenOfCoupon(const coupons::Campaign& campaign);

void FillCampaign(const Registry& registry, const coupons::Campaign& campaign,
                  const CampaignAccounts& accounts, LedgerTime now, v1::Campaign& out);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_COUPONS_CAMPAIGN_VIEW_H_
