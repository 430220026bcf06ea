#include "ledger/coupons/campaigns.h"

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
  const auto found = stocks_.find(stock);
  return found == stocks_.end() ? nullptr : Find(found->second);
}

const Campaign* Campaigns::FindByAccount(AccountNo account) const {
  const auto behind = stocks_.upper_bound(account);
  if (behind == stocks_.begin()) {
    return nullptr;
  }
  const auto& [stock, number] = *std::prev(behind);
  return account.value() - stock.value() < kCampaignAccounts ? Find(number) : nullptr;
}

void Campaigns::Add(Campaign campaign) {
  Check(campaign.number == next_campaign(), "campaign numbers are dense");
  Check(codes_.emplace(campaign.code, campaign.number).second, "a code is registered twice");
  Check(stocks_.emplace(campaign.stock_account, campaign.number).second,
        "an account belongs to two campaigns");
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
