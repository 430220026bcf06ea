#include "interop/books/interop_book.h"

#include <vector>

#include "interop/books/rows.h"

namespace tanhui::interop {
namespace {

std::vector<BookRow> AllRows() {
  std::vector<BookRow> rows;
  for (const auto part : {PeerRows(), RateRows(), PreparationRows(), DecisionRows(),
                          ReceptionRows(), ConclusionRows(), EvidenceRows(), WindowRows()}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

}  // namespace

Book InteropBook() {
  static const auto& rows = *new std::vector<BookRow>(AllRows());
  return {"exchange", rows};
}

}  // namespace tanhui::interop
