#include "ledger/claims/claims_book.h"

#include <vector>

#include "ledger/claims/rows.h"

namespace tanhui::claims {
namespace {

std::vector<BookRow> AllRows() {
  std::vector<BookRow> rows;
  for (const auto part : {UnitRows(), PriceRows(), SettlementRows()}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

}  // namespace

Book ClaimsBook() {
  static const auto& rows = *new std::vector<BookRow>(AllRows());
  return {"claims", rows};
}

}  // namespace tanhui::claims
