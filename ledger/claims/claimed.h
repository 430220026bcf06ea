// What taking points at a merchant's unit, and giving them back, does there: suspensions, limits,
// and what the merchant claims in fen. The points book asks.
#ifndef TANHUI_LEDGER_CLAIMS_CLAIMED_H_
#define TANHUI_LEDGER_CLAIMS_CLAIMED_H_

#include <optional>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "ledger/core/book.h"
#include "ledger/core/postings.h"

namespace tanhui::claims {

// The legs of a spending or of what undoes it.
using Legs = absl::InlinedVector<Leg, 4>;

// Appends the accounts that the functions below look at when points are taken at `merchant`, a
// unit's or a chain's account.
void NamesOfTaking(const Registry& registry, AccountNo merchant, std::vector<AccountNo>& out);

// Why no points are taken at the account: it or one above it is suspended.
std::optional<Refusal> RefusedAsSuspended(const Registry& registry, AccountNo merchant,
                                          std::string_view field);
// Why not so many, `now`: limits from the till upwards, at each first that of one redemption.
std::optional<Refusal> RefusedByLimit(const State& state, AccountNo merchant, Amount points,
                                      LedgerTime now);
// Counts points that an entry took at the account or set aside for it against limits for a day. A
// fault when they were not to be taken.
Fault CountTaken(State& state, AccountNo merchant, Amount points, LedgerTime recorded);

// What points claim that were taken at one unit.
struct Claimed {
  PriceNo price;  // 0: the merchant claims nothing, whatever is taken
  Amount fen;
  AccountNo claim;
  AccountNo issuance;  // of the money
};
// By the price in force on the ledger day of `now`, into `claimed`; or why nothing can be taken.
std::optional<Refusal> ClaimFor(const State& state, AccountNo merchant, Amount points,
                                LedgerTime now, Claimed& claimed);
// Appends the legs of what is claimed, always the last ones of a spending: issuance, claim.
void AppendLegs(const Claimed& claimed, Legs& legs);

// What part of a claim goes back with `back` points, of `taken` at the price, of which `before`
// came back before. Parts add up to what was claimed.
Amount FenBack(const Registry& registry, PriceNo price, Amount taken, Amount before, Amount back);
// Appends its legs, the last ones of what undoes a spending: claim, issuance. `spending` is the
// entry that claimed; 0 fen append nothing.
void AppendLegsBack(const Entry& spending, Amount fen, Legs& legs);

// That the postings from `first` on are the claim of so many points taken at the account, and none
// else; the claim's net of its ledger day follows.
Fault NoteClaimed(State& state, const Entry& entry, AccountNo merchant, Amount points,
                  PriceNo price, int first);
// The same of postings that take a claim back; what it must be is known to who decided.
Fault NoteTakenBack(State& state, const Entry& entry);

// Fen on a claim that no points are behind: discounts of coupons. Whether the claim's net of its
// ledger day takes `fen` more, below 0 for less. The claim is loaded (Check).
bool FenFit(const State& state, AccountNo claim, Amount fen, LedgerTime now);
// Counts them in that net. A fault when the account is no claim.
Fault NoteFen(State& state, AccountNo claim, Amount fen, LedgerTime recorded);

}  // namespace tanhui::claims

#endif  // TANHUI_LEDGER_CLAIMS_CLAIMED_H_
