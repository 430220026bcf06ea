// The claims book: merchants' stores and tills, settlement prices, and the settlement of claims in
// fen. Rules: CLAIMS.md.
#ifndef TANHUI_LEDGER_CLAIMS_CLAIMS_BOOK_H_
#define TANHUI_LEDGER_CLAIMS_CLAIMS_BOOK_H_

#include "ledger/core/book.h"

namespace tanhui::claims {

Book ClaimsBook();

}  // namespace tanhui::claims

#endif  // TANHUI_LEDGER_CLAIMS_CLAIMS_BOOK_H_
