// The parts of the exchange book: each file's kinds of entries.
#ifndef TANHUI_INTEROP_BOOKS_ROWS_H_
#define TANHUI_INTEROP_BOOKS_ROWS_H_

#include <span>

#include "ledger/core/book.h"

namespace tanhui::interop {

std::span<const BookRow> PeerRows();         // registration, change, suspension, prepayment
std::span<const BookRow> RateRows();         // rates that both signed
std::span<const BookRow> PreparationRows();  // preparation, return
std::span<const BookRow> DecisionRows();     // decision of the origin
std::span<const BookRow> ReceptionRows();    // answer of the destination
std::span<const BookRow> ConclusionRows();   // what the destination did on the decision
std::span<const BookRow> EvidenceRows();     // what a peer cannot have signed
std::span<const BookRow> WindowRows();       // settlement windows

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_BOOKS_ROWS_H_
