#include "ledger/store/store_impl.h"

#include <rocksdb/snapshot.h>

#include <algorithm>
#include <iterator>
#include <memory>

namespace tanhui::store {

absl::Status Undecodable(std::string_view what) {
  return absl::DataLossError(absl::StrCat("a stored ", std::string(what),
                                          " cannot be decoded: the database is damaged. Restore "
                                          "it from a backup or another copy."));
}

std::optional<AccountNo> DecodeAccountNo(std::string_view bytes) {
  const auto number = DecodeU64(bytes);
  return number.has_value() ? std::optional(AccountNo(*number)) : std::nullopt;
}

rocksdb::WriteOptions Synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

rocksdb::ReadOptions ScanOptions(const rocksdb::Snapshot* moment) {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = 2 << 20;
  options.snapshot = moment;
  return options;
}

absl::StatusOr<std::string> Store::Impl::Get(Family family, const std::string& key,
                                             std::string_view what) const {
  std::string value;
  if (IsIndex(family)) {
    const Delta::Found found = delta->Find(family, {key});
    if (found.rows[0].has_value()) {
      return found.rows[0]->deleted ? absl::StatusOr<std::string>(absl::NotFoundError("deleted"))
                                    : std::string(found.rows[0]->value);
    }
  }
  const rocksdb::Status status =
      database.db->Get(rocksdb::ReadOptions(), database.families[family], key, &value);
  if (!status.ok()) {
    return FromRocks(status, absl::StrCat("reading a stored ", std::string(what)));
  }
  return value;
}

absl::Status Store::Impl::GetWithHead(Family family, const std::string& key,
                                      std::optional<std::string>& value, Head& head) const {
  while (true) {
    const Delta::Found found = delta->Find(family, {key});
    if (!found.indexed.has_value()) {
      return absl::NotFoundError("nothing was ever committed");
    }
    head = found.indexed->head;
    if (found.rows[0].has_value()) {
      if (!found.rows[0]->deleted) {
        value = std::string(found.rows[0]->value);
      }
      return absl::OkStatus();
    }
    std::string bytes;
    const rocksdb::Status status =
        database.db->Get(rocksdb::ReadOptions(), database.families[family], key, &bytes);
    if (!status.ok() && !status.IsNotFound()) {
      return FromRocks(status, "reading a stored record");
    }
    if (!delta->Outrun(found)) {
      if (status.ok()) {
        value = std::move(bytes);
      }
      return absl::OkStatus();
    }
  }
}

namespace {

// Rows of both, in order; of a key that is in both the newer one.
std::vector<RowTable::Row> Merge(std::vector<RowTable::Row> newer,
                                 std::vector<RowTable::Row> older) {
  std::vector<RowTable::Row> out;
  out.reserve(newer.size() + older.size());
  const auto by_key = [](const RowTable::Row& a, const RowTable::Row& b) { return a.key < b.key; };
  // Stable: of equal keys that of the first range comes first.
  std::merge(newer.begin(), newer.end(), older.begin(), older.end(), std::back_inserter(out),
             by_key);
  const auto last = std::unique(out.begin(), out.end(),
                                [](const auto& a, const auto& b) { return a.key == b.key; });
  out.erase(last, out.end());
  return out;
}

}  // namespace

absl::Status Store::Impl::Scan(
    Family family, const std::function<absl::Status(std::string_view, std::string_view)>& visit,
    std::optional<StoredHead>* head) const {
  Delta::Generations generations;
  std::unique_ptr<rocksdb::ManagedSnapshot> moment;
  delta->Freeze([&](Delta::Generations all, const std::optional<StoredHead>& now) {
    generations = std::move(all);
    moment = std::make_unique<rocksdb::ManagedSnapshot>(database.db.get());
    if (head != nullptr) {
      *head = now;
    }
  });
  std::vector<RowTable::Row> rows;
  for (const auto& generation : generations) {
    rows = Merge(std::move(rows), generation->table(family).Sorted());
  }
  auto row = rows.begin();
  const auto visit_rows = [&](std::optional<std::string_view> before) -> absl::Status {
    for (; row != rows.end() && (!before.has_value() || row->key < *before); ++row) {
      absl::Status status = row->deleted ? absl::OkStatus() : visit(row->key, row->value);
      if (!status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  };
  const std::unique_ptr<rocksdb::Iterator> it(
      database.db->NewIterator(ScanOptions(moment->snapshot()), database.families[family]));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    absl::Status status = visit_rows(ToView(it->key()));
    if (status.ok() && (row == rows.end() || row->key != ToView(it->key()))) {
      status = visit(ToView(it->key()), ToView(it->value()));
    }
    if (!status.ok()) {
      return status;
    }
  }
  if (!it->status().ok()) {
    return FromRocks(it->status(), absl::StrCat("scanning ", std::string(kFamilyNames[family])));
  }
  return visit_rows(std::nullopt);
}

}  // namespace tanhui::store
