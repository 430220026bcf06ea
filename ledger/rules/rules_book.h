// The book of rules: documents, keys of who signs them, switches of scenarios, venues, delistings.
#ifndef TANHUI_LEDGER_RULES_RULES_BOOK_H_
#define TANHUI_LEDGER_RULES_RULES_BOOK_H_

#include "ledger/core/book.h"

namespace tanhui::rules {

inline constexpr std::size_t kMaxPartBytes = 60'000;
inline constexpr std::uint32_t kMaxParts = 64;

// Document parts, publications, publisher keys, scenario switches, venue certificates, delistings.
Book RulesBook();

}  // namespace tanhui::rules

#endif  // TANHUI_LEDGER_RULES_RULES_BOOK_H_
