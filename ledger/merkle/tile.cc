#include "ledger/merkle/tile.h"

#include <array>
#include <bit>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"

namespace tanhui::merkle {
namespace {

// 1234067 -> x001/x234/067: directories of at most 1000 names, and no tile is a directory.
std::string IndexPath(std::uint64_t index, std::uint32_t width) {
  Check(width >= 1 && width <= kTileWidth, "a tile that is served holds 1..256 hashes");
  std::string path = absl::StrFormat("%03d", index % 1000);
  for (index /= 1000; index > 0; index /= 1000) {
    path = absl::StrFormat("x%03d/%s", index % 1000, path);
  }
  return width == kTileWidth ? path : absl::StrCat(path, ".p/", width);
}

}  // namespace

Hash256 SubtreeRoot(std::span<const Hash256> hashes) {
  Check(std::has_single_bit(hashes.size()) && hashes.size() <= kTileWidth,
        "a subtree of one tile spans 1, 2, 4, .. or 256 hashes");
  if (hashes.size() == 1) {
    return hashes.front();
  }
  std::array<Hash256, kTileWidth / 2> row;
  std::size_t width = hashes.size() / 2;
  for (std::size_t i = 0; i < width; ++i) {
    row[i] = NodeHash(hashes[2 * i], hashes[2 * i + 1]);
  }
  for (width /= 2; width > 0; width /= 2) {
    for (std::size_t i = 0; i < width; ++i) {
      row[i] = NodeHash(row[2 * i], row[2 * i + 1]);
    }
  }
  return row[0];
}

std::string EncodeTile(std::span<const Hash256> hashes) {
  std::string bytes;
  bytes.reserve(hashes.size() * Hash256::kSize);
  for (const Hash256& hash : hashes) {
    bytes.append(hash.view());
  }
  return bytes;
}

absl::StatusOr<Tile> DecodeTile(std::string_view bytes, std::uint32_t width) {
  if (bytes.size() != std::size_t{width} * Hash256::kSize) {
    return absl::DataLossError(absl::StrCat("a tile of ", width, " hashes is ", bytes.size(),
                                            " bytes instead of ", width * Hash256::kSize));
  }
  Tile tile(width);
  for (std::size_t i = 0; i < tile.size(); ++i) {
    tile[i] = Hash256::FromView(bytes.substr(i * Hash256::kSize, Hash256::kSize));
  }
  return tile;
}

std::string TilePath(TileId id, std::uint32_t width) {
  return absl::StrCat("tile/", id.level, "/", IndexPath(id.index, width));
}

std::string EntriesPath(std::uint64_t index, std::uint32_t width) {
  return absl::StrCat("tile/entries/", IndexPath(index, width));
}

}  // namespace tanhui::merkle
