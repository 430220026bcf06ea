// Double entry: the only way to write postings, and the only place that changes a balance.
#ifndef TANHUI_LEDGER_CORE_POSTINGS_H_
#define TANHUI_LEDGER_CORE_POSTINGS_H_

#include <optional>

#include "ledger/core/amount.h"
#include "ledger/core/book.h"
#include "ledger/core/ids.h"

namespace tanhui {

// Appends the two postings of moving `amount` (positive) from one account to another, both loaded,
// different and of one asset (Check). Refuses with kInsufficientBudget, kInsufficientBalance
// (facts needed, available; `field` names the amount's field) or kBalanceLimit. An account may
// stand in one Move per entry.
std::optional<Refusal> Move(const State& state, AccountNo from, AccountNo to, Amount amount,
                            std::string_view field, Entry& entry);

// Applies every posting: balances, histories. A fault when the postings do not sum to zero per
// asset, when a balance_after or previous is not what the state says, or when a limit is broken.
Fault ApplyPostings(State& state, EntryIndex index, const Entry& entry);

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_POSTINGS_H_
