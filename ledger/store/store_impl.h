// What the store's source files share. Internal to ledger/store: RocksDB types.
#ifndef TANHUI_LEDGER_STORE_STORE_IMPL_H_
#define TANHUI_LEDGER_STORE_STORE_IMPL_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/store/account_id_cache.h"
#include "ledger/store/record.h"
#include "ledger/store/store.h"
#include "ledger/store/store_open.h"

namespace tanhui::store {

inline constexpr char kHeadKey[] = "head";

inline rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// DataLoss: the bytes are not those of a record.
absl::Status Undecodable(std::string_view what);

std::optional<AccountNo> DecodeAccountNo(std::string_view bytes);

// Returns only when the write is on the disk.
rocksdb::WriteOptions Synced();

// For reads of many neighbours; null: as things are now.
rocksdb::ReadOptions ScanOptions(const rocksdb::Snapshot* moment = nullptr);

struct Store::Impl {
  Database database;
  AccountIdCache known_ids;

  ~Impl() { CloseFamilies(database); }

  // Only a database that was opened to be read, and that an older program wrote, lacks a family: it
  // is as if it were empty.
  bool Lacks(Family family) const { return database.families[family] == nullptr; }

  absl::StatusOr<std::string> Get(Family family, const std::string& key,
                                  std::string_view what) const;

  // One record and the head, of one moment. The record is nullopt when absent.
  absl::Status GetWithHead(Family family, const std::string& key, std::optional<std::string>& value,
                           Head& head) const;

  absl::Status Scan(Family family,
                    const std::function<absl::Status(std::string_view, std::string_view)>& visit,
                    const rocksdb::Snapshot* moment = nullptr) const;

  // Reads many keys of one family; `encode` makes a key, `decode` reads a value.
  template <typename Value, typename Keys, typename Encode, typename Decode>
  absl::StatusOr<std::vector<std::optional<Value>>> ReadMany(Family family, std::string_view what,
                                                             const Keys& keys, Encode encode,
                                                             Decode decode) const;
};

template <typename Value, typename Keys, typename Encode, typename Decode>
absl::StatusOr<std::vector<std::optional<Value>>> Store::Impl::ReadMany(
    Family family, std::string_view what, const Keys& keys, Encode encode, Decode decode) const {
  std::vector<std::optional<Value>> out(keys.size());
  if (keys.empty() || Lacks(family)) {
    return out;
  }
  std::vector<std::string> encoded;
  encoded.reserve(keys.size());
  std::vector<rocksdb::Slice> slices;
  slices.reserve(keys.size());
  for (const auto& key : keys) {
    slices.emplace_back(encoded.emplace_back(encode(key)));
  }
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  database.db->MultiGet(rocksdb::ReadOptions(), database.families[family], keys.size(),
                        slices.data(), values.data(), statuses.data());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) {
      continue;
    }
    if (!statuses[i].ok()) {
      return FromRocks(statuses[i], absl::StrCat("reading a stored ", std::string(what)));
    }
    out[i] = decode(ToView(values[i]));
    if (!out[i].has_value()) {
      return Undecodable(what);
    }
  }
  return out;
}

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_STORE_IMPL_H_
