// Rows that are neither in the log nor derived from it; SCHEMA.md says why a second writer is safe.
#include <rocksdb/write_batch.h>

#include <memory>

#include "ledger/store/store_impl.h"

namespace tanhui::store {

absl::Status Store::PutOutside(std::span<const std::pair<std::string, std::string>> put,
                               std::span<const std::string> erase) {
  rocksdb::ColumnFamilyHandle* const family = impl_->database.families[kOutside];
  rocksdb::WriteBatch writes;
  for (const std::string& key : erase) {
    writes.Delete(family, key);
  }
  for (const auto& [key, value] : put) {
    writes.Put(family, key, value);
  }
  return FromRocks(impl_->database.db->Write(Synced(), &writes), "writing rows outside the log");
}

absl::StatusOr<std::string> Store::ReadOutside(const std::string& key) const {
  return impl_->Get(kOutside, key, "row outside the log");
}

absl::StatusOr<std::optional<std::string>> Store::ScanOutside(
    std::string_view prefix, std::string_view from, std::size_t max_rows,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
  rocksdb::ReadOptions options = ScanOptions();
  options.readahead_size = 0;  // a step is short
  const std::unique_ptr<rocksdb::Iterator> it(
      impl_->database.db->NewIterator(options, impl_->database.families[kOutside]));
  std::size_t rows = 0;
  bool more = true;
  for (it->Seek(ToSlice(std::max(prefix, from))); it->Valid(); it->Next(), ++rows) {
    const std::string_view key = ToView(it->key());
    if (!key.starts_with(prefix)) {
      break;
    }
    if (!more || rows == max_rows) {
      return std::string(key);
    }
    more = visit(key, ToView(it->value()));
  }
  absl::Status status = FromRocks(it->status(), "scanning rows outside the log");
  return status.ok() ? absl::StatusOr<std::optional<std::string>>(std::nullopt) : status;
}

}  // namespace tanhui::store
