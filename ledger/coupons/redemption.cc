// The use of a coupon at an order (核销): the customer pays less, the funders' part is the
// merchant's claim or waits for review, and what the coupon would have paid besides is left over.
#include <utility>
#include <vector>

#include "ledger/claims/claimed.h"
#include "ledger/core/postings.h"
#include "ledger/coupons/campaign_terms.h"
#include "ledger/coupons/coupon.h"
#include "ledger/coupons/orders/appliance.h"
#include "ledger/coupons/orders/order.h"
#include "ledger/coupons/rows.h"
#include "ledger/coupons/use.h"
#include "ledger/points/party.h"

namespace tanhui::coupons {
namespace {

namespace pb = entry::v1;

std::optional<EntryIndex> TargetOfRedemption(const Entry& draft) {
  return EntryIndex(draft.coupon_redemption().coupon());
}

// The lock, when the coupon was locked last.
std::optional<EntryIndex> LockOfCoupon(const State& state, EntryIndex coupon, const Entry&) {
  const auto now = state.FindUndone(coupon).coupon;
  return now.has_value() && now->state == CouponState::kLocked ? std::optional(now->entry)
                                                               : std::nullopt;
}

// Once it is made, what gives the use back and what reviews it looks there, too.
void NamesOfRedemption(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const pb::CouponRedemption& redemption = draft.coupon_redemption();
  NamesOfOrder(state.registry(), redemption.order(), out);
  const Campaign* campaign = CampaignsOf(state.registry()).Find(CampaignNo(redemption.campaign()));
  if (campaign != nullptr) {
    out.insert(out.end(), {campaign->stock_account, campaign->coupons_account(),
                           campaign->review_account(), campaign->rest_account()});
  }
}

void ClaimsOfRedemption(const Entry& draft, std::vector<Nullifier>& out) {
  ClaimsOfOrder(draft.coupon_redemption().order(), out);
}

// The funders' part goes to `paying`; the coupon's fen are free.
std::vector<Leg> LegsOf(const Campaign& campaign, AccountNo paying, Amount funded) {
  const Amount lock = LockOf(campaign);
  FenLegs legs;
  legs.Add(campaign.coupons_account(), Amount(-lock.units()));
  legs.Add(paying, funded);
  legs.Add(campaign.rest_account(), Amount(lock.units() - funded.units()));
  return std::move(legs).Take();
}

// A trade-in is told of exactly where the campaign is one.
std::optional<Refusal> RefusedByTradeIn(const Registry& registry, const Campaign& campaign,
                                        const pb::CouponRedemption& redemption,
                                        BusinessDate today) {
  if (redemption.has_trade_in() != campaign.trade_in.has_value()) {
    return redemption.has_trade_in()
               ? FieldInvalid({"trade_in", "is for campaigns of trade-ins only"})
               : Refusal(Reason::kFieldRequired, "trade_in");
  }
  return campaign.trade_in.has_value()
             ? RefusedAsAppliance(registry, *campaign.trade_in, redemption.trade_in(), today)
             : std::nullopt;
}

// A coupon that is locked is for that order only.
void WantLockedOrder(const State& state, const DecideInput& input, const Coupon& coupon,
                     const pb::CouponOrder& order, points::Verdict& verdict) {
  if (coupon.now.state == CouponState::kLocked) {
    verdict.Want(input.also != nullptr && input.also->has_coupon_lock() &&
                     IsSameOrder(state, input.also->coupon_lock().order(), order),
                 Reason::kCouponOrderMismatch, "order");
  }
}

std::optional<Refusal> DecideRedemption(const State& state, const DecideInput& input,
                                        Entry& entry) {
  Coupon coupon;
  if (auto refusal = FindCoupon(state, input, coupon)) {
    return refusal;
  }
  pb::CouponRedemption& redemption = *entry.mutable_coupon_redemption();
  const pb::CouponOrder& order = redemption.order();
  const Campaign& campaign = *coupon.campaign;
  points::Verdict verdict;
  verdict.Add(RefusedByTradeIn(state.registry(), campaign, redemption, ShanghaiDate(input.now)));
  const auto malformed = RefusedByForm(campaign, order, campaign.trade_in.has_value());
  verdict.Add(malformed);
  const points::Party unit(state, order.merchant(), input.now);
  points::WantKind(unit, AccountKind::kMerchant, "order.merchant", verdict);
  if (malformed.has_value() || unit.account().kind != AccountKind::kMerchant) {
    return verdict.Take();
  }
  points::WantDebits(points::Party(state, coupon.issue->account(), input.now), "coupon", verdict);
  verdict.Add(RefusedByState(coupon.now, {CouponState::kReady, CouponState::kLocked}, "coupon"));
  verdict.Add(RefusedByDates(campaign, *coupon.issue, input.now, "coupon"));
  WantLockedOrder(state, input, coupon, order, verdict);
  Amount discount;
  WantOrder(state, input, campaign, order, unit, discount, verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  const Amount funded = Funded(campaign.value, discount);
  const AccountNo claim =
      PayingAccount(state.registry(), campaign, unit.account().participant, false);
  if (!campaign.reviewed && funded > Amount(0) &&
      !claims::FenFit(state, claim, funded, input.now)) {
    return Refusal(Reason::kBalanceLimit, "order.lines");
  }
  redemption.set_discount_fen(discount.units());
  redemption.set_funded_fen(funded.units());
  redemption.set_campaign(campaign.number.value());
  redemption.set_account(coupon.issue->account());
  const AccountNo paying = campaign.reviewed ? campaign.review_account() : claim;
  return Post(state, LegsOf(campaign, paying, funded), "order.lines", entry);
}

// What the body says is what the campaign gives for the order.
Fault FaultOfRedemption(const State& state, const Campaign& campaign, const Entry& entry) {
  const pb::CouponRedemption& redemption = entry.coupon_redemption();
  Amount discount;
  if (Fault fault = FaultOfOrder(state, campaign, redemption.order(), campaign.trade_in.has_value(),
                                 ParticipantNo(entry.caller()), discount)) {
    return fault;
  }
  if (RefusedByTradeIn(state.registry(), campaign, redemption, RecordDate(entry))) {
    return "a trade-in that the campaign is not for";
  }
  const Account* holder = state.FindAccount(state.Standing(AccountNo(redemption.account())));
  if (holder == nullptr || holder->kind != AccountKind::kCitizen ||
      holder->status != AccountStatus::kOpen) {
    return "a coupon is used of who cannot have one";
  }
  const LedgerTime now(entry.recorded_micros());
  return redemption.discount_fen() == discount.units() &&
                 redemption.funded_fen() == Funded(campaign.value, discount).units() &&
                 now >= campaign.use_first && now <= campaign.use_last
             ? std::nullopt
             : Fault("a discount is not what the campaign gives, or not when");
}

Fault UseCoupon(State& state, EntryIndex coupon, EntryIndex use, LedgerTime now) {
  const CouponState before = NowOf(state, coupon, now).state;
  if (coupon >= use || !IsCouponAtMost(state.FindUndone(coupon)) || before == CouponState::kUsed ||
      before == CouponState::kVoid) {
    return "a coupon is used that cannot be";
  }
  Become(state, coupon, CouponState::kUsed, use);
  return std::nullopt;
}

Fault ApplyRedemption(State& state, EntryIndex index, const Entry& entry) {
  const pb::CouponRedemption& redemption = entry.coupon_redemption();
  const LedgerTime now(entry.recorded_micros());
  const Campaign* campaign = CampaignsOf(state.registry()).Find(CampaignNo(redemption.campaign()));
  if (campaign == nullptr) {
    return "the use of a coupon of no campaign";
  }
  if (Fault fault = FaultOfRedemption(state, *campaign, entry)) {
    return fault;
  }
  const ParticipantNo merchant =
      state.FindAccount(state.Standing(AccountNo(redemption.order().merchant())))->participant;
  const AccountNo claim = PayingAccount(state.registry(), *campaign, merchant, false);
  const Amount funded(redemption.funded_fen());
  const AccountNo paying = campaign->reviewed ? campaign->review_account() : claim;
  if (Fault fault = WantLegs(entry, LegsOf(*campaign, paying, funded))) {
    return fault;
  }
  if (!campaign->reviewed && funded > Amount(0)) {
    if (Fault fault = claims::NoteFen(state, claim, funded, now)) {
      return fault;
    }
  }
  for (const std::string& claimed : redemption.order().nullifiers()) {
    state.PutEvidence(*NullifierOfOrder(claimed), Claim{index, {}});
  }
  state.NoteListing({Listing::kUsesOfCampaign, campaign->number.value(), index});
  state.NoteListing({Listing::kUsesAtMerchant, merchant.value(), index});
  return UseCoupon(state, EntryIndex(redemption.coupon()), index, now);
}

constexpr BookRow kRows[] = {
    {.body = Entry::kCouponRedemption,
     .decide = DecideRedemption,
     .apply = ApplyRedemption,
     .names = NamesOfRedemption,
     .claims = ClaimsOfRedemption,
     .target = TargetOfRedemption,
     .also = LockOfCoupon,
     .cancel_also = CouponOfRedemption,
     .cancel = CancelRedemption,
     .cancelled = RedemptionCancelled,
     .moves = true},
};

}  // namespace

std::span<const BookRow> RedemptionRows() { return kRows; }

}  // namespace tanhui::coupons
