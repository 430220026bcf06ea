// The coupons book: campaigns and their money, lotteries, and the life of a coupon. COUPONS.md
// tells the rules.
#ifndef TANHUI_LEDGER_COUPONS_COUPONS_BOOK_H_
#define TANHUI_LEDGER_COUPONS_COUPONS_BOOK_H_

#include "ledger/core/book.h"

namespace tanhui::coupons {

// budgets → stock → coupons → a merchant's claim, by way of review where funders pay after it; what
// nobody uses → rest → budgets.
Book CouponsBook();

// Whether something may be due about the account by `now`: of campaigns' accounts of their stock.
// What is in the campaign's other accounts is not looked at, so that nothing may be there after
// all. Asked of every account by the sweeper; pure.
bool MayBeDue(const Registry& registry, AccountNo number, const Account& account, LedgerTime now);

}  // namespace tanhui::coupons

#endif  // TANHUI_LEDGER_COUPONS_COUPONS_BOOK_H_
