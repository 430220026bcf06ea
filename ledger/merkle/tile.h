// Tiles: the tree cut into slices of 8 levels (C2SP tlog-tiles). FORMAT.md has the layout.
//
// The hashes of tile level L are the tree's nodes of height 8*L: level 0 holds leaf hashes, level
// 1 roots of 256 leaves, and so on. Tile N of a level holds its hashes [256*N, 256*N + 256).
#ifndef TANHUI_LEDGER_MERKLE_TILE_H_
#define TANHUI_LEDGER_MERKLE_TILE_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/core/ids.h"

namespace tanhui::merkle {

// Hashes in a full tile, and the tree levels that one tile spans.
inline constexpr std::uint32_t kTileWidth = 256;
inline constexpr std::uint32_t kTileHeight = 8;
// A tree of fewer than 2^64 leaves has no hash above tile level 7.
inline constexpr std::uint32_t kTileLevels = 8;

struct TileId {
  std::uint32_t level = 0;
  std::uint64_t index = 0;
  friend auto operator<=>(const TileId&, const TileId&) = default;
};

using Tile = std::vector<Hash256>;

// Never changes again once it exists.
struct FullTile {
  TileId id;
  Tile hashes;  // kTileWidth of them
};

// Answers at least the first `width` (1..kTileWidth) hashes of the tile, or an error. Called from
// the thread that asked for the proof.
using TileReader = std::function<absl::StatusOr<Tile>(TileId id, std::uint32_t width)>;

// How many hashes tile level `level` of a tree of `size` leaves has: floor(size / 256^level).
constexpr std::uint64_t HashesAtLevel(std::uint64_t size, std::uint32_t level) {
  return level < kTileLevels ? size >> (kTileHeight * level) : 0;
}

// The width of the level's partial tile; 0 when there is none.
constexpr std::uint32_t PartialWidth(std::uint64_t size, std::uint32_t level) {
  return static_cast<std::uint32_t>(HashesAtLevel(size, level) % kTileWidth);
}

// The width of one tile in a tree of `size` leaves: kTileWidth, less for the partial tile, 0 for a
// tile that the tree does not have.
constexpr std::uint32_t WidthAt(std::uint64_t size, TileId id) {
  const std::uint64_t tiles = HashesAtLevel(size, id.level) / kTileWidth;
  if (id.index < tiles) {
    return kTileWidth;
  }
  return id.index == tiles ? PartialWidth(size, id.level) : 0;
}

// Root of the perfect subtree above `hashes`. Requires 1, 2, 4, .. or 256 of them.
Hash256 SubtreeRoot(std::span<const Hash256> hashes);

// The hashes one after the other: 32 bytes each, so 8192 for a full tile.
std::string EncodeTile(std::span<const Hash256> hashes);
// DataLoss unless `bytes` is exactly `width` hashes long.
absl::StatusOr<Tile> DecodeTile(std::string_view bytes, std::uint32_t width);

// The path below a log's prefix: `tile/<level>/<index>`, with `.p/<width>` when width < 256.
// Requires width 1..256.
std::string TilePath(TileId id, std::uint32_t width);
// The same for a bundle of entries: `tile/entries/<index>`.
std::string EntriesPath(std::uint64_t index, std::uint32_t width);

}  // namespace tanhui::merkle

#endif  // TANHUI_LEDGER_MERKLE_TILE_H_
