#include "ledger/store/index/generation.h"

namespace tanhui::store {
namespace {

// What a row of the ordered sets takes, roughly.
constexpr std::size_t kOrderedRowBytes = 24;

}  // namespace

std::shared_ptr<Generation> Generation::After(const Generation& before) {
  auto next = std::make_shared<Generation>(before.number_ + 1);
  for (const Family family : kIndexFamilies) {
    next->tables_[family].Reserve(before.tables_[family]);
  }
  return next;
}

void Generation::StageAccounts(const IndexChanges& commit) {
  for (const auto& [number, account] : commit.changes.accounts) {
    tables_[kAccounts].Stage(EncodeU64(number.value()), EncodeAccount(account));
    if (!HasLots(account.kind) && account.last_entry_plus_one > commit.first.value()) {
      tables_[kHistory].Stage(HistoryKey(number, account.last_entry_plus_one), "");
      staged_histories_.emplace_back(number, account.last_entry_plus_one);
    }
  }
  for (const auto& [number, last_entry_plus_one] : commit.histories) {
    tables_[kHistory].Stage(HistoryKey(number, last_entry_plus_one), "");
    staged_histories_.emplace_back(number, last_entry_plus_one);
  }
  for (const auto& [id, number] : commit.changes.account_ids) {
    tables_[kAccountIds].Stage(id.view(), EncodeU64(number.value()));
  }
}

void Generation::Stage(const IndexChanges& commit) {
  const Changes& changes = commit.changes;
  StageAccounts(commit);
  for (const auto& [key, record] : changes.requests) {
    tables_[kRequests].Stage(RequestKeyBytes(key), EncodeRequest(record));
  }
  for (const auto& [entry, undone] : changes.undone) {
    tables_[kUndone].Stage(EncodeU64(entry.value()), EncodeUndone(undone));
  }
  for (const EntryIndex entry : changes.registry_entries) {
    tables_[kRegistry].Stage(EncodeU64(entry.value()), "");
  }
  for (const auto& [nullifier, entry] : changes.evidence) {
    tables_[kEvidence].Stage(nullifier.view(), entry.has_value() ? EncodeU64(entry->value()) : "",
                             !entry.has_value());
  }
  for (const auto& [product, entry] : changes.product_earnings) {
    tables_[kProductEarnings].Stage(ProductEarningKey(product, entry), "");
    staged_earnings_.emplace_back(product, entry);
  }
  for (const merkle::FullTile& tile : commit.tiles) {
    tables_[kTiles].Stage(TileKey(tile.id), merkle::EncodeTile(tile.hashes));
  }
  for (const Family family : kIndexFamilies) {
    tables_[family].MakeRoom();
  }
}

void Generation::Publish(const StoredHead& head) {
  for (const Family family : kIndexFamilies) {
    tables_[family].Publish();
  }
  histories_.insert(staged_histories_.begin(), staged_histories_.end());
  earnings_.insert(staged_earnings_.begin(), staged_earnings_.end());
  staged_histories_.clear();
  staged_earnings_.clear();
  head_ = head;
}

std::size_t Generation::bytes() const {
  std::size_t bytes = (histories_.size() + earnings_.size()) * kOrderedRowBytes;
  for (const Family family : kIndexFamilies) {
    bytes += tables_[family].bytes();
  }
  return bytes;
}

std::optional<std::uint64_t> Generation::SeekHistory(AccountNo account,
                                                     std::uint64_t from_plus_one) const {
  const auto found = histories_.lower_bound({account, from_plus_one});
  return found != histories_.end() && found->first == account ? std::optional(found->second)
                                                              : std::nullopt;
}

void Generation::EarningsOf(std::uint32_t product, EntryIndex from, std::size_t max,
                            absl::btree_set<EntryIndex>& out) const {
  auto it = earnings_.lower_bound({product, from});
  for (std::size_t i = 0; i < max && it != earnings_.end() && it->first == product; ++i, ++it) {
    out.insert(it->second);
  }
}

}  // namespace tanhui::store
