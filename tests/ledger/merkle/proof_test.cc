#include "ledger/merkle/proof.h"

#include <gtest/gtest.h>

#include <random>

#include "ledger/merkle/verifier.h"
#include "tests/ledger/merkle/stored_tree.h"

namespace tanhui::merkle {
namespace {

constexpr std::uint64_t kLeaves = 300;   // crosses the first tile
constexpr std::uint64_t kEveryBit = 40;  // up to this size, each single bit is flipped

void Flip(Hash256& hash, unsigned bit) {
  hash.bytes[bit / 8] = static_cast<std::uint8_t>(hash.bytes[bit / 8] ^ (1u << bit % 8));
}

class ProofTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    tree_ = new StoredTree;
    tree_->AppendNumbered(kLeaves);
    tree_->Commit();
    roots_ = new std::vector<Hash256>;
    for (std::uint64_t size = 0; size <= kLeaves; ++size) {
      roots_->push_back(SlowRoot(tree_->leaves, 0, size));
    }
  }
  static void TearDownTestSuite() {
    delete tree_;
    delete roots_;
  }

  static std::vector<Hash256> Inclusion(std::uint64_t index, std::uint64_t size) {
    auto proof = InclusionProof(index, size, tree_->AnyTiles());
    EXPECT_TRUE(proof.ok()) << proof.status();
    return proof.ok() ? *proof : std::vector<Hash256>();
  }
  static std::vector<Hash256> Consistency(std::uint64_t old_size, std::uint64_t new_size) {
    auto proof = ConsistencyProof(old_size, new_size, tree_->AnyTiles());
    EXPECT_TRUE(proof.ok()) << proof.status();
    return proof.ok() ? *proof : std::vector<Hash256>();
  }
  static bool Included(std::uint64_t index, std::uint64_t size, const std::vector<Hash256>& proof) {
    return VerifyInclusion(tree_->leaves[index], index, size, proof, (*roots_)[size]).ok();
  }
  static bool Consistent(std::uint64_t old_size, std::uint64_t new_size,
                         const std::vector<Hash256>& proof) {
    return VerifyConsistency(old_size, (*roots_)[old_size], new_size, (*roots_)[new_size], proof)
        .ok();
  }
  // One random bit of a hash, or every bit.
  static std::vector<unsigned> Bits(std::uint64_t size, std::mt19937_64& random) {
    std::vector<unsigned> bits;
    if (size > kEveryBit) {
      bits.push_back(static_cast<unsigned>(random() % 256));
      return bits;
    }
    for (unsigned bit = 0; bit < 256; ++bit) {
      bits.push_back(bit);
    }
    return bits;
  }

  static StoredTree* tree_;
  static std::vector<Hash256>* roots_;
};

StoredTree* ProofTest::tree_ = nullptr;
std::vector<Hash256>* ProofTest::roots_ = nullptr;

TEST_F(ProofTest, RootAtEverySize) {
  for (std::uint64_t size = 0; size <= kLeaves; ++size) {
    const auto root = RootAt(size, tree_->AnyTiles());
    ASSERT_TRUE(root.ok()) << root.status();
    EXPECT_EQ(*root, (*roots_)[size]) << "size " << size;
  }
}

TEST_F(ProofTest, EveryLeafIsIncludedAtEverySize) {
  for (std::uint64_t size = 1; size <= kLeaves; ++size) {
    for (std::uint64_t index = 0; index < size; ++index) {
      ASSERT_TRUE(Included(index, size, Inclusion(index, size))) << index << " in " << size;
    }
  }
}

TEST_F(ProofTest, EverySizeExtendsEveryEarlierOne) {
  for (std::uint64_t new_size = 0; new_size <= kLeaves; ++new_size) {
    for (std::uint64_t old_size = 0; old_size <= new_size; ++old_size) {
      const auto proof = Consistency(old_size, new_size);
      ASSERT_TRUE(Consistent(old_size, new_size, proof)) << old_size << " to " << new_size;
      ASSERT_EQ(proof.empty(), old_size == 0 || old_size == new_size);
    }
  }
}

TEST_F(ProofTest, AnyBitOfAnInclusionMatters) {
  std::mt19937_64 random(20260101);
  for (std::uint64_t size = 1; size <= kLeaves; size += size < kEveryBit ? 1 : 13) {
    for (std::uint64_t index = 0; index < size; ++index) {
      auto proof = Inclusion(index, size);
      Hash256 leaf = tree_->leaves[index];
      Hash256 root = (*roots_)[size];
      std::vector<Hash256*> parts = {&leaf, &root};
      for (Hash256& hash : proof) {
        parts.push_back(&hash);
      }
      for (Hash256* part : parts) {
        for (const unsigned bit : Bits(size, random)) {
          Flip(*part, bit);
          ASSERT_EQ(VerifyInclusion(leaf, index, size, proof, root).code(),
                    absl::StatusCode::kUnauthenticated);
          Flip(*part, bit);
        }
      }
      ASSERT_TRUE(VerifyInclusion(leaf, index, size, proof, root).ok());
    }
  }
}

TEST_F(ProofTest, AnyBitOfAConsistencyMatters) {
  std::mt19937_64 random(20260102);
  for (std::uint64_t new_size = 1; new_size <= kLeaves; new_size += new_size < kEveryBit ? 1 : 13) {
    for (std::uint64_t old_size = 1; old_size <= new_size; ++old_size) {
      auto proof = Consistency(old_size, new_size);
      Hash256 old_root = (*roots_)[old_size];
      Hash256 new_root = (*roots_)[new_size];
      std::vector<Hash256*> parts = {&old_root, &new_root};
      for (Hash256& hash : proof) {
        parts.push_back(&hash);
      }
      for (Hash256* part : parts) {
        for (const unsigned bit : Bits(new_size, random)) {
          Flip(*part, bit);
          ASSERT_EQ(VerifyConsistency(old_size, old_root, new_size, new_root, proof).code(),
                    absl::StatusCode::kUnauthenticated);
          Flip(*part, bit);
        }
      }
      ASSERT_TRUE(VerifyConsistency(old_size, old_root, new_size, new_root, proof).ok());
    }
  }
}

TEST_F(ProofTest, AProofOfAnotherLengthFails) {
  for (std::uint64_t size = 1; size <= kLeaves; size += 7) {
    for (std::uint64_t index = 0; index < size; ++index) {
      auto inclusion = Inclusion(index, size);
      inclusion.push_back(tree_->leaves[0]);
      ASSERT_FALSE(Included(index, size, inclusion));
      inclusion.pop_back();
      inclusion.insert(inclusion.begin(), tree_->leaves[index]);
      ASSERT_FALSE(Included(index, size, inclusion));
      inclusion.erase(inclusion.begin());
      ASSERT_TRUE(Included(index, size, inclusion));
      if (!inclusion.empty()) {
        ASSERT_FALSE(Included(index, size, {inclusion.begin() + 1, inclusion.end()}));
        inclusion.pop_back();
        ASSERT_FALSE(Included(index, size, inclusion));
      }
      auto consistency = Consistency(index, size);
      consistency.push_back((*roots_)[size]);
      ASSERT_FALSE(Consistent(index, size, consistency));
      consistency.pop_back();
      consistency.insert(consistency.begin(), (*roots_)[index]);
      ASSERT_FALSE(Consistent(index, size, consistency));
      consistency.erase(consistency.begin());
      if (!consistency.empty()) {
        ASSERT_FALSE(Consistent(index, size, {consistency.begin() + 1, consistency.end()}));
        consistency.pop_back();
        ASSERT_FALSE(Consistent(index, size, consistency));
      }
    }
  }
}

TEST_F(ProofTest, AnotherIndexFails) {
  for (std::uint64_t size = 2; size <= kLeaves; size += 23) {
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto proof = Inclusion(index, size);
      for (std::uint64_t other = 0; other < size + 2; ++other) {
        const bool ok =
            VerifyInclusion(tree_->leaves[index], other, size, proof, (*roots_)[size]).ok();
        ASSERT_EQ(ok, other == index);
      }
    }
  }
}

TEST_F(ProofTest, AnotherTreeFails) {
  std::vector<Hash256> rewritten = tree_->leaves;
  rewritten[100] = NumberedLeaf(1'000'000);
  for (std::uint64_t old_size = 101; old_size <= kLeaves; ++old_size) {
    const Hash256 old_root = SlowRoot(rewritten, 0, old_size);
    EXPECT_FALSE(VerifyConsistency(old_size, old_root, kLeaves, (*roots_)[kLeaves],
                                   Consistency(old_size, kLeaves))
                     .ok());
  }
}

TEST_F(ProofTest, TheEmptyTreeAndEqualSizes) {
  const Hash256 root = (*roots_)[5];
  const std::vector<Hash256> one_hash = {root};
  EXPECT_TRUE(VerifyConsistency(0, EmptyRoot(), 0, EmptyRoot(), {}).ok());
  EXPECT_TRUE(VerifyConsistency(0, EmptyRoot(), 5, root, {}).ok());
  EXPECT_FALSE(VerifyConsistency(0, EmptyRoot(), 5, root, one_hash).ok());
  EXPECT_FALSE(VerifyConsistency(0, root, 5, root, {}).ok());
  EXPECT_FALSE(VerifyConsistency(0, root, 0, root, {}).ok());
  EXPECT_FALSE(VerifyConsistency(0, EmptyRoot(), 0, root, {}).ok());
  EXPECT_TRUE(VerifyConsistency(5, root, 5, root, {}).ok());
  EXPECT_FALSE(VerifyConsistency(5, root, 5, root, one_hash).ok());
  EXPECT_FALSE(VerifyConsistency(5, root, 5, (*roots_)[4], {}).ok());
  EXPECT_FALSE(VerifyConsistency(6, (*roots_)[6], 5, root, {}).ok());
  EXPECT_FALSE(VerifyConsistency(4, (*roots_)[4], 5, root, {}).ok());
  EXPECT_FALSE(VerifyInclusion(EmptyRoot(), 0, 0, {}, EmptyRoot()).ok());
}

TEST_F(ProofTest, HugeSizesEndInAnAnswer) {
  const std::uint64_t huge = ~std::uint64_t{0};
  const std::vector<Hash256> hashes(100);
  EXPECT_FALSE(VerifyInclusion(EmptyRoot(), huge - 1, huge, hashes, EmptyRoot()).ok());
  EXPECT_FALSE(VerifyInclusion(EmptyRoot(), 0, huge, hashes, EmptyRoot()).ok());
  EXPECT_FALSE(VerifyInclusion(EmptyRoot(), huge, huge, hashes, EmptyRoot()).ok());
  EXPECT_FALSE(VerifyConsistency(huge - 1, EmptyRoot(), huge, EmptyRoot(), hashes).ok());
  EXPECT_FALSE(VerifyConsistency(1, EmptyRoot(), huge, EmptyRoot(), hashes).ok());
}

TEST_F(ProofTest, SizesThatDoNotFitAreInvalid) {
  const TileReader reader = tree_->AnyTiles();
  EXPECT_EQ(InclusionProof(5, 5, reader).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(InclusionProof(0, 0, reader).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ConsistencyProof(6, 5, reader).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ProofTest, TheReadersErrorsComeBack) {
  const TileReader failing = [](TileId, std::uint32_t) -> absl::StatusOr<Tile> {
    return absl::UnavailableError("the disk is gone");
  };
  const TileReader stingy = [](TileId, std::uint32_t width) -> absl::StatusOr<Tile> {
    return Tile(width - 1);
  };
  EXPECT_EQ(InclusionProof(1, 5, failing).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ConsistencyProof(1, 5, failing).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(RootAt(5, failing).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(InclusionProof(1, 5, stingy).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ConsistencyProof(1, 5, stingy).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(RootAt(5, stingy).status().code(), absl::StatusCode::kDataLoss);
}

TEST(LargeProofTest, ThreeTileLevels) {
  StoredTree tree;
  tree.AppendNumbered(70'000);
  tree.Commit();
  const Hash256 root = tree.builder.Root();
  ASSERT_EQ(root, SlowRoot(tree.leaves, 0, tree.leaves.size()));
  std::mt19937_64 random(20260103);
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t index = random() % 70'000;
    tree.reads.clear();
    const auto inclusion = InclusionProof(index, 70'000, tree.AnyTiles());
    ASSERT_TRUE(inclusion.ok()) << inclusion.status();
    EXPECT_TRUE(VerifyInclusion(tree.leaves[index], index, 70'000, *inclusion, root).ok());
    EXPECT_LE(tree.reads.size(), 6u);
    for (const auto& [id, reads] : tree.reads) {
      EXPECT_EQ(reads, 1) << TilePath(id, kTileWidth);
    }
    tree.reads.clear();
    const auto old_root = RootAt(index, tree.AnyTiles());
    ASSERT_TRUE(old_root.ok());
    const auto consistency = ConsistencyProof(index, 70'000, tree.AnyTiles());
    ASSERT_TRUE(consistency.ok()) << consistency.status();
    EXPECT_TRUE(VerifyConsistency(index, *old_root, 70'000, root, *consistency).ok());
  }
}

}  // namespace
}  // namespace tanhui::merkle
