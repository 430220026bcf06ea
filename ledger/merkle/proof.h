// Builds Merkle proofs (RFC 6962 sections 2.1.1 and 2.1.2) out of tiles.
//
// A proof reads each tile it needs once: about two per tile level, so at most 16. The functions
// keep nothing and may be called from any thread if the reader may. Errors: InvalidArgument for
// sizes and indexes that do not fit together, DataLoss when the reader answers too few hashes, else
// the reader's own error. The builder trusts the tiles; whoever must not uses the verifier.
#ifndef TANHUI_LEDGER_MERKLE_PROOF_H_
#define TANHUI_LEDGER_MERKLE_PROOF_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/core/ids.h"
#include "ledger/merkle/tile.h"

namespace tanhui::merkle {

// The audit path of leaf `index` (0-based) in the tree of `size` leaves, from the leaf's sibling up
// to the root's child.
absl::StatusOr<std::vector<Hash256>> InclusionProof(std::uint64_t index, std::uint64_t size,
                                                    const TileReader& reader);

// That the tree of `old_size` leaves is a prefix of the tree of `new_size` leaves. Empty when the
// sizes are equal and when old_size is 0: everything extends the empty tree.
absl::StatusOr<std::vector<Hash256>> ConsistencyProof(std::uint64_t old_size,
                                                      std::uint64_t new_size,
                                                      const TileReader& reader);

// The root of the tree of `size` leaves.
absl::StatusOr<Hash256> RootAt(std::uint64_t size, const TileReader& reader);

}  // namespace tanhui::merkle

#endif  // TANHUI_LEDGER_MERKLE_PROOF_H_
