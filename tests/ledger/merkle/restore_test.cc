#include <gtest/gtest.h>

#include "ledger/merkle/proof.h"
#include "tests/ledger/merkle/stored_tree.h"

namespace tanhui::merkle {
namespace {

// Appends 600 leaves to both and compares everything that comes out.
void ExpectSameFuture(TreeBuilder& restored, TreeBuilder& original) {
  for (std::uint64_t i = 0; i < 600; ++i) {
    const Hash256 leaf = NumberedLeaf(original.size());
    restored.Append(leaf);
    original.Append(leaf);
    ASSERT_EQ(restored.Root(), original.Root()) << "size " << original.size();
  }
  const TreeGrowth a = restored.Grow();
  const TreeGrowth b = original.Grow();
  EXPECT_EQ(a.old_size, b.old_size);
  EXPECT_EQ(a.new_size, b.new_size);
  EXPECT_EQ(a.root, b.root);
  EXPECT_EQ(a.added, b.added);
  ASSERT_EQ(a.completed.size(), b.completed.size());
  for (std::size_t i = 0; i < a.completed.size(); ++i) {
    EXPECT_EQ(a.completed[i].id, b.completed[i].id);
    EXPECT_EQ(a.completed[i].hashes, b.completed[i].hashes);
  }
}

TEST(RestoreTest, GoesOnAsIfNothingHappened) {
  StoredTree tree;
  for (const std::uint64_t size :
       {0,     1,     2,     3,     100,   255,   256,   257,   511,   512,   1000,
        65279, 65280, 65281, 65535, 65536, 65537, 65791, 65792, 65793, 70000, 131072}) {
    tree.AppendNumbered(size - tree.leaves.size());
    tree.Commit();
    auto restored = TreeBuilder::Restore(size, tree.FullTiles(), tree.LastLeaves(size));
    ASSERT_TRUE(restored.ok()) << restored.status();
    EXPECT_EQ(restored->size(), size);
    EXPECT_EQ(restored->Root(), tree.builder.Root()) << "size " << size;
    const TreeGrowth nothing = restored->Grow();
    EXPECT_EQ(nothing.old_size, size);
    EXPECT_EQ(nothing.new_size, size);
    EXPECT_TRUE(nothing.added.empty());
    EXPECT_TRUE(nothing.completed.empty());
    TreeBuilder original = tree.builder;  // the loop's own tree does not move
    ExpectSameFuture(*restored, original);
  }
}

TEST(RestoreTest, EverySmallSize) {
  StoredTree tree;
  for (std::uint64_t size = 0; size <= 1100; ++size) {
    const auto restored = TreeBuilder::Restore(size, tree.FullTiles(), tree.LastLeaves(size));
    ASSERT_TRUE(restored.ok()) << restored.status();
    ASSERT_EQ(restored->Root(), tree.builder.Root()) << "size " << size;
    tree.AppendNumbered(1);
    tree.Commit();
  }
}

TEST(RestoreTest, TheEdgeHasTheSamePartialTiles) {
  StoredTree tree;
  tree.AppendNumbered(70'000);
  tree.Commit();
  const auto edge = TreeEdge::Restore(70'000, tree.FullTiles(), tree.LastLeaves(70'000));
  ASSERT_TRUE(edge.ok()) << edge.status();
  EXPECT_EQ((*edge)->head(), tree.edge.head());
  for (const TileId id : {TileId{0, 273}, TileId{1, 1}, TileId{2, 0}}) {
    const std::uint32_t width = WidthAt(70'000, id);
    ASSERT_TRUE((*edge)->Partial(id, width).has_value());
    EXPECT_EQ((*edge)->Partial(id, width), tree.edge.Partial(id, width));
  }
}

TEST(RestoreTest, ReadsOnlyTheRightEdge) {
  // 70,000 leaves are 273 full tiles, of which only the 17 after the full tile of level 1 are read,
  // and that one.
  StoredTree tree;
  tree.AppendNumbered(70'000);
  tree.Commit();
  int reads = 0;
  const TileReader counting = [&](TileId id, std::uint32_t width) {
    ++reads;
    return tree.ReadFull(id, width);
  };
  ASSERT_TRUE(TreeBuilder::Restore(70'000, counting, tree.LastLeaves(70'000)).ok());
  EXPECT_EQ(reads, 18);
}

TEST(RestoreTest, AMissingPieceIsAnError) {
  StoredTree tree;
  tree.AppendNumbered(600);
  tree.Commit();
  EXPECT_EQ(TreeBuilder::Restore(600, tree.FullTiles(), {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(TreeBuilder::Restore(600, tree.FullTiles(), std::vector<Hash256>(89)).status().code(),
            absl::StatusCode::kInvalidArgument);
  const TileReader stingy = [](TileId, std::uint32_t) -> absl::StatusOr<Tile> { return Tile(255); };
  EXPECT_EQ(TreeBuilder::Restore(600, stingy, tree.LastLeaves(600)).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(TreeEdge::Restore(600, stingy, tree.LastLeaves(600)).status().code(),
            absl::StatusCode::kDataLoss);
  tree.full_tiles.erase(TileId{0, 1});
  EXPECT_EQ(TreeBuilder::Restore(600, tree.FullTiles(), tree.LastLeaves(600)).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(RestoreTest, ADamagedTileChangesTheRoot) {
  StoredTree tree;
  tree.AppendNumbered(600);
  tree.Commit();
  tree.full_tiles[TileId{0, 1}][77].bytes[3] ^= 4;
  const auto restored = TreeBuilder::Restore(600, tree.FullTiles(), tree.LastLeaves(600));
  ASSERT_TRUE(restored.ok());
  EXPECT_NE(restored->Root(), tree.builder.Root());
}

}  // namespace
}  // namespace tanhui::merkle
