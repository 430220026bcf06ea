// Coupons that are taken from their holders, and issues that are cancelled (冲正).
#include <utility>
#include <vector>

#include "ledger/core/postings.h"
#include "ledger/coupons/campaign_terms.h"
#include "ledger/coupons/coupon.h"
#include "ledger/coupons/limits.h"
#include "ledger/coupons/rows.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"

namespace tanhui::coupons {
namespace {

namespace pb = entry::v1;

// Whether the fen that a coupon sets aside are still with the coupons: later they went back to the
// funders by themselves.
bool IsSetAside(const Campaign& campaign, LedgerTime now) { return now <= campaign.use_last; }

// How a coupon ends that was not used. A cancelled one was never issued: while coupons are issued
// it is in stock again.
enum class End { kRevoked, kCancelled };

bool IsInStockAgain(const Campaign& campaign, LedgerTime now, End end) {
  return end == End::kCancelled && !campaign.OverAt(now);
}

std::vector<Leg> LegsBack(const Campaign& campaign, LedgerTime now, End end) {
  const Amount lock = IsSetAside(campaign, now) ? LockOf(campaign) : Amount(0);
  FenLegs legs;
  legs.Add(campaign.coupons_account(), Amount(-lock.units()));
  legs.Add(IsInStockAgain(campaign, now, end) ? campaign.stock_account : campaign.rest_account(),
           lock);
  return std::move(legs).Take();
}

// The lots that the citizen paid with.
Lots PaidWith(const Entry& issue) {
  const int last = issue.postings_size() - 1;
  return last < 1 ? Lots() : points::Outgoing(issue.postings(last - 1));
}

// Completes the entry with what goes back when the coupon of the target is taken.
std::optional<Refusal> TakeBack(const State& state, const DecideInput& input, const Coupon& coupon,
                                End end, bool points_back, std::string_view field, Entry& entry) {
  const Campaign& campaign = *coupon.campaign;
  std::vector<Leg> legs = LegsBack(campaign, input.now, end);
  if (points_back && campaign.price > Amount(0)) {
    const points::Party holder(state, coupon.issue->account(), input.now);
    if (holder.account().status == AccountStatus::kClosed) {
      return Refusal(Reason::kAccountClosed, std::string(field));
    }
    legs.push_back(
        points::Plain(PointsIssuance(state.registry(), campaign), Amount(-campaign.price.units())));
    legs.push_back(
        points::Credit(holder.number(), holder.account(),
                       points::WithGraceAll(PaidWith(*input.target), holder.terms(), input.now)));
  }
  return Post(state, legs, field, entry);
}

// That the postings are those of such an entry.
Fault WantTakenBack(const State& state, const Entry& entry, const Campaign& campaign,
                    AccountNo holder, End end, bool points_back) {
  std::vector<Leg> legs = LegsBack(campaign, LedgerTime(entry.recorded_micros()), end);
  if (points_back && campaign.price > Amount(0)) {
    legs.push_back(
        points::Plain(PointsIssuance(state.registry(), campaign), Amount(-campaign.price.units())));
    legs.push_back(points::Plain(state.Standing(holder), campaign.price));
  }
  return WantLegs(entry, legs);
}

// Says of the coupon what it is about.
void Describe(const DecideInput& input, const Coupon& coupon, pb::CouponUndone& undone) {
  undone.set_coupon(input.target_index.value());
  undone.set_campaign(coupon.issue->campaign());
  undone.set_account(coupon.issue->account());
}

// The campaign of the coupon `index`; null when an entry that `undone` it cannot be.
const Campaign* CampaignOfCoupon(const State& state, EntryIndex index,
                                 const pb::CouponUndone& undone) {
  const Campaign* campaign = CampaignsOf(state.registry()).Find(CampaignNo(undone.campaign()));
  const Account* holder = state.FindAccount(state.Standing(AccountNo(undone.account())));
  const bool can_be = EntryIndex(undone.coupon()) == index &&
                      index < EntryIndex(state.head().size) && holder != nullptr &&
                      holder->kind == AccountKind::kCitizen && undone.merchant() == 0 &&
                      undone.made_by() == 0 && undone.nullifiers().empty() && !undone.coupon_back();
  return can_be ? campaign : nullptr;
}

// --- revocation ---

std::optional<EntryIndex> TargetOfRevocation(const Entry& draft) {
  return EntryIndex(draft.coupon_revocation().coupon());
}

std::optional<Refusal> DecideRevocation(const State& state, const DecideInput& input,
                                        Entry& entry) {
  Coupon coupon;
  if (auto refusal = FindCoupon(state, input, coupon)) {
    return refusal;
  }
  pb::CouponRevocation& revocation = *entry.mutable_coupon_revocation();
  if (revocation.reason().empty()) {
    return Refusal(Reason::kFieldRequired, "reason");
  }
  points::Verdict verdict;
  verdict.Add(coupons::RefusedByState(coupon.now, {CouponState::kReady}, "coupon"));
  if (!verdict.refused()) {
    verdict.Add(TakeBack(state, input, coupon, End::kRevoked, revocation.points_back(),
                         "points_back", entry));
  }
  Describe(input, coupon, *revocation.mutable_undone());
  return verdict.Take();
}

Fault ApplyRevocation(State& state, EntryIndex index, const Entry& entry) {
  const pb::CouponRevocation& revocation = entry.coupon_revocation();
  const EntryIndex coupon(revocation.coupon());
  const Campaign* campaign = CampaignOfCoupon(state, coupon, revocation.undone());
  if (coupon >= index || campaign == nullptr || !IsCouponAtMost(state.FindUndone(coupon)) ||
      revocation.reason().empty() || revocation.undone().date() != 0 ||
      revocation.undone().application() != 0 ||
      NowOf(state, coupon, LedgerTime(entry.recorded_micros())).state != CouponState::kReady) {
    return "a revocation that cannot be";
  }
  if (Fault fault = WantTakenBack(state, entry, *campaign, AccountNo(revocation.undone().account()),
                                  End::kRevoked, revocation.points_back())) {
    return fault;
  }
  Become(state, coupon, CouponState::kVoid, index);
  state.NoteListing({Listing::kUsesOfCampaign, campaign->number.value(), index});
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kCouponRevocation,
     .decide = DecideRevocation,
     .apply = ApplyRevocation,
     .target = TargetOfRevocation,
     .moves = true},
};

}  // namespace

std::span<const BookRow> RevocationRows() { return kRows; }

std::optional<Refusal> CancelIssue(const State& state, const DecideInput& input, Entry& entry) {
  Coupon coupon;
  if (auto refusal = FindCoupon(state, input, coupon)) {
    return refusal;
  }
  pb::CouponUndone& undone = *entry.mutable_cancellation()->mutable_coupon_undone();
  Describe(input, coupon, undone);
  undone.set_date(RecordDate(*input.target).value());
  undone.set_application(coupon.issue->application());
  return TakeBack(state, input, coupon, End::kCancelled, true, "target_request_id", entry);
}

Fault IssueCancelled(State& state, EntryIndex index, const Entry& entry) {
  const pb::CouponUndone& undone = entry.cancellation().coupon_undone();
  const EntryIndex coupon(entry.cancellation().target_index());
  const Campaign* campaign = CampaignOfCoupon(state, coupon, undone);
  if (coupon >= index || campaign == nullptr ||
      state.FindUndone(coupon) != Undone{Amount(0), 0, true}) {
    return "a cancellation of the issue of a coupon that cannot be";
  }
  const AccountNo holder = state.Standing(AccountNo(undone.account()));
  if (Fault fault = WantTakenBack(state, entry, *campaign, holder, End::kCancelled, true)) {
    return fault;
  }
  Become(state, coupon, CouponState::kVoid, index);
  const LedgerTime recorded(entry.recorded_micros());
  const BusinessDate issued(undone.date());
  if (Fault fault = CountTakenBack(state, *campaign, holder, issued,
                                   IsInStockAgain(*campaign, recorded, End::kCancelled))) {
    return fault;
  }
  if (undone.application() == 0) {
    return std::nullopt;
  }
  const EntryIndex application(undone.application());
  const Undone applied = state.FindUndone(application);
  if (!IsCouponAtMost(applied) || !applied.coupon.has_value() ||
      applied.coupon->state != CouponState::kUsed || applied.coupon->entry != coupon) {
    return "a cancelled issue gives an application back that it did not use";
  }
  Become(state, application, CouponState::kReady, index);
  return std::nullopt;
}

}  // namespace tanhui::coupons
