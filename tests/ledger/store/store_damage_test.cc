// What Open makes of damage. Each test commits, closes, damages the files and opens again. The
// rule: either the open or the read is refused, or everything that was committed is there.
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "ledger/store/store.h"
#include "tests/ledger/store/lossy_file_system.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSector = 512;

// Does not compress.
std::string EntryText(std::uint64_t index, std::size_t size) {
  std::string text = "entry " + std::to_string(index) + " ";
  std::mt19937_64 random(index);
  while (text.size() < size) {
    text.push_back(static_cast<char>(random()));
  }
  return text;
}

// Commits one entry of `size` bytes at `index`.
absl::Status CommitEntry(Store& store, std::uint64_t index, std::size_t size) {
  CommitBatch batch;
  batch.first = EntryIndex(index);
  batch.entries = {EntryText(index, size)};
  batch.changes.accounts.resize(1);
  batch.changes.accounts[0].first = AccountNo(1 + index % 5);
  batch.head.head.size = index + 1;
  batch.head.root.bytes[0] = static_cast<std::uint8_t>(index);
  return store.Commit(batch);
}

class StoreDamage : public testing::Test {
 protected:
  StoreOptions Options(std::size_t write_buffer = std::size_t{1} << 20) const {
    StoreOptions options;
    options.path = database();
    options.block_cache_bytes = std::size_t{1} << 20;
    options.write_buffer_bytes = write_buffer;
    return options;
  }
  absl::StatusOr<std::unique_ptr<Store>> Open() { return Store::Open(Options()); }
  std::string database() const { return scratch_ / "db"; }
  std::string Log() const { return FileEndingIn(database(), ".log"); }

  // Commits entries and remembers how long the log was after each.
  void Fill(std::uint64_t count, std::size_t size, std::size_t write_buffer = 1 << 20) {
    // Only because it spares the fsyncs; nothing is lost here.
    const auto env = SyncFreeEnv(database(), scratch_ / "lost");
    StoreOptions options = Options(write_buffer);
    options.env = env.get();
    const auto store = Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    for (std::uint64_t i = 0; i < count; ++i) {
      ASSERT_TRUE(CommitEntry(**store, i, size).ok());
      ends_.push_back(fs::file_size(Log()));
    }
  }

  // Everything of `count` commits is there, unchanged.
  static void ExpectFilled(const Store& store, std::uint64_t count, std::size_t size) {
    const auto head = store.ReadHead();
    ASSERT_TRUE(head.ok() && head->has_value());
    ASSERT_EQ((*head)->head.size, count);
    ASSERT_TRUE(store
                    .ScanEntries(EntryIndex(0), count,
                                 [&](EntryIndex i, std::string_view text) {
                                   EXPECT_EQ(text, EntryText(i.value(), size));
                                   return absl::OkStatus();
                                 })
                    .ok());
  }

  void ExpectRefused(const std::string& naming) {
    const auto store = Open();
    ASSERT_FALSE(store.ok());
    const std::string text = store.status().ToString();
    EXPECT_NE(text.find(naming), std::string::npos) << text;
    EXPECT_NE(text.find("estore"), std::string::npos) << "what to do is missing: " << text;
  }

  ScratchDirectory scratch_;
  std::vector<std::uint64_t> ends_;
};

TEST_F(StoreDamage, AnUndamagedStoreOpensWithEverything) {
  Fill(50, 200);
  const auto store = Open();
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  ExpectFilled(**store, 50, 200);
}

TEST_F(StoreDamage, ATornTailIsDroppedAndEverythingBeforeItIsKept) {
  Fill(30, 200);
  const std::string log = Log();
  const std::string whole = ReadBytes(log);
  ScratchDirectory spare;
  fs::copy(database(), spare / "db", fs::copy_options::recursive);
  for (const std::uint64_t cut : {ends_[28] + 1, ends_[28] + 6, ends_[28] + 7, ends_[29] - 1}) {
    fs::remove_all(database());
    fs::copy(spare / "db", database(), fs::copy_options::recursive);
    WriteBytes(log, whole.substr(0, cut));
    auto store = Open();
    ASSERT_TRUE(store.ok()) << "cut at " << cut << ": " << store.status().ToString();
    ExpectFilled(**store, 29, 200);
    // And life goes on.
    ASSERT_TRUE(CommitEntry(**store, 29, 200).ok());
    store->reset();
    store = Open();
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    ExpectFilled(**store, 30, 200);
  }
}

TEST_F(StoreDamage, ATornCommitOverManyBlocksIsDroppedAsAWhole) {
  Fill(3, 60'000);
  std::string bytes = ReadBytes(Log());
  // A page in the middle of the last commit never reached the disk; those after it did.
  const auto hole = static_cast<std::ptrdiff_t>((ends_[1] / 4'096 + 2) * 4'096);
  std::fill(bytes.begin() + hole, bytes.begin() + hole + 4'096, '\0');
  WriteBytes(Log(), bytes);
  const auto store = Open();
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  ExpectFilled(**store, 2, 60'000);
}

TEST_F(StoreDamage, AFlippedByteInTheLogIsRefused) {
  Fill(40, 200);
  const std::string log = Log();
  const std::string whole = ReadBytes(log);
  for (std::size_t at = 3; at < whole.size(); at += whole.size() / 23) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x20);
    WriteBytes(log, bytes);
    SCOPED_TRACE("byte " + std::to_string(at));
    ExpectRefused(log);
  }
  // Nothing was changed meanwhile: with the byte put back, everything is there.
  WriteBytes(log, whole);
  const auto store = Open();
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  ExpectFilled(**store, 40, 200);
}

// RocksDB's reader takes a header of zeroes for padding and skips the rest of its block, in every
// recovery mode.
TEST_F(StoreDamage, AZeroedSectorInTheLogIsRefused) {
  Fill(40, 200);
  const std::string log = Log();
  const std::string whole = ReadBytes(log);
  for (std::size_t at = 0; at + kSector < ends_[38]; at += kSector) {
    std::string bytes = whole;
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), kSector, '\0');
    WriteBytes(log, bytes);
    SCOPED_TRACE("sector at " + std::to_string(at));
    ExpectRefused(log);
  }
  // Exactly one record, header and all: it looks like padding before the next.
  std::string bytes = whole;
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(ends_[9]),
            bytes.begin() + static_cast<std::ptrdiff_t>(ends_[10]), '\0');
  WriteBytes(log, bytes);
  ExpectRefused(log);
}

TEST_F(StoreDamage, AReadOnlyOpenJudgesTheSame) {
  Fill(10, 200);
  StoreOptions options = Options();
  options.read_only = true;
  {
    const auto store = Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    ExpectFilled(**store, 10, 200);
  }
  const std::string whole = ReadBytes(Log());
  WriteBytes(Log(), whole.substr(0, whole.size() - 1));
  {
    const auto store = Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    ExpectFilled(**store, 9, 200);
  }
  EXPECT_EQ(ReadBytes(Log()).size(), whole.size() - 1) << "a read-only open wrote";
  std::string bytes = whole;
  bytes[whole.size() / 2] ^= 1;
  WriteBytes(Log(), bytes);
  EXPECT_TRUE(absl::IsDataLoss(Store::Open(options).status()));
}

// Both an old sorted file and a newer one.
TEST_F(StoreDamage, AMissingSortedFileIsRefused) {
  Fill(200, 2'000, 64 << 10);
  const std::string sorted = FileEndingIn(database(), ".sst");
  ASSERT_NE(sorted, "");
  fs::remove(sorted);
  ExpectRefused(fs::path(sorted).stem().string());
}

TEST_F(StoreDamage, AFlippedByteInASortedFileIsNeverRead) {
  Fill(200, 2'000, 64 << 10);
  std::vector<std::string> sorted;
  for (const auto& file : fs::directory_iterator(database())) {
    if (file.path().extension() == ".sst") {
      sorted.push_back(file.path().string());
    }
  }
  ASSERT_FALSE(sorted.empty());
  for (const std::string& file : sorted) {
    const std::string whole = ReadBytes(file);
    for (const std::size_t part : {7u, 2u}) {
      std::string bytes = whole;
      bytes[bytes.size() / part] ^= 0x10;
      WriteBytes(file, bytes);
      StoreOptions options = Options();
      options.read_only = true;  // no compaction repairs or drops anything meanwhile
      const auto store = Store::Open(options);
      absl::Status status = store.status();
      if (store.ok()) {
        // Either the damaged block is read and noticed, or every byte is as it was.
        status = (*store)->ScanEntries(EntryIndex(0), 200, [](EntryIndex i, std::string_view text) {
          EXPECT_EQ(text, EntryText(i.value(), 2'000));
          return absl::OkStatus();
        });
      }
      EXPECT_TRUE(status.ok() || absl::IsDataLoss(status)) << status.ToString();
    }
    WriteBytes(file, whole);
  }
}

TEST_F(StoreDamage, AFlippedByteInEntriesIsDataLoss) {
  Fill(200, 2'000, 64 << 10);
  bool damaged = false;
  for (const auto& file : fs::directory_iterator(database())) {
    std::string bytes = file.path().extension() == ".sst" ? ReadBytes(file.path().string()) : "";
    const std::size_t at = bytes.find("entry 7 ");
    if (at != std::string::npos) {
      bytes[at + 2] ^= 1;
      WriteBytes(file.path().string(), bytes);
      damaged = true;
    }
  }
  ASSERT_TRUE(damaged);
  const auto store = Open();
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  EXPECT_TRUE(absl::IsDataLoss((*store)->ReadEntry(EntryIndex(7)).status()));
}

// Two logs live when a buffer has just filled up; the older one is gone.
TEST_F(StoreDamage, AMissingClosedLogIsRefused) {
  const auto lossy = std::make_shared<LossyFileSystem>(database(), scratch_ / "lost");
  const auto env = rocksdb::NewCompositeEnv(lossy);
  StoreOptions options = Options(64 << 10);
  options.env = env.get();
  auto store = Store::Open(options);
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  // Sorted files cannot be written, so their logs stay. Retries of RocksDB fail as well.
  for (std::uint64_t n = 1; n < 40; ++n) {
    lossy->FailCall(LossyFileSystem::Call::kSync, ".sst", 1, LossyFileSystem::Failure::kNotDone);
  }
  const auto logs = [this] {
    std::vector<std::string> out;
    for (const auto& file : fs::directory_iterator(database())) {
      if (file.path().extension() == ".log") {
        out.push_back(file.path().string());
      }
    }
    std::sort(out.begin(), out.end());
    return out;
  };
  for (std::uint64_t i = 0; i < 1'000 && logs().size() < 2; ++i) {
    if (!CommitEntry(**store, i, 2'000).ok()) {
      break;
    }
  }
  ASSERT_GE(logs().size(), 2u);
  lossy->Crash(scratch_ / "image", 3);
  store->reset();
  fs::remove_all(database());
  fs::rename(scratch_ / "image", database());
  fs::remove(logs().front());
  ExpectRefused("");
}

// An empty or missing CURRENT or MANIFEST is refused, not taken for a new database.
TEST_F(StoreDamage, AMissingManifestIsRefused) {
  Fill(5, 100);
  for (const auto& file : fs::directory_iterator(database())) {
    if (file.path().filename().string().starts_with("MANIFEST")) {
      fs::remove(file.path());
    }
  }
  ExpectRefused("cannot open");
}

}  // namespace
}  // namespace tanhui::store
