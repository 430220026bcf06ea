// What is committed is read back, as a whole and not before.
#include "ledger/store/store.h"

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/ledger/store/lossy_file_system.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::store {
namespace {

template <typename Id>
Id Filled(int byte) {
  Id id;
  id.bytes.fill(static_cast<std::uint8_t>(byte));
  return id;
}

Account Holding(std::int64_t units) {
  Account account;
  account.asset = AssetNo(1);
  account.balance = Amount(units);
  account.id = Filled<AccountId>(3);
  account.owner = Filled<OwnerId>(4);
  return account;
}

// A budget's account, last moved by the entry before `last_entry_plus_one`.
Account Budget(std::uint64_t last_entry_plus_one) {
  Account account;
  account.kind = AccountKind::kBudget;
  account.asset = AssetNo(1);
  account.last_entry_plus_one = last_entry_plus_one;
  return account;
}

const RequestKey kRequest{ParticipantNo(2), *RequestId::FromText("request")};
const RequestKey kOtherRequest{ParticipantNo(3), *RequestId::FromText("request")};

merkle::FullTile SomeTile(std::uint64_t index) {
  merkle::FullTile tile{{0, index}, merkle::Tile(merkle::kTileWidth)};
  tile.hashes[7] = Filled<Hash256>(9);
  return tile;
}

// One of every kind of record.
CommitBatch FullBatch() {
  CommitBatch batch;
  batch.first = EntryIndex(0);
  batch.entries = {"genesis", std::string("\0binary\xff", 8), std::string(65'535, 'x')};
  batch.changes.accounts = {{AccountNo(1), Holding(27)}, {AccountNo(2), Holding(-27)}};
  batch.changes.account_ids = {{Filled<AccountId>(3), AccountNo(1)}};
  batch.changes.platform_users = {{Filled<PlatformUserKey>(5), AccountNo(1)}};
  batch.changes.requests = {{kRequest, {EntryIndex(1), std::nullopt}}};
  batch.changes.registry_entries = {EntryIndex(2), EntryIndex(0)};
  batch.changes.undone = {{EntryIndex(2), {Amount(5), 1, true}}};
  batch.changes.evidence = {{Filled<Nullifier>(6), Claim{EntryIndex(2)}},
                            {Filled<Nullifier>(7), std::nullopt}};
  batch.changes.product_earnings = {{300, EntryIndex(2)}, {7, EntryIndex(2)}, {7, EntryIndex(1)}};
  batch.references = {{EntryIndex(1), "invoice 17"}};
  batch.sealed_evidence = {{EntryIndex(1), std::string("\0sealed", 7)}};
  batch.tiles = {SomeTile(0), SomeTile(300)};
  batch.head = {Head{3, LedgerTime(99), AccountNo(3)}, Filled<Hash256>(1)};
  return batch;
}

class StoreTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }
  void Open() {
    store_.reset();
    StoreOptions options;
    options.path = scratch_ / "db";
    options.block_cache_bytes = std::size_t{1} << 20;
    options.env = env_.get();
    auto store = Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    store_ = *std::move(store);
  }

  ScratchDirectory scratch_;
  std::shared_ptr<LossyFileSystem> files_ =
      std::make_shared<LossyFileSystem>(scratch_ / "db", scratch_ / "lost");
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(files_);
  std::unique_ptr<Store> store_;
};

// What is durable when a commit returns.
void ExpectLog(const Store& store) {
  const CommitBatch batch = FullBatch();
  EXPECT_EQ(store.ReadHead().value(), batch.head);
  for (std::uint64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(store.ReadEntry(EntryIndex(i)).value(), batch.entries[i]);
  }
  EXPECT_TRUE(absl::IsNotFound(store.ReadEntry(EntryIndex(3)).status()));
  const std::vector<PlatformUserKey> users = {Filled<PlatformUserKey>(5),
                                              Filled<PlatformUserKey>(6)};
  EXPECT_EQ(store.ReadPlatformUsers(users).value()[0], AccountNo(1));
  EXPECT_EQ(store.ReadPlatformUsers(users).value()[1], std::nullopt);
  EXPECT_EQ(store.ReadSealedEvidence(EntryIndex(1)).value(), std::string("\0sealed", 7));
  EXPECT_TRUE(absl::IsNotFound(store.ReadSealedEvidence(EntryIndex(0)).status()));
  EXPECT_EQ(store.ReadReference(EntryIndex(1)).value(), "invoice 17");
  EXPECT_TRUE(absl::IsNotFound(store.ReadReference(EntryIndex(0)).status()));
}

void ExpectFullBatch(const Store& store) {
  ExpectLog(store);
  const std::vector<AccountNo> numbers = {AccountNo(2), AccountNo(9), AccountNo(1)};
  const auto accounts = store.ReadAccounts(numbers).value();
  EXPECT_EQ(accounts[0], Holding(-27));
  EXPECT_EQ(accounts[1], std::nullopt);
  EXPECT_EQ(accounts[2], Holding(27));
  EXPECT_EQ(store.ReadAccountAsOf(AccountNo(1))->account, Holding(27));
  EXPECT_EQ(store.ReadAccountAsOf(AccountNo(1))->size, 3u);
  EXPECT_TRUE(absl::IsNotFound(store.ReadAccountAsOf(AccountNo(9)).status()));

  const std::vector<AccountId> ids = {Filled<AccountId>(3), Filled<AccountId>(8)};
  EXPECT_EQ(store.ReadAccountIds(ids).value()[0], AccountNo(1));
  EXPECT_EQ(store.ReadAccountIds(ids).value()[1], std::nullopt);

  // One id, two callers.
  const std::vector<RequestKey> keys = {kOtherRequest, kRequest};
  EXPECT_EQ(store.ReadRequests(keys).value()[0], std::nullopt);
  EXPECT_EQ(store.ReadRequests(keys).value()[1]->entry, EntryIndex(1));
  EXPECT_EQ(store.ReadRequestAsOf(kRequest)->record->entry, EntryIndex(1));
  EXPECT_EQ(store.ReadRequestAsOf(kOtherRequest)->record, std::nullopt);
  EXPECT_EQ(store.ReadRequestAsOf(kOtherRequest)->size, 3u);

  const std::vector<EntryIndex> entries = {EntryIndex(1), EntryIndex(2)};
  EXPECT_EQ(store.ReadUndone(entries).value()[0], std::nullopt);
  EXPECT_EQ(store.ReadUndone(entries).value()[1], (Undone{Amount(5), 1, true}));

  const std::vector<Nullifier> evidence = {Filled<Nullifier>(7), Filled<Nullifier>(6)};
  EXPECT_EQ(store.ReadEvidence(evidence).value()[0], std::nullopt);
  EXPECT_EQ(store.ReadEvidence(evidence).value()[1], Claim{EntryIndex(2)});

  EXPECT_EQ(store.ReadFullTile({0, 300}).value(), SomeTile(300).hashes);
  EXPECT_TRUE(absl::IsNotFound(store.ReadFullTile({1, 0}).status()));
  EXPECT_EQ(store.ReadRegistryEntries().value(),
            (std::vector<EntryIndex>{EntryIndex(0), EntryIndex(2)}));
}

TEST_F(StoreTest, AnEmptyStoreHasNothing) {
  EXPECT_EQ(store_->ReadHead().value(), std::nullopt);
  EXPECT_TRUE(absl::IsNotFound(store_->ReadEntry(EntryIndex(0)).status()));
  EXPECT_EQ(store_->ReadAccounts({}).value().size(), 0u);
  EXPECT_EQ(store_->ReadRegistryEntries().value().size(), 0u);
}

TEST_F(StoreTest, EveryKindOfRecordIsReadBack) {
  ASSERT_TRUE(store_->Commit(FullBatch()).ok());
  ExpectFullBatch(*store_);
  Open();
  ExpectFullBatch(*store_);
}

TEST_F(StoreTest, ScansSeeEveryRecordInOrder) {
  ASSERT_TRUE(store_->Commit(FullBatch()).ok());
  std::vector<std::string> seen;
  const auto see = [&seen](std::string what) {
    seen.push_back(std::move(what));
    return absl::OkStatus();
  };
  EXPECT_TRUE(store_
                  ->ScanEntries(EntryIndex(1), 2,
                                [&](EntryIndex i, std::string_view) {
                                  return see("entry " + std::to_string(i.value()));
                                })
                  .ok());
  EXPECT_TRUE(store_
                  ->ScanAccounts([&](AccountNo number, const Account& account) {
                    return see("account " + std::to_string(number.value()) + " holds " +
                               std::to_string(account.balance.units()));
                  })
                  .ok());
  EXPECT_TRUE(store_
                  ->ScanAccountIds([&](const AccountId&, AccountNo number) {
                    return see("id of " + std::to_string(number.value()));
                  })
                  .ok());
  EXPECT_TRUE(store_
                  ->ScanRequests([&](const RequestKey& key, const RequestRecord& record) {
                    return see(key.id.text() + " made " + std::to_string(record.entry.value()));
                  })
                  .ok());
  EXPECT_TRUE(store_
                  ->ScanUndone([&](EntryIndex index, const Undone& undone) {
                    return see(std::to_string(undone.points.units()) + " undone of entry " +
                               std::to_string(index.value()));
                  })
                  .ok());
  EXPECT_TRUE(store_
                  ->ScanEvidence([&](const Nullifier& nullifier, const Claim& claim) {
                    return see("evidence " + std::to_string(nullifier.bytes[19]) + " by " +
                               std::to_string(claim.entry.value()));
                  })
                  .ok());
  EXPECT_TRUE(store_
                  ->ScanProductEarnings([&](std::uint32_t product, EntryIndex entry) {
                    return see("product " + std::to_string(product) + " by " +
                               std::to_string(entry.value()));
                  })
                  .ok());
  EXPECT_TRUE(store_
                  ->ScanTiles([&](merkle::TileId id, std::string_view bytes) {
                    return see("tile " + std::to_string(id.index) + " of " +
                               std::to_string(bytes.size()));
                  })
                  .ok());
  EXPECT_EQ(seen, (std::vector<std::string>{
                      "entry 1", "entry 2", "account 1 holds 27", "account 2 holds -27", "id of 1",
                      "request made 1", "5 undone of entry 2", "evidence 6 by 2", "product 7 by 1",
                      "product 7 by 2", "product 300 by 2", "tile 0 of 8192", "tile 300 of 8192"}));
}

TEST_F(StoreTest, AScanStopsAtAnErrorAndAtAMissingEntry) {
  ASSERT_TRUE(store_->Commit(FullBatch()).ok());
  int visits = 0;
  const absl::Status stopped =
      store_->ScanEntries(EntryIndex(0), 3, [&](EntryIndex, std::string_view) {
        return ++visits == 2 ? absl::CancelledError("enough") : absl::OkStatus();
      });
  EXPECT_TRUE(absl::IsCancelled(stopped));
  EXPECT_EQ(visits, 2);
  const absl::Status missing = store_->ScanEntries(
      EntryIndex(1), 3, [](EntryIndex, std::string_view) { return absl::OkStatus(); });
  EXPECT_TRUE(absl::IsDataLoss(missing));
  EXPECT_NE(missing.ToString().find("entry 3 is missing"), std::string::npos);
}

TEST_F(StoreTest, ALaterCommitReplacesRecords) {
  ASSERT_TRUE(store_->Commit(FullBatch()).ok());
  CommitBatch next;
  next.first = EntryIndex(3);
  next.entries = {"cancellation"};
  next.changes.accounts = {{AccountNo(1), Holding(0)}};
  next.changes.requests = {{kRequest, {EntryIndex(1), EntryIndex(3)}}};
  next.head = {Head{4, LedgerTime(100), AccountNo(3)}, Filled<Hash256>(2)};
  ASSERT_TRUE(store_->Commit(next).ok());
  Open();
  EXPECT_EQ(store_->ReadAccountAsOf(AccountNo(1))->account, Holding(0));
  EXPECT_EQ(store_->ReadAccountAsOf(AccountNo(1))->size, 4u);
  EXPECT_EQ(store_->ReadRequestAsOf(kRequest)->record->cancelled_by, EntryIndex(3));
  EXPECT_EQ(store_->ReadAccountAsOf(AccountNo(2))->account, Holding(-27));
}

// One row for each commit that moves an account without lots.
TEST_F(StoreTest, HistoriesHaveARowForEachCommit) {
  const auto commit = [&](std::uint64_t first, std::vector<std::pair<AccountNo, Account>> accounts,
                          std::size_t entries) {
    CommitBatch batch;
    batch.first = EntryIndex(first);
    batch.entries.assign(entries, "entry");
    batch.changes.accounts = std::move(accounts);
    batch.head = {Head{first + entries, LedgerTime(99), AccountNo(9)}, Filled<Hash256>(1)};
    ASSERT_TRUE(store_->Commit(batch).ok());
  };
  Account moved = Holding(1);
  moved.last_entry_plus_one = 10;
  // The third was only opened; the fourth is a citizen's.
  commit(0,
         {{AccountNo(1), Budget(3)},
          {AccountNo(2), Budget(10)},
          {AccountNo(3), Budget(0)},
          {AccountNo(4), moved}},
         10);
  commit(10, {{AccountNo(1), Budget(11)}, {AccountNo(2), Budget(10)}}, 1);  // no posting on 2
  commit(11, {{AccountNo(1), Budget(300)}}, 300);
  std::vector<std::string> rows;
  EXPECT_TRUE(store_
                  ->ScanHistory([&rows](const HistoryRow& row) {
                    rows.push_back(std::to_string(row.account.value()) + " by " +
                                   std::to_string(row.last_entry_plus_one));
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(rows, (std::vector<std::string>{"1 by 3", "1 by 11", "1 by 300", "2 by 10"}));
  const auto sought = [&](std::uint64_t account, std::uint64_t from) {
    return store_->SeekHistory(AccountNo(account), EntryIndex(from)).value();
  };
  EXPECT_EQ(sought(1, 0), EntryIndex(2));
  EXPECT_EQ(sought(1, 2), EntryIndex(2));
  EXPECT_EQ(sought(1, 3), EntryIndex(10));
  EXPECT_EQ(sought(1, 10), EntryIndex(10));
  EXPECT_EQ(sought(1, 11), EntryIndex(299));
  EXPECT_EQ(sought(1, 300), std::nullopt) << "not another account's";
  EXPECT_EQ(sought(2, 10), std::nullopt);
  EXPECT_EQ(sought(3, 0), std::nullopt);
}

TEST_F(StoreTest, AccountsAreScannedInSteps) {
  CommitBatch batch;
  batch.entries = {"entry"};
  for (std::uint64_t number = 1; number <= 10; ++number) {
    batch.changes.accounts.emplace_back(AccountNo(number), Holding(0));
  }
  batch.head = {Head{1, LedgerTime(99), AccountNo(11)}, Filled<Hash256>(1)};
  ASSERT_TRUE(store_->Commit(batch).ok());
  std::vector<std::uint64_t> seen;
  const auto step = [&](std::uint64_t first, std::size_t max_rows, std::uint64_t stop_at = 0) {
    seen.clear();
    return store_
        ->ScanAccountsFrom(AccountNo(first), max_rows,
                           [&](AccountNo number, const Account&) {
                             seen.push_back(number.value());
                             return number.value() != stop_at;
                           })
        .value();
  };
  EXPECT_EQ(step(1, 4), AccountNo(5));
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2, 3, 4}));
  EXPECT_EQ(step(5, 100, 7), AccountNo(8));
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{5, 6, 7}));
  EXPECT_EQ(step(8, 3), std::nullopt) << "the last row was seen";
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{8, 9, 10}));
  EXPECT_EQ(step(8, 100, 10), std::nullopt);
  EXPECT_EQ(step(11, 100), std::nullopt);
  EXPECT_TRUE(seen.empty());
  EXPECT_EQ(step(3, 0), AccountNo(3));
}

TEST_F(StoreTest, AScanOfOneMomentSeesNothingLater) {
  const auto none =
      store_->ScanAccountsAsOf([](AccountNo, const Account&) { return absl::OkStatus(); });
  EXPECT_TRUE(absl::IsFailedPrecondition(none.status()));
  ASSERT_TRUE(store_->Commit(FullBatch()).ok());
  std::vector<Account> seen;
  const auto head = store_->ScanAccountsAsOf([&](AccountNo number, const Account& account) {
    seen.push_back(account);
    CommitBatch next;
    next.first = EntryIndex(2 + number.value());
    next.entries = {"later"};
    next.changes.accounts = {{AccountNo(2), Holding(5)}, {AccountNo(3), Holding(-5)}};
    next.head = {Head{3 + number.value(), LedgerTime(100), AccountNo(4)}, Filled<Hash256>(2)};
    return store_->Commit(next);
  });
  ASSERT_TRUE(head.ok()) << head.status().ToString();
  EXPECT_EQ(*head, FullBatch().head);
  EXPECT_EQ(seen, (std::vector<Account>{Holding(27), Holding(-27)}));
  EXPECT_EQ(store_->ReadHead().value()->head.size, 5u);
}

// A reader never sees what a crash could take back.
TEST_F(StoreTest, NothingIsSeenBeforeItsSync) {
  std::mutex mutex;
  std::condition_variable wakes;
  bool syncing = false;
  bool go_on = false;
  files_->SetBeforeSync([&](const std::string& path) {
    if (path.ends_with(".log")) {
      std::unique_lock lock(mutex);
      syncing = true;
      wakes.notify_all();
      wakes.wait(lock, [&] { return go_on; });
    }
  });
  std::thread committer([&] { EXPECT_TRUE(store_->Commit(FullBatch()).ok()); });
  {
    std::unique_lock lock(mutex);
    wakes.wait(lock, [&] { return syncing; });
  }
  EXPECT_EQ(store_->ReadHead().value(), std::nullopt);
  EXPECT_TRUE(absl::IsNotFound(store_->ReadEntry(EntryIndex(0)).status()));
  const std::vector<AccountNo> numbers = {AccountNo(1)};
  EXPECT_EQ(store_->ReadAccounts(numbers).value()[0], std::nullopt);
  {
    const std::lock_guard lock(mutex);
    go_on = true;
  }
  wakes.notify_all();
  committer.join();
  ExpectFullBatch(*store_);
}

// The log at once; the indexes once they are told again, whatever of their files a crash left.
TEST_F(StoreTest, ACommitThatReturnedSurvivesACrash) {
  ASSERT_TRUE(store_->Commit(FullBatch()).ok());
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string image = scratch_ / ("image" + std::to_string(seed));
    files_->Crash(image, seed);
    StoreOptions options;
    options.path = image;
    const auto after = Store::Open(options);
    ASSERT_TRUE(after.ok()) << "seed " << seed << ": " << after.status().ToString();
    ExpectLog(**after);
    EXPECT_EQ((*after)->indexed(), std::nullopt);
    const CommitBatch batch = FullBatch();
    ASSERT_TRUE((*after)->AddIndexes({batch.first, batch.changes, batch.tiles, batch.head}).ok());
    EXPECT_EQ((*after)->indexed(), batch.head);
    ExpectFullBatch(**after);
  }
}

TEST_F(StoreTest, AFailedCommitIsAnError) {
  using Files = LossyFileSystem;
  files_->FailCall(Files::Call::kSync, ".log", 1, Files::Failure::kNotDone);
  EXPECT_FALSE(store_->Commit(FullBatch()).ok());
}

TEST_F(StoreTest, ASnapshotIsAStoreOfItsOwn) {
  ASSERT_TRUE(store_->Commit(FullBatch()).ok());
  ASSERT_TRUE(store_->CreateSnapshot(scratch_ / "snapshot").ok());
  CommitBatch next;
  next.first = EntryIndex(3);
  next.entries = {"later"};
  next.changes.accounts = {{AccountNo(1), Holding(5)}};
  next.head = {Head{4, LedgerTime(100), AccountNo(3)}, Filled<Hash256>(2)};
  ASSERT_TRUE(store_->Commit(next).ok());
  StoreOptions options;
  options.path = scratch_ / "snapshot";
  for (const bool read_only : {true, false}) {
    options.read_only = read_only;
    const auto snapshot = Store::Open(options);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status().ToString();
    ExpectFullBatch(**snapshot);
  }
  EXPECT_FALSE(store_->CreateSnapshot(scratch_ / "snapshot").ok()) << "it exists";
  EXPECT_EQ(store_->ReadHead().value()->head.size, 4u);
}

TEST_F(StoreTest, TwoHandlesOnOneDatabaseAreRefused) {
  StoreOptions options;
  options.path = scratch_ / "db";
  options.env = env_.get();
  const auto second = Store::Open(options);
  EXPECT_FALSE(second.ok());
}

}  // namespace
}  // namespace tanhui::store
