// All books of a ledger of points, in one place: a new one is added here and nowhere else.
#ifndef TANHUI_LEDGER_BOOKS_ALL_BOOKS_H_
#define TANHUI_LEDGER_BOOKS_ALL_BOOKS_H_

#include <span>

#include "ledger/core/book.h"

namespace tanhui {

// They live until the program ends.
std::span<const Book> AllBooks();

// Whether any book may have something to write about the account by `now`. Asked of every account
// by the sweeper; pure.
bool MayBeDue(const Registry& registry, AccountNo number, const Account& account, LedgerTime now);

}  // namespace tanhui

#endif  // TANHUI_LEDGER_BOOKS_ALL_BOOKS_H_
