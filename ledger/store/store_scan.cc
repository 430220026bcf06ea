// Walks over column families.
#include <rocksdb/snapshot.h>

#include <memory>

#include "ledger/store/store_impl.h"

namespace tanhui::store {
namespace {

// `visit` is kept by reference.
auto AccountVisitor(const std::function<absl::Status(AccountNo, const Account&)>& visit) {
  return [&visit](std::string_view key, std::string_view value) {
    const auto number = DecodeAccountNo(key);
    const auto account = DecodeAccount(value);
    return number && account ? visit(*number, *account) : Undecodable("account");
  };
}

}  // namespace

absl::Status Store::ScanAccounts(
    const std::function<absl::Status(AccountNo, const Account&)>& visit) const {
  return impl_->Scan(kAccounts, AccountVisitor(visit));
}

absl::StatusOr<std::optional<AccountNo>> Store::ScanAccountsFrom(
    AccountNo first, std::size_t max_rows,
    const std::function<bool(AccountNo, const Account&)>& visit) const {
  rocksdb::ReadOptions options = ScanOptions();
  options.readahead_size = 0;  // a step may be short
  const std::unique_ptr<rocksdb::Iterator> it(
      impl_->database.db->NewIterator(options, impl_->database.families[kAccounts]));
  std::size_t rows = 0;
  bool more = true;
  for (it->Seek(EncodeU64(first.value())); it->Valid(); it->Next(), ++rows) {
    const auto number = DecodeAccountNo(ToView(it->key()));
    if (number.has_value() && (!more || rows == max_rows)) {
      return number;
    }
    const auto account = DecodeAccount(ToView(it->value()));
    if (!number.has_value() || !account.has_value()) {
      return Undecodable("account");
    }
    more = visit(*number, *account);
  }
  absl::Status status = FromRocks(it->status(), "scanning accounts");
  return status.ok() ? absl::StatusOr<std::optional<AccountNo>>(std::nullopt) : status;
}

absl::StatusOr<StoredHead> Store::ScanAccountsAsOf(
    const std::function<absl::Status(AccountNo, const Account&)>& visit) const {
  rocksdb::ManagedSnapshot moment(impl_->database.db.get());
  rocksdb::ReadOptions options;
  options.snapshot = moment.snapshot();
  std::string bytes;
  const rocksdb::Status read =
      impl_->database.db->Get(options, impl_->database.families[kMeta], kHeadKey, &bytes);
  if (read.IsNotFound()) {
    return absl::FailedPreconditionError("nothing was ever committed");
  }
  const auto head = read.ok() ? DecodeHead(bytes) : std::nullopt;
  if (!head.has_value()) {
    return read.ok() ? Undecodable("head") : FromRocks(read, "reading the head");
  }
  absl::Status status = impl_->Scan(kAccounts, AccountVisitor(visit), moment.snapshot());
  return status.ok() ? absl::StatusOr<StoredHead>(*head) : status;
}

absl::Status Store::ScanRequests(
    const std::function<absl::Status(const RequestKey&, const RequestRecord&)>& visit) const {
  return impl_->Scan(kRequests, [&visit](std::string_view key, std::string_view value) {
    const auto request = DecodeRequestKey(key);
    const auto record = DecodeRequest(value);
    return request && record ? visit(*request, *record) : Undecodable("request");
  });
}

absl::Status Store::ScanUndone(
    const std::function<absl::Status(EntryIndex, const Undone&)>& visit) const {
  return impl_->Scan(kUndone, [&visit](std::string_view key, std::string_view value) {
    const auto entry = DecodeU64(key);
    const auto undone = DecodeUndone(value);
    return entry && undone ? visit(EntryIndex(*entry), *undone)
                           : Undecodable("record of what was undone");
  });
}

absl::Status Store::ScanHistory(const std::function<absl::Status(const HistoryRow&)>& visit) const {
  return impl_->Scan(kHistory, [&visit](std::string_view key, std::string_view) {
    const auto row = DecodeHistoryKey(key);
    return row ? visit(*row) : Undecodable("row of a history");
  });
}

absl::Status Store::ScanAccountIds(
    const std::function<absl::Status(const AccountId&, AccountNo)>& visit) const {
  return impl_->Scan(kAccountIds, [&visit](std::string_view key, std::string_view value) {
    const auto number = DecodeAccountNo(value);
    return number && key.size() == AccountId::kSize ? visit(AccountId::FromView(key), *number)
                                                    : Undecodable("account id");
  });
}

absl::Status Store::ScanTiles(
    const std::function<absl::Status(merkle::TileId, std::string_view)>& visit) const {
  return impl_->Scan(kTiles, [&visit](std::string_view key, std::string_view value) {
    const auto index = key.size() == 9 ? DecodeU64(key.substr(1)) : std::nullopt;
    return index ? visit({static_cast<unsigned char>(key[0]), *index}, value)
                 : Undecodable("tile key");
  });
}

absl::Status Store::ScanEvidence(
    const std::function<absl::Status(const Nullifier&, EntryIndex)>& visit) const {
  return impl_->Scan(kEvidence, [&visit](std::string_view key, std::string_view value) {
    const auto entry = DecodeEvidence(value);
    return entry && key.size() == Nullifier::kSize ? visit(Nullifier::FromView(key), *entry)
                                                   : Undecodable("claim of evidence");
  });
}

absl::Status Store::ScanProductEarnings(
    const std::function<absl::Status(std::uint32_t, EntryIndex)>& visit) const {
  return impl_->Scan(kProductEarnings, [&visit](std::string_view key, std::string_view value) {
    const auto row = DecodeProductEarningKey(key);
    return row && value.empty() ? visit(row->product, row->entry)
                                : Undecodable("earning of a product");
  });
}

absl::StatusOr<std::optional<EntryIndex>> Store::ScanProductEarnings(
    std::uint32_t product, EntryIndex from, std::size_t max_rows,
    const std::function<bool(EntryIndex)>& visit) const {
  if (impl_->Lacks(kProductEarnings)) {
    return std::nullopt;
  }
  rocksdb::ReadOptions options = ScanOptions();
  options.readahead_size = 0;  // a step is short
  const std::unique_ptr<rocksdb::Iterator> it(
      impl_->database.db->NewIterator(options, impl_->database.families[kProductEarnings]));
  std::size_t rows = 0;
  bool more = true;
  for (it->Seek(ProductEarningKey(product, from)); it->Valid(); it->Next(), ++rows) {
    const auto row = DecodeProductEarningKey(ToView(it->key()));
    if (!row.has_value()) {
      return Undecodable("earning of a product");
    }
    if (row->product != product) {
      break;
    }
    if (!more || rows == max_rows) {
      return row->entry;
    }
    more = visit(row->entry);
  }
  absl::Status status = FromRocks(it->status(), "scanning earnings of a product");
  return status.ok() ? absl::StatusOr<std::optional<EntryIndex>>(std::nullopt) : status;
}

}  // namespace tanhui::store
