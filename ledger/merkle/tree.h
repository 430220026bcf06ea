// The right edge of the growing tree (RFC 6962 section 2.1), in two copies.
//
// The log's writer runs ahead of the disk: TreeBuilder is its tree, where a batch is appended
// while the batch before it is still being fsynced. TreeEdge is what readers see: it takes a
// growth only after the write that holds it is durable, so no proof ever names a leaf that a crash
// could take back. A crash loses both; Restore rebuilds them from what is durable.
#ifndef TANHUI_LEDGER_MERKLE_TREE_H_
#define TANHUI_LEDGER_MERKLE_TREE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/core/ids.h"
#include "ledger/merkle/tile.h"

namespace tanhui::merkle {

// What a tree head is about: two heads of one log with the same size have the same root.
struct TreeHead {
  std::uint64_t size = 0;
  Hash256 root;
  friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

// One step of the tree, from `old_size` to `new_size` leaves.
struct TreeGrowth {
  std::uint64_t old_size = 0;
  std::uint64_t new_size = 0;
  Hash256 root;  // at new_size
  // By tile level: the hashes appended at that level, in order.
  std::vector<std::vector<Hash256>> added;
  // The tiles that became full, in the order in which they did; these are to be stored.
  std::vector<FullTile> completed;
};

// Appends leaves; about one NodeHash per leaf. Belongs to one thread.
class TreeBuilder {
 public:
  // The empty tree.
  TreeBuilder();

  // The tree of `size` leaves. `full_tiles` is asked for full tiles only (width 256), at most 255
  // of them per level; `last_leaves` are the hashes of the last size % 256 leaves, because only
  // full tiles are stored. InvalidArgument when their number is wrong, DataLoss when a tile is
  // short, else what the reader answers. The caller compares Root() with the root it had stored:
  // that is what notices a damaged tile.
  static absl::StatusOr<TreeBuilder> Restore(std::uint64_t size, const TileReader& full_tiles,
                                             std::vector<Hash256> last_leaves);

  void Append(const Hash256& leaf_hash);

  std::uint64_t size() const { return size_; }
  // At most 63 hashes, whatever the size.
  Hash256 Root() const;

  // What was appended since the last call (or since the start), and forgets it.
  TreeGrowth Grow();

  // The partial tiles by level: hashes of the level that are in no full tile.
  const std::vector<Tile>& partial_tiles() const { return partial_; }

 private:
  std::uint64_t size_ = 0;
  // frontier_[h] is the root of the perfect subtree of height h at the right edge. It means
  // something exactly when bit h of size_ is set.
  std::array<Hash256, 64> frontier_{};
  std::vector<Tile> partial_;
  TreeGrowth growth_;  // since the last Grow
};

// The right edge of the durable tree. Any number of readers beside one writer.
//
// Only partial tiles are here. A reader that makes a proof for a size it read earlier may find that
// a tile has become full and left the edge since: that tile is then in the store, because a growth
// is applied after its write. So a TileReader asks the edge first and the store second; the other
// way round it could miss a tile that moves in between.
class TreeEdge {
 public:
  // The empty tree.
  TreeEdge();
  // The builder's tree. Requires that all its growth was taken and is durable, as after Restore.
  explicit TreeEdge(const TreeBuilder& builder);
  // The same as TreeBuilder::Restore, for a reader that never appends.
  static absl::StatusOr<std::unique_ptr<TreeEdge>> Restore(std::uint64_t size,
                                                           const TileReader& full_tiles,
                                                           std::vector<Hash256> last_leaves);
  TreeEdge(const TreeEdge&) = delete;
  TreeEdge& operator=(const TreeEdge&) = delete;

  // Takes a durable growth; hashes nothing. Aborts unless it continues this very tree.
  void Apply(const TreeGrowth& growth);

  // Size and root of one moment.
  TreeHead head() const;
  std::uint64_t size() const { return head().size; }
  Hash256 root() const { return head().root; }

  // The first `width` hashes of the tile, if it is its level's partial tile now and has that many.
  std::optional<Tile> Partial(TileId id, std::uint32_t width) const;

 private:
  mutable std::shared_mutex mutex_;
  TreeHead head_;              // guarded by mutex_
  std::vector<Tile> partial_;  // guarded by mutex_; by level
};

}  // namespace tanhui::merkle

#endif  // TANHUI_LEDGER_MERKLE_TREE_H_
