// An act or award as it stands after its corrections; see CORRECTIONS.md.
#ifndef TANHUI_LEDGER_POINTS_CORRECTIONS_VERSION_H_
#define TANHUI_LEDGER_POINTS_CORRECTIONS_VERSION_H_

#include <cstdint>
#include <optional>

#include "ledger/core/book.h"
#include "ledger/core/lots.h"
#include "ledger/points/party.h"

namespace tanhui::points {

struct Version {
  // Of an award without an act: account, budget, points and grams alone.
  entry::v1::Earning act;
  Month expiry;               // of the lot that it made or would have made
  std::int64_t forgiven = 0;  // points of it, so far
};

// Whether nothing became of the entry but what becomes of acts and awards. A log that somebody
// rewrote may correct or reverse what is none.
inline bool IsOfAct(const Undone& undone) {
  return undone.line == LineState::kNone && !undone.load.has_value() &&
         !undone.coupon.has_value() && !undone.redeemed.has_value();
}

// kWrongRevision unless it is the newest of the act at `index`.
std::optional<Refusal> RefusedByRevision(std::uint64_t expected, const Undone& undone,
                                         EntryIndex index);

// The newest correction of an act or award; see BookRow::also.
std::optional<EntryIndex> NewestOf(const State& state, EntryIndex index, const Entry& act);

// What the entry `target`, an act or award of the citizen, earned, as its newest correction says;
// null: it has none.
Version VersionOf(const Entry& target, const Entry* newest, const Party& citizen);

// How many items of the award `target`, or how much of an act's quantity, can still be taken back;
// 0 of any other entry. `newest` is its newest correction; null: it has none.
std::uint64_t QuantityLeft(const Entry& target, const Entry* newest, const Undone& undone);

// The lots that the act makes at this version, its bonus's among them, whether they are still there
// or not. Its budgets are loaded.
Lots LotsOf(const State& state, const Party& citizen, const entry::v1::Earning& act, Month expiry);

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_CORRECTIONS_VERSION_H_
