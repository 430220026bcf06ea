// The use of a coupon (核销) as what gives it back and what reviews it sees it.
#ifndef TANHUI_LEDGER_COUPONS_USE_H_
#define TANHUI_LEDGER_COUPONS_USE_H_

#include <optional>
#include <vector>

#include "ledger/core/book.h"
#include "ledger/core/books/undone.h"
#include "ledger/coupons/campaigns.h"
#include "ledger/coupons/discount.h"

namespace tanhui::coupons {

// Keeps references to the state and to the redemption.
struct Use {
  const Campaign* campaign = nullptr;
  const entry::v1::CouponRedemption* body = nullptr;
  ParticipantNo merchant;
  bool cancelled = false;
  RedeemedNow now;  // what became of it

  Amount discount() const { return Amount(body->discount_fen()); }
  std::optional<Approval> approval() const;
  // What the funders pay of it when so much of the discount is back.
  Amount FundedWhen(Amount back) const;
};

// Which uses the caller may follow up: those that it made or that were at its own units, or any.
enum class Whose { kCallers, kAny };
// The use that the command is about.
std::optional<Refusal> FindUse(const State& state, const DecideInput& input, Whose whose, Use& use);

// Where the fen stand that the funders pay for uses at the merchant: its claim, or the campaign's
// account of what waits for review. 0: there is no claim.
AccountNo PayingAccount(const Registry& registry, const Campaign& campaign, ParticipantNo merchant,
                        bool waits);
// Of a use that was reviewed or not.
inline bool WaitsForReview(const Campaign& campaign, const RedeemedNow& now) {
  return campaign.reviewed && !now.reviewed;
}

// Says of the use `index` what it is about.
void Describe(const Use& use, ParticipantNo made_by, entry::v1::CouponUndone& undone);
// Appends the nullifiers that the use claims still, from the `first` of them on.
void ReopenFrom(const State& state, EntryIndex index, const Use& use, int first,
                entry::v1::CouponUndone& undone);
// How many of an order's nullifiers are of the order; those of a trade-in follow.
int OrderNullifiers(const Campaign& campaign);

// Whether nothing became of an entry but what becomes of the use of a coupon that stands.
bool IsUseAtMost(const Undone& undone);
// The campaign of it; null when an entry that `undone` the use `index` cannot be.
const Campaign* CampaignUndone(const State& state, EntryIndex index,
                               const entry::v1::CouponUndone& undone);
// Makes its nullifiers free again.
Fault Reopen(State& state, EntryIndex index, const entry::v1::CouponUndone& undone);
// Lists the entry among the uses of its campaign and at its merchant.
void ListUse(State& state, EntryIndex entry, const entry::v1::CouponUndone& undone);

}  // namespace tanhui::coupons

#endif  // TANHUI_LEDGER_COUPONS_USE_H_
