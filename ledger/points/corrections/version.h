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

// The newest correction of an act or award; see BookRow::also.
std::optional<EntryIndex> NewestOf(const State& state, EntryIndex index, const Entry& act);

// What the entry `target`, an act or award of the citizen, earned, as its newest correction says;
// null: it has none.
Version VersionOf(const Entry& target, const Entry* newest, const Party& citizen);

// The lots that the act makes at this version, its bonus's among them, whether they are still there
// or not. Its budgets are loaded.
Lots LotsOf(const State& state, const Party& citizen, const entry::v1::Earning& act, Month expiry);

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_CORRECTIONS_VERSION_H_
