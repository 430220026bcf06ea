// The parts of the claims book: each file's kinds of entries.
#ifndef TANHUI_LEDGER_CLAIMS_ROWS_H_
#define TANHUI_LEDGER_CLAIMS_ROWS_H_

#include <span>

#include "ledger/core/book.h"

namespace tanhui::claims {

std::span<const BookRow> UnitRows();        // creation, change
std::span<const BookRow> PriceRows();       // price
std::span<const BookRow> SettlementRows();  // run, line, step

}  // namespace tanhui::claims

#endif  // TANHUI_LEDGER_CLAIMS_ROWS_H_
