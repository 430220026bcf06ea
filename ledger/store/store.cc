#include "ledger/store/store.h"

#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <limits>
#include <span>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/tile.h"
#include "ledger/store/entry_row.h"
#include "ledger/store/store_impl.h"

namespace tanhui::store {
namespace {

// nullopt when there is none.
template <typename Impl>
absl::StatusOr<std::optional<StoredHead>> ReadStoredHead(const Impl& impl, Family family,
                                                         const char* key) {
  const auto bytes = impl.Get(family, key, "head");
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

// The entries from `first` on.
struct EntryRow {
  std::uint64_t first = 0;
  std::vector<std::string_view> entries;  // into the iterator's value
};

// The row that the iterator stands at; without entries past the end.
absl::Status ReadRow(const rocksdb::Iterator& it, EntryRow& row) {
  row = {};
  if (!it.Valid()) {
    return FromRocks(it.status(), "reading stored entries");
  }
  const auto first = DecodeU64(ToView(it.key()));
  auto entries = DecodeEntryRow(ToView(it.value()));
  if (!first.has_value() || !entries.has_value()) {
    return Undecodable("row of entries");
  }
  row.first = *first;
  row.entries = *std::move(entries);
  return absl::OkStatus();
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
  const auto head = ReadStoredHead(*impl, kMeta, kHeadKey);
  const auto mark = ReadStoredHead(*impl, kIndexed, kMarkKey);
  if (!head.ok() || !mark.ok()) {
    return head.ok() ? mark.status() : head.status();
  }
  impl->delta = std::make_unique<Delta>(
      *head, *mark,
      options.read_only ? std::numeric_limits<std::size_t>::max() : options.write_buffer_bytes);
  impl->ceilings = std::make_unique<KeyCeilings>(impl->database);
  if (!options.read_only) {
    if (absl::Status status = RemoveUnfinishedIndexes(options); !status.ok()) {
      return status;
    }
    impl->index_writer =
        std::make_unique<IndexWriter>(impl->database, options.path, *impl->delta, *impl->ceilings);
  }
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

absl::Status Store::Commit(const CommitBatch& batch) {
  if (absl::Status status = impl_->delta->AwaitRoom(); !status.ok()) {
    return status;
  }
  const auto& families = impl_->database.families;
  rocksdb::WriteBatch writes;
  std::uint64_t index = batch.first.value();
  for (std::span<const std::string> rest = batch.entries; !rest.empty();) {
    const std::size_t count = EntriesOfRow(rest);
    writes.Put(families[kEntries], EncodeU64(index), EncodeEntryRow(rest.first(count)));
    index += count;
    rest = rest.subspan(count);
  }
  for (const auto& [key, number] : batch.changes.platform_users) {
    if (number == AccountNo(0)) {
      writes.Delete(families[kPersonal], PlatformUserKeyBytes(key));
    } else {
      writes.Put(families[kPersonal], PlatformUserKeyBytes(key), EncodeU64(number.value()));
    }
  }
  for (const auto& [entry, reference] : batch.references) {
    writes.Put(families[kPersonal], ReferenceKey(entry), reference);
  }
  for (const auto& [entry, sealed] : batch.sealed_evidence) {
    writes.Put(families[kPersonal], SealedEvidenceKey(entry), sealed);
  }
  writes.Put(families[kMeta], kHeadKey, EncodeHead(batch.head));
  const rocksdb::Status written = impl_->database.db->Write(Synced(), &writes);
  if (!written.ok()) {
    return FromRocks(written, "writing a commit");
  }
  // A crash here: the indexes are told again from the entries.
  impl_->delta->Publish({batch.first, batch.changes, batch.tiles, batch.head});
  for (const auto& [id, number] : batch.changes.account_ids) {
    impl_->known_ids.Put(id, number);  // the account is used soon
  }
  return absl::OkStatus();
}

std::optional<StoredHead> Store::indexed() const { return impl_->delta->indexed(); }

absl::Status Store::AddIndexes(const IndexChanges& changes) {
  absl::Status status = impl_->delta->AwaitRoom();
  if (status.ok()) {
    impl_->delta->Publish(changes);
  }
  return status;
}

absl::StatusOr<std::optional<StoredHead>> Store::ReadHead() const { return impl_->delta->head(); }

absl::StatusOr<std::string> Store::ReadEntry(EntryIndex index) const {
  const std::unique_ptr<rocksdb::Iterator> it(
      impl_->database.db->NewIterator(rocksdb::ReadOptions(), impl_->database.families[kEntries]));
  it->SeekForPrev(EncodeU64(index.value()));
  EntryRow row;
  if (absl::Status status = ReadRow(*it, row); !status.ok()) {
    return status;
  }
  const std::uint64_t at = index.value() - row.first;
  return at < row.entries.size()
             ? absl::StatusOr<std::string>(row.entries[at])
             : absl::NotFoundError(absl::StrCat("there is no entry ", index.value()));
}

absl::Status Store::ScanEntries(
    EntryIndex first, std::uint64_t count,
    const std::function<absl::Status(EntryIndex, std::string_view)>& visit) const {
  const std::unique_ptr<rocksdb::Iterator> it(
      impl_->database.db->NewIterator(ScanOptions(), impl_->database.families[kEntries]));
  std::uint64_t next = first.value();
  const std::uint64_t end = next + count;
  EntryRow row;
  for (it->SeekForPrev(EncodeU64(next)); next < end; it->Next()) {
    if (absl::Status status = ReadRow(*it, row); !status.ok()) {
      return status;
    }
    if (next - row.first >= row.entries.size()) {
      return absl::DataLossError(absl::StrCat("entry ", next, " is missing"));
    }
    for (std::size_t i = next - row.first; i < row.entries.size() && next < end; ++i) {
      if (absl::Status status = visit(EntryIndex(next++), row.entries[i]); !status.ok()) {
        return status;
      }
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

absl::StatusOr<std::vector<std::optional<Claim>>> Store::ReadEvidence(
    std::span<const Nullifier> nullifiers) const {
  return impl_->ReadMany<Claim>(
      kEvidence, "claim of evidence", nullifiers,
      [](const Nullifier& nullifier) { return std::string(nullifier.view()); }, DecodeClaim);
}

absl::StatusOr<std::vector<std::optional<std::uint64_t>>> Store::ReadLinks(
    std::span<const LinkKey> keys) const {
  return impl_->ReadMany<std::uint64_t>(kLinked, "number of links", keys, LinkedKey, DecodeLinks);
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

absl::StatusOr<AccountsAsOf> Store::ReadAccountsAsOf(std::span<const AccountNo> numbers) const {
  while (true) {
    Delta::Found seen;
    auto accounts = impl_->ReadMany<Account>(
        kAccounts, "account", numbers, [](AccountNo number) { return EncodeU64(number.value()); },
        DecodeAccount, &seen);
    if (!accounts.ok()) {
      return accounts.status();
    }
    if (!seen.indexed.has_value()) {
      return absl::FailedPreconditionError("nothing was ever committed");
    }
    if (!impl_->delta->Outrun(seen)) {
      return AccountsAsOf{*std::move(accounts), seen.indexed->head.size, seen.indexed->head.time};
    }
  }
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
  // So that little is left to be told again.
  if (absl::Status status = impl_->delta->Flush(); !status.ok()) {
    return status;
  }
  rocksdb::Checkpoint* made = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(impl_->database.db.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) {
    status = checkpoint->CreateCheckpoint(path);
  }
  return FromRocks(status, "creating a snapshot");
}

}  // namespace tanhui::store
