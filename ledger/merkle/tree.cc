#include "ledger/merkle/tree.h"

#include <bit>
#include <mutex>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"

namespace tanhui::merkle {
namespace {

absl::StatusOr<Hash256> FullTileRoot(const TileReader& full_tiles, TileId id) {
  absl::StatusOr<Tile> tile = full_tiles(id, kTileWidth);
  if (!tile.ok()) {
    return tile.status();
  }
  if (tile->size() != kTileWidth) {
    return absl::DataLossError(
        absl::StrCat("full tile ", TilePath(id, kTileWidth), " has ", tile->size(), " hashes"));
  }
  return SubtreeRoot(*tile);
}

}  // namespace

TreeBuilder::TreeBuilder() = default;

absl::StatusOr<TreeBuilder> TreeBuilder::Restore(std::uint64_t size, const TileReader& full_tiles,
                                                 std::vector<Hash256> last_leaves) {
  if (last_leaves.size() != PartialWidth(size, 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("a tree of ", size, " leaves has ", PartialWidth(size, 0),
                     " after its last full tile, not ", last_leaves.size()));
  }
  TreeBuilder tree;
  tree.size_ = size;
  tree.growth_.old_size = size;
  tree.partial_.push_back(std::move(last_leaves));
  for (std::uint32_t level = 1; HashesAtLevel(size, level) > 0; ++level) {
    const std::uint64_t end = HashesAtLevel(size, level);
    Tile& partial = tree.partial_.emplace_back();
    for (std::uint64_t index = end - end % kTileWidth; index < end; ++index) {
      absl::StatusOr<Hash256> root = FullTileRoot(full_tiles, TileId{level - 1, index});
      if (!root.ok()) {
        return root.status();
      }
      partial.push_back(*root);
    }
  }
  for (std::uint32_t level = 0; level < tree.partial_.size(); ++level) {
    // The bits of the width are the perfect subtrees of the partial tile, the largest leftmost.
    std::span<const Hash256> rest = tree.partial_[level];
    while (!rest.empty()) {
      const std::size_t width = std::bit_floor(rest.size());
      const auto height = kTileHeight * level + static_cast<std::uint32_t>(std::countr_zero(width));
      tree.frontier_[height] = SubtreeRoot(rest.first(width));
      rest = rest.subspan(width);
    }
  }
  return tree;
}

void TreeBuilder::Append(const Hash256& leaf_hash) {
  // Like adding one to a binary number: every carry joins two perfect subtrees into one.
  Hash256 node = leaf_hash;
  for (std::uint32_t height = 0;; ++height) {
    if (height % kTileHeight == 0) {
      const std::uint32_t level = height / kTileHeight;
      if (partial_.size() <= level) {
        partial_.resize(level + 1);
      }
      if (growth_.added.size() <= level) {
        growth_.added.resize(level + 1);
      }
      growth_.added[level].push_back(node);
      Tile& tile = partial_[level];
      tile.push_back(node);
      if (tile.size() == kTileWidth) {
        growth_.completed.push_back(
            FullTile{TileId{level, HashesAtLevel(size_, level) / kTileWidth}, std::move(tile)});
        tile = Tile();
      }
    }
    if ((size_ >> height & 1) == 0) {
      frontier_[height] = node;
      break;
    }
    node = NodeHash(frontier_[height], node);
  }
  ++size_;
}

Hash256 TreeBuilder::Root() const {
  if (size_ == 0) {
    return EmptyRoot();
  }
  std::uint64_t rest = size_;
  Hash256 root = frontier_[static_cast<std::size_t>(std::countr_zero(rest))];
  for (rest &= rest - 1; rest != 0; rest &= rest - 1) {
    root = NodeHash(frontier_[static_cast<std::size_t>(std::countr_zero(rest))], root);
  }
  return root;
}

TreeGrowth TreeBuilder::Grow() {
  growth_.new_size = size_;
  growth_.root = Root();
  TreeGrowth growth = std::move(growth_);
  growth_ = TreeGrowth{};
  growth_.old_size = size_;
  return growth;
}

TreeEdge::TreeEdge() : TreeEdge(TreeBuilder()) {}

TreeEdge::TreeEdge(const TreeBuilder& builder)
    : head_{builder.size(), builder.Root()}, partial_(builder.partial_tiles()) {}

absl::StatusOr<std::unique_ptr<TreeEdge>> TreeEdge::Restore(std::uint64_t size,
                                                            const TileReader& full_tiles,
                                                            std::vector<Hash256> last_leaves) {
  absl::StatusOr<TreeBuilder> builder =
      TreeBuilder::Restore(size, full_tiles, std::move(last_leaves));
  if (!builder.ok()) {
    return builder.status();
  }
  return std::make_unique<TreeEdge>(*builder);
}

void TreeEdge::Apply(const TreeGrowth& growth) {
  const std::unique_lock lock(mutex_);
  Check(growth.old_size == head_.size, "the growth continues the durable tree");
  Check(growth.new_size >= growth.old_size, "a tree never shrinks");
  if (partial_.size() < growth.added.size()) {
    partial_.resize(growth.added.size());
  }
  for (std::uint32_t level = 0; level < kTileLevels; ++level) {
    const std::uint64_t expected =
        HashesAtLevel(growth.new_size, level) - HashesAtLevel(growth.old_size, level);
    const std::uint64_t added = level < growth.added.size() ? growth.added[level].size() : 0;
    Check(added == expected, "the growth has every hash of its step");
    if (added == 0) {
      continue;
    }
    const std::vector<Hash256>& fresh = growth.added[level];
    Tile& tile = partial_[level];
    auto first = fresh.begin();
    if (tile.size() + fresh.size() >= kTileWidth) {
      // The old partial tile is full now and was stored with this growth, as was every further one
      // that filled up; what begins the newest is the end of `fresh`.
      tile.clear();
      first = fresh.end() - PartialWidth(growth.new_size, level);
    }
    tile.insert(tile.end(), first, fresh.end());
  }
  head_ = TreeHead{growth.new_size, growth.root};
}

TreeHead TreeEdge::head() const {
  const std::shared_lock lock(mutex_);
  return head_;
}

std::optional<Tile> TreeEdge::Partial(TileId id, std::uint32_t width) const {
  const std::shared_lock lock(mutex_);
  if (id.level >= partial_.size() || id.index != HashesAtLevel(head_.size, id.level) / kTileWidth ||
      width > partial_[id.level].size()) {
    return std::nullopt;
  }
  const Tile& tile = partial_[id.level];
  return Tile(tile.begin(), tile.begin() + width);
}

}  // namespace tanhui::merkle
