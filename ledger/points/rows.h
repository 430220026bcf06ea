// The parts of the points book: each file's kinds of entries.
#ifndef TANHUI_LEDGER_POINTS_ROWS_H_
#define TANHUI_LEDGER_POINTS_ROWS_H_

#include <span>

#include "ledger/core/book.h"

namespace tanhui::points {

std::span<const BookRow> BudgetRows();     // opening, funding, return
std::span<const BookRow> AwardRows();      // award, reversal
std::span<const BookRow> EarningRows();    // act
std::span<const BookRow> CorrectionRows();  // correction
std::span<const BookRow> GoalRows();       // reward of a goal
std::span<const BookRow> SpendingRows();   // redemption, donation
std::span<const BookRow> RefundRows();     // refund
std::span<const BookRow> HoldRows();       // hold, capture, release, expiry
std::span<const BookRow> TransferRows();   // transfer
std::span<const BookRow> StatusRows();     // status, closing, merge, guardian
std::span<const BookRow> HouseholdRows();  // opening, changes, contribution
std::span<const BookRow> LoadRows();       // opening balances from an older system
std::span<const BookRow> NoticeRows();     // points expire soon

// What is due of an account with lots, of a budget, and of an asset.
std::optional<Entry> DueOfLots(const State& state, AccountNo account, LedgerTime now);
std::optional<Entry> DueOfBudget(const State& state, AccountNo account, LedgerTime now);
// Notices are due about the account that takes an asset's expired points.
std::optional<Entry> DueOfAsset(const State& state, AccountNo expiry, LedgerTime now);
bool NoticeIsDue(const Asset& asset, LedgerTime now);

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_ROWS_H_
