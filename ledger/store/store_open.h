// How the RocksDB database is laid out and opened. Internal to ledger/store: RocksDB types.
#ifndef TANHUI_LEDGER_STORE_STORE_OPEN_H_
#define TANHUI_LEDGER_STORE_STORE_OPEN_H_

#include <rocksdb/db.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/store/store.h"

namespace tanhui::store {

// The order is that of kFamilyNames; SCHEMA.md describes each.
enum Family : std::size_t {
  kMeta,
  kEntries,
  kTiles,
  kAccounts,
  kAccountIds,
  kRequests,
  kRegistry,
  kPersonal,
  kUndone,
  kHistory,
  kEvidence,
  kProductEarnings,
  kSettlements,
  kListings,
  kPeriods,
  kMonths,
  kEvents,
  kLinked,
  kOutside,
  kIndexed,
  kFamilyCount,
};

inline constexpr std::array<std::string_view, kFamilyCount> kFamilyNames = {
    "default",  "entries", "tiles",   "accounts", "account_ids",      "requests",    "registry",
    "personal", "undone",  "history", "evidence", "product_earnings", "settlements", "listings",
    "periods",  "months",  "events",  "linked",   "outside",          "indexed"};

// What can be told again from the entries; see INDEXES.md. These are written as whole sorted files
// and in no other way.
inline constexpr std::array kIndexFamilies = {
    kTiles,           kAccounts,    kAccountIds, kRequests, kRegistry, kUndone, kHistory, kEvidence,
    kProductEarnings, kSettlements, kListings,   kPeriods,  kMonths,   kEvents, kLinked};

// Those of them whose rows are walked in order and not only looked up, see store_rows.cc. Their
// keys have one size, of at most 16 octets.
inline constexpr std::array kOrderedFamilies = {kHistory, kProductEarnings, kSettlements, kListings,
                                                kPeriods, kMonths,          kEvents,      kLinked};

// Which way such rows are walked: to higher keys or to lower ones.
enum class Way : std::uint8_t { kUp, kDown };

constexpr bool IsIndex(Family family) {
  for (const Family index : kIndexFamilies) {
    if (index == family) {
      return true;
    }
  }
  return false;
}

constexpr bool IsOrdered(Family family) {
  return std::find(kOrderedFamilies.begin(), kOrderedFamilies.end(), family) !=
         kOrderedFamilies.end();
}

struct Database {
  std::unique_ptr<rocksdb::DB> db;
  // See CloseFamilies.
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> families{};
};

absl::StatusOr<Database> OpenDatabase(const StoreOptions& options);
// The families must go before the database does.
void CloseFamilies(Database& database);

// RocksDB's status as ours, with what was being done.
absl::Status FromRocks(const rocksdb::Status& status, std::string_view doing);

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_STORE_OPEN_H_
