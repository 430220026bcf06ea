// What moves in and out of an account with lots, as legs of an entry.
#ifndef TANHUI_LEDGER_POINTS_PURSE_H_
#define TANHUI_LEDGER_POINTS_PURSE_H_

#include "ledger/core/account.h"
#include "ledger/core/postings.h"
#include "ledger/core/registry.h"

namespace tanhui::points {

// A leg of an account without lots.
Leg Plain(AccountNo number, Amount amount);

// `points` leave, earliest expiry first; the settled account has them available (Check).
Leg Debit(AccountNo number, const Account& account, Amount points);

// Lots come in; a debt is paid first, with the earliest of them.
Leg Credit(AccountNo number, const Account& account, const Lots& parts);

// Takes back `points`: from the lots of the keys that `first` names, as far as these hold what it
// says, then from the others, earliest first. `missing`: what was not available and is not in the
// leg.
struct Taken {
  Leg leg;
  Amount missing;
};
Taken TakeBack(AccountNo number, const Account& account, Amount points, const Lots& first);

// The open hold that entry `number` made; nullptr when there is none.
const Hold* FindHold(const Account& account, EntryIndex number);

// Held lots come back, or what stands for them after their date; a debt is paid first.
Leg Freed(AccountNo number, const Account& account, const Lots& lots);

// The same lots, each that is past its date at `then` with the scheme's grace. Equal keys merge.
Lots WithGraceAll(const Lots& lots, const Terms& terms, LedgerTime then);

// Whether `in` is what is left of `lots` when the earliest of them paid a debt.
bool IsRestOf(const Lots& in, const Lots& lots);

// Lots of a posting by sign, as positive parts.
Lots Incoming(const entry::v1::Posting& posting);
Lots Outgoing(const entry::v1::Posting& posting);

// `more` less `less`, lot by lot; each lot of `less` is in `more` (Check).
Lots Difference(const Lots& more, const Lots& less);

// Adds all parts (Check: nothing overflows, since one account held them or will).
void AddAll(Lots& lots, const Lots& parts);

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_PURSE_H_
