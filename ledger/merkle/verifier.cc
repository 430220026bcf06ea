#include "ledger/merkle/verifier.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"

namespace tanhui::merkle {
namespace {

// The climb from a node to the root: `position` is the node's number in its row, `last` that of the
// row's rightmost node (fn and sn in RFC 9162).
class Climb {
 public:
  Climb(std::uint64_t position, std::uint64_t last) : position_(position), last_(last) {}

  bool at_root() const { return last_ == 0; }
  bool is_right_child() const { return (position_ & 1) != 0; }
  void Up() {
    position_ >>= 1;
    last_ >>= 1;
  }
  // Whether the next sibling is to the left. A rightmost node that is a left child has no sibling
  // of its own: it stands for its ancestors up to the first one that is a right child.
  bool SiblingIsLeft() {
    if (!is_right_child() && position_ != last_) {
      return false;
    }
    while (!is_right_child() && position_ != 0) {
      Up();
    }
    return true;
  }

 private:
  std::uint64_t position_;
  std::uint64_t last_;
};

absl::Status TooLong() { return absl::InvalidArgumentError("the proof has too many hashes"); }
absl::Status TooShort() { return absl::InvalidArgumentError("the proof has too few hashes"); }

// Same size, or nothing before: no hashes are needed, so none may be there.
absl::Status VerifyTrivial(std::uint64_t old_size, const Hash256& old_root, std::uint64_t new_size,
                           const Hash256& new_root, std::span<const Hash256> proof) {
  if (!proof.empty()) {
    return TooLong();
  }
  if (old_size == 0 && old_root != EmptyRoot()) {
    return absl::UnauthenticatedError("the old tree is empty but its root is not the empty root");
  }
  if (old_size == new_size && old_root != new_root) {
    return absl::UnauthenticatedError(
        absl::StrCat("two different roots for the same size ", new_size));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyInclusion(const Hash256& leaf_hash, std::uint64_t index, std::uint64_t size,
                             std::span<const Hash256> proof, const Hash256& root) {
  if (index >= size) {
    return absl::InvalidArgumentError(
        absl::StrCat("index ", index, " is not in a tree of ", size, " leaves"));
  }
  Climb climb(index, size - 1);
  Hash256 hash = leaf_hash;
  for (const Hash256& sibling : proof) {
    if (climb.at_root()) {
      return TooLong();
    }
    hash = climb.SiblingIsLeft() ? NodeHash(sibling, hash) : NodeHash(hash, sibling);
    climb.Up();
  }
  if (!climb.at_root()) {
    return TooShort();
  }
  if (hash != root) {
    return absl::UnauthenticatedError(
        absl::StrCat("the leaf is not number ", index, " of the tree of ", size, " leaves"));
  }
  return absl::OkStatus();
}

absl::Status VerifyConsistency(std::uint64_t old_size, const Hash256& old_root,
                               std::uint64_t new_size, const Hash256& new_root,
                               std::span<const Hash256> proof) {
  if (old_size > new_size) {
    return absl::InvalidArgumentError(
        absl::StrCat("the old size ", old_size, " is more than the new size ", new_size));
  }
  if (old_size == 0 || old_size == new_size) {
    return VerifyTrivial(old_size, old_root, new_size, new_root, proof);
  }
  if (proof.empty()) {
    return TooShort();
  }
  Climb climb(old_size - 1, new_size - 1);
  while (climb.is_right_child()) {
    climb.Up();
  }
  // Both climbs start at the last perfect subtree of the old tree; when the old tree is itself
  // perfect, that is its root, and the proof does not repeat it.
  Hash256 old_hash = old_root;
  if (!std::has_single_bit(old_size)) {
    old_hash = proof.front();
    proof = proof.subspan(1);
  }
  Hash256 new_hash = old_hash;
  for (const Hash256& sibling : proof) {
    if (climb.at_root()) {
      return TooLong();
    }
    if (climb.SiblingIsLeft()) {
      old_hash = NodeHash(sibling, old_hash);
      new_hash = NodeHash(sibling, new_hash);
    } else {
      new_hash = NodeHash(new_hash, sibling);
    }
    climb.Up();
  }
  if (!climb.at_root()) {
    return TooShort();
  }
  if (old_hash != old_root || new_hash != new_root) {
    return absl::UnauthenticatedError(
        absl::StrCat("the tree of ", new_size, " leaves does not extend the one of ", old_size));
  }
  return absl::OkStatus();
}

}  // namespace tanhui::merkle
