// What the store's source files share. Internal to ledger/store: RocksDB types.
#ifndef TANHUI_LEDGER_STORE_STORE_IMPL_H_
#define TANHUI_LEDGER_STORE_STORE_IMPL_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/store/account_id_cache.h"
#include "ledger/store/index/delta.h"
#include "ledger/store/index/index_writer.h"
#include "ledger/store/index/key_ceilings.h"
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
  // Null while the store is being opened.
  std::unique_ptr<Delta> delta;
  std::unique_ptr<KeyCeilings> ceilings;      // of requests
  std::unique_ptr<IndexWriter> index_writer;  // null: read only

  ~Impl() {
    index_writer.reset();
    CloseFamilies(database);
  }

  absl::StatusOr<std::string> Get(Family family, const std::string& key,
                                  std::string_view what) const;

  // One record of an index and the head, of one moment. The record is nullopt when absent.
  absl::Status GetWithHead(Family family, const std::string& key, std::optional<std::string>& value,
                           Head& head) const;

  // All rows of an index as they are at one moment, in order; `head` is set to that moment's.
  absl::Status Scan(Family family,
                    const std::function<absl::Status(std::string_view, std::string_view)>& visit,
                    std::optional<StoredHead>* head = nullptr) const;

  // Rows of an ordered family, all of one moment: from the whole key `from` on, up or down, as long
  // as keys begin with `prefix`.
  struct Stretch {
    std::vector<std::pair<std::string, std::string>> rows;
    std::optional<std::string> next;  // the key to go on from
    std::optional<StoredHead> indexed;
  };
  // Looks at no more than `most` (at least 1) rows, whether they are deleted or not.
  absl::StatusOr<Stretch> ReadStretch(Family family, std::string_view from, std::string_view prefix,
                                      std::size_t most, Way way = Way::kUp) const;
  // Visits at most `max_rows` of them, whose keys share the first `prefix_size` octets with `from`,
  // until `visit` answers false. Answers the key of the row to go on from; nullopt after the last.
  using RowVisitor = std::function<absl::StatusOr<bool>(std::string_view, std::string_view)>;
  absl::StatusOr<std::optional<std::string>> Walk(Family family, const std::string& from,
                                                  std::size_t prefix_size, std::size_t max_rows,
                                                  const RowVisitor& visit,
                                                  Way way = Way::kUp) const;

  // At most `most` entries of one owner's list, from that one on.
  absl::StatusOr<std::vector<EntryIndex>> ReadList(const ListingRow& from, std::size_t most,
                                                   Way way) const;

  // Reads many keys of one family; `encode` makes a key, `decode` reads a value.
  template <typename Value, typename Keys, typename Encode, typename Decode>
  absl::StatusOr<std::vector<std::optional<Value>>> ReadMany(Family family, std::string_view what,
                                                             const Keys& keys, Encode encode,
                                                             Decode decode,
                                                             Delta::Found* seen = nullptr) const;

 private:
  // Those of the keys that no generation holds, from RocksDB.
  template <typename Value, typename Decode>
  absl::Status ReadFiles(Family family, std::string_view what,
                         const std::vector<std::string_view>& keys, Decode decode,
                         const std::vector<std::size_t>& wanted,
                         std::vector<std::optional<Value>>& out) const;
};

template <typename Value, typename Keys, typename Encode, typename Decode>
absl::StatusOr<std::vector<std::optional<Value>>> Store::Impl::ReadMany(
    Family family, std::string_view what, const Keys& keys, Encode encode, Decode decode,
    Delta::Found* seen) const {
  std::vector<std::optional<Value>> out(keys.size());
  if (keys.empty() && seen == nullptr) {
    return out;
  }
  // One behind the other: an allocation for each would cost as much as the look-up.
  std::string bytes;
  std::vector<std::size_t> ends;
  ends.reserve(keys.size());
  for (const auto& key : keys) {
    bytes += encode(key);
    ends.push_back(bytes.size());
  }
  std::vector<std::string_view> encoded;
  encoded.reserve(keys.size());
  for (std::size_t begin = 0; const std::size_t end : ends) {
    encoded.emplace_back(bytes.data() + begin, end - begin);
    begin = end;
  }
  std::vector<std::size_t> wanted;
  const Delta::Found found = delta->Find(family, encoded);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& row = found.rows[i];
    if (!row.has_value()) {
      wanted.push_back(i);
    } else if (!row->deleted) {
      out[i] = decode(row->value);
      if (!out[i].has_value()) {
        return Undecodable(what);
      }
    }
  }
  if (family == kRequests) {
    ceilings->Filter(encoded, wanted);
  }
  absl::Status status = ReadFiles<Value>(family, what, encoded, decode, wanted, out);
  if (seen != nullptr) {
    *seen = found;
  }
  return status.ok() ? absl::StatusOr<std::vector<std::optional<Value>>>(std::move(out)) : status;
}

template <typename Value, typename Decode>
absl::Status Store::Impl::ReadFiles(Family family, std::string_view what,
                                    const std::vector<std::string_view>& keys, Decode decode,
                                    const std::vector<std::size_t>& wanted,
                                    std::vector<std::optional<Value>>& out) const {
  if (wanted.empty()) {
    return absl::OkStatus();
  }
  std::vector<rocksdb::Slice> slices;
  slices.reserve(wanted.size());
  for (const std::size_t i : wanted) {
    slices.push_back(ToSlice(keys[i]));
  }
  std::vector<rocksdb::PinnableSlice> values(wanted.size());
  std::vector<rocksdb::Status> statuses(wanted.size());
  database.db->MultiGet(rocksdb::ReadOptions(), database.families[family], wanted.size(),
                        slices.data(), values.data(), statuses.data());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (statuses[i].IsNotFound()) {
      continue;
    }
    if (!statuses[i].ok()) {
      return FromRocks(statuses[i], absl::StrCat("reading a stored ", std::string(what)));
    }
    out[wanted[i]] = decode(ToView(values[i]));
    if (!out[wanted[i]].has_value()) {
      return Undecodable(what);
    }
  }
  return absl::OkStatus();
}

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_STORE_IMPL_H_
