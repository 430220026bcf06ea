// What start-up makes of a durable store.
#ifndef TANHUI_LEDGER_SEQUENCER_RECOVERY_H_
#define TANHUI_LEDGER_SEQUENCER_RECOVERY_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/core/ledger.h"
#include "ledger/core/state.h"
#include "ledger/merkle/tile.h"
#include "ledger/merkle/tree.h"
#include "ledger/signing/checkpoint.h"
#include "ledger/store/store.h"

namespace tanhui::sequencer {

struct Recovered {
  State state;  // head and registry; accounts and requests are loaded when they are needed
  merkle::TreeBuilder tree;
};

// Full tiles of the store, for proofs and for restoring a tree.
merkle::TileReader StoredTiles(const store::Store& store);

// Rebuilds registry and tree edge of a store that holds `head`, and tells it what its indexes lack
// of the entries, see ledger/store/INDEXES.md. DataLoss, with what to do, when the tree's root is
// not the stored one, an entry is missing, or one behind the indexes cannot be applied to them.
absl::StatusOr<Recovered> Recover(const Ledger& ledger, store::Store& store,
                                  const store::StoredHead& head);

// DataLoss when the log is shorter than the checkpoint, or another history than it.
absl::Status CompareWithCheckpoint(const merkle::TreeEdge& edge, const merkle::TileReader& tiles,
                                   const signing::Checkpoint& checkpoint);

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_RECOVERY_H_
