// The parts of the points book: each file's kinds of entries.
#ifndef TANHUI_LEDGER_POINTS_ROWS_H_
#define TANHUI_LEDGER_POINTS_ROWS_H_

#include <span>

#include "ledger/core/book.h"

namespace tanhui::points {

std::span<const BookRow> BudgetRows();     // opening, funding, return
std::span<const BookRow> AwardRows();      // award, reversal
std::span<const BookRow> EarningRows();    // act
std::span<const BookRow> GoalRows();       // reward of a goal
std::span<const BookRow> SpendingRows();   // redemption, donation
std::span<const BookRow> RefundRows();     // refund
std::span<const BookRow> HoldRows();       // hold, capture, release, expiry
std::span<const BookRow> TransferRows();   // transfer
std::span<const BookRow> StatusRows();     // status, closing, merge, guardian
std::span<const BookRow> HouseholdRows();  // opening, changes, contribution

// What is due of an account with lots, and of a budget.
std::optional<Entry> DueOfLots(const State& state, AccountNo account, LedgerTime now);
std::optional<Entry> DueOfBudget(const State& state, AccountNo account, LedgerTime now);

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_ROWS_H_
