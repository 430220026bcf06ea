// Giving back an order at which a coupon was used, in parts or, by a cancellation, as a whole.
#include <algorithm>
#include <utility>

#include "ledger/claims/claimed.h"
#include "ledger/core/postings.h"
#include "ledger/coupons/campaign_terms.h"
#include "ledger/coupons/coupon.h"
#include "ledger/coupons/rows.h"
#include "ledger/coupons/use.h"

namespace tanhui::coupons {
namespace {

namespace pb = entry::v1;

std::optional<EntryIndex> TargetOfRefund(const Entry& draft) {
  return EntryIndex(draft.coupon_refund().target());
}

std::optional<EntryIndex> CouponOfTarget(const State&, EntryIndex, const Entry& target) {
  return CouponOfRedemption(target);
}

Refusal Because(const Use& use, const NotBack& why) {
  switch (why.why) {
    case NotBack::Why::kNoSuchLine:
      break;
    case NotBack::Why::kMoreThanLeft:
      return Refusal(Reason::kNothingLeftToUndo, "lines")
          .With("line", static_cast<std::int64_t>(why.line))
          .With("left", why.left.units());
    case NotBack::Why::kBelowThreshold:
      return Refusal(Reason::kCouponReturnPolicy, "lines")
          .With("remaining", why.left.units())
          .With("threshold", use.campaign->value.threshold.units());
  }
  return Refusal(Reason::kFieldInvalid, "lines").With("line", static_cast<std::int64_t>(why.line));
}

// Whether the coupon of the use, once its discount is back, can be used again. `rest`: what the
// campaign has then of what came back.
bool ComesBack(const State& state, const DecideInput& input, const Use& use, Amount rest) {
  const Campaign& campaign = *use.campaign;
  const auto now = state.FindUndone(EntryIndex(use.body->coupon())).coupon;
  return campaign.coupon_returns && !use.now.coupon_back && input.also != nullptr &&
         input.also->has_coupon_issue() &&
         input.now <= ValidUntil(campaign, input.also->coupon_issue()) &&
         input.now <= campaign.use_last && rest >= LockOf(campaign) && now.has_value() &&
         now->state == CouponState::kUsed && now->entry == input.target_index;
}

// Fen from where the funders' part of a use stands to the rest; when the coupon comes back, the
// rest locks them anew.
std::vector<Leg> LegsBack(const Campaign& campaign, AccountNo paying, Amount fen,
                          bool coupon_back) {
  const Amount lock = coupon_back ? LockOf(campaign) : Amount(0);
  FenLegs legs;
  legs.Add(paying, Amount(-fen.units()));
  legs.Add(campaign.coupons_account(), lock);
  legs.Add(campaign.rest_account(), Amount(fen.units() - lock.units()));
  return std::move(legs).Take();
}

// Completes the entry with the postings of what comes back when `after` of the discount is back,
// and tells whether the coupon does.
std::optional<Refusal> Return(const State& state, const DecideInput& input, const Use& use,
                              Amount after, std::string_view field, Entry& entry,
                              bool& coupon_back) {
  const Campaign& campaign = *use.campaign;
  const Amount fen(use.FundedWhen(use.now.discount).units() - use.FundedWhen(after).units());
  const bool waits = WaitsForReview(campaign, use.now);
  const AccountNo paying = PayingAccount(state.registry(), campaign, use.merchant, waits);
  const Account* rest = state.FindAccount(campaign.rest_account());
  if (rest == nullptr || (fen > Amount(0) && state.FindAccount(paying) == nullptr)) {
    return Refusal(Reason::kUnknownAccount, std::string(field));
  }
  const auto rest_after = Add(rest->balance, fen);
  if (!rest_after.has_value() ||
      (!waits && fen > Amount(0) &&
       !claims::FenFit(state, paying, Amount(-fen.units()), input.now))) {
    return Refusal(Reason::kBalanceLimit, std::string(field));
  }
  coupon_back = after == use.discount() && ComesBack(state, input, use, *rest_after);
  return Post(state, LegsBack(campaign, paying, fen, coupon_back), field, entry);
}

std::optional<Refusal> DecideRefund(const State& state, const DecideInput& input, Entry& entry) {
  Use use;
  if (auto refusal = FindUse(state, input, Whose::kCallers, use)) {
    return refusal;
  }
  if (use.cancelled) {
    return Refusal(Reason::kNothingLeftToUndo, "lines").With("left", 0);
  }
  pb::CouponRefund& refund = *entry.mutable_coupon_refund();
  if (refund.lines().empty()) {
    return Refusal(Reason::kFieldRequired, "lines");
  }
  std::vector<Back> parts;
  for (const pb::LineBack& line : refund.lines()) {
    parts.push_back({line.line(), Amount(line.fen())});
  }
  const Campaign& campaign = *use.campaign;
  const auto found =
      GiveBack(campaign.value, campaign.return_policy, LinesOf(campaign, use.body->order()),
               use.discount(), use.now.lines, use.now.discount, parts);
  if (const auto* why = std::get_if<NotBack>(&found)) {
    return Because(use, *why);
  }
  const auto& back = std::get<GivenBack>(found);
  bool coupon_back = false;
  const Amount after(use.now.discount.units() + back.discount.units());
  if (auto refusal = Return(state, input, use, after, "lines", entry, coupon_back)) {
    return refusal;
  }
  refund.set_goods_fen(back.goods.units());
  refund.set_discount_fen(back.discount.units());
  refund.set_coupon_back(coupon_back);
  refund.set_campaign(campaign.number.value());
  Describe(use, ParticipantNo(input.target->caller()), *refund.mutable_undone());
  if (back.whole) {
    ReopenFrom(state, input.target_index, use, OrderNullifiers(campaign), *refund.mutable_undone());
  }
  return std::nullopt;
}

// That the postings are those of a return from `paying`, and nothing else: the fen that came back.
// The claim's net follows.
Fault WantReturn(State& state, const Entry& entry, const Campaign& campaign, AccountNo paying,
                 bool coupon_back, Amount& fen) {
  const bool any = entry.postings_size() > 0 && paying != AccountNo(0) &&
                   AccountNo(entry.postings(0).account()) == paying;
  fen = any ? Negate(Amount(entry.postings(0).amount())).value_or(Amount(-1)) : Amount(0);
  if (fen.negative()) {
    return "fen come back that go where they come from";
  }
  if (Fault fault = WantLegs(entry, LegsBack(campaign, paying, fen, coupon_back))) {
    return fault;
  }
  return fen == Amount(0) || paying == campaign.review_account()
             ? std::nullopt
             : claims::NoteFen(state, paying, Amount(-fen.units()),
                               LedgerTime(entry.recorded_micros()));
}

// The coupon that was used by `use` can be used again, as of `entry`.
Fault MakeReady(State& state, EntryIndex coupon, EntryIndex use, EntryIndex entry) {
  const Undone undone = state.FindUndone(coupon);
  if (!undone.coupon.has_value() || undone.coupon->state != CouponState::kUsed ||
      undone.coupon->entry != use) {
    return "a coupon comes back that was not used there";
  }
  Become(state, coupon, CouponState::kReady, entry);
  return std::nullopt;
}

// Adds the lines of a refund to what came back before. A fault when they cannot be.
Fault AddLines(const pb::CouponRefund& refund, RedeemedNow& now) {
  std::int64_t goods = 0;
  for (int i = 0; i < refund.lines_size(); ++i) {
    const pb::LineBack& line = refund.lines(i);
    const bool in_order = i == 0 || line.line() > refund.lines(i - 1).line();
    if (line.line() >= kMaxLines || !in_order || line.fen() <= 0 || line.fen() > kMaxFen) {
      return "lines are given back that cannot be";
    }
    goods += line.fen();
    now.lines.resize(std::max<std::size_t>(now.lines.size(), line.line() + std::size_t{1}));
    Amount& back = now.lines[line.line()];
    back = Amount(back.units() + line.fen());
    if (back > Amount(kMaxFen)) {
      return "more of a line is given back than a line can be";
    }
  }
  return goods > 0 && refund.goods_fen() == goods && refund.discount_fen() >= 0 &&
                 refund.discount_fen() <= goods &&
                 now.discount.units() + refund.discount_fen() <= kMaxFen
             ? std::nullopt
             : Fault("the goods or the discount of a refund do not add up");
}

Fault ApplyRefund(State& state, EntryIndex index, const Entry& entry) {
  const pb::CouponRefund& refund = entry.coupon_refund();
  const EntryIndex target(refund.target());
  const Campaign* campaign = CampaignUndone(state, target, refund.undone());
  Undone undone = state.FindUndone(target);
  if (target >= index || campaign == nullptr || refund.campaign() != campaign->number.value() ||
      !IsUseAtMost(undone)) {
    return "a refund that cannot be";
  }
  RedeemedNow now = undone.redeemed.value_or(RedeemedNow{});
  if (Fault fault = AddLines(refund, now)) {
    return fault;
  }
  Amount fen;
  const AccountNo paying =
      PayingAccount(state.registry(), *campaign, ParticipantNo(refund.undone().merchant()),
                    WaitsForReview(*campaign, now));
  if (Fault fault = WantReturn(state, entry, *campaign, paying, refund.coupon_back(), fen)) {
    return fault;
  }
  if (refund.coupon_back()) {
    if (Fault fault = MakeReady(state, EntryIndex(refund.undone().coupon()), target, index)) {
      return fault;
    }
  }
  const auto funded = Add(now.funded_back, fen);
  if (!funded.has_value()) {
    return "more comes back of a use than funders can have paid";
  }
  now.discount = Amount(now.discount.units() + refund.discount_fen());
  now.funded_back = *funded;
  now.coupon_back = now.coupon_back || refund.coupon_back();
  undone.redeemed = std::move(now);
  state.PutUndone(target, undone);
  ListUse(state, index, refund.undone());
  return Reopen(state, target, refund.undone());
}

constexpr BookRow kRows[] = {
    {.body = Entry::kCouponRefund,
     .decide = DecideRefund,
     .apply = ApplyRefund,
     .target = TargetOfRefund,
     .also = CouponOfTarget,
     .moves = true},
};

}  // namespace

std::span<const BookRow> RefundRows() { return kRows; }

std::optional<EntryIndex> CouponOfRedemption(const Entry& target) {
  return target.has_coupon_redemption()
             ? std::optional(EntryIndex(target.coupon_redemption().coupon()))
             : std::nullopt;
}

std::optional<Refusal> CancelRedemption(const State& state, const DecideInput& input,
                                        Entry& entry) {
  Use use;
  if (auto refusal = FindUse(state, input, Whose::kCallers, use)) {
    return refusal;
  }
  bool coupon_back = false;
  if (auto refusal =
          Return(state, input, use, use.discount(), "target_request_id", entry, coupon_back)) {
    return refusal;
  }
  pb::CouponUndone& undone = *entry.mutable_cancellation()->mutable_coupon_undone();
  Describe(use, ParticipantNo(input.target->caller()), undone);
  undone.set_coupon_back(coupon_back);
  ReopenFrom(state, input.target_index, use, 0, undone);
  return std::nullopt;
}

Fault RedemptionCancelled(State& state, EntryIndex index, const Entry& entry) {
  const pb::Cancellation& cancellation = entry.cancellation();
  const pb::CouponUndone& undone = cancellation.coupon_undone();
  const EntryIndex target(cancellation.target_index());
  const Campaign* campaign = CampaignUndone(state, target, undone);
  if (campaign == nullptr) {
    return "a cancellation of the use of a coupon that cannot be";
  }
  Amount fen;
  const AccountNo paying = PayingAccount(state.registry(), *campaign,
                                         ParticipantNo(undone.merchant()), campaign->reviewed);
  if (Fault fault = WantReturn(state, entry, *campaign, paying, undone.coupon_back(), fen)) {
    return fault;
  }
  if (undone.coupon_back()) {
    if (Fault fault = MakeReady(state, EntryIndex(undone.coupon()), target, index)) {
      return fault;
    }
  }
  ListUse(state, index, undone);
  return Reopen(state, target, undone);
}

}  // namespace tanhui::coupons
