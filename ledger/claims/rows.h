// The parts of the claims book: each file's kinds of entries.
#ifndef TANHUI_LEDGER_CLAIMS_ROWS_H_
#define TANHUI_LEDGER_CLAIMS_ROWS_H_

#include <memory>
#include <span>
#include <utility>

#include "ledger/claims/terms.h"
#include "ledger/core/book.h"

namespace tanhui::claims {

std::span<const BookRow> UnitRows();        // creation, change
std::span<const BookRow> PriceRows();       // price
std::span<const BookRow> SettlementRows();  // run, line, step

// The registry gets other terms, which `change` made of a copy.
template <typename Change>
void ChangeTerms(Registry& registry, Change change) {
  auto terms = std::make_shared<Terms>(TermsOf(registry));
  change(*terms);
  registry.SetClaimTerms(std::move(terms));
}

}  // namespace tanhui::claims

#endif  // TANHUI_LEDGER_CLAIMS_ROWS_H_
