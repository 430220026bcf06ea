// Start-up, stop, and the checkpoints of both places.
#include "ledger/sequencer/engine.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ledger/merkle/verifier.h"
#include "ledger/sequencer/audit.h"
#include "tests/ledger/sequencer/town.h"
#include "tests/ledger/signing/demo_keys.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::sequencer {
namespace {

namespace fs = std::filesystem;

class EngineTest : public testing::Test {
 protected:
  using Opened = absl::StatusOr<std::unique_ptr<Engine>>;

  // A ledger lives in a home: data directory and second place.
  EngineOptions Options(const std::string& home) const {
    EngineOptions options;
    options.data_directory = scratch_ / (home + "/data");
    options.checkpoint_copy = scratch_ / (home + "/second");
    options.checkpoint_interval = std::chrono::hours(1);  // when a test says so, or at the end
    fs::create_directories(scratch_ / home);
    return options;
  }
  Opened Open(const std::string& home, bool accept_missing = false) const {
    EngineOptions options = Options(home);
    options.accept_missing_checkpoint_copy = accept_missing;
    return Engine::Open(options, TestLedger(), clock_, signing::DemoSigner());
  }
  // Opens and gives the participant entry of each id; answers the checkpoint after the stop.
  signing::Checkpoint Grow(const std::string& home, const std::vector<std::string>& ids) {
    auto engine = Open(home);
    Check(engine.ok(), engine.status().ToString());
    for (const std::string& id : ids) {
      Add(**engine, id);
    }
    engine->reset();
    return At(home, "data/checkpoint");
  }
  void Add(Engine& engine, const std::string& id) {
    std::promise<std::vector<Outcome>> promise;
    Submission submission;
    submission.commands = {
        desk_.Complete(world::CreateParticipant(id, "code-" + id, ParticipantKind::kMerchant))};
    submission.done = [&promise](std::vector<Outcome> outcomes) {
      promise.set_value(std::move(outcomes));
    };
    Check(!engine.sequencer().Submit(std::move(submission)).has_value(), "taken");
    Check(Words(promise.get_future().get())[0].starts_with("OK"), "a participant of a test");
  }
  signing::Checkpoint At(const std::string& home, const std::string& file) const {
    const std::vector<signing::NamedVerifier> keys = {signing::VerifierOf(signing::DemoSigner())};
    return signing::OpenCheckpoint(ReadBytes(scratch_ / (home + "/" + file)), keys).value();
  }
  void Copy(const std::string& from, const std::string& to) const {
    fs::remove_all(scratch_ / to);
    fs::copy(scratch_ / from, scratch_ / to, fs::copy_options::recursive);
  }
  void Remove(const std::string& name) const { fs::remove_all(scratch_ / name); }

  static void ExpectRefused(const Opened& opened, std::initializer_list<std::string> words) {
    ASSERT_FALSE(opened.ok());
    for (const std::string& word : words) {
      EXPECT_NE(opened.status().ToString().find(word), std::string::npos)
          << "\"" << word << "\" in " << opened.status().ToString();
    }
  }

  ScratchDirectory scratch_;
  HandClock clock_{world::kStart};
  Desk desk_;
};

TEST_F(EngineTest, ANewLedgerHasItsFirstCheckpointAsSoonAsItIsOpen) {
  const auto engine = Open("a");
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  EXPECT_EQ((*engine)->durable_size(), 2u);
  const auto published = (*engine)->checkpoint();
  ASSERT_NE(published, nullptr);
  EXPECT_EQ(published->checkpoint.size, 2u);
  EXPECT_EQ(published->note, ReadBytes(scratch_ / "a/second"));
  EXPECT_EQ(published->note, ReadBytes(scratch_ / "a/data/checkpoint"));
  EXPECT_NE((*engine)->registry()->FindParticipant("operator"), nullptr);
}

TEST_F(EngineTest, TheLastCheckpointCoversEverything) {
  const signing::Checkpoint last = Grow("a", {"x", "y", "z"});
  EXPECT_EQ(last.size, 5u);
  EXPECT_EQ(At("a", "second"), last);
  const auto again = Open("a");
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ((*again)->durable_size(), 5u);
  EXPECT_EQ((*again)->checkpoint()->checkpoint, last);
  EXPECT_NE((*again)->registry()->FindParticipant("code-y"), nullptr);
}

TEST_F(EngineTest, EveryCheckpointExtendsTheOneBefore) {
  auto engine = Open("a");
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  signing::Checkpoint before = (*engine)->checkpoint()->checkpoint;
  for (int i = 0; i < 270; ++i) {
    Add(**engine, "p" + std::to_string(i));
    if (i % 90 == 89) {
      engine->reset();
      engine = Open("a");
      ASSERT_TRUE(engine.ok()) << engine.status().ToString();
      const signing::Checkpoint after = (*engine)->checkpoint()->checkpoint;
      const auto answer = (*engine)->ProveConsistency(before.size, after.size);
      ASSERT_TRUE(answer.ok()) << answer.status().ToString();
      EXPECT_EQ(answer->old_root, before.root);
      EXPECT_EQ(answer->new_root, after.root);
      EXPECT_TRUE(
          merkle::VerifyConsistency(before.size, before.root, after.size, after.root, answer->proof)
              .ok());
      before = after;
    }
  }
  EXPECT_FALSE((*engine)->ProveConsistency(1, before.size + 1).ok());
  EXPECT_FALSE((*engine)->ProveInclusion(EntryIndex(0), before.size + 1).ok());
}

TEST_F(EngineTest, CheckpointsAreSignedByTheClockWhileTheLogGrows) {
  EngineOptions options = Options("a");
  options.checkpoint_interval = std::chrono::milliseconds(1);
  const auto engine = Engine::Open(options, TestLedger(), clock_, signing::DemoSigner());
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  Add(**engine, "x");
  while ((*engine)->checkpoint()->checkpoint.size < 3) {
    std::this_thread::yield();
  }
  EXPECT_EQ((*engine)->checkpoint()->note, ReadBytes(scratch_ / "a/data/checkpoint"));
}

TEST_F(EngineTest, WhoWaitsForACheckpointGetsOneAtOnce) {
  auto engine = Open("a");  // by its clock it signs once an hour
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  bool at_once = false;
  (*engine)->WhenSigned(2, [&at_once] { at_once = true; });
  EXPECT_TRUE(at_once) << "there is one already";
  Add(**engine, "x");
  Add(**engine, "y");
  std::promise<std::uint64_t> signed_size;
  (*engine)->WhenSigned(3,
                        [&] { signed_size.set_value((*engine)->checkpoint()->checkpoint.size); });
  EXPECT_GE(signed_size.get_future().get(), 3u);
  // One that nothing will cover waits for the end, and no other waits for it.
  bool told = false;
  (*engine)->WhenSigned(100, [&told] { told = true; });
  Add(**engine, "z");
  std::promise<void> next;
  (*engine)->WhenSigned(5, [&next] { next.set_value(); });
  next.get_future().get();
  engine->reset();
  EXPECT_FALSE(told);
}

// An entry is in the store a moment before it is in the tree, and whoever saw it there may ask in
// between.
TEST_F(EngineTest, WhoAsksBeforeTheTreeHasGrownIsToldWhenItHas) {
  auto engine = Open("a");  // by its clock it signs once an hour
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  std::promise<void> covered;
  auto told = covered.get_future();
  (*engine)->WhenSigned(3, [&covered] { covered.set_value(); });
  EXPECT_EQ(told.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  Add(**engine, "x");
  EXPECT_EQ(told.wait_for(std::chrono::minutes(1)), std::future_status::ready);
  EXPECT_GE((*engine)->checkpoint()->checkpoint.size, 3u);
  engine->reset();
}

TEST_F(EngineTest, AnOldCopyOfTheDataIsRefused) {
  Grow("a", {"x"});
  Copy("a/data", "old");
  Grow("a", {"y", "z"});
  Copy("old", "a/data");
  ExpectRefused(Open("a"),
                {"the log has 3 entries", "over 5", "acknowledged entries are missing", "Restore"});
}

TEST_F(EngineTest, AnotherHistoryOfTheSameSizeIsRefused) {
  Grow("a", {"x"});
  Copy("a", "b");
  Grow("a", {"y"});
  Grow("b", {"z"});
  Copy("b/second", "a/second");
  ExpectRefused(Open("a"), {"two histories", "a/data/checkpoint", "a/second"});
  Remove("a/data/checkpoint");
  ExpectRefused(Open("a"), {"another history", "size 4"});
}

TEST_F(EngineTest, AnotherHistoryThatIsLongerIsRefused) {
  Grow("a", {"x"});
  Copy("a", "b");
  Grow("a", {"y", "q", "r"});
  Grow("b", {"z"});
  Copy("b/second", "a/second");
  ExpectRefused(Open("a"), {"another history", "size 4"});
}

// Of two checkpoints the log must extend both, not only the newest.
TEST_F(EngineTest, AnOlderCheckpointOfAnotherHistoryIsRefused) {
  Grow("a", {"x"});
  Copy("a", "b");
  Grow("a", {"y"});
  Grow("b", {"z", "q"});
  Copy("a/data/checkpoint", "b/data/checkpoint");
  ExpectRefused(Open("b"), {"another history", "size 4"});
}

TEST_F(EngineTest, AMissingSecondPlaceIsRefusedUnlessAllowed) {
  Grow("a", {"x"});
  Remove("a/second");
  ExpectRefused(Open("a"), {"a/second", "size 3", "--accept-missing-checkpoint-copy"});
  {
    const auto engine = Open("a", true);
    ASSERT_TRUE(engine.ok()) << engine.status().ToString();
    Add(**engine, "y");
  }
  EXPECT_EQ(At("a", "second").size, 4u);
  EXPECT_TRUE(Open("a").ok());
}

TEST_F(EngineTest, BothPlacesMissingIsRefusedUnlessAllowed) {
  Grow("a", {"x"});
  Remove("a/second");
  Remove("a/data/checkpoint");
  ExpectRefused(Open("a"), {"holds a checkpoint", "--accept-missing-checkpoint-copy"});
  EXPECT_TRUE(Open("a", true).ok());
}

// An accepted second place is written at once, even when the log does not grow.
TEST_F(EngineTest, AnAcceptedSecondPlaceIsFilled) {
  Grow("a", {"x"});
  Remove("a/second");
  ASSERT_TRUE(Open("a", true).ok());
  EXPECT_TRUE(Open("a").ok()) << "the second place is still missing";
}

TEST_F(EngineTest, ACrashBetweenTheTwoPlacesIsNoDamage) {
  Grow("a", {"x"});
  Copy("a/data/checkpoint", "older");
  const signing::Checkpoint last = Grow("a", {"y"});
  Copy("older", "a/data/checkpoint");
  {
    const auto engine = Open("a");
    ASSERT_TRUE(engine.ok()) << engine.status().ToString();
    EXPECT_EQ((*engine)->checkpoint()->checkpoint, last);
  }
  Remove("a/data/checkpoint");
  const auto engine = Open("a");
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  EXPECT_EQ((*engine)->checkpoint()->checkpoint, last);
}

TEST_F(EngineTest, ANewDirectoryWithAnOldSecondPlaceIsRefused) {
  Grow("a", {"x"});
  Remove("a/data");
  for (int i = 0; i < 2; ++i) {
    ExpectRefused(Open("a"), {"a/second", "earlier log", "second history"});
  }
}

TEST_F(EngineTest, ADamagedCheckpointIsRefused) {
  Grow("a", {"x"});
  for (const char* file : {"a/second", "a/data/checkpoint"}) {
    const std::string whole = ReadBytes(scratch_ / file);
    std::string bytes = whole;
    bytes[bytes.size() / 2] ^= 1;
    WriteBytes(scratch_ / file, bytes);
    ExpectRefused(Open("a"), {file, "does not verify"});
    WriteBytes(scratch_ / file, "");
    ExpectRefused(Open("a"), {file, "does not verify"});
    WriteBytes(scratch_ / file, whole);
  }
  EXPECT_TRUE(Open("a").ok());
}

TEST_F(EngineTest, AWrongKeyIsRefused) {
  Grow("a", {"x"});
  const auto same_name =
      Engine::Open(Options("a"), TestLedger(), clock_, signing::DemoSigner(signing::kDemoName, 9));
  ExpectRefused(same_name, {"does not verify with this server's key"});
  const auto other_name =
      Engine::Open(Options("a"), TestLedger(), clock_, signing::DemoSigner("tanhui.example/other"));
  ExpectRefused(other_name, {"origin is tanhui.example/demo", "tanhui.example/other"});
}

TEST_F(EngineTest, AnEmptyDatabaseUnderAFormatIsRefused) {
  Grow("a", {"x"});
  Remove("a/data/db");
  ExpectRefused(Open("a"), {"marked as a ledger", "acknowledged entries are missing"});
}

// No store can tell that its newest log was removed: it looks like one that was never written. The
// checkpoint tells.
TEST_F(EngineTest, AMissingNewestLogIsRefused) {
  Grow("a", {"x"});
  Grow("a", {"y"});
  fs::remove(FileEndingIn(scratch_ / "a/data/db", ".log"));
  ExpectRefused(Open("a"), {"acknowledged entries are missing"});
}

TEST_F(EngineTest, ASecondServerIsRefused) {
  const auto first = Open("a");
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  ExpectRefused(Open("a"), {"another process", std::to_string(::getpid())});
}

TEST_F(EngineTest, ASnapshotIsALedgerThatAudits) {
  const auto engine = Open("a");
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  Add(**engine, "x");
  const auto size = (*engine)->CreateSnapshot(scratch_ / "copy");
  ASSERT_TRUE(size.ok()) << size.status().ToString();
  EXPECT_EQ(*size, 3u);
  Add(**engine, "y");
  EXPECT_TRUE(absl::IsAlreadyExists((*engine)->CreateSnapshot(scratch_ / "copy").status()));
  const auto directory =
      store::DataDirectory::Open(scratch_ / "copy", store::DataDirectory::Missing::kRefuse);
  ASSERT_TRUE(directory.ok()) << directory.status().ToString();
  store::StoreOptions options;
  options.path = (*directory)->database_path();
  options.read_only = true;
  const auto store = store::Store::Open(options);
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  AuditOptions audit;
  audit.checkpoint_note = ReadBytes((*directory)->checkpoint_path());
  audit.verifier = signing::VerifierOf(signing::DemoSigner());
  const auto report = Audit(TestLedger(), **store, audit);
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_EQ(report->difference, "");
  EXPECT_EQ(report->entries, 3u);
  EXPECT_EQ(report->checkpoint_size, 3u);
}

using CheckpointerDeathTest = EngineTest;

TEST_F(CheckpointerDeathTest, NeverSignsWhatDoesNotExtendTheLast) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto sign = [this](std::uint64_t size) {
    merkle::TreeBuilder tree;
    for (int i = 0; i < 4; ++i) {
      tree.Append(Hash256());
    }
    tree.Grow();
    const merkle::TreeEdge edge(tree);
    const auto tiles = [&edge](merkle::TileId id,
                               std::uint32_t width) -> absl::StatusOr<merkle::Tile> {
      const auto tile = edge.Partial(id, width);
      return tile.has_value() ? absl::StatusOr<merkle::Tile>(*tile) : absl::NotFoundError("tile");
    };
    Hash256 root;  // of some other tree
    root.bytes.fill(7);
    SignedCheckpoint last{{std::string(signing::kDemoName), size, root}, "note"};
    const Checkpointer checkpointer({scratch_ / "here", scratch_ / "second"}, signing::DemoSigner(),
                                    edge, tiles, last, std::chrono::hours(1));
  };
  EXPECT_DEATH(sign(3), "does not extend the last checkpoint");
  EXPECT_DEATH(sign(5), "smaller than its checkpoint");
  EXPECT_FALSE(fs::exists(scratch_ / "second"));
}

}  // namespace
}  // namespace tanhui::sequencer
