#include "ledger/store/store_impl.h"

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
  const rocksdb::Status status =
      Lacks(family)
          ? rocksdb::Status::NotFound()
          : database.db->Get(rocksdb::ReadOptions(), database.families[family], key, &value);
  if (!status.ok()) {
    return FromRocks(status, absl::StrCat("reading a stored ", std::string(what)));
  }
  return value;
}

absl::Status Store::Impl::GetWithHead(Family family, const std::string& key,
                                      std::optional<std::string>& value, Head& head) const {
  const std::vector<rocksdb::ColumnFamilyHandle*> families = {database.families[kMeta],
                                                              database.families[family]};
  std::vector<std::string> values;
  const auto statuses =
      database.db->MultiGet(rocksdb::ReadOptions(), families, {kHeadKey, key}, &values);
  if (!statuses[0].ok()) {
    return FromRocks(statuses[0], "reading the head");
  }
  const auto stored = DecodeHead(values[0]);
  if (!stored.has_value()) {
    return Undecodable("head");
  }
  head = stored->head;
  if (statuses[1].ok()) {
    value = std::move(values[1]);
  } else if (!statuses[1].IsNotFound()) {
    return FromRocks(statuses[1], "reading a stored record");
  }
  return absl::OkStatus();
}

absl::Status Store::Impl::Scan(
    Family family, const std::function<absl::Status(std::string_view, std::string_view)>& visit,
    const rocksdb::Snapshot* moment) const {
  if (Lacks(family)) {
    return absl::OkStatus();
  }
  const std::unique_ptr<rocksdb::Iterator> it(
      database.db->NewIterator(ScanOptions(moment), database.families[family]));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (absl::Status status = visit(ToView(it->key()), ToView(it->value())); !status.ok()) {
      return status;
    }
  }
  return FromRocks(it->status(), absl::StrCat("scanning ", std::string(kFamilyNames[family])));
}

}  // namespace tanhui::store
