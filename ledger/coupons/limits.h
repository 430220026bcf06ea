// How many coupons a campaign still has, in all and now, and how many a citizen may have.
#ifndef TANHUI_LEDGER_COUPONS_LIMITS_H_
#define TANHUI_LEDGER_COUPONS_LIMITS_H_

#include <optional>

#include "ledger/core/book.h"
#include "ledger/coupons/campaigns.h"

namespace tanhui::coupons {

// COUPONS_GONE; `stock` is the campaign's account of its stock, which counts what was issued.
std::optional<Refusal> RefusedAsGone(const Campaign& campaign, const Account& stock,
                                     LedgerTime now);
// COUPON_LIMIT; `today` is the Shanghai date.
std::optional<Refusal> RefusedByLimits(const Campaign& campaign, const Account& citizen,
                                       BusinessDate today);

// Counts a coupon that the citizen got `today`, in the campaign and against the citizen's limits.
Fault CountIssued(State& state, const Campaign& campaign, AccountNo citizen, BusinessDate today);
// Takes one that was issued on `day` off the citizen's limits and, when its fen are with the stock
// again, off what the campaign counts. A fault when none was counted.
Fault CountTakenBack(State& state, const Campaign& campaign, AccountNo citizen, BusinessDate day,
                     bool in_stock_again);

}  // namespace tanhui::coupons

#endif  // TANHUI_LEDGER_COUPONS_LIMITS_H_
