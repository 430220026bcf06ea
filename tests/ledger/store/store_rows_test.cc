// Evidence, earnings of products and rows outside the log.
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "ledger/store/store.h"
#include "ledger/store/store_open.h"
#include "tests/ledger/store/lossy_file_system.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::store {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

Nullifier Piece(int byte) {
  Nullifier nullifier;
  nullifier.bytes.fill(static_cast<std::uint8_t>(byte));
  return nullifier;
}

CommitBatch Batch(std::uint64_t first, Changes changes) {
  CommitBatch batch;
  batch.first = EntryIndex(first);
  batch.entries = {"entry"};
  batch.changes = std::move(changes);
  batch.head = {Head{first + 1, LedgerTime(99), AccountNo(1)}, Hash256()};
  return batch;
}

class StoreRowsTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }
  std::string path() const { return scratch_ / "db"; }
  void Open(bool read_only = false) {
    store_.reset();
    StoreOptions options;
    options.path = path();
    options.read_only = read_only;
    options.env = env_.get();
    auto store = Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    store_ = *std::move(store);
  }
  Rows Outside(const std::string& prefix, const std::string& from = "", std::size_t max = 100) {
    Rows rows;
    const auto next =
        store_->ScanOutside(prefix, from, max, [&](std::string_view key, std::string_view value) {
          rows.emplace_back(key, value);
          return true;
        });
    EXPECT_TRUE(next.ok());
    next_ = *next;
    return rows;
  }

  ScratchDirectory scratch_;
  std::shared_ptr<LossyFileSystem> files_ =
      std::make_shared<LossyFileSystem>(path(), scratch_ / "lost");
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(files_);
  std::unique_ptr<Store> store_;
  std::optional<std::string> next_;
};

TEST_F(StoreRowsTest, EvidenceThatIsFreeAgainIsGone) {
  Changes claimed;
  claimed.evidence = {{Piece(1), Claim{EntryIndex(0)}}, {Piece(2), Claim{EntryIndex(0)}}};
  Changes freed;
  freed.evidence = {{Piece(1), std::nullopt}};
  ASSERT_TRUE(store_->Commit(Batch(0, claimed)).ok());
  ASSERT_TRUE(store_->Commit(Batch(1, freed)).ok());
  for (const bool reopened : {false, true}) {
    if (reopened) {
      Open();
    }
    const auto read = store_->ReadEvidence(std::vector{Piece(1), Piece(2)}).value();
    EXPECT_EQ(read, (std::vector<std::optional<Claim>>{std::nullopt, Claim{EntryIndex(0)}}));
  }
}

TEST_F(StoreRowsTest, EarningsOfAProductAreScannedInSteps) {
  Changes changes;
  for (std::uint64_t entry = 0; entry < 1'000; entry += 100) {
    changes.product_earnings.emplace_back(7, EntryIndex(entry));
  }
  changes.product_earnings.emplace_back(6, EntryIndex(5));
  changes.product_earnings.emplace_back(8, EntryIndex(5));
  ASSERT_TRUE(store_->Commit(Batch(0, changes)).ok());
  std::vector<std::uint64_t> seen;
  const auto step = [&](std::uint32_t product, std::uint64_t from, std::size_t max_rows,
                        std::uint64_t stop_at = 1) {
    seen.clear();
    return store_
        ->ScanProductEarnings(product, EntryIndex(from), max_rows,
                              [&](EntryIndex entry) {
                                seen.push_back(entry.value());
                                return entry.value() != stop_at;
                              })
        .value();
  };
  EXPECT_EQ(step(7, 0, 3), EntryIndex(300));
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{0, 100, 200}));
  EXPECT_EQ(step(7, 300, 100, 500), EntryIndex(600));
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{300, 400, 500}));
  EXPECT_EQ(step(7, 550, 4), std::nullopt) << "not another product's";
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{600, 700, 800, 900}));
  EXPECT_EQ(step(9, 0, 4), std::nullopt);
  EXPECT_TRUE(seen.empty());
}

TEST_F(StoreRowsTest, RowsOutsideTheLogComeAndGo) {
  EXPECT_TRUE(absl::IsNotFound(store_->ReadOutside("ua").status()));
  ASSERT_TRUE(store_->PutOutside(Rows{{"ua", "1"}, {"ub", ""}, {"v", "3"}}, {}).ok());
  EXPECT_EQ(store_->ReadOutside("ua").value(), "1");
  EXPECT_EQ(store_->ReadOutside("ub").value(), "");
  // Erased and put in one write: the put stays.
  ASSERT_TRUE(
      store_->PutOutside(Rows{{"ua", "2"}}, std::vector<std::string>{"ua", "ub", "uz"}).ok());
  EXPECT_EQ(Outside(""), (Rows{{"ua", "2"}, {"v", "3"}}));
  EXPECT_EQ(store_->ReadHead().value(), std::nullopt) << "the log knows nothing of it";
  Open();
  EXPECT_EQ(Outside(""), (Rows{{"ua", "2"}, {"v", "3"}}));
}

TEST_F(StoreRowsTest, RowsOutsideTheLogAreScannedInSteps) {
  Rows all;
  for (const char* key : {"t", "ua", "ub", "uc", "ud", "v"}) {
    all.emplace_back(key, "x");
  }
  ASSERT_TRUE(store_->PutOutside(all, {}).ok());
  EXPECT_EQ(Outside("u"), (Rows{{"ua", "x"}, {"ub", "x"}, {"uc", "x"}, {"ud", "x"}}));
  EXPECT_EQ(next_, std::nullopt);
  EXPECT_EQ(Outside("u", "", 2), (Rows{{"ua", "x"}, {"ub", "x"}}));
  EXPECT_EQ(next_, "uc");
  EXPECT_EQ(Outside("u", *next_, 2), (Rows{{"uc", "x"}, {"ud", "x"}}));
  EXPECT_EQ(next_, std::nullopt);
  EXPECT_EQ(Outside("w"), Rows());
}

// Two writers at once, each write whole in every image that a power cut may leave, and nothing that
// had returned is missing.
TEST_F(StoreRowsTest, TwoWritersSurviveACrash) {
  constexpr int kWrites = 60;
  std::thread outside([&] {
    for (int i = 0; i < kWrites; ++i) {
      const std::string key = "u" + std::to_string(i);
      ASSERT_TRUE(store_->PutOutside(Rows{{key + "a", "1"}, {key + "b", "2"}}, {}).ok());
    }
  });
  for (std::uint64_t i = 0; i < kWrites; ++i) {
    ASSERT_TRUE(store_->Commit(Batch(i, {})).ok());
  }
  outside.join();
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const std::string image = scratch_ / ("image" + std::to_string(seed));
    files_->Crash(image, seed);
    StoreOptions options;
    options.path = image;
    const auto after = Store::Open(options);
    ASSERT_TRUE(after.ok()) << after.status().ToString();
    EXPECT_EQ((*after)->ReadHead().value()->head.size, static_cast<std::uint64_t>(kWrites));
    for (int i = 0; i < kWrites; ++i) {
      EXPECT_TRUE((*after)->ReadOutside("u" + std::to_string(i) + "b").ok()) << i;
    }
  }
}

TEST_F(StoreRowsTest, AFailedWriteOutsideTheLogIsAnError) {
  using Files = LossyFileSystem;
  files_->FailCall(Files::Call::kSync, ".log", 1, Files::Failure::kNotDone);
  EXPECT_FALSE(store_->PutOutside(Rows{{"u", "1"}}, {}).ok());
  EXPECT_FALSE(store_->Commit(Batch(0, {})).ok()) << "nothing is known of the disk any more";
}

}  // namespace
}  // namespace tanhui::store
