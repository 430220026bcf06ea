#include "ledger/store/store_open.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/transaction_log.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/store/write_ahead_log.h"

namespace tanhui::store {
namespace {

constexpr std::size_t kColdWriteBuffer = std::size_t{4} << 20;
constexpr int kNever = 1 << 30;
constexpr std::uint64_t kMaxWalBytes = std::uint64_t{256} << 20;

rocksdb::CompressionType Compression() {
  const auto supported = rocksdb::GetSupportedCompressions();
  return std::find(supported.begin(), supported.end(), rocksdb::kLZ4Compression) != supported.end()
             ? rocksdb::kLZ4Compression
             : rocksdb::kNoCompression;
}

rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const StoreOptions& options,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions out;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  table.block_size = family == kEntries ? 16 << 10 : 4 << 10;
  // Most look-ups of ids and evidence are for what is not there; ten bits a key spare 99 % of the
  // reads. In ordered families a neighbour is sought, never a key, but for links.
  if (family != kEntries && family != kTiles && (!IsOrdered(family) || family == kLinked)) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    // Of request ids and evidence, which every command asks for, they are in memory whatever the
    // cache holds: a byte and a quarter for each. Looking them up in the cache took longer than
    // asking them.
    table.cache_index_and_filter_blocks = family != kRequests && family != kEvidence;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
  }
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  out.write_buffer_size = family == kEntries ? options.write_buffer_bytes : kColdWriteBuffer;
  // Looked up before they exist, and long after: almost never in the memtable, whose skip list
  // costs a microsecond to say so.
  if (family == kPersonal) {
    out.memtable_whole_key_filtering = true;
    out.memtable_prefix_bloom_size_ratio = 0.05;
  }
  // Ingested files must never slow commits down, which do not touch these families: the delta's
  // bound does.
  if (IsIndex(family) || family == kIndexed) {
    out.level0_slowdown_writes_trigger = kNever;
    out.level0_stop_writes_trigger = kNever;
    out.soft_pending_compaction_bytes_limit = 0;
    out.hard_pending_compaction_bytes_limit = 0;
  }
  // Hashes, random ids and what is encrypted do not compress.
  const bool random = family == kTiles || family == kAccountIds || family == kPersonal ||
                      family == kEvidence || family == kOutside;
  out.compression = random ? rocksdb::kNoCompression : Compression();
  return out;
}

rocksdb::DBOptions DatabaseOptions(const StoreOptions& options, rocksdb::WALRecoveryMode mode) {
  rocksdb::DBOptions out;
  out.create_if_missing = true;
  out.create_missing_column_families = true;
  out.wal_recovery_mode = mode;
  // A closed log that is missing or shorter than what was synced is noticed at start-up.
  out.track_and_verify_wals_in_manifest = true;
  out.max_total_wal_size = kMaxWalBytes;
  out.max_background_jobs = 2;
  out.bytes_per_sync = 1 << 20;
  // One writer nearly always: the lock-free path for many writers only costs.
  out.allow_concurrent_memtable_write = false;
  out.enable_write_thread_adaptive_yield = false;
  out.keep_log_file_num = 4;
  out.max_open_files = -1;
  out.info_log_level = rocksdb::WARN_LEVEL;
  if (options.env != nullptr) {
    out.env = options.env;
  }
  return out;
}

rocksdb::Status TryOpen(const StoreOptions& options, rocksdb::WALRecoveryMode mode,
                        Database& database) {
  const auto cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  const rocksdb::DBOptions db_options = DatabaseOptions(options, mode);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.reserve(kFamilyCount);
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    descriptors.emplace_back(std::string(kFamilyNames[i]),
                             FamilyOptions(static_cast<Family>(i), options, cache));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      options.read_only
          ? rocksdb::DB::OpenForReadOnly(db_options, options.path, descriptors, &handles, &db)
          : rocksdb::DB::Open(db_options, options.path, descriptors, &handles, &db);
  if (status.ok()) {
    database.db.reset(db);
    std::copy(handles.begin(), handles.end(), database.families.begin());
  }
  return status;
}

// Opening removes logs that are replayed. A torn one must not come back beside newer data.
rocksdb::Status SyncDirectory(rocksdb::DB& db) {
  std::unique_ptr<rocksdb::Directory> directory;
  rocksdb::Status status = db.GetEnv()->NewDirectory(db.GetName(), &directory);
  return status.ok() ? directory->Fsync() : status;
}

absl::Status Unopenable(const StoreOptions& options, const rocksdb::Status& status) {
  const std::string text =
      absl::StrCat("cannot open ", options.path, ": ", status.ToString(),
                   ". Nothing was changed. If a file is missing or damaged, restore the directory "
                   "from a backup or another copy, and check the disk.");
  return status.IsCorruption() ? absl::DataLossError(text) : absl::FailedPreconditionError(text);
}

}  // namespace

void CloseFamilies(Database& database) {
  for (rocksdb::ColumnFamilyHandle* family : database.families) {
    if (family != nullptr) {
      database.db->DestroyColumnFamilyHandle(family);
    }
  }
}

absl::Status FromRocks(const rocksdb::Status& status, std::string_view doing) {
  if (status.ok()) {
    return absl::OkStatus();
  }
  const std::string text = absl::StrCat(std::string(doing), ": ", status.ToString());
  if (status.IsNotFound()) {
    return absl::NotFoundError(text);
  }
  return status.IsCorruption() ? absl::DataLossError(text) : absl::InternalError(text);
}

absl::StatusOr<Database> OpenDatabase(const StoreOptions& options) {
  const absl::StatusOr<WalVerdict> verdict = JudgeLogs(options.path);
  if (!verdict.ok()) {
    return verdict.status();
  }
  // A power cut leaves a torn tail that nobody was told of. Only that may be dropped.
  const auto mode = *verdict == WalVerdict::kTornTail
                        ? rocksdb::WALRecoveryMode::kPointInTimeRecovery
                        : rocksdb::WALRecoveryMode::kAbsoluteConsistency;
  Database database;
  rocksdb::Status status = TryOpen(options, mode, database);
  if (!status.ok()) {
    return Unopenable(options, status);
  }
  if (options.read_only) {
    return database;
  }
  status = SyncDirectory(*database.db);
  std::unique_ptr<rocksdb::LogFile> current;
  if (status.ok()) {
    status = database.db->GetCurrentWalFile(&current);
  }
  if (!status.ok()) {
    CloseFamilies(database);
    return Unopenable(options, status);
  }
  // Opening wrote what the older logs held as sorted files, and RocksDB never reads those logs
  // again; but their removal may be lost in a power cut, torn tails and all.
  absl::Status noted = ForgetLogsBefore(options.path, current->LogNumber());
  if (!noted.ok()) {
    CloseFamilies(database);
    return noted;
  }
  return database;
}

}  // namespace tanhui::store
