// An account as it is at a moment, whether an entry says so already or not. Decide and reads look
// at accounts so; the engine's Expiry entries make it true in the log.
#ifndef TANHUI_LEDGER_POINTS_SETTLED_H_
#define TANHUI_LEDGER_POINTS_SETTLED_H_

#include <vector>

#include "ledger/core/account.h"
#include "ledger/core/business_time.h"
#include "ledger/core/lots.h"
#include "ledger/core/registry.h"

namespace tanhui::points {

// Whether free lots are past their date or holds past their deadline at `now`.
bool IsDue(const Account& account, LedgerTime now);

// What settling an account changes.
struct Settlement {
  // Past their deadline, in the order of their deadlines; they belong to the account.
  std::vector<const Hold*> holds;
  Lots freed;   // free lots that come of them; what pays a debt is not among them
  Lots gone;    // past their date: of what was free, and of what was freed
  Amount held;  // of those holds
  Amount paid;  // of the debt
};

// Each hold ends at its deadline, as if somebody had been there to see it: that is when its grace
// begins and when it pays a debt, so that nothing depends on when it is swept.
Settlement SettlementOf(const Account& account, const Terms& terms, LedgerTime now);

// The account at `now`: holds past their deadline are freed, and then lots past their date are
// gone.
Account Settled(const Account& account, const Terms& terms, LedgerTime now);

// The month of a lot that comes back at `then`: its own, or the scheme's grace when it is past.
Month WithGrace(Month expiry, const Terms& terms, LedgerTime then);

// Free lots past their date at `now`.
Lots PastDate(const Lots& lots, LedgerTime now);

// Points that can be spent. `account` must be settled.
inline Amount Available(const Account& account) { return SumOf(account.lots); }

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_SETTLED_H_
