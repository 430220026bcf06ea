// Reviews of discounts that funders pay after a look at their papers: approved in whole or in part,
// or rejected.
#include <utility>

#include "ledger/claims/claimed.h"
#include "ledger/core/postings.h"
#include "ledger/coupons/coupon.h"
#include "ledger/coupons/rows.h"
#include "ledger/coupons/use.h"

namespace tanhui::coupons {
namespace {

namespace pb = entry::v1;

std::optional<EntryIndex> TargetOfReview(const Entry& draft) {
  return EntryIndex(draft.coupon_review().target());
}

Refusal InState(std::string_view state) {
  return Refusal(Reason::kReviewState, "entry_index").With("state", state);
}

// Why there is nothing to review.
std::optional<Refusal> RefusedByState(const Use& use) {
  if (!use.campaign->reviewed) {
    return InState("NOT_REVIEWED");
  }
  if (use.cancelled) {
    return InState("CANCELLED");
  }
  if (use.now.reviewed) {
    return InState(use.now.approved > Amount(0) ? "APPROVED" : "REJECTED");
  }
  return use.FundedWhen(use.now.discount) > Amount(0) ? std::nullopt
                                                      : std::optional(InState("GIVEN_BACK"));
}

// What of `left` is approved goes to the claim, the rest to the rest.
std::vector<Leg> LegsOf(const Campaign& campaign, AccountNo claim, Amount left, Amount approved) {
  FenLegs legs;
  legs.Add(campaign.review_account(), Amount(-left.units()));
  legs.Add(claim, approved);
  legs.Add(campaign.rest_account(), Amount(left.units() - approved.units()));
  return std::move(legs).Take();
}

// What is wrong with what the review says of `left` fen.
std::optional<Refusal> RefusedByAmount(const pb::CouponReview& review, Amount left) {
  if (review.approved_fen() < 0) {
    return Refusal(Reason::kAmountOutOfRange, "approved_fen");
  }
  if (review.approved_fen() < left.units() && review.reason().empty()) {
    return Refusal(Reason::kFieldRequired, "reason");
  }
  return review.approved_fen() <= left.units()
             ? std::nullopt
             : std::optional(Refusal(Reason::kInsufficientBalance, "approved_fen")
                                 .With("needed", review.approved_fen())
                                 .With("available", left.units()));
}

std::optional<Refusal> DecideReview(const State& state, const DecideInput& input, Entry& entry) {
  Use use;
  if (auto refusal = FindUse(state, input, Whose::kAny, use)) {
    return refusal;
  }
  pb::CouponReview& review = *entry.mutable_coupon_review();
  if (auto refusal = RefusedByState(use)) {
    return refusal;
  }
  const Amount left = use.FundedWhen(use.now.discount);
  if (auto refusal = RefusedByAmount(review, left)) {
    return refusal;
  }
  const Campaign& campaign = *use.campaign;
  const Amount approved(review.approved_fen());
  const AccountNo claim = PayingAccount(state.registry(), campaign, use.merchant, false);
  if (state.FindAccount(claim) == nullptr) {
    return Refusal(Reason::kUnknownAccount, "entry_index");
  }
  if (!claims::FenFit(state, claim, approved, input.now)) {
    return Refusal(Reason::kBalanceLimit, "approved_fen");
  }
  review.set_campaign(campaign.number.value());
  Describe(use, ParticipantNo(input.target->caller()), *review.mutable_undone());
  if (approved == Amount(0)) {
    ReopenFrom(state, input.target_index, use, OrderNullifiers(campaign), *review.mutable_undone());
  }
  return Post(state, LegsOf(campaign, claim, left, approved), "approved_fen", entry);
}

Fault ApplyReview(State& state, EntryIndex index, const Entry& entry) {
  const pb::CouponReview& review = entry.coupon_review();
  const EntryIndex target(review.target());
  const Campaign* campaign = CampaignUndone(state, target, review.undone());
  Undone undone = state.FindUndone(target);
  if (target >= index || campaign == nullptr || !campaign->reviewed ||
      review.campaign() != campaign->number.value() || !IsUseAtMost(undone)) {
    return "a review that cannot be";
  }
  RedeemedNow now = undone.redeemed.value_or(RedeemedNow{});
  const Amount approved(review.approved_fen());
  const Amount left = entry.postings().empty()
                          ? Amount(0)
                          : Negate(Amount(entry.postings(0).amount())).value_or(Amount(0));
  const AccountNo claim =
      PayingAccount(state.registry(), *campaign, ParticipantNo(review.undone().merchant()), false);
  if (now.reviewed || left <= Amount(0) || approved.negative() || approved > left ||
      claim == AccountNo(0)) {
    return "a review of what does not wait for it";
  }
  if (Fault fault = WantLegs(entry, LegsOf(*campaign, claim, left, approved))) {
    return fault;
  }
  now.reviewed = true;
  now.approved = approved;
  now.discount_at_review = now.discount;
  undone.redeemed = std::move(now);
  state.PutUndone(target, undone);
  ListUse(state, index, review.undone());
  if (approved > Amount(0)) {
    if (Fault fault =
            claims::NoteFen(state, claim, approved, LedgerTime(entry.recorded_micros()))) {
      return fault;
    }
  }
  return Reopen(state, target, review.undone());
}

constexpr BookRow kRows[] = {
    {.body = Entry::kCouponReview,
     .decide = DecideReview,
     .apply = ApplyReview,
     .target = TargetOfReview,
     .moves = true},
};

}  // namespace

std::span<const BookRow> ReviewRows() { return kRows; }

}  // namespace tanhui::coupons
