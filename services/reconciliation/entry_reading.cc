#include "services/reconciliation/entry_reading.h"

#include <algorithm>
#include <utility>

#include "ledger/claims/terms.h"
#include "ledger/core/books/entry_dates.h"
#include "ledger/core/books/entry_target.h"
#include "ledger/coupons/campaigns.h"

namespace tanhui::reconciliation {
namespace {

std::optional<AccountNo> AccountNamedBy(const Entry& entry) {
  switch (entry.body_case()) {
    case Entry::kEarning:
      return AccountNo(entry.earning().account());
    case Entry::kStatusChange:
      return AccountNo(entry.status_change().account());
    case Entry::kClosing:
      return AccountNo(entry.closing().account());
    case Entry::kMerge:
      return AccountNo(entry.merge().into());
    case Entry::kGuardianship:
      return AccountNo(entry.guardianship().account());
    case Entry::kHouseholdChange:
      return AccountNo(entry.household_change().household());
    case Entry::kLinkage:
      return AccountNo(entry.linkage().account());
    case Entry::kOpeningBalance:
      return AccountNo(entry.opening_balance().account());
    case Entry::kBudgetYearEnd:
      return AccountNo(entry.budget_year_end().budget());
    default:
      return std::nullopt;
  }
}

CampaignNo CampaignNamedBy(const Entry& entry) {
  switch (entry.body_case()) {
    case Entry::kCampaignOpening:
      return CampaignNo(entry.campaign_opening().number());
    case Entry::kCampaignChange:
      return CampaignNo(entry.campaign_change().campaign());
    case Entry::kLotteryDraw:
      return CampaignNo(entry.lottery_draw().campaign());
    case Entry::kCouponIssue:
      return CampaignNo(entry.coupon_issue().campaign());
    case Entry::kCouponApplication:
      return CampaignNo(entry.coupon_application().campaign());
    case Entry::kCouponRedemption:
      return CampaignNo(entry.coupon_redemption().campaign());
    case Entry::kCouponRefund:
      return CampaignNo(entry.coupon_refund().campaign());
    case Entry::kCouponReview:
      return CampaignNo(entry.coupon_review().campaign());
    default:
      return CampaignNo(0);
  }
}

// An entry about an entry about … is of the scheme of the first one.
constexpr int kMostSteps = 8;

void AddOnce(std::vector<ParticipantNo>& list, ParticipantNo participant) {
  if (std::find(list.begin(), list.end(), participant) == list.end()) {
    list.push_back(participant);
  }
}

}  // namespace

// Of an account that the registry knows.
struct EntryReading::Place {
  AssetNo asset;
  ParticipantNo merchant = {};  // a merchant's, also of one of its units, or a charity's
  bool claim = false;
  const claims::Unit* unit = nullptr;
};

std::string_view KindName(const Entry& entry) {
  const auto* field = Entry::descriptor()->FindFieldByNumber(entry.body_case());
  return field == nullptr ? std::string_view() : std::string_view(field->name());
}

std::optional<Undoing> UndoingOf(const Entry& entry) {
  switch (entry.body_case()) {
    case Entry::kRefund:
      return Undoing{EntryIndex(entry.refund().target()), entry.refund().points()};
    case Entry::kReversal:
      return Undoing{EntryIndex(entry.reversal().target()), entry.reversal().points()};
    case Entry::kCancellation:
      return Undoing{EntryIndex(entry.cancellation().target_index()), 0, true};
    case Entry::kCorrection:
      return Undoing{EntryIndex(entry.correction().target()), 0, false,
                     entry.correction().change()};
    default:
      return std::nullopt;
  }
}

EntryReading::EntryReading(const DayLog& log, std::shared_ptr<const Registry> registry)
    : log_(log), registry_(std::move(registry)) {
  for (const Asset& asset : registry_->assets()) {
    for (const AccountNo account : {asset.issuance, asset.expiry, asset.settling, asset.paid}) {
      if (account != AccountNo(0)) {
        asset_accounts_.emplace(account, asset.number);
      }
    }
  }
  if (registry_->next_scheme() == SchemeNo(2)) {
    only_scheme_ = SchemeNo(1);
  }
}

std::optional<EntryReading::Place> EntryReading::Find(AccountNo account) const {
  if (const Budget* budget = registry_->FindBudget(account)) {
    return Place{budget->asset};
  }
  if (const auto merchant = registry_->FindMerchant(account)) {
    const Asset* asset = registry_->Find(merchant->second);
    return Place{merchant->second, merchant->first, asset != nullptr && asset->money};
  }
  if (const claims::Unit* unit = claims::TermsOf(*registry_).FindUnit(account)) {
    return Place{unit->asset, unit->merchant, false, unit};
  }
  if (const auto* campaign = coupons::CampaignsOf(*registry_).FindByAccount(account)) {
    return Place{campaign->money};
  }
  if (const auto found = asset_accounts_.find(account); found != asset_accounts_.end()) {
    return Place{found->second};
  }
  return std::nullopt;
}

Movement EntryReading::MovementOf(const Entry& entry) const {
  Movement out;
  const claims::Unit* unit = nullptr;
  int people = 0;
  std::int64_t first_of_people = 0;
  for (int i = 0; i < entry.postings_size(); ++i) {
    const entry::v1::Posting& posting = entry.postings(i);
    const auto place = Find(AccountNo(posting.account()));
    if (!place.has_value()) {
      if (i == 0 && entry.has_opening_credit()) {
        continue;  // where balances of older systems come from
      }
      first_of_people = people++ == 0 ? posting.amount() : first_of_people;
      out.points += posting.amount();
      continue;
    }
    if (place->claim) {
      out.fen += posting.amount();
    }
    if (place->merchant != ParticipantNo(0)) {
      AddOnce(out.merchants, place->merchant);
    }
    unit = place->unit != nullptr ? place->unit : unit;
  }
  if (people > 1 && out.points == 0) {
    // Between people: a cancellation takes from the receiver first what the giver gets back.
    out.points = entry.has_cancellation() ? -first_of_people : first_of_people;
  }
  if (entry.has_hold()) {
    const auto place = Find(AccountNo(entry.hold().merchant()));
    unit = place.has_value() ? place->unit : nullptr;
  }
  if (entry.has_coupon_redemption()) {
    const auto place = Find(AccountNo(entry.coupon_redemption().order().merchant()));
    unit = place.has_value() ? place->unit : nullptr;
  }
  if (unit != nullptr && unit->level == claims::Level::kTill) {
    out.till = unit->code;
    unit = claims::TermsOf(*registry_).Find(unit->parent);
  }
  if (unit != nullptr) {
    out.store = unit->code;
  }
  return out;
}

SchemeNo EntryReading::SchemeOfAsset(AssetNo number) const {
  const Asset* asset = registry_->Find(number);
  return asset == nullptr ? SchemeNo(0) : asset->scheme;
}

absl::StatusOr<SchemeNo> EntryReading::SchemeOfPerson(AccountNo account) const {
  if (only_scheme_.has_value()) {
    return *only_scheme_;
  }
  const auto asset = log_.ReadAssetOf(account);
  return asset.ok() ? absl::StatusOr<SchemeNo>(SchemeOfAsset(*asset)) : asset.status();
}

absl::StatusOr<SchemeNo> EntryReading::SchemeOf(const Entry& entry) const {
  Entry older;
  const Entry* about = &entry;
  for (int step = 0; step < kMostSteps; ++step) {
    if (const auto* campaign = coupons::CampaignsOf(*registry_).Find(CampaignNamedBy(*about))) {
      return SchemeOfAsset(campaign->money);
    }
    for (const entry::v1::Posting& posting : about->postings()) {
      if (const auto place = Find(AccountNo(posting.account()))) {
        return SchemeOfAsset(place->asset);
      }
    }
    if (!about->postings().empty()) {
      return SchemeOfPerson(AccountNo(about->postings(0).account()));
    }
    if (const auto asset = AssetNamedBy(*about)) {
      return SchemeOfAsset(*asset);
    }
    if (const auto account = AccountNamedBy(*about)) {
      const auto place = Find(*account);
      return place.has_value() ? SchemeOfAsset(place->asset) : SchemeOfPerson(*account);
    }
    const auto target = TargetOf(*about);
    if (!target.has_value()) {
      break;
    }
    auto read = log_.ReadEntry(*target);
    if (!read.ok()) {
      return read.status();
    }
    older = *std::move(read);
    about = &older;
  }
  switch (about->body_case()) {
    case Entry::kSchemeCreation:
      return SchemeNo(about->scheme_creation().number());
    case Entry::kAssetCreation:
      return SchemeNo(about->asset_creation().scheme());
    case Entry::kPeriodClosing:
      return SchemeNo(about->period_closing().scheme());
    default:
      return SchemeNo(0);
  }
}

}  // namespace tanhui::reconciliation
