// The exchange book: peers, exchanges in both directions, and settlement windows. EXCHANGE.md tells
// the rules.
#ifndef TANHUI_INTEROP_BOOKS_INTEROP_BOOK_H_
#define TANHUI_INTEROP_BOOKS_INTEROP_BOOK_H_

#include "ledger/core/book.h"

namespace tanhui::interop {

// citizen → leaving → departed here; arrived → coming → citizen or merchant there.
Book InteropBook();

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_BOOKS_INTEROP_BOOK_H_
