#include "services/rpc/services/coupons/campaign_view.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/coupons/discount.h"
#include "ledger/coupons/limits.h"
#include "services/rpc/draft.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/services/coupons/campaign_names.h"

namespace tanhui::rpc {
namespace {

std::string AssetName(const Registry& registry, AssetNo number) {
  const Asset* asset = registry.Find(number);
  return asset == nullptr ? std::string() : absl::StrCat("assets/", asset->code);
}

void FillFunders(const Registry& registry, const coupons::Campaign& campaign,
                 v1::CampaignTerms& out) {
  for (const coupons::Funder& funder : campaign.funders) {
    v1::CampaignFunder& row = *out.add_funders();
    if (const Budget* budget = registry.FindBudget(funder.budget)) {
      row.set_budget(absl::StrCat("budgets/", budget->code));
    }
    row.set_permille(funder.permille);
  }
}

void FillValue(const coupons::Value& value, v1::CampaignTerms& out) {
  out.set_face_fen(value.face.units());
  out.set_percent_permille(value.percent);
  out.set_ceiling_fen(value.ceiling.units());
  out.set_threshold_fen(value.threshold.units());
  out.set_own_permille(value.own_permille);
  out.set_funded_ceiling_fen(value.funded_ceiling.units());
}

void FillTimes(const coupons::Campaign& campaign, v1::CampaignTerms& out) {
  *out.mutable_issue_first_time() = ToTimestamp(campaign.issue_first);
  *out.mutable_issue_last_time() = ToTimestamp(campaign.issue_last);
  *out.mutable_use_first_time() = ToTimestamp(campaign.use_first);
  *out.mutable_use_last_time() = ToTimestamp(campaign.use_last);
  out.set_days_after_issue(campaign.days_after_issue);
}

void FillTerms(const Registry& registry, const coupons::Campaign& campaign,
               v1::CampaignTerms& out) {
  out.set_display_name(campaign.display_name);
  out.set_organiser(ParticipantName(registry, campaign.organiser));
  out.set_money(AssetName(registry, campaign.money));
  FillValue(campaign.value, out);
  for (const ParticipantNo merchant : campaign.merchants) {
    out.add_merchants(ParticipantName(registry, merchant));
  }
  for (const std::uint32_t district : campaign.districts) {
    out.add_districts(std::to_string(district));
  }
  out.mutable_categories()->Assign(campaign.categories.begin(), campaign.categories.end());
  FillTimes(campaign, out);
  out.set_stock(campaign.stock);
  for (const coupons::Release& release : campaign.releases) {
    v1::DailyRelease& row = *out.add_daily_releases();
    row.set_minute(release.minute);
    row.set_coupons(release.coupons);
  }
  out.set_per_citizen(campaign.per_citizen);
  out.set_per_citizen_day(campaign.per_citizen_day);
  out.set_stacking_slot(campaign.stacking_slot);
  out.set_points_asset(AssetName(registry, campaign.points_asset));
  out.set_price_points(campaign.price.units());
  out.set_return_policy(static_cast<v1::ReturnPolicy>(campaign.return_policy));
  out.set_coupon_returns(campaign.coupon_returns);
  FillFunders(registry, campaign, out);
  out.set_reviewed(campaign.reviewed);
  out.mutable_attestations()->Assign(campaign.attestations.begin(), campaign.attestations.end());
  if (campaign.seed_sha256.has_value()) {
    out.set_seed_sha256(std::string(campaign.seed_sha256->view()));
    out.set_beacon(campaign.beacon);
    *out.mutable_apply_last_time() = ToTimestamp(campaign.apply_last);
  }
  if (campaign.trade_in.has_value()) {
    v1::TradeInTerms& terms = *out.mutable_trade_in();
    terms.mutable_categories()->Assign(campaign.trade_in->categories.begin(),
                                       campaign.trade_in->categories.end());
    terms.set_worst_grade(campaign.trade_in->worst_grade);
  }
}

// The day's limit is the sum of what was released.
void FillReleases(const coupons::Campaign& campaign, std::uint64_t issued_today, LedgerTime now,
                  v1::Campaign& out) {
  const coupons::Released released = coupons::ReleasedBy(campaign, now);
  if (released.next.has_value()) {
    *out.mutable_next_release_time() = ToTimestamp(*released.next);
  }
  out.set_left_now(
      std::min(out.left(), released.coupons - std::min(released.coupons, issued_today)));
}

}  // namespace

absl::StatusOr<CampaignsAsOf> ReadCampaignAccounts(
    const Context& context, const std::vector<const coupons::Campaign*>& campaigns) {
  std::vector<AccountNo> numbers;
  for (const coupons::Campaign* campaign : campaigns) {
    numbers.insert(numbers.end(), {campaign->stock_account, campaign->coupons_account(),
                                   campaign->review_account(), campaign->rest_account()});
  }
  auto read = context.engine.store().ReadAccountsAsOf(numbers);
  if (!read.ok()) {
    return read.status();
  }
  if (std::any_of(read->accounts.begin(), read->accounts.end(),
                  [](const auto& account) { return !account.has_value(); })) {
    return absl::DataLossError("a campaign has no accounts");
  }
  CampaignsAsOf out;
  out.size = read->size;
  out.now = std::max(context.engine.clock().Wall(), read->time);
  for (std::size_t i = 0; i < numbers.size(); i += coupons::kCampaignAccounts) {
    out.accounts.push_back({*std::move(read->accounts[i]), *std::move(read->accounts[i + 1]),
                            *std::move(read->accounts[i + 2]), *std::move(read->accounts[i + 3])});
  }
  return out;
}

v1::CampaignState StateAt(const coupons::Campaign& campaign, LedgerTime now) {
  if (now > campaign.use_last) {
    return v1::CAMPAIGN_STATE_OVER;
  }
  if (campaign.OverAt(now)) {
    return v1::CAMPAIGN_STATE_ENDED;
  }
  if (campaign.paused) {
    return v1::CAMPAIGN_STATE_PAUSED;
  }
  return now < campaign.issue_first ? v1::CAMPAIGN_STATE_NOT_BEGUN : v1::CAMPAIGN_STATE_OPEN;
}

Amount FenOfCoupon(const coupons::Campaign& campaign) {
  return coupons::Funded(campaign.value, coupons::MaxDiscount(campaign.value));
}

void FillCampaign(const Registry& registry, const coupons::Campaign& campaign,
                  const CampaignAccounts& accounts, LedgerTime now, v1::Campaign& out) {
  out.set_name(CampaignName(campaign));
  FillTerms(registry, campaign, *out.mutable_terms());
  out.set_state(StateAt(campaign, now));
  const auto issued = static_cast<std::uint64_t>(accounts.stock.funded.units());
  out.set_issued(issued);
  out.set_left(campaign.OverAt(now) ? 0 : campaign.stock - std::min(campaign.stock, issued));
  out.set_left_now(out.state() == v1::CAMPAIGN_STATE_OPEN ? out.left() : 0);
  if (!campaign.releases.empty() && out.state() == v1::CAMPAIGN_STATE_OPEN) {
    FillReleases(campaign,
                 static_cast<std::uint64_t>(accounts.stock.given.On(ShanghaiDate(now)).units()),
                 now, out);
  }
  if (campaign.seed_sha256.has_value()) {
    out.set_applications(static_cast<std::uint64_t>(accounts.rest.funded.units()));
  }
  if (campaign.draw.has_value()) {
    out.mutable_draw()->set_key(std::string(campaign.draw->key.view()));
    out.mutable_draw()->set_applications(campaign.draw->applications);
  }
  out.set_entry_index(campaign.entry.value());
  out.set_fen_per_coupon(FenOfCoupon(campaign).units());
}

}  // namespace tanhui::rpc
