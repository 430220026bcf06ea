#include "ledger/coupons/campaigns.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "ledger/core/check.h"

namespace tanhui::coupons {

const Campaign* Campaigns::Find(CampaignNo number) const {
  return number == CampaignNo(0) || number.value() > campaigns_.size()
             ? nullptr
             : campaigns_[number.value() - 1].get();
}

const Campaign* Campaigns::Find(std::string_view code) const {
  const auto found = codes_.find(code);
  return found == codes_.end() ? nullptr : Find(found->second);
}

const Campaign* Campaigns::FindByStock(AccountNo stock) const {
  const Campaign* found = FindUpTo(stock);
  return found != nullptr && found->stock_account == stock ? found : nullptr;
}

const Campaign* Campaigns::FindByAccount(AccountNo account) const {
  const Campaign* found = FindUpTo(account);
  return found != nullptr && account.value() - found->stock_account.value() < kCampaignAccounts
             ? found
             : nullptr;
}

const Campaign* Campaigns::FindUpTo(AccountNo account) const {
  const auto behind = std::upper_bound(
      campaigns_.begin(), campaigns_.end(), account,
      [](AccountNo number, const auto& campaign) { return number < campaign->stock_account; });
  return behind == campaigns_.begin() ? nullptr : std::prev(behind)->get();
}

void Campaigns::Add(Campaign campaign) {
  Check(campaign.number == next_campaign(), "campaign numbers are dense");
  Check(codes_.emplace(campaign.code, campaign.number).second, "a code is registered twice");
  Check(campaigns_.empty() || campaigns_.back()->rest_account() < campaign.stock_account,
        "an account belongs to two campaigns, or they are not in order");
  campaigns_.push_back(std::make_shared<const Campaign>(std::move(campaign)));
}

void Campaigns::Put(Campaign campaign) {
  Check(Find(campaign.number) != nullptr, "a campaign changes that was never opened");
  const std::size_t at = campaign.number.value() - 1;
  campaigns_[at] = std::make_shared<const Campaign>(std::move(campaign));
}

const Campaigns& CampaignsOf(const Registry& registry) {
  static const Campaigns& none = *new Campaigns;
  return registry.campaigns() == nullptr ? none : *registry.campaigns();
}

}  // namespace tanhui::coupons
