#include "ledger/merkle/tile.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/ledger/merkle/stored_tree.h"

namespace tanhui::merkle {
namespace {

TEST(TileTest, PathsOfTheSpecification) {
  struct Row {
    TileId id;
    std::uint32_t width;
    const char* path;
  };
  const Row rows[] = {
      {{0, 0}, 256, "tile/0/000"},
      {{0, 5}, 256, "tile/0/005"},
      {{0, 999}, 256, "tile/0/999"},
      {{0, 1000}, 256, "tile/0/x001/000"},
      {{0, 1234067}, 256, "tile/0/x001/x234/067"},
      {{0, 273}, 112, "tile/0/273.p/112"},
      {{1, 1}, 17, "tile/1/001.p/17"},
      {{2, 0}, 1, "tile/2/000.p/1"},
      {{0, 1000}, 255, "tile/0/x001/000.p/255"},
      {{0, std::numeric_limits<std::uint64_t>::max()},
       256,
       "tile/0/x018/x446/x744/x073/x709/x551/615"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(TilePath(row.id, row.width), row.path);
  }
  EXPECT_EQ(EntriesPath(1234067, 256), "tile/entries/x001/x234/067");
  EXPECT_EQ(EntriesPath(273, 112), "tile/entries/273.p/112");
}

TEST(TileDeathTest, AnEmptyTileHasNoPath) {
  EXPECT_DEATH(TilePath(TileId{0, 0}, 0), "1..256");
  EXPECT_DEATH(TilePath(TileId{0, 0}, 257), "1..256");
}

// tlog-tiles: size 70,000 has 273 full tiles and one of 112, then 1 full and one of 17, then one
// of 1.
TEST(TileTest, WidthsOfTheSpecification) {
  const std::uint64_t size = 70'000;
  EXPECT_EQ(WidthAt(size, TileId{0, 0}), 256u);
  EXPECT_EQ(WidthAt(size, TileId{0, 272}), 256u);
  EXPECT_EQ(WidthAt(size, TileId{0, 273}), 112u);
  EXPECT_EQ(WidthAt(size, TileId{0, 274}), 0u);
  EXPECT_EQ(WidthAt(size, TileId{1, 0}), 256u);
  EXPECT_EQ(WidthAt(size, TileId{1, 1}), 17u);
  EXPECT_EQ(WidthAt(size, TileId{2, 0}), 1u);
  EXPECT_EQ(WidthAt(size, TileId{3, 0}), 0u);
  EXPECT_EQ(WidthAt(size, TileId{100, 0}), 0u);
  EXPECT_EQ(PartialWidth(65536, 0), 0u);
  EXPECT_EQ(PartialWidth(65536, 2), 1u);
  EXPECT_EQ(HashesAtLevel(std::numeric_limits<std::uint64_t>::max(), 7), 255u);
  EXPECT_EQ(HashesAtLevel(std::numeric_limits<std::uint64_t>::max(), 8), 0u);
}

TEST(TileTest, BytesRoundTrip) {
  Tile tile;
  for (std::uint64_t i = 0; i < kTileWidth; ++i) {
    tile.push_back(NumberedLeaf(i));
  }
  const std::string bytes = EncodeTile(tile);
  ASSERT_EQ(bytes.size(), 8192u);
  EXPECT_EQ(bytes.substr(32, 32), tile[1].view());
  const auto decoded = DecodeTile(bytes, kTileWidth);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(*decoded, tile);
  const std::string partial = EncodeTile(std::span(tile).first(3));
  ASSERT_TRUE(DecodeTile(partial, 3).ok());
  EXPECT_EQ(DecodeTile(partial, 3)->at(2), tile[2]);
}

TEST(TileTest, BytesOfAnotherLengthAreRefused) {
  const std::string bytes(8192, 'x');
  const std::string longer(8193, 'x');
  EXPECT_EQ(DecodeTile(longer, 256).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(DecodeTile(bytes.substr(1), 256).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(DecodeTile(bytes, 255).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(DecodeTile("", 256).status().code(), absl::StatusCode::kDataLoss);
}

TEST(TileTest, SubtreeRootIsTheSlowRoot) {
  std::vector<Hash256> leaves;
  for (std::uint64_t i = 0; i < kTileWidth; ++i) {
    leaves.push_back(NumberedLeaf(i));
  }
  for (std::size_t width = 1; width <= kTileWidth; width *= 2) {
    EXPECT_EQ(SubtreeRoot(std::span(leaves).first(width)), SlowRoot(leaves, 0, width));
  }
}

TEST(TileDeathTest, ASubtreeIsAPowerOfTwo) {
  EXPECT_DEATH(SubtreeRoot(std::vector<Hash256>(3)), "subtree");
  EXPECT_DEATH(SubtreeRoot(std::vector<Hash256>()), "subtree");
  EXPECT_DEATH(SubtreeRoot(std::vector<Hash256>(512)), "subtree");
}

}  // namespace
}  // namespace tanhui::merkle
