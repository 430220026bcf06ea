#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <random>
#include <thread>

#include "ledger/merkle/proof.h"
#include "ledger/merkle/verifier.h"
#include "tests/ledger/merkle/stored_tree.h"

namespace tanhui::merkle {
namespace {

TEST(TreeGrowthTest, SaysWhatWasAppended) {
  TreeBuilder tree;
  std::vector<Hash256> leaves;
  for (std::uint64_t i = 0; i < 513; ++i) {
    leaves.push_back(NumberedLeaf(i));
    tree.Append(leaves.back());
  }
  const TreeGrowth growth = tree.Grow();
  EXPECT_EQ(growth.old_size, 0u);
  EXPECT_EQ(growth.new_size, 513u);
  EXPECT_EQ(growth.root, SlowRoot(leaves, 0, 513));
  ASSERT_EQ(growth.added.size(), 2u);
  EXPECT_EQ(growth.added[0], leaves);
  EXPECT_EQ(growth.added[1],
            (std::vector<Hash256>{SlowRoot(leaves, 0, 256), SlowRoot(leaves, 256, 512)}));
  ASSERT_EQ(growth.completed.size(), 2u);
  EXPECT_EQ(growth.completed[0].id, (TileId{0, 0}));
  EXPECT_EQ(growth.completed[1].id, (TileId{0, 1}));
  EXPECT_EQ(growth.completed[1].hashes, Tile(leaves.begin() + 256, leaves.begin() + 512));
  const TreeGrowth nothing = tree.Grow();
  EXPECT_EQ(nothing.old_size, 513u);
  EXPECT_EQ(nothing.new_size, 513u);
  EXPECT_EQ(nothing.root, growth.root);
  EXPECT_TRUE(nothing.added.empty());
}

TEST(TreeEdgeTest, HoldsExactlyThePartialTiles) {
  StoredTree tree;
  tree.AppendNumbered(600);
  tree.Commit();
  EXPECT_EQ(tree.edge.size(), 600u);
  EXPECT_EQ(tree.edge.root(), tree.builder.Root());
  ASSERT_TRUE(tree.edge.Partial(TileId{0, 2}, 88).has_value());
  EXPECT_EQ(tree.edge.Partial(TileId{0, 2}, 88)->size(), 88u);
  EXPECT_EQ(tree.edge.Partial(TileId{0, 2}, 10)->back(), NumberedLeaf(521));
  EXPECT_FALSE(tree.edge.Partial(TileId{0, 2}, 89).has_value());
  EXPECT_FALSE(tree.edge.Partial(TileId{0, 1}, 1).has_value());
  EXPECT_FALSE(tree.edge.Partial(TileId{0, 3}, 1).has_value());
  EXPECT_TRUE(tree.edge.Partial(TileId{1, 0}, 2).has_value());
  EXPECT_FALSE(tree.edge.Partial(TileId{1, 0}, 3).has_value());
  EXPECT_FALSE(tree.edge.Partial(TileId{2, 0}, 1).has_value());
  EXPECT_FALSE(tree.edge.Partial(TileId{4'000'000'000, 0}, 1).has_value());
}

TEST(TreeEdgeTest, FollowsStepsOfEverySize) {
  StoredTree tree;
  std::mt19937_64 random(20260104);
  while (tree.leaves.size() < 140'000) {
    const bool small = random() % 4 != 0;
    tree.AppendNumbered(random() % (small ? 300 : 20'000));
    tree.Commit();
    const std::uint64_t size = tree.edge.size();
    ASSERT_EQ(size, tree.leaves.size());
    const auto root = RootAt(size, tree.AnyTiles());
    ASSERT_TRUE(root.ok()) << root.status();
    ASSERT_EQ(*root, tree.edge.root());
  }
}

TEST(TreeEdgeDeathTest, AGrowthOfAnotherTreeAborts) {
  StoredTree tree;
  tree.AppendNumbered(10);
  TreeGrowth growth = tree.Commit();
  EXPECT_DEATH(tree.edge.Apply(growth), "continues the durable tree");
  growth.old_size = 10;
  growth.new_size = 15;
  EXPECT_DEATH(tree.edge.Apply(growth), "every hash of its step");
  growth.new_size = 9;
  EXPECT_DEATH(tree.edge.Apply(growth), "never shrinks");
}

// Readers take a head and prove random leaves against it while the writer goes on, as in a server.
TEST(TreeEdgeTest, ReadersBesideTheWriter) {
  constexpr std::uint64_t kEnd = 100'000;
  TreeBuilder builder;
  TreeEdge edge;
  std::mutex store_mutex;
  std::map<TileId, Tile> store;
  std::atomic<bool> stop = false;
  std::atomic<int> proofs = 0;
  const TileReader reader = [&](TileId id, std::uint32_t width) -> absl::StatusOr<Tile> {
    if (std::optional<Tile> partial = edge.Partial(id, width)) {
      return *std::move(partial);
    }
    const std::lock_guard lock(store_mutex);
    const auto tile = store.find(id);
    if (tile == store.end()) {
      return absl::NotFoundError(TilePath(id, width));
    }
    return tile->second;
  };
  const auto read = [&](std::uint64_t seed) {
    std::mt19937_64 random(seed);
    TreeHead last = edge.head();
    while (!stop) {
      const TreeHead head = edge.head();
      if (head.size == 0) {
        continue;
      }
      const std::uint64_t index = random() % head.size;
      const auto inclusion = InclusionProof(index, head.size, reader);
      ASSERT_TRUE(inclusion.ok()) << inclusion.status();
      ASSERT_TRUE(
          VerifyInclusion(NumberedLeaf(index), index, head.size, *inclusion, head.root).ok());
      const auto consistency = ConsistencyProof(last.size, head.size, reader);
      ASSERT_TRUE(consistency.ok()) << consistency.status();
      ASSERT_TRUE(VerifyConsistency(last.size, last.root, head.size, head.root, *consistency).ok());
      last = head;
      ++proofs;
    }
  };
  std::thread first(read, 1);
  std::thread second(read, 2);
  std::mt19937_64 random(3);
  while ((builder.size() < kEnd || proofs < 50) && !HasFailure()) {
    for (std::uint64_t i = random() % 40; i > 0; --i) {
      builder.Append(NumberedLeaf(builder.size()));
    }
    const TreeGrowth growth = builder.Grow();
    {
      const std::lock_guard lock(store_mutex);
      for (const FullTile& tile : growth.completed) {
        store.emplace(tile.id, tile.hashes);
      }
    }
    edge.Apply(growth);
  }
  stop = true;
  first.join();
  second.join();
}

}  // namespace
}  // namespace tanhui::merkle
