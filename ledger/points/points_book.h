// The points book: budgets, awards, redemptions, transfers, holds, refunds, households and what
// becomes of accounts. POINTS.md tells the rules.
#ifndef TANHUI_LEDGER_POINTS_POINTS_BOOK_H_
#define TANHUI_LEDGER_POINTS_POINTS_BOOK_H_

#include "ledger/core/book.h"

namespace tanhui::points {

// issuance → budget (funding) → citizen (award) → merchant (redemption, capture) or charity
// (donation), between citizens (transfer, contribution), back (refund, reversal, return), and to
// the expiry account.
Book PointsBook();

// Whether something is due about the account by `now`. Asked of every account by the sweeper; pure.
bool MayBeDue(const Registry& registry, AccountNo number, const Account& account, LedgerTime now);

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_POINTS_BOOK_H_
