// The terms of one exchange: what both cities hash and sign. EXCHANGE.md has the text with an
// example.
#ifndef TANHUI_INTEROP_BOOKS_TERMS_H_
#define TANHUI_INTEROP_BOOKS_TERMS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "interop/settlement/window.h"
#include "ledger/core/book.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::interop {

using settlement::ExchangeId;

// An id says where its preparation stands in the log of the origin: index, then ledger time in
// microseconds, each 8 bytes big-endian.
ExchangeId IdOf(EntryIndex preparation, LedgerTime recorded);
EntryIndex PreparationOf(const ExchangeId& id);
LedgerTime RecordedOf(const ExchangeId& id);

// Exactly 16 bytes; nullopt for anything else.
std::optional<ExchangeId> ReadExchangeId(std::string_view bytes);
// Two lower-case digits for each byte, and an id back from exactly 32 of them.
std::string HexOf(std::string_view bytes);
std::optional<ExchangeId> ParseExchangeId(std::string_view hex);

// Of the account that gives, and of the one that gets.
inline constexpr std::size_t kPseudonymBytes = 16;
inline constexpr std::size_t kMostLogName = 200;  // bytes

// Whether a log can have the name: 1 to kMostLogName bytes, none of them blank or a control.
bool CanBeLogName(std::string_view name);

// Whether the fields of the terms can be, each and together: sizes, ranges, two cities, lots in
// order that sum to what comes and to its grams. Whether they follow from rates is another
// question.
bool TermsCanBe(const entry::v1::ExchangeTerms& terms);

// Of terms that can be (Check).
std::string TermsText(const entry::v1::ExchangeTerms& terms);
// SHA-256 of their text.
Hash256 TermsHash(const entry::v1::ExchangeTerms& terms);

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_BOOKS_TERMS_H_
