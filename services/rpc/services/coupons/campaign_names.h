// Campaigns and coupons as requests name them.
#ifndef TANHUI_SERVICES_RPC_SERVICES_COUPONS_CAMPAIGN_NAMES_H_
#define TANHUI_SERVICES_RPC_SERVICES_COUPONS_CAMPAIGN_NAMES_H_

#include <optional>
#include <string>
#include <string_view>

#include "ledger/coupons/campaigns.h"
#include "services/rpc/draft.h"

namespace tanhui::rpc {

// campaigns/{campaign}; nullptr when refused.
const coupons::Campaign* ReadCampaign(std::string_view name, std::string_view field, Draft& draft);
// coupons/{index}; nullopt when refused. Whether there is such a coupon is not known yet.
std::optional<EntryIndex> ReadCouponName(std::string_view name, std::string_view field,
                                         Draft& draft);

// And back.
std::string CampaignName(std::string_view code);
std::string CampaignName(const coupons::Campaign& campaign);
// Empty for a number that is none.
std::string CampaignName(const Registry& registry, CampaignNo number);
std::string CouponName(EntryIndex coupon);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_COUPONS_CAMPAIGN_NAMES_H_
