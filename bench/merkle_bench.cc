// What the tree, its proofs and the keyed hash cost. Run bench/merkle_bench of the build folder.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tree.h"
#include "ledger/merkle/verifier.h"
#include "ledger/signing/keyed_hash.h"

namespace tanhui::merkle {
namespace {

void BM_LeafHash(benchmark::State& state) {
  const std::string entry(static_cast<std::size_t>(state.range(0)), 'e');
  for (auto _ : state) {
    benchmark::DoNotOptimize(LeafHash(entry));
  }
}
BENCHMARK(BM_LeafHash)->Arg(64)->Arg(300)->Arg(4096);

void BM_NodeHash(benchmark::State& state) {
  Hash256 hash = EmptyRoot();
  for (auto _ : state) {
    hash = NodeHash(hash, hash);
  }
  benchmark::DoNotOptimize(hash);
}
BENCHMARK(BM_NodeHash);

void BM_KeyedHash(benchmark::State& state) {
  const signing::KeyedHash hash(std::string(32, 'k'));
  const std::string evidence(40, 'e');
  for (auto _ : state) {
    benchmark::DoNotOptimize(hash.Of({"evidence/v1", evidence}));
  }
}
BENCHMARK(BM_KeyedHash);

void BM_HmacSha256(benchmark::State& state) {
  const std::string key(32, 'k');
  const std::string evidence(40, 'e');
  for (auto _ : state) {
    benchmark::DoNotOptimize(signing::HmacSha256(key, {"evidence/v1", evidence}));
  }
}
BENCHMARK(BM_HmacSha256);

// One batch: append, take the growth, apply it to the edge.
void BM_AppendBatch(benchmark::State& state) {
  TreeBuilder builder;
  TreeEdge edge;
  const Hash256 leaf = LeafHash("entry");
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      builder.Append(leaf);
    }
    edge.Apply(builder.Grow());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_AppendBatch)->Arg(1)->Arg(64)->Arg(1024);

constexpr std::uint64_t kLeaves = 1'000'000;

struct LargeTree {
  LargeTree() {
    for (std::uint64_t i = 0; i < kLeaves; ++i) {
      builder.Append(LeafHash(std::to_string(i)));
    }
    for (FullTile& tile : builder.Grow().completed) {
      tiles.emplace(tile.id, std::move(tile.hashes));
    }
    edge.emplace(builder);
  }
  absl::StatusOr<Tile> Read(TileId id, std::uint32_t width) const {
    if (std::optional<Tile> partial = edge->Partial(id, width)) {
      return *std::move(partial);
    }
    return tiles.at(id);
  }
  TreeBuilder builder;
  std::optional<TreeEdge> edge;
  std::map<TileId, Tile> tiles;
};

const LargeTree& Tree() {
  static const LargeTree* const tree = new LargeTree;
  return *tree;
}

void BM_InclusionProof(benchmark::State& state) {
  const LargeTree& tree = Tree();
  const TileReader reader = [&tree](TileId id, std::uint32_t width) {
    return tree.Read(id, width);
  };
  std::uint64_t index = 0;
  for (auto _ : state) {
    index = (index + 7919) % kLeaves;
    benchmark::DoNotOptimize(InclusionProof(index, kLeaves, reader));
  }
}
BENCHMARK(BM_InclusionProof);

void BM_VerifyInclusion(benchmark::State& state) {
  const LargeTree& tree = Tree();
  const TileReader reader = [&tree](TileId id, std::uint32_t width) {
    return tree.Read(id, width);
  };
  const auto proof = InclusionProof(123'456, kLeaves, reader);
  const Hash256 leaf = LeafHash("123456");
  const Hash256 root = tree.builder.Root();
  for (auto _ : state) {
    Check(VerifyInclusion(leaf, 123'456, kLeaves, *proof, root).ok(), "the proof verifies");
  }
}
BENCHMARK(BM_VerifyInclusion);

}  // namespace
}  // namespace tanhui::merkle

BENCHMARK_MAIN();
