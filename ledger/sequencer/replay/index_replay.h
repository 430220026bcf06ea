// Tells a store again what its indexes lost in a crash.
#ifndef TANHUI_LEDGER_SEQUENCER_REPLAY_INDEX_REPLAY_H_
#define TANHUI_LEDGER_SEQUENCER_REPLAY_INDEX_REPLAY_H_

#include <cstdint>

#include "absl/status/status.h"
#include "ledger/core/ledger.h"
#include "ledger/core/state.h"
#include "ledger/merkle/tree.h"
#include "ledger/store/store.h"

namespace tanhui::sequencer {

// Applies the entries from state.head().size to `size`, which are durable, and adds what they
// change to the store's indexes. State (head and registry) and tree end at `size`. DataLoss when an
// entry is missing or cannot be applied: log and indexes are then not of one ledger.
absl::Status TellIndexes(const Ledger& ledger, store::Store& store, std::uint64_t size,
                         State& state, merkle::TreeBuilder& tree);

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_REPLAY_INDEX_REPLAY_H_
