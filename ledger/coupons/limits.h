// How many coupons a campaign still has, in all and now, and how many a citizen may have. A
// citizen's are tallies; those of campaigns that issue no more are forgotten when the next one is
// counted, so that only campaigns of one time can fill an account.
#ifndef TANHUI_LEDGER_COUPONS_LIMITS_H_
#define TANHUI_LEDGER_COUPONS_LIMITS_H_

#include <cstdint>
#include <optional>

#include "ledger/core/book.h"
#include "ledger/coupons/campaigns.h"

namespace tanhui::coupons {

// How many of the day's coupons are released by `now`, and when the next ones are.
struct Released {
  std::uint64_t coupons = 0;
  std::optional<LedgerTime> next;
};
Released ReleasedBy(const Campaign& campaign, LedgerTime now);

// COUPONS_GONE; `stock` is the campaign's account of its stock, which counts what was issued.
std::optional<Refusal> RefusedAsGone(const Campaign& campaign, const Account& stock,
                                     LedgerTime now);
// COUPON_LIMIT, without facts when the citizen has no room for another tally.
std::optional<Refusal> RefusedByLimits(const Registry& registry, const Campaign& campaign,
                                       const Account& citizen, LedgerTime now);

// Counts a coupon that the citizen got at `now`, in the campaign and against the citizen's limits.
Fault CountIssued(State& state, const Campaign& campaign, AccountNo citizen, LedgerTime now);
// Takes one that was issued on `day` off the citizen's limits, where it still counts, and, when its
// fen are with the stock again, off what the campaign counts. A fault when the campaign counted
// none.
Fault CountTakenBack(State& state, const Campaign& campaign, AccountNo citizen, BusinessDate day,
                     bool in_stock_again);

// The same of applications for a lottery, of which a citizen has one.
std::optional<Refusal> RefusedAsApplied(const Registry& registry, const Campaign& campaign,
                                        const Account& citizen, LedgerTime now);
void CountApplication(State& state, const Campaign& campaign, AccountNo citizen, LedgerTime now);

}  // namespace tanhui::coupons

#endif  // TANHUI_LEDGER_COUPONS_LIMITS_H_
