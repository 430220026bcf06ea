// Lists of entries read oldest first and newest first, while they lie in generations and files.
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ledger/store/store.h"
#include "tests/ledger/store/lossy_file_system.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::store {
namespace {

using Entries = std::vector<std::uint64_t>;
constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kPlenty = 1'000'000;

// Rows of commits 0, 1, 2 …
class ListingsTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }
  void Open(bool read_only = false) {
    store_.reset();
    StoreOptions options;
    options.path = scratch_ / "db";
    options.read_only = read_only;
    options.env = env_.get();
    auto store = Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    store_ = *std::move(store);
  }
  void Commit(std::vector<ListingRow> rows) {
    CommitBatch batch;
    batch.first = EntryIndex(size_++);
    batch.entries = {"entry"};
    batch.changes.listings = std::move(rows);
    batch.head = {Head{size_, LedgerTime(99), AccountNo(1)}, Hash256()};
    ASSERT_TRUE(store_->Commit(batch).ok());
  }
  // What was committed so far moves into files.
  void Flush() {
    ASSERT_TRUE(store_->CreateSnapshot(scratch_ / ("copy" + std::to_string(size_))).ok());
  }
  static Entries Numbers(const absl::StatusOr<std::vector<EntryIndex>>& read) {
    EXPECT_TRUE(read.ok()) << read.status().ToString();
    Entries out;
    for (const EntryIndex entry : *read) {
      out.push_back(entry.value());
    }
    return out;
  }
  Entries Up(std::uint64_t owner, std::uint64_t from = 0, std::size_t most = kPlenty) {
    return Numbers(store_->ReadListing(Listing::kCouponsOfAccount, owner, EntryIndex(from), most));
  }
  Entries Down(std::uint64_t owner, std::uint64_t before = kMost, std::size_t most = kPlenty) {
    return Numbers(
        store_->ReadListingBack(Listing::kCouponsOfAccount, owner, EntryIndex(before), most));
  }

  ScratchDirectory scratch_;
  std::unique_ptr<rocksdb::Env> env_ = SyncFreeEnv(scratch_ / "db", scratch_ / "lost");
  std::unique_ptr<Store> store_;
  std::uint64_t size_ = 0;
};

ListingRow CouponOf(std::uint64_t account, std::uint64_t entry) {
  return {Listing::kCouponsOfAccount, account, EntryIndex(entry)};
}

TEST_F(ListingsTest, AreReadEitherWay) {
  EXPECT_EQ(Up(5), Entries());
  EXPECT_EQ(Down(5), Entries());
  Commit({CouponOf(4, 3), CouponOf(5, 0), CouponOf(5, 7), CouponOf(6, 1)});
  Flush();
  Commit({CouponOf(5, 256), CouponOf(5, 9), {Listing::kUsesOfCampaign, 5, EntryIndex(8)}});
  for (const bool in_files : {false, true}) {
    if (in_files) {
      Open(/*read_only=*/true);
    }
    EXPECT_EQ(Up(5), (Entries{0, 7, 9, 256}));
    EXPECT_EQ(Up(5, 7), (Entries{7, 9, 256})) << "from 7 on";
    EXPECT_EQ(Up(5, 8, 1), (Entries{9}));
    EXPECT_EQ(Up(5, 257), Entries());
    EXPECT_EQ(Up(5, 0, 0), Entries());
    EXPECT_EQ(Down(5), (Entries{256, 9, 7, 0}));
    EXPECT_EQ(Down(5, 256), (Entries{9, 7, 0})) << "before 256";
    EXPECT_EQ(Down(5, 9, 1), (Entries{7}));
    EXPECT_EQ(Down(5, 1), (Entries{0}));
    EXPECT_EQ(Down(5, 0), Entries());
    EXPECT_EQ(Down(5, kMost, 0), Entries());
    EXPECT_EQ(Up(3), Entries()) << "not another account's";
    EXPECT_EQ(Down(7), Entries()) << "nor the one's before";
    EXPECT_EQ(Numbers(store_->ReadListing(Listing::kUsesOfCampaign, 5, EntryIndex(0), 9)),
              (Entries{8}));
    EXPECT_EQ(Numbers(store_->ReadListingBack(Listing::kUsesAtMerchant, 5, EntryIndex(9), 9)),
              Entries());
  }
}

// More rows than a step takes: some in files, some in memory, mixed.
TEST_F(ListingsTest, ManyAreReadInSteps) {
  std::vector<ListingRow> odd;
  std::vector<ListingRow> even;
  Entries all;
  for (std::uint64_t entry = 0; entry < 5'000; ++entry) {
    (entry % 2 == 0 ? even : odd).push_back(CouponOf(2, entry));
    all.push_back(entry);
  }
  Commit(odd);
  Flush();
  Commit(even);
  const Entries back(all.rbegin(), all.rend());
  for (const bool in_files : {false, true}) {
    if (in_files) {
      Open();
    }
    EXPECT_EQ(Up(2), all);
    EXPECT_EQ(Down(2), back);
    EXPECT_EQ(Down(2, 4'000, 3), (Entries{3'999, 3'998, 3'997}));
    // Page by page.
    Entries pages;
    for (std::uint64_t before = kMost; before != 0;) {
      const Entries page = Down(2, before, 700);
      pages.insert(pages.end(), page.begin(), page.end());
      before = page.empty() ? 0 : page.back();
    }
    EXPECT_EQ(pages, back);
  }
}

TEST_F(ListingsTest, AllAreScannedInOrder) {
  const std::vector<ListingRow> rows = {CouponOf(2, 1),
                                        CouponOf(256, 0),
                                        {Listing::kUsesOfCampaign, 1, EntryIndex(5)},
                                        {Listing::kMergedInto, 9, EntryIndex(4)}};
  Commit({rows[3], rows[1]});
  Flush();
  Commit({rows[2], rows[0]});
  std::vector<ListingRow> seen;
  EXPECT_TRUE(store_
                  ->ScanListings([&seen](const ListingRow& row) {
                    seen.push_back(row);
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(seen, rows);
}

}  // namespace
}  // namespace tanhui::store
