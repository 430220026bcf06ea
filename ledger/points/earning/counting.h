// What acts count for, on the accounts of who did them; and what awards and acts gave, to be
// undone.
#ifndef TANHUI_LEDGER_POINTS_EARNING_COUNTING_H_
#define TANHUI_LEDGER_POINTS_EARNING_COUNTING_H_

#include <cstdint>
#include <optional>

#include "ledger/core/book.h"
#include "ledger/core/lots.h"
#include "ledger/core/postings.h"
#include "ledger/points/party.h"

namespace tanhui::points {

// What an entry gave to a citizen, as far as undoing it asks.
struct Given {
  std::uint64_t account = 0;
  std::uint64_t budget = 0;
  std::int64_t points = 0;
  std::uint64_t bonus_budget = 0;  // 0: no bonus
  std::int64_t bonus_points = 0;
  std::uint64_t quantity = 1;
};
// nullopt unless it is an award or an act.
std::optional<Given> GivenBy(const Entry& entry);
// The free lots that came of it: what did not pay a debt.
Lots LotsGivenBy(const Entry& entry);

// Key of the lot that an award or act of the entry makes.
LotKey KeyOfLot(const Entry& entry, const Party& citizen, ParticipantNo funder);

// The budget that an entry took from has run dry, or has not.
void NoteSpent(State& state, AccountNo budget, BusinessDate today);
// Likewise after points came in.
void NoteFunded(State& state, AccountNo budget, BusinessDate today);

// What undoing all of an act of the date gives back, without its evidence.
entry::v1::Uncounted UncountedOf(const entry::v1::Earning& act, BusinessDate date);
// `counted` of the act on the citizen's and the household's tallies, `sign` 1 or -1, and its carry.
struct Counting {
  AccountNo account;
  AccountNo household;  // 0: none
  BusinessDate date;    // of the act
  std::int64_t carry = 0;
  std::int64_t gram_carry = 0;
};
Fault Count(State& state, const Counting& counting,
            const google::protobuf::RepeatedPtrField<entry::v1::Tally>& counted, int sign);
// Takes back what `uncounted` says, but for the evidence.
Fault Uncount(State& state, const entry::v1::Uncounted& uncounted);
// Evidence that the entry `act` claimed, as `uncounted` says, may be claimed again: by the
// participant `by`, or 0: by anybody.
Fault Reopen(State& state, const entry::v1::Uncounted& uncounted, EntryIndex act, ParticipantNo by);

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_EARNING_COUNTING_H_
