#include "ledger/store/store.h"

#include <rocksdb/snapshot.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/tile.h"
#include "ledger/store/account_id_cache.h"
#include "ledger/store/store_open.h"

namespace tanhui::store {
namespace {

constexpr char kHeadKey[] = "head";

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

absl::Status Undecodable(std::string_view what) {
  return absl::DataLossError(absl::StrCat("a stored ", std::string(what),
                                          " cannot be decoded: the database is damaged. Restore "
                                          "it from a backup or another copy."));
}

// Reads many keys of one family; `encode` makes a key, `decode` reads a value.
template <typename Value, typename Keys, typename Encode, typename Decode>
absl::StatusOr<std::vector<std::optional<Value>>> ReadMany(rocksdb::DB& db,
                                                           rocksdb::ColumnFamilyHandle* family,
                                                           std::string_view what, const Keys& keys,
                                                           Encode encode, Decode decode) {
  std::vector<std::optional<Value>> out(keys.size());
  if (keys.empty()) {
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
  db.MultiGet(rocksdb::ReadOptions(), family, keys.size(), slices.data(), values.data(),
              statuses.data());
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

rocksdb::ReadOptions ScanOptions(const rocksdb::Snapshot* moment = nullptr) {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = 2 << 20;
  options.snapshot = moment;
  return options;
}

std::optional<AccountNo> DecodeAccountNo(std::string_view bytes) {
  const auto number = DecodeU64(bytes);
  return number.has_value() ? std::optional(AccountNo(*number)) : std::nullopt;
}

// `visit` is kept by reference.
auto AccountVisitor(const std::function<absl::Status(AccountNo, const Account&)>& visit) {
  return [&visit](std::string_view key, std::string_view value) {
    const auto number = DecodeAccountNo(key);
    const auto account = DecodeAccount(value);
    return number && account ? visit(*number, *account) : Undecodable("account");
  };
}

}  // namespace

struct Store::Impl {
  Database database;
  AccountIdCache known_ids;

  ~Impl() { CloseFamilies(database); }

  absl::StatusOr<std::string> Get(Family family, const std::string& key,
                                  std::string_view what) const {
    std::string value;
    const rocksdb::Status status =
        database.db->Get(rocksdb::ReadOptions(), database.families[family], key, &value);
    if (!status.ok()) {
      return FromRocks(status, absl::StrCat("reading a stored ", std::string(what)));
    }
    return value;
  }

  // One record and the head, of one moment. The record is nullopt when absent.
  absl::Status GetWithHead(Family family, const std::string& key, std::optional<std::string>& value,
                           Head& head) const {
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

  absl::Status Scan(Family family,
                    const std::function<absl::Status(std::string_view, std::string_view)>& visit,
                    const rocksdb::Snapshot* moment = nullptr) const {
    const std::unique_ptr<rocksdb::Iterator> it(
        database.db->NewIterator(ScanOptions(moment), database.families[family]));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      if (absl::Status status = visit(ToView(it->key()), ToView(it->value())); !status.ok()) {
        return status;
      }
    }
    return FromRocks(it->status(), absl::StrCat("scanning ", std::string(kFamilyNames[family])));
  }
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const StoreOptions& options) {
  absl::StatusOr<Database> database = OpenDatabase(options);
  if (!database.ok()) {
    return database.status();
  }
  auto impl = std::make_unique<Impl>();
  impl->database = *std::move(database);
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

absl::Status Store::Commit(const CommitBatch& batch) {
  const auto& families = impl_->database.families;
  rocksdb::WriteBatch writes;
  std::uint64_t index = batch.first.value();
  for (const std::string& entry : batch.entries) {
    writes.Put(families[kEntries], EncodeU64(index++), entry);
  }
  for (const auto& [number, account] : batch.changes.accounts) {
    writes.Put(families[kAccounts], EncodeU64(number.value()), EncodeAccount(account));
    if (!HasLots(account.kind) && account.last_entry_plus_one > batch.first.value()) {
      writes.Put(families[kHistory], HistoryKey(number, account.last_entry_plus_one), "");
    }
  }
  for (const auto& [entry, undone] : batch.changes.undone) {
    writes.Put(families[kUndone], EncodeU64(entry.value()), EncodeUndone(undone));
  }
  for (const auto& [id, number] : batch.changes.account_ids) {
    writes.Put(families[kAccountIds], ToSlice(id.view()), EncodeU64(number.value()));
  }
  // In the order of their keys, so that one insertion into the memtable begins where the one before
  // ended: time-ordered ids of one batch are neighbours.
  std::vector<std::pair<std::string, const RequestRecord*>> requests;
  requests.reserve(batch.changes.requests.size());
  for (const auto& [key, record] : batch.changes.requests) {
    requests.emplace_back(RequestKeyBytes(key), &record);
  }
  std::sort(requests.begin(), requests.end());
  for (const auto& [key, record] : requests) {
    writes.Put(families[kRequests], key, EncodeRequest(*record));
  }
  for (const auto& [key, number] : batch.changes.platform_users) {
    writes.Put(families[kPersonal], PlatformUserKeyBytes(key), EncodeU64(number.value()));
  }
  for (const EntryIndex registry_entry : batch.changes.registry_entries) {
    writes.Put(families[kRegistry], EncodeU64(registry_entry.value()), "");
  }
  for (const auto& [entry, reference] : batch.references) {
    writes.Put(families[kPersonal], ReferenceKey(entry), reference);
  }
  for (const merkle::FullTile& tile : batch.tiles) {
    writes.Put(families[kTiles], TileKey(tile.id), merkle::EncodeTile(tile.hashes));
  }
  writes.Put(families[kMeta], kHeadKey, EncodeHead(batch.head));
  rocksdb::WriteOptions options;
  options.sync = true;
  return FromRocks(impl_->database.db->Write(options, &writes), "writing a commit");
}

absl::StatusOr<std::optional<StoredHead>> Store::ReadHead() const {
  const auto bytes = impl_->Get(kMeta, kHeadKey, "head");
  if (absl::IsNotFound(bytes.status())) {
    return std::nullopt;
  }
  if (!bytes.ok()) {
    return bytes.status();
  }
  const auto head = DecodeHead(*bytes);
  if (!head.has_value()) {
    return Undecodable("head");
  }
  return head;
}

absl::StatusOr<std::string> Store::ReadEntry(EntryIndex index) const {
  return impl_->Get(kEntries, EncodeU64(index.value()), "entry");
}

absl::Status Store::ScanEntries(
    EntryIndex first, std::uint64_t count,
    const std::function<absl::Status(EntryIndex, std::string_view)>& visit) const {
  const std::unique_ptr<rocksdb::Iterator> it(
      impl_->database.db->NewIterator(ScanOptions(), impl_->database.families[kEntries]));
  it->Seek(EncodeU64(first.value()));
  for (std::uint64_t i = 0; i < count; ++i, it->Next()) {
    const EntryIndex index(first.value() + i);
    if (!it->Valid() && !it->status().ok()) {
      return FromRocks(it->status(), "scanning entries");
    }
    if (!it->Valid() || DecodeU64(ToView(it->key())) != index.value()) {
      return absl::DataLossError(absl::StrCat("entry ", index.value(), " is missing"));
    }
    if (absl::Status status = visit(index, ToView(it->value())); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::optional<Account>>> Store::ReadAccounts(
    std::span<const AccountNo> numbers) const {
  return ReadMany<Account>(
      *impl_->database.db, impl_->database.families[kAccounts], "account", numbers,
      [](AccountNo number) { return EncodeU64(number.value()); }, DecodeAccount);
}

absl::StatusOr<std::vector<std::optional<RequestRecord>>> Store::ReadRequests(
    std::span<const RequestKey> keys) const {
  return ReadMany<RequestRecord>(*impl_->database.db, impl_->database.families[kRequests],
                                 "request", keys, RequestKeyBytes, DecodeRequest);
}

absl::StatusOr<std::vector<std::optional<AccountNo>>> Store::ReadAccountIds(
    std::span<const AccountId> ids) const {
  std::vector<std::optional<AccountNo>> out;
  out.reserve(ids.size());
  std::vector<AccountId> missing;
  for (const AccountId& id : ids) {
    if (!out.emplace_back(impl_->known_ids.Find(id)).has_value()) {
      missing.push_back(id);
    }
  }
  const auto found = ReadMany<AccountNo>(
      *impl_->database.db, impl_->database.families[kAccountIds], "account id", missing,
      [](const AccountId& id) { return std::string(id.view()); }, DecodeAccountNo);
  if (!found.ok()) {
    return found.status();
  }
  std::size_t next = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!out[i].has_value()) {
      out[i] = (*found)[next++];
      if (out[i].has_value()) {
        impl_->known_ids.Put(ids[i], *out[i]);
      }
    }
  }
  return out;
}

absl::StatusOr<std::vector<std::optional<AccountNo>>> Store::ReadPlatformUsers(
    std::span<const PlatformUserKey> keys) const {
  return ReadMany<AccountNo>(*impl_->database.db, impl_->database.families[kPersonal],
                             "platform user", keys, PlatformUserKeyBytes, DecodeAccountNo);
}

absl::StatusOr<std::vector<std::optional<Undone>>> Store::ReadUndone(
    std::span<const EntryIndex> entries) const {
  return ReadMany<Undone>(
      *impl_->database.db, impl_->database.families[kUndone], "record of what was undone", entries,
      [](EntryIndex entry) { return EncodeU64(entry.value()); }, DecodeUndone);
}

absl::StatusOr<AccountAsOf> Store::ReadAccountAsOf(AccountNo number) const {
  std::optional<std::string> value;
  Head head;
  if (absl::Status status = impl_->GetWithHead(kAccounts, EncodeU64(number.value()), value, head);
      !status.ok()) {
    return status;
  }
  if (!value.has_value()) {
    return absl::NotFoundError("no such account");
  }
  auto account = DecodeAccount(*value);
  if (!account.has_value()) {
    return Undecodable("account");
  }
  return AccountAsOf{*std::move(account), head.size, head.time};
}

absl::StatusOr<RequestAsOf> Store::ReadRequestAsOf(const RequestKey& key) const {
  std::optional<std::string> value;
  RequestAsOf out;
  Head head;
  if (absl::Status status = impl_->GetWithHead(kRequests, RequestKeyBytes(key), value, head);
      !status.ok()) {
    return status;
  }
  out.size = head.size;
  if (value.has_value()) {
    out.record = DecodeRequest(*value);
    if (!out.record.has_value()) {
      return Undecodable("request");
    }
  }
  return out;
}

absl::StatusOr<merkle::Tile> Store::ReadFullTile(merkle::TileId id) const {
  const auto bytes = impl_->Get(kTiles, TileKey(id), "tile");
  return bytes.ok() ? merkle::DecodeTile(*bytes, merkle::kTileWidth) : bytes.status();
}

absl::StatusOr<std::string> Store::ReadReference(EntryIndex index) const {
  return impl_->Get(kPersonal, ReferenceKey(index), "reference");
}

absl::StatusOr<std::optional<EntryIndex>> Store::SeekHistory(AccountNo account,
                                                             EntryIndex from) const {
  const std::unique_ptr<rocksdb::Iterator> it(
      impl_->database.db->NewIterator(rocksdb::ReadOptions(), impl_->database.families[kHistory]));
  it->Seek(HistoryKey(account, from.value() + 1));
  if (!it->Valid()) {
    return it->status().ok() ? absl::StatusOr<std::optional<EntryIndex>>(std::nullopt)
                             : FromRocks(it->status(), "reading an account's history");
  }
  const auto row = DecodeHistoryKey(ToView(it->key()));
  if (!row.has_value()) {
    return Undecodable("row of a history");
  }
  return row->account == account ? std::optional(EntryIndex(row->last_entry_plus_one - 1))
                                 : std::nullopt;
}

absl::StatusOr<std::vector<EntryIndex>> Store::ReadRegistryEntries() const {
  std::vector<EntryIndex> out;
  absl::Status status = impl_->Scan(kRegistry, [&out](std::string_view key, std::string_view) {
    const auto index = DecodeU64(key);
    if (!index.has_value()) {
      return Undecodable("registry key");
    }
    out.emplace_back(*index);
    return absl::OkStatus();
  });
  return status.ok() ? absl::StatusOr<std::vector<EntryIndex>>(std::move(out)) : status;
}

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

absl::Status Store::CreateSnapshot(const std::string& path) const {
  rocksdb::Checkpoint* made = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(impl_->database.db.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) {
    status = checkpoint->CreateCheckpoint(path);
  }
  return FromRocks(status, "creating a snapshot");
}

}  // namespace tanhui::store
