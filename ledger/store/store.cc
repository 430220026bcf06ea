#include "ledger/store/store.h"

#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/tile.h"
#include "ledger/store/store_impl.h"

namespace tanhui::store {
namespace {

using Families = std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount>;

// In the order of their keys, so that one insertion into the memtable begins where the one before
// ended: time-ordered ids of one batch are neighbours.
void PutRequests(rocksdb::WriteBatch& writes, const Families& families, const Changes& changes) {
  std::vector<std::pair<std::string, const RequestRecord*>> requests;
  requests.reserve(changes.requests.size());
  for (const auto& [key, record] : changes.requests) {
    requests.emplace_back(RequestKeyBytes(key), &record);
  }
  std::sort(requests.begin(), requests.end());
  for (const auto& [key, record] : requests) {
    writes.Put(families[kRequests], key, EncodeRequest(*record));
  }
}

void PutEvidence(rocksdb::WriteBatch& writes, const Families& families, const Changes& changes) {
  for (const auto& [nullifier, entry] : changes.evidence) {
    if (entry.has_value()) {
      writes.Put(families[kEvidence], ToSlice(nullifier.view()), EncodeU64(entry->value()));
    } else {
      writes.Delete(families[kEvidence], ToSlice(nullifier.view()));
    }
  }
  for (const auto& [product, entry] : changes.product_earnings) {
    writes.Put(families[kProductEarnings], ProductEarningKey(product, entry), "");
  }
}

// `first` is the first entry of the commit.
void PutChanges(rocksdb::WriteBatch& writes, const Families& families, EntryIndex first,
                const Changes& changes) {
  for (const auto& [number, account] : changes.accounts) {
    writes.Put(families[kAccounts], EncodeU64(number.value()), EncodeAccount(account));
    if (!HasLots(account.kind) && account.last_entry_plus_one > first.value()) {
      writes.Put(families[kHistory], HistoryKey(number, account.last_entry_plus_one), "");
    }
  }
  for (const auto& [entry, undone] : changes.undone) {
    writes.Put(families[kUndone], EncodeU64(entry.value()), EncodeUndone(undone));
  }
  for (const auto& [id, number] : changes.account_ids) {
    writes.Put(families[kAccountIds], ToSlice(id.view()), EncodeU64(number.value()));
  }
  PutRequests(writes, families, changes);
  for (const auto& [key, number] : changes.platform_users) {
    writes.Put(families[kPersonal], PlatformUserKeyBytes(key), EncodeU64(number.value()));
  }
  for (const EntryIndex registry_entry : changes.registry_entries) {
    writes.Put(families[kRegistry], EncodeU64(registry_entry.value()), "");
  }
  PutEvidence(writes, families, changes);
}

}  // namespace

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
  const Families& families = impl_->database.families;
  rocksdb::WriteBatch writes;
  std::uint64_t index = batch.first.value();
  for (const std::string& entry : batch.entries) {
    writes.Put(families[kEntries], EncodeU64(index++), entry);
  }
  PutChanges(writes, families, batch.first, batch.changes);
  for (const auto& [entry, reference] : batch.references) {
    writes.Put(families[kPersonal], ReferenceKey(entry), reference);
  }
  for (const auto& [entry, sealed] : batch.sealed_evidence) {
    writes.Put(families[kPersonal], SealedEvidenceKey(entry), sealed);
  }
  for (const merkle::FullTile& tile : batch.tiles) {
    writes.Put(families[kTiles], TileKey(tile.id), merkle::EncodeTile(tile.hashes));
  }
  writes.Put(families[kMeta], kHeadKey, EncodeHead(batch.head));
  return FromRocks(impl_->database.db->Write(Synced(), &writes), "writing a commit");
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
  return impl_->ReadMany<Account>(
      kAccounts, "account", numbers, [](AccountNo number) { return EncodeU64(number.value()); },
      DecodeAccount);
}

absl::StatusOr<std::vector<std::optional<RequestRecord>>> Store::ReadRequests(
    std::span<const RequestKey> keys) const {
  return impl_->ReadMany<RequestRecord>(kRequests, "request", keys, RequestKeyBytes, DecodeRequest);
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
  const auto found = impl_->ReadMany<AccountNo>(
      kAccountIds, "account id", missing,
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
  return impl_->ReadMany<AccountNo>(kPersonal, "platform user", keys, PlatformUserKeyBytes,
                                    DecodeAccountNo);
}

absl::StatusOr<std::vector<std::optional<Undone>>> Store::ReadUndone(
    std::span<const EntryIndex> entries) const {
  return impl_->ReadMany<Undone>(
      kUndone, "record of what was undone", entries,
      [](EntryIndex entry) { return EncodeU64(entry.value()); }, DecodeUndone);
}

absl::StatusOr<std::vector<std::optional<EntryIndex>>> Store::ReadEvidence(
    std::span<const Nullifier> nullifiers) const {
  return impl_->ReadMany<EntryIndex>(
      kEvidence, "claim of evidence", nullifiers,
      [](const Nullifier& nullifier) { return std::string(nullifier.view()); }, DecodeEvidence);
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

absl::StatusOr<std::string> Store::ReadSealedEvidence(EntryIndex index) const {
  return impl_->Get(kPersonal, SealedEvidenceKey(index), "reference to evidence");
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
