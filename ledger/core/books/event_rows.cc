#include "ledger/core/books/event_rows.h"

#include <array>

namespace tanhui {
namespace {

namespace pb = entry::v1;
using pb::Entry;

// Numbers the events of one entry.
class Noting {
 public:
  Noting(State& state, EntryIndex index) : state_(state), index_(index) {}

  void Note(std::uint32_t scope, EventKind kind, std::uint64_t subject) {
    state_.NoteEvent({scope, index_, n_++, static_cast<std::uint8_t>(kind), subject});
  }

 private:
  State& state_;
  const EntryIndex index_;
  std::uint8_t n_ = 0;
};

// A share of what was funded; crossed when what is left falls to it or below.
struct Mark {
  EventKind kind;
  int left_of_hundred;
};
constexpr std::array kMarks = {Mark{EventKind::kBudgetAt80, 20}, Mark{EventKind::kBudgetAt95, 5}};

void NoteBudgets(const State& state, const Entry& entry, Noting& noting) {
  for (const pb::Posting& posting : entry.postings()) {
    if (posting.amount() >= 0) {
      continue;
    }
    const Account& account = *state.FindAccount(AccountNo(posting.account()));
    if (account.kind != AccountKind::kBudget) {
      continue;
    }
    const auto after = static_cast<__int128>(account.balance.units());
    const auto before = after - posting.amount();
    for (const Mark& mark : kMarks) {
      const auto left = static_cast<__int128>(account.funded.units()) * mark.left_of_hundred;
      if (after * 100 <= left && before * 100 > left) {
        noting.Note(account.participant.value(), mark.kind, posting.account());
      }
    }
  }
}

void NoteExpired(const State& state, const Entry& entry, Noting& noting) {
  for (const pb::Posting& posting : entry.postings()) {
    if (posting.amount() < 0 && HasLots(state.FindAccount(AccountNo(posting.account()))->kind)) {
      noting.Note(0, EventKind::kPointsExpired, posting.account());
    }
  }
}

void NoteStep(const pb::SettlementStep& step, Noting& noting) {
  switch (step.action()) {
    case pb::SETTLEMENT_ACTION_APPROVE:
      return noting.Note(step.merchant(), EventKind::kLineApproved, step.target());
    case pb::SETTLEMENT_ACTION_PAY:
      return noting.Note(step.merchant(), EventKind::kLinePaid, step.target());
    default:
      return noting.Note(step.merchant(), EventKind::kLineReturned, step.target());
  }
}

// A use or an issue of a coupon that was taken back, to those who are linked to its holder.
void NoteUndone(const pb::CouponUndone& undone, EventKind kind, Noting& noting) {
  if (undone.account() != 0) {
    noting.Note(0, kind, undone.account());
  }
}

void NoteCancellation(const pb::Cancellation& cancellation, Noting& noting) {
  if (cancellation.has_coupon_undone()) {
    const bool use = cancellation.coupon_undone().merchant() != 0;
    NoteUndone(cancellation.coupon_undone(),
               use ? EventKind::kCouponRefunded : EventKind::kCouponRevoked, noting);
  }
}

// To whoever funds a budget that got something back.
void NoteReturn(const State& state, const Entry& entry, Noting& noting) {
  for (const pb::Posting& posting : entry.postings()) {
    const Account& account = *state.FindAccount(AccountNo(posting.account()));
    if (posting.amount() > 0 && account.kind == AccountKind::kBudget) {
      noting.Note(account.participant.value(), EventKind::kCampaignReturned, posting.account());
    }
  }
}

constexpr std::uint64_t Pair(std::uint32_t upper, std::uint32_t lower) {
  return (std::uint64_t{upper} << 32) | lower;
}

void NoteCouponEvents(const State& state, const Entry& entry, Noting& noting) {
  switch (entry.body_case()) {
    case Entry::kCouponRedemption:
      return noting.Note(0, EventKind::kCouponUsed, entry.coupon_redemption().account());
    case Entry::kCouponRefund:
      return NoteUndone(entry.coupon_refund().undone(), EventKind::kCouponRefunded, noting);
    case Entry::kCouponRevocation:
      return NoteUndone(entry.coupon_revocation().undone(), EventKind::kCouponRevoked, noting);
    case Entry::kCouponReview: {
      const pb::CouponReview& review = entry.coupon_review();
      return noting.Note(
          review.undone().merchant(),
          review.approved_fen() > 0 ? EventKind::kDiscountApproved : EventKind::kDiscountRejected,
          review.target());
    }
    case Entry::kCancellation:
      return NoteCancellation(entry.cancellation(), noting);
    case Entry::kCampaignChange:
      return noting.Note(EventRow::kEverybody, EventKind::kCampaignChanged,
                         entry.campaign_change().campaign());
    case Entry::kCampaignReturn:
      return NoteReturn(state, entry, noting);
    default:
      return;
  }
}

}  // namespace

void NoteEvents(State& state, EntryIndex index, const Entry& entry) {
  Noting noting(state, index);
  switch (entry.body_case()) {
    case Entry::kAward:
    case Entry::kEarning:
    case Entry::kGoalReward:
    case Entry::kCampaignOpening:
      return NoteBudgets(state, entry, noting);
    case Entry::kCorrection:
      noting.Note(entry.correction().made_by(), EventKind::kAwardCorrected,
                  entry.correction().target());
      return NoteBudgets(state, entry, noting);
    case Entry::kReversal:
      return noting.Note(entry.reversal().made_by(), EventKind::kAwardReversed,
                         entry.reversal().target());
    case Entry::kExpiry:
      return NoteExpired(state, entry, noting);
    case Entry::kDelisting: {
      const pb::Delisting& delisting = entry.delisting();
      return noting.Note(EventRow::kEverybody,
                         delisting.kind() == pb::DELISTING_KIND_RELISTED
                             ? EventKind::kProductRelisted
                             : EventKind::kProductDelisted,
                         delisting.product());
    }
    case Entry::kSettlementStep:
      return NoteStep(entry.settlement_step(), noting);
    case Entry::kPeriodClosing:
      return noting.Note(EventRow::kEverybody, EventKind::kMonthClosed,
                         Pair(entry.period_closing().scheme(), entry.period_closing().month()));
    case Entry::kExpiryNotice:
      return noting.Note(EventRow::kEverybody, EventKind::kPointsExpireSoon,
                         Pair(entry.expiry_notice().asset(), entry.expiry_notice().month()));
    default:
      return NoteCouponEvents(state, entry, noting);
  }
}

}  // namespace tanhui
