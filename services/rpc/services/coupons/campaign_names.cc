#include "services/rpc/services/coupons/campaign_names.h"

#include "services/rpc/services/reading.h"

namespace tanhui::rpc {
namespace {

constexpr std::string_view kCampaigns = "campaigns/";
constexpr std::string_view kCoupons = "coupons/";

void RefuseForm(std::string_view name, std::string_view field, std::string_view expected,
                Draft& draft) {
  draft.Refuse(name.empty()
                   ? Refusal(Reason::kFieldRequired, std::string(field))
                   : Refusal(Reason::kFieldInvalid, std::string(field)).With("expected", expected));
}

}  // namespace

const coupons::Campaign* ReadCampaign(std::string_view name, std::string_view field, Draft& draft) {
  if (!name.starts_with(kCampaigns) || name.size() > kCampaigns.size() + kMaxCode) {
    RefuseForm(name, field, "campaigns/{campaign}", draft);
    return nullptr;
  }
  const coupons::Campaign* campaign =
      coupons::CampaignsOf(draft.registry()).Find(name.substr(kCampaigns.size()));
  if (campaign == nullptr) {
    draft.Refuse(Refusal(Reason::kUnknownCampaign, std::string(field)));
  }
  return campaign;
}

std::optional<EntryIndex> ReadCouponName(std::string_view name, std::string_view field,
                                         Draft& draft) {
  const auto index = name.starts_with(kCoupons) ? ParseTokenNumber(name.substr(kCoupons.size()))
                                                : std::optional<std::uint64_t>();
  if (!index.has_value()) {
    RefuseForm(name, field, "coupons/{number}", draft);
    return std::nullopt;
  }
  return EntryIndex(*index);
}

std::string CampaignName(std::string_view code) { return std::string(kCampaigns).append(code); }

std::string CampaignName(const coupons::Campaign& campaign) { return CampaignName(campaign.code); }

std::string CampaignName(const Registry& registry, CampaignNo number) {
  const coupons::Campaign* campaign = coupons::CampaignsOf(registry).Find(number);
  return campaign == nullptr ? std::string() : CampaignName(*campaign);
}

std::string CouponName(EntryIndex coupon) {
  return std::string(kCoupons).append(std::to_string(coupon.value()));
}

}  // namespace tanhui::rpc
