// When a budget pays, and when what is unused goes back.
#ifndef TANHUI_LEDGER_POINTS_BUDGET_PERIOD_H_
#define TANHUI_LEDGER_POINTS_BUDGET_PERIOD_H_

#include "ledger/core/account.h"
#include "ledger/core/business_time.h"
#include "ledger/core/registry.h"

namespace tanhui::points {

// Whether the budget pays for acts of this business date.
bool PaysOn(const Budget& budget, BusinessDate act);

// Whether the points of a budget's account must go back by `now`: its last day and its return days
// are over, or a year at whose end they do, and something is left.
bool MustReturn(const Registry& registry, AccountNo number, const Account& account, LedgerTime now);

// Whether a year of the budget is over of whose end the log does not tell yet.
bool YearIsOver(const Registry& registry, AccountNo number, LedgerTime now);

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_BUDGET_PERIOD_H_
