// Business and accounting dates of entries, and which of them a caller may ask for.
#ifndef TANHUI_LEDGER_CORE_BOOKS_ENTRY_DATES_H_
#define TANHUI_LEDGER_CORE_BOOKS_ENTRY_DATES_H_

#include <optional>

#include "ledger/core/book.h"
#include "ledger/core/state.h"

namespace tanhui {

// The asset that the body itself names, of those that a ledger day matters to.
std::optional<AssetNo> AssetNamedBy(const Entry& entry);

// The scheme whose cut-off dates the entry: of an account that it moves or names, or of its body;
// `row` is its kind's. nullptr: it is of none, and its day ends at midnight.
const Scheme* SchemeOf(const State& state, const BookRow* row, const Entry& entry);

// Whether it is to be booked on a date that the caller named.
bool NamesBooking(const Entry& entry);

// Sets both dates: the accounting date is the ledger day of `now`, unless the entry is booked on
// another.
void SetDates(const Scheme* scheme, LedgerTime now, Entry& entry);

// Why it cannot be booked on the date that the caller named: after the ledger day of `now`, before
// what it is about (null: nothing), or in a closed month.
std::optional<Refusal> RefusedByBooking(const State& state, const Scheme* scheme, LedgerTime now,
                                        const Entry& entry, const Entry* target);

// An accounting date that no decision gave. What it lets through is a date after 1970; to the day
// it is right when decided again.
Fault FaultOfDates(const Entry& entry);

// A posting into the month when it is closed.
Fault FaultOfPeriod(const State& state, const Entry& entry, Month month);

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_BOOKS_ENTRY_DATES_H_
