#include "ledger/merkle/proof.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"

namespace tanhui::merkle {
namespace {

// The leaves [begin, end) of a node of the tree.
struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// Where RFC 6962 cuts a node of two leaves or more: the left part is the largest power of two that
// leaves something to the right.
std::uint64_t SplitOf(Range range) {
  return range.begin + std::bit_floor(range.end - range.begin - 1);
}

// The nodes of one tree of a fixed size, read through tiles. Each tile is read once.
class Nodes {
 public:
  Nodes(std::uint64_t size, const TileReader& reader) : size_(size), reader_(reader) {}

  // The hash of a node. The set bits of its width are the perfect subtrees it consists of, the
  // largest leftmost; RFC 6962 joins them from the right.
  absl::StatusOr<Hash256> Root(Range range) {
    std::optional<Hash256> root;
    while (range.begin < range.end) {
      const std::uint64_t rest = range.end - range.begin;
      const auto height = static_cast<std::uint32_t>(std::countr_zero(rest));
      range.end -= std::uint64_t{1} << height;
      absl::StatusOr<Hash256> left = PerfectRoot(height, range.end);
      if (!left.ok()) {
        return left.status();
      }
      root = root ? NodeHash(*left, *root) : *left;
    }
    return root ? *root : EmptyRoot();
  }

  // The hashes of the nodes in the opposite order: paths are found from the root down and written
  // from the leaf up.
  absl::StatusOr<std::vector<Hash256>> RootsReversed(std::span<const Range> ranges) {
    std::vector<Hash256> roots;
    roots.reserve(ranges.size());
    for (std::size_t i = ranges.size(); i > 0; --i) {
      absl::StatusOr<Hash256> root = Root(ranges[i - 1]);
      if (!root.ok()) {
        return root.status();
      }
      roots.push_back(*root);
    }
    return roots;
  }

 private:
  // The root of the perfect subtree of `height` whose first leaf is `begin`.
  absl::StatusOr<Hash256> PerfectRoot(std::uint32_t height, std::uint64_t begin) {
    const std::uint32_t level = height / kTileHeight;
    const std::uint64_t first = HashesAtLevel(begin, level);
    const TileId id{level, first / kTileWidth};
    absl::StatusOr<std::span<const Hash256>> tile = Read(id);
    if (!tile.ok()) {
      return tile.status();
    }
    return SubtreeRoot(tile->subspan(first % kTileWidth, std::size_t{1} << (height % kTileHeight)));
  }

  // Valid until the next call.
  absl::StatusOr<std::span<const Hash256>> Read(TileId id) {
    const auto known = std::find_if(tiles_.begin(), tiles_.end(),
                                    [id](const FullTile& tile) { return tile.id == id; });
    if (known != tiles_.end()) {
      return std::span<const Hash256>(known->hashes);
    }
    const std::uint32_t width = WidthAt(size_, id);
    absl::StatusOr<Tile> hashes = reader_(id, width);
    if (!hashes.ok()) {
      return hashes.status();
    }
    if (hashes->size() < width) {
      return absl::DataLossError(absl::StrCat("tile ", TilePath(id, width), " came back with ",
                                              hashes->size(), " hashes"));
    }
    tiles_.push_back(FullTile{id, *std::move(hashes)});
    return std::span<const Hash256>(tiles_.back().hashes);
  }

  const std::uint64_t size_;
  const TileReader& reader_;
  std::vector<FullTile> tiles_;  // the partial ones too; few enough for a linear search
};

}  // namespace

absl::StatusOr<std::vector<Hash256>> InclusionProof(std::uint64_t index, std::uint64_t size,
                                                    const TileReader& reader) {
  if (index >= size) {
    return absl::InvalidArgumentError(
        absl::StrCat("index ", index, " is not in a tree of ", size, " leaves"));
  }
  std::vector<Range> siblings;
  Range node{0, size};
  while (node.end - node.begin > 1) {
    const std::uint64_t split = SplitOf(node);
    if (index < split) {
      siblings.push_back(Range{split, node.end});
      node.end = split;
    } else {
      siblings.push_back(Range{node.begin, split});
      node.begin = split;
    }
  }
  return Nodes(size, reader).RootsReversed(siblings);
}

absl::StatusOr<std::vector<Hash256>> ConsistencyProof(std::uint64_t old_size,
                                                      std::uint64_t new_size,
                                                      const TileReader& reader) {
  if (old_size > new_size) {
    return absl::InvalidArgumentError(
        absl::StrCat("a tree of ", old_size, " leaves is not older than one of ", new_size));
  }
  if (old_size == 0 || old_size == new_size) {
    return std::vector<Hash256>();
  }
  std::vector<Range> nodes;
  Range node{0, new_size};
  while (node.end != old_size) {
    const std::uint64_t split = SplitOf(node);
    if (old_size <= split) {
      nodes.push_back(Range{split, node.end});
      node.end = split;
    } else {
      nodes.push_back(Range{node.begin, split});
      node.begin = split;
    }
  }
  // The verifier has the old root. When that is a node of the new tree, it is not repeated.
  if (node.begin != 0) {
    nodes.push_back(node);
  }
  return Nodes(new_size, reader).RootsReversed(nodes);
}

absl::StatusOr<Hash256> RootAt(std::uint64_t size, const TileReader& reader) {
  return Nodes(size, reader).Root(Range{0, size});
}

}  // namespace tanhui::merkle
