#include "ledger/coupons/use.h"

#include "ledger/coupons/orders/order.h"
#include "ledger/points/party.h"

namespace tanhui::coupons {
namespace {

namespace pb = entry::v1;

// The nullifier, when the use claims it and it was not made free again.
std::optional<Nullifier> ClaimedBy(const State& state, EntryIndex use, const std::string& claim) {
  const auto nullifier = NullifierOfOrder(claim);
  const auto claimed = nullifier.has_value() ? state.FindEvidence(*nullifier) : std::nullopt;
  return claimed.has_value() && claimed->entry == use && claimed->reopened_to == ParticipantNo(0)
             ? nullifier
             : std::nullopt;
}

}  // namespace

std::optional<Approval> Use::approval() const {
  return now.reviewed ? std::optional(Approval{now.approved, now.discount_at_review})
                      : std::nullopt;
}

Amount Use::FundedWhen(Amount back) const {
  return FundedAfter(campaign->value, discount(), approval(), back);
}

std::optional<Refusal> FindUse(const State& state, const DecideInput& input, Whose whose,
                               Use& use) {
  if (input.target == nullptr) {
    return Refusal(Reason::kUnknownCoupon, "entry_index");
  }
  const pb::CouponRedemption& body = input.target->coupon_redemption();
  const AccountNo unit(body.order().merchant());
  if (whose == Whose::kCallers && !points::MayFollowUp(state, input, unit)) {
    return Refusal(Reason::kUnknownCoupon, "entry_index");
  }
  const Account* merchant = state.FindAccount(unit);
  use.campaign = CampaignsOf(state.registry()).Find(CampaignNo(body.campaign()));
  if (!input.target->has_coupon_redemption() || merchant == nullptr || use.campaign == nullptr) {
    return Refusal(Reason::kWrongEntryKind, "entry_index");
  }
  const Undone undone = state.FindUndone(input.target_index);
  use.body = &body;
  use.merchant = merchant->participant;
  use.cancelled = undone.cancelled;
  use.now = undone.redeemed.value_or(RedeemedNow{});
  return std::nullopt;
}

AccountNo PayingAccount(const Registry& registry, const Campaign& campaign, ParticipantNo merchant,
                        bool waits) {
  return waits ? campaign.review_account()
               : registry.FindMerchantAccount(merchant, campaign.money).value_or(AccountNo(0));
}

void Describe(const Use& use, ParticipantNo made_by, pb::CouponUndone& undone) {
  undone.set_coupon(use.body->coupon());
  undone.set_campaign(use.campaign->number.value());
  undone.set_merchant(use.merchant.value());
  undone.set_account(use.body->account());
  undone.set_made_by(made_by.value());
}

void ReopenFrom(const State& state, EntryIndex index, const Use& use, int first,
                pb::CouponUndone& undone) {
  const auto& claims = use.body->order().nullifiers();
  for (int i = first; i < claims.size(); ++i) {
    if (ClaimedBy(state, index, claims[i]).has_value()) {
      undone.add_nullifiers(claims[i]);
    }
  }
}

int OrderNullifiers(const Campaign& campaign) {
  return campaign.stacking_slot == 0 ? static_cast<int>(kStackingSlots) : 1;
}

bool IsUseAtMost(const Undone& undone) {
  Undone use;
  use.redeemed = undone.redeemed;
  return undone == use;
}

const Campaign* CampaignUndone(const State& state, EntryIndex index,
                               const pb::CouponUndone& undone) {
  const Campaign* campaign = CampaignsOf(state.registry()).Find(CampaignNo(undone.campaign()));
  const bool can_be = index < EntryIndex(state.head().size) &&
                      EntryIndex(undone.coupon()) < index &&
                      state.registry().Find(ParticipantNo(undone.merchant())) != nullptr &&
                      state.registry().Find(ParticipantNo(undone.made_by())) != nullptr;
  return can_be ? campaign : nullptr;
}

Fault Reopen(State& state, EntryIndex index, const pb::CouponUndone& undone) {
  for (const std::string& claim : undone.nullifiers()) {
    const auto nullifier = ClaimedBy(state, index, claim);
    if (!nullifier.has_value()) {
      return "what an order uses up is opened again that the use did not claim";
    }
    state.PutEvidence(*nullifier, Claim{index, ParticipantNo(undone.made_by())});
  }
  return std::nullopt;
}

void ListUse(State& state, EntryIndex entry, const pb::CouponUndone& undone) {
  state.NoteListing({Listing::kUsesOfCampaign, undone.campaign(), entry});
  state.NoteListing({Listing::kUsesAtMerchant, undone.merchant(), entry});
}

}  // namespace tanhui::coupons
