// A tree with everything a log would store for it, for tests.
#ifndef TANHUI_TESTS_LEDGER_MERKLE_STORED_TREE_H_
#define TANHUI_TESTS_LEDGER_MERKLE_STORED_TREE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/tile.h"
#include "ledger/merkle/tree.h"

namespace tanhui::merkle {

inline Hash256 NumberedLeaf(std::uint64_t number) {
  return LeafHash("entry " + std::to_string(number));
}

// The definition of RFC 6962 section 2.1, word by word: slow and obvious.
inline Hash256 SlowRoot(const std::vector<Hash256>& leaves, std::size_t begin, std::size_t end) {
  if (begin == end) {
    return EmptyRoot();
  }
  if (end - begin == 1) {
    return leaves[begin];
  }
  std::size_t split = 1;
  while (split * 2 < end - begin) {
    split *= 2;
  }
  return NodeHash(SlowRoot(leaves, begin, begin + split), SlowRoot(leaves, begin + split, end));
}

// Keeps what a log keeps: full tiles, and the leaves of the partial one.
struct StoredTree {
  TreeBuilder builder;
  TreeEdge edge;
  std::vector<Hash256> leaves;
  std::map<TileId, Tile> full_tiles;
  std::map<TileId, int> reads;  // by ReadAny

  void AppendNumbered(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      leaves.push_back(NumberedLeaf(leaves.size()));
      builder.Append(leaves.back());
    }
  }

  TreeGrowth Commit() {
    TreeGrowth growth = builder.Grow();
    for (const FullTile& tile : growth.completed) {
      full_tiles.emplace(tile.id, tile.hashes);
    }
    edge.Apply(growth);
    return growth;
  }

  absl::StatusOr<Tile> ReadFull(TileId id, std::uint32_t width) const {
    const auto tile = full_tiles.find(id);
    if (width != kTileWidth || tile == full_tiles.end()) {
      return absl::NotFoundError("no such full tile");
    }
    return tile->second;
  }

  TileReader FullTiles() const {
    return [this](TileId id, std::uint32_t width) { return ReadFull(id, width); };
  }

  // What a server's reader does: the edge, then the store.
  TileReader AnyTiles() {
    return [this](TileId id, std::uint32_t width) -> absl::StatusOr<Tile> {
      ++reads[id];
      if (std::optional<Tile> partial = edge.Partial(id, width)) {
        return *std::move(partial);
      }
      return ReadFull(id, kTileWidth);
    };
  }

  std::vector<Hash256> LastLeaves(std::uint64_t size) const {
    const auto end = leaves.begin() + static_cast<std::ptrdiff_t>(size);
    return {end - PartialWidth(size, 0), end};
  }
};

}  // namespace tanhui::merkle

#endif  // TANHUI_TESTS_LEDGER_MERKLE_STORED_TREE_H_
