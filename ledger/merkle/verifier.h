// Checks Merkle proofs against roots that the caller trusts, usually from a signed checkpoint
// (the algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2, which prove RFC 6962 trees).
//
// It shares nothing with the builder but the hash, so that one mistake cannot hide in both. Any
// thread. OK means proven. InvalidArgument: the sizes, the index or the number of hashes cannot be
// right, whatever the hashes are. Unauthenticated: well formed, but it proves something else.
#ifndef TANHUI_LEDGER_MERKLE_VERIFIER_H_
#define TANHUI_LEDGER_MERKLE_VERIFIER_H_

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "ledger/core/ids.h"

namespace tanhui::merkle {

// The longest inclusion proof of a tree with fewer than 2^64 leaves.
inline constexpr std::size_t kMaxInclusionHashes = 64;

// That the leaf is number `index` (0-based) of the tree with this size and root. The size must come
// from where the root comes from: a root alone does not say how many leaves are below it.
absl::Status VerifyInclusion(const Hash256& leaf_hash, std::uint64_t index, std::uint64_t size,
                             std::span<const Hash256> proof, const Hash256& root);

// That the first `old_size` leaves of the new tree are the old tree. For equal sizes the proof must
// be empty and the roots equal; for old_size 0 the proof must be empty and old_root the empty root,
// and nothing is said about new_root.
absl::Status VerifyConsistency(std::uint64_t old_size, const Hash256& old_root,
                               std::uint64_t new_size, const Hash256& new_root,
                               std::span<const Hash256> proof);

}  // namespace tanhui::merkle

#endif  // TANHUI_LEDGER_MERKLE_VERIFIER_H_
