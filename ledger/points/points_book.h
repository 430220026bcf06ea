// The points book: budgets, funding, awards, redemptions and transfers.
#ifndef TANHUI_LEDGER_POINTS_POINTS_BOOK_H_
#define TANHUI_LEDGER_POINTS_POINTS_BOOK_H_

#include "ledger/core/book.h"

namespace tanhui::points {

// issuance → budget (funding) → citizen (award) → merchant (redemption), and citizen → citizen
// (transfer). Every row but the opening of a budget is cancellable.
Book PointsBook();

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_POINTS_BOOK_H_
