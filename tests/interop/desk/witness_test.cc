#include "interop/desk/witness.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tree.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::desk {
namespace {

// A log of numbered entries, of which some can be changed: another history.
class Log {
 public:
  explicit Log(std::string first = "0") : first_(std::move(first)) {}

  std::string Note(std::uint64_t size) const {
    const merkle::TreeBuilder builder = Tree(size);
    auto note = signing::SignCheckpoint({std::string(signing::kDemoName), size, builder.Root()},
                                        signing::DemoSigner());
    Check(note.ok(), "a checkpoint");
    return *std::move(note);
  }
  std::vector<Hash256> Proof(std::uint64_t from, std::uint64_t to) const {
    const merkle::TreeEdge edge(Tree(to));
    auto proof =
        merkle::ConsistencyProof(from, to, [&edge](merkle::TileId id, std::uint32_t width) {
          return edge.Partial(id, width).value();
        });
    Check(proof.ok(), "a proof");
    return *std::move(proof);
  }

 private:
  merkle::TreeBuilder Tree(std::uint64_t size) const {
    merkle::TreeBuilder builder;
    for (std::uint64_t i = 0; i < size; ++i) {
      builder.Append(merkle::LeafHash(i == 0 ? first_ : std::to_string(i)));
    }
    return builder;
  }
  std::string first_;
};

Witness NewWitness() { return Witness(signing::VerifierOf(signing::DemoSigner())); }

TEST(Witness, FollowsALogThatGrows) {
  const Log log;
  Witness witness = NewWitness();
  EXPECT_EQ(*witness.See(log.Note(5), {}), Seen::kExtends);
  EXPECT_EQ(*witness.See(log.Note(5), {}), Seen::kSame);
  EXPECT_EQ(*witness.See(log.Note(9), log.Proof(5, 9)), Seen::kExtends);
  EXPECT_EQ(*witness.See(log.Note(7), {}), Seen::kOlder);
  EXPECT_EQ(witness.last_size(), 9u);
  EXPECT_EQ(witness.last_note(), log.Note(9));
  EXPECT_TRUE(witness.fork().empty());
}

TEST(Witness, AnotherHistoryIsNotCosigned) {
  const Log log;
  const Log other("rewritten");
  Witness witness = NewWitness();
  EXPECT_EQ(*witness.See(log.Note(5), {}), Seen::kExtends);
  EXPECT_EQ(*witness.See(other.Note(9), other.Proof(5, 9)), Seen::kUnproven);
  EXPECT_EQ(*witness.See(log.Note(9), {}), Seen::kUnproven) << "a proof is missing";
  EXPECT_EQ(witness.last_size(), 5u);
  EXPECT_EQ(*witness.See(other.Note(5), {}), Seen::kFork);
  EXPECT_EQ(witness.fork(), (std::vector<std::string>{log.Note(5), other.Note(5)}));
  EXPECT_EQ(witness.last_note(), log.Note(5));
}

TEST(Witness, KnowsAfterARestart) {
  const Log log;
  Witness witness = NewWitness();
  ASSERT_TRUE(witness.Restore(log.Note(5)).ok());
  EXPECT_EQ(*witness.See(Log("rewritten").Note(5), {}), Seen::kFork);
  EXPECT_EQ(*witness.See(log.Note(6), log.Proof(5, 6)), Seen::kExtends);
  EXPECT_FALSE(NewWitness().Restore("no note").ok());
}

TEST(Witness, NobodyElseSpeaksForTheLog) {
  Witness witness = NewWitness();
  const auto forged = signing::SignCheckpoint({"other.example/log", 1, merkle::LeafHash("x")},
                                              signing::DemoSigner("other.example/log", 3));
  EXPECT_FALSE(witness.See(*forged, {}).ok());
  EXPECT_FALSE(witness.See("", {}).ok());
  EXPECT_TRUE(witness.last_note().empty());
}

}  // namespace
}  // namespace tanhui::desk
