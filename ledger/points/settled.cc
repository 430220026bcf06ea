#include "ledger/points/settled.h"

#include <algorithm>

#include "ledger/core/check.h"
#include "ledger/points/purse.h"

namespace tanhui::points {
namespace {

// Lots of an earlier month than this are past their date.
Month MonthAt(LedgerTime now) { return MonthOf(ShanghaiDate(now)); }

bool AnyPastDeadline(const Account& account, LedgerTime now) {
  return std::any_of(account.holds.begin(), account.holds.end(),
                     [now](const Hold& hold) { return hold.deadline <= now; });
}

}  // namespace

bool IsDue(const Account& account, LedgerTime now) {
  // Lots are in order of their months.
  const bool past = !account.lots.empty() && account.lots.front().key.expiry < MonthAt(now);
  return past || AnyPastDeadline(account, now);
}

Settlement SettlementOf(const Account& account, const Terms& terms, LedgerTime now) {
  Settlement out;
  for (const Hold& hold : account.holds) {
    if (hold.deadline <= now) {
      out.holds.push_back(&hold);
    }
  }
  // Stable: of one deadline the older hold first.
  std::stable_sort(out.holds.begin(), out.holds.end(),
                   [](const Hold* a, const Hold* b) { return a->deadline < b->deadline; });
  for (const Hold* hold : out.holds) {
    const Lots lots = WithGraceAll(hold->lots, terms, hold->deadline);
    const Amount sum = SumOf(lots);
    const Amount owed(account.debt.units() - out.paid.units());
    const Amount paid = std::min(owed, sum);
    AddAll(out.freed, Difference(lots, FirstOf(lots, paid)));
    out.held = *Add(out.held, sum);
    out.paid = *Add(out.paid, paid);
  }
  Lots free = account.lots;
  AddAll(free, out.freed);
  out.gone = PastDate(free, now);
  return out;
}

Account Settled(const Account& account, const Terms& terms, LedgerTime now) {
  Account settled = account;
  if (!IsDue(account, now)) {
    return settled;
  }
  const Settlement change = SettlementOf(account, terms, now);
  AddAll(settled.lots, change.freed);
  settled.lots = Difference(settled.lots, change.gone);
  settled.held = *Add(settled.held, *Negate(change.held));
  settled.debt = *Add(settled.debt, *Negate(change.paid));
  settled.balance = *Add(settled.balance, *Negate(SumOf(change.gone)));
  std::erase_if(settled.holds, [now](const Hold& hold) { return hold.deadline <= now; });
  return settled;
}

Month WithGrace(Month expiry, const Terms& terms, LedgerTime then) {
  const BusinessDate today = ShanghaiDate(then);
  const auto days = static_cast<std::int32_t>(terms.grace_days);
  return expiry < MonthOf(today) ? MonthOf(BusinessDate(today.value() + days)) : expiry;
}

Lots PastDate(const Lots& lots, LedgerTime now) {
  const Month month = MonthAt(now);
  const auto end = std::find_if(lots.begin(), lots.end(),
                                [month](const Lot& lot) { return lot.key.expiry >= month; });
  return Lots(lots.begin(), end);
}

}  // namespace tanhui::points
