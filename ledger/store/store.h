// State and log in RocksDB. SCHEMA.md describes every column family, what a crash may leave and
// what start-up does about it.
//
// Durability: Commit and PutOutside are each one WriteBatch, which an fsync covers before they
// return. Readers see nothing of it before that fsync has returned. What can be told again from the
// entries (the indexes) is in memory first and in sorted files later, see INDEXES.md: a store that
// was not closed must be told what it lacks (Recover, in ledger/sequencer) before it is read.
#ifndef TANHUI_LEDGER_STORE_STORE_H_
#define TANHUI_LEDGER_STORE_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/core/account.h"
#include "ledger/core/ids.h"
#include "ledger/core/request_id.h"
#include "ledger/core/state.h"
#include "ledger/merkle/tile.h"
#include "ledger/store/record.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace tanhui::store {

struct StoreOptions {
  std::string path;        // RocksDB's own directory
  bool read_only = false;  // for audits: nothing is written, not even a log
  // Shared by all column families. Higher: fewer reads from disk; lower: less memory.
  std::size_t block_cache_bytes = std::size_t{256} << 20;
  // Of entries, and of a generation of indexes, before it is written as sorted files. Higher: fewer
  // and larger files, slower start after a kill, more memory (four times this); lower: the reverse.
  std::size_t write_buffer_bytes = std::size_t{64} << 20;
  // For tests that lose unsynced writes; not owned; null means the real file system.
  rocksdb::Env* env = nullptr;
};

// What one commit changes in the indexes, or several that are told again.
struct IndexChanges {
  EntryIndex first;  // entry of the last commit
  const Changes& changes;
  const std::vector<merkle::FullTile>& tiles;
  StoredHead head;  // after the last entry
  // Rows of `history` that the commits before the last one made: accounts and their last entries
  // plus one.
  std::span<const std::pair<AccountNo, std::uint64_t>> histories = {};
};

// One group of entries and everything that must become durable or be told again from them.
struct CommitBatch {
  EntryIndex first;
  std::vector<std::string> entries;  // serialised, in order from `first`
  Changes changes;
  std::vector<std::pair<EntryIndex, std::string>> references;
  std::vector<std::pair<EntryIndex, std::string>> sealed_evidence;
  std::vector<merkle::FullTile> tiles;
  StoredHead head;  // after the last entry
};

// A record and the size of the log at the very moment it was read.
struct AccountAsOf {
  Account account;
  std::uint64_t size = 0;
  LedgerTime time;  // of the last entry
};
struct AccountsAsOf {
  std::vector<std::optional<Account>> accounts;  // in the order of what was asked for
  std::uint64_t size = 0;
  LedgerTime time;  // of the last entry
};
struct RequestAsOf {
  std::optional<RequestRecord> record;
  std::uint64_t size = 0;
};

struct PeriodsAsOf {
  std::vector<std::pair<PeriodKey, PeriodSums>> rows;
  std::uint64_t size = 0;
};

// Thread-safe. Errors of reads: DataLoss when bytes cannot be decoded or a checksum fails,
// NotFound where said, Internal otherwise.
class Store {
 public:
  // FailedPrecondition or DataLoss with what to do. A torn tail of the write-ahead log that was
  // never acknowledged is dropped; any other damage is refused and nothing is changed.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const StoreOptions& options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // The commit point. After an error nothing is known of the disk: the caller must abort.
  absl::Status Commit(const CommitBatch& batch);

  // The head up to which the indexes are complete: the log's own but in a store that was not closed
  // and has not been told the rest. nullopt: they hold nothing.
  std::optional<StoredHead> indexed() const;
  // Tells what durable entries behind that head change in the indexes, in their order. Before
  // anything else is committed or read. A store that is only read keeps it in memory.
  absl::Status AddIndexes(const IndexChanges& changes);

  // nullopt when nothing was ever committed.
  absl::StatusOr<std::optional<StoredHead>> ReadHead() const;
  absl::StatusOr<std::string> ReadEntry(EntryIndex index) const;  // NotFound past the end
  // Calls `visit` for entries [first, first + count) in order until one is missing (DataLoss) or
  // `visit` returns an error.
  absl::Status ScanEntries(
      EntryIndex first, std::uint64_t count,
      const std::function<absl::Status(EntryIndex, std::string_view)>& visit) const;

  // One answer for each key, in order; absent keys are nullopt.
  absl::StatusOr<std::vector<std::optional<Account>>> ReadAccounts(
      std::span<const AccountNo> numbers) const;
  absl::StatusOr<std::vector<std::optional<RequestRecord>>> ReadRequests(
      std::span<const RequestKey> keys) const;
  absl::StatusOr<std::vector<std::optional<AccountNo>>> ReadAccountIds(
      std::span<const AccountId> ids) const;
  absl::StatusOr<std::vector<std::optional<AccountNo>>> ReadPlatformUsers(
      std::span<const PlatformUserKey> keys) const;

  absl::StatusOr<std::vector<std::optional<Undone>>> ReadUndone(
      std::span<const EntryIndex> entries) const;
  absl::StatusOr<std::vector<std::optional<Claim>>> ReadEvidence(
      std::span<const Nullifier> nullifiers) const;
  // How many names link an account to a participant; nullopt: none does.
  absl::StatusOr<std::vector<std::optional<std::uint64_t>>> ReadLinks(
      std::span<const LinkKey> keys) const;

  absl::StatusOr<AccountAsOf> ReadAccountAsOf(AccountNo number) const;  // NotFound
  // All of one moment; FailedPrecondition when nothing was ever committed.
  absl::StatusOr<AccountsAsOf> ReadAccountsAsOf(std::span<const AccountNo> numbers) const;
  absl::StatusOr<RequestAsOf> ReadRequestAsOf(const RequestKey& key) const;
  absl::StatusOr<merkle::Tile> ReadFullTile(merkle::TileId id) const;  // NotFound
  // The caller's own reference of an entry; NotFound when it had none.
  absl::StatusOr<std::string> ReadReference(EntryIndex index) const;
  // The encrypted reference to an entry's raw evidence; NotFound when it had none.
  absl::StatusOr<std::string> ReadSealedEvidence(EntryIndex index) const;
  // Of an account without lots: the last entry that moved it in the first commit whose last one is
  // at or after `from`; nullopt when no such commit moved it.
  absl::StatusOr<std::optional<EntryIndex>> SeekHistory(AccountNo account, EntryIndex from) const;
  // Indexes of the entries that make up the registry, in order.
  absl::StatusOr<std::vector<EntryIndex>> ReadRegistryEntries() const;

  // Visits at most `max_rows` accounts from `first` on, in order of their numbers, until `visit`
  // answers false. Answers the number to go on from; nullopt after the last account.
  absl::StatusOr<std::optional<AccountNo>> ScanAccountsFrom(
      AccountNo first, std::size_t max_rows,
      const std::function<bool(AccountNo, const Account&)>& visit) const;
  // Visits at most `max_rows` entries by which the product earned, from `from` on, in order, until
  // `visit` answers false. Answers the entry to go on from; nullopt after the last one.
  absl::StatusOr<std::optional<EntryIndex>> ScanProductEarnings(
      std::uint32_t product, EntryIndex from, std::size_t max_rows,
      const std::function<bool(EntryIndex)>& visit) const;

  // The sums of months that are not closed, in order of their keys, all of one moment.
  absl::StatusOr<PeriodsAsOf> ReadPeriods() const;
  // The first row at or after the month of those of the account; nullopt when there is none.
  absl::StatusOr<std::optional<MonthRow>> SeekMonth(AccountNo account, Month month) const;

  // These visit at most `max_rows` rows, in order, until `visit` answers false. Rows that come to
  // be meanwhile may be seen or not.
  absl::Status ScanLinkedAccounts(ParticipantNo participant, AccountNo from, std::size_t max_rows,
                                  const std::function<bool(AccountNo, std::uint64_t)>& visit) const;
  absl::Status ScanSettlementLines(RunNo run, EntryIndex from, std::size_t max_rows,
                                   const std::function<bool(EntryIndex)>& visit) const;
  // At most `most` entries of a list: oldest first from `from` on, and newest first those before
  // `before`. Owners' numbers stay below 2^56 (Check).
  absl::StatusOr<std::vector<EntryIndex>> ReadListing(Listing listing, std::uint64_t owner,
                                                      EntryIndex from, std::size_t most) const;
  absl::StatusOr<std::vector<EntryIndex>> ReadListingBack(Listing listing, std::uint64_t owner,
                                                          EntryIndex before,
                                                          std::size_t most) const;
  // From the event `n` of the entry `from` on.
  absl::Status ScanEvents(std::uint32_t scope, EntryIndex from, std::uint8_t n,
                          std::size_t max_rows,
                          const std::function<bool(const EventRow&)>& visit) const;

  // Rows of `outside`, which no entry holds and nothing recomputes: a key is one letter of its kind
  // and opaque bytes, see SCHEMA.md. Everything is erased and put in one durable write, beside the
  // commits and from any thread; of a key that is in both, the put stays. When it returns, a crash
  // cannot take it back. After an error nothing is known, and the next commit will fail.
  absl::Status PutOutside(std::span<const std::pair<std::string, std::string>> put,
                          std::span<const std::string> erase);
  absl::StatusOr<std::string> ReadOutside(const std::string& key) const;  // NotFound
  // Visits at most `max_rows` rows (key, value) whose keys begin with `prefix`, from the key `from`
  // on (empty: the first), in order of their bytes, until `visit` answers false. Answers the key to
  // go on from; nullopt after the last one.
  absl::StatusOr<std::optional<std::string>> ScanOutside(
      std::string_view prefix, std::string_view from, std::size_t max_rows,
      const std::function<bool(std::string_view, std::string_view)>& visit) const;

  // Visits all accounts as they are at one moment, while commits go on, and answers the head of
  // that moment. FailedPrecondition when nothing was ever committed.
  absl::StatusOr<StoredHead> ScanAccountsAsOf(
      const std::function<absl::Status(AccountNo, const Account&)>& visit) const;

  // For audits: every record of a column family in key order.
  absl::Status ScanAccounts(
      const std::function<absl::Status(AccountNo, const Account&)>& visit) const;
  absl::Status ScanRequests(
      const std::function<absl::Status(const RequestKey&, const RequestRecord&)>& visit) const;
  absl::Status ScanUndone(
      const std::function<absl::Status(EntryIndex, const Undone&)>& visit) const;
  absl::Status ScanEvidence(
      const std::function<absl::Status(const Nullifier&, const Claim&)>& visit) const;
  absl::Status ScanProductEarnings(
      const std::function<absl::Status(std::uint32_t, EntryIndex)>& visit) const;
  absl::Status ScanSettlementLines(
      const std::function<absl::Status(RunNo, EntryIndex)>& visit) const;
  absl::Status ScanListings(const std::function<absl::Status(const ListingRow&)>& visit) const;
  absl::Status ScanMonths(const std::function<absl::Status(const MonthRow&)>& visit) const;
  absl::Status ScanEvents(const std::function<absl::Status(const EventRow&)>& visit) const;
  absl::Status ScanLinks(
      const std::function<absl::Status(const LinkKey&, std::uint64_t)>& visit) const;
  absl::Status ScanHistory(const std::function<absl::Status(const HistoryRow&)>& visit) const;
  absl::Status ScanAccountIds(
      const std::function<absl::Status(const AccountId&, AccountNo)>& visit) const;
  absl::Status ScanTiles(
      const std::function<absl::Status(merkle::TileId, std::string_view)>& visit) const;

  // A consistent copy under `path`, which must not exist; hard links where possible.
  absl::Status CreateSnapshot(const std::string& path) const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_STORE_H_
