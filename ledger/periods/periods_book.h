// The periods book: the closing of accounting months (关账). PERIODS.md tells the rules.
#ifndef TANHUI_LEDGER_PERIODS_PERIODS_BOOK_H_
#define TANHUI_LEDGER_PERIODS_PERIODS_BOOK_H_

#include "ledger/core/book.h"

namespace tanhui::periods {

// Closings. The ends of budgets' years, which closings wait for, are in the points book.
Book PeriodsBook();

}  // namespace tanhui::periods

#endif  // TANHUI_LEDGER_PERIODS_PERIODS_BOOK_H_
