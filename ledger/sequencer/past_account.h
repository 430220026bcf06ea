// One account as it was after an entry or at a time, exact, without replaying the log.
//
// Accounts with lots: from the record of today back along the account's own postings, taking back
// each change, so the cost is one read for each posting since; and, while points were held, for
// those back to the oldest open hold. Other accounts may have millions of postings: `history` leads
// to the commit that is asked for, and at most that commit is walked.
#ifndef TANHUI_LEDGER_SEQUENCER_PAST_ACCOUNT_H_
#define TANHUI_LEDGER_SEQUENCER_PAST_ACCOUNT_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "ledger/core/account.h"
#include "ledger/core/amount.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/store/store.h"

namespace tanhui::sequencer {

// The account as it is at a moment, whether an entry says so already or not: lots past their date
// gone, holds past their deadline freed. See points::Settled; whoever gives it knows the terms.
// What is available does not depend on terms, which may have changed since: what a grace saves can
// be spent at that moment, whatever its days.
using Settle = std::function<Account(const Account& account, LedgerTime moment)>;

struct PastAccount {
  EntryIndex as_of;   // the last entry that counts
  LedgerTime moment;  // that entry's time, or the one that was asked for
  // As the entries up to as_of say. Kind, asset, participant and ids are those of today, and
  // last_entry_plus_one, balance, held, debt, lots and holds those of then; the rest is not told:
  // carries, tallies and a budget's dry spell are empty.
  Account recorded;
  Account settled;  // the same as it was at `moment`
  // What could be spent.
  Amount available() const { return HasLots(settled.kind) ? SumOf(settled.lots) : settled.balance; }
};

// Right after entry `index`. Before it was opened an account has nothing. NotFound when there is no
// such account or entry; DataLoss when entries and records do not fit each other.
absl::StatusOr<PastAccount> AccountAfter(const store::Store& store, AccountNo number,
                                         EntryIndex index, const Settle& settle);

// At a time: after the last entry that was recorded by then. A time that has not passed yet can
// still get entries. Errors as above; NotFound, too, before the log began.
absl::StatusOr<PastAccount> AccountAt(const store::Store& store, AccountNo number, LedgerTime time,
                                      const Settle& settle);

// How many of the first `size` entries were recorded by `time`. Times never go back.
absl::StatusOr<std::uint64_t> SizeAt(const store::Store& store, std::uint64_t size,
                                     LedgerTime time);

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_PAST_ACCOUNT_H_
