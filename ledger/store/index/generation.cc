#include "ledger/store/index/generation.h"

#include <string>

#include "ledger/core/check.h"
#include "ledger/core/octets/big_endian.h"

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

Generation::OrderedKey Generation::OrderedKeyOf(std::string_view key) {
  OrderedKey number = 0;
  for (std::size_t i = 0; i < sizeof(OrderedKey); ++i) {
    number = number << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
  }
  return number;
}

void Generation::StageOrdered(Family family, std::string_view key, std::string_view value,
                              bool deleted) {
  tables_[family].Stage(key, value, deleted);
  staged_[family].push_back(OrderedKeyOf(key));
}

// Of these an award changes a few sums a commit, and its account's month once.
void Generation::StageBooks(const Changes& changes) {
  for (const auto& [run, line] : changes.settlement_lines) {
    StageOrdered(kSettlements, SettlementLineKey(run, line), "");
  }
  for (const ListingRow& row : changes.listings) {
    StageOrdered(kListings, ListingKey(row), "");
  }
  for (const auto& [key, sums] : changes.periods) {
    StageOrdered(kPeriods, EncodePeriodKey(key), sums.has_value() ? EncodePeriodSums(*sums) : "",
                 !sums.has_value());
  }
  for (const MonthRow& row : changes.months) {
    StageOrdered(kMonths, MonthKey(row.account, row.month), EncodeU64(row.last_plus_one));
  }
  for (const EventRow& row : changes.events) {
    StageOrdered(kEvents, EventKey(row.scope, row.entry, row.n), EncodeEvent(row));
  }
  for (const auto& [key, links] : changes.linked) {
    StageOrdered(kLinked, LinkedKey(key), links > 0 ? EncodeU64(links) : "", links == 0);
  }
}

void Generation::StageAccounts(const IndexChanges& commit) {
  for (const auto& [number, account] : commit.changes.accounts) {
    tables_[kAccounts].Stage(EncodeU64(number.value()), EncodeAccount(account));
    if (!HasLots(account.kind) && account.last_entry_plus_one > commit.first.value()) {
      StageOrdered(kHistory, HistoryKey(number, account.last_entry_plus_one), "");
    }
  }
  for (const auto& [number, last_entry_plus_one] : commit.histories) {
    StageOrdered(kHistory, HistoryKey(number, last_entry_plus_one), "");
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
  for (const auto& [nullifier, claim] : changes.evidence) {
    tables_[kEvidence].Stage(nullifier.view(), claim.has_value() ? EncodeClaim(*claim) : "",
                             !claim.has_value());
  }
  for (const auto& [product, entry] : changes.product_earnings) {
    StageOrdered(kProductEarnings, ProductEarningKey(product, entry), "");
  }
  StageBooks(changes);
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
  for (const Family family : kOrderedFamilies) {
    ordered_[family].insert(staged_[family].begin(), staged_[family].end());
    staged_[family].clear();
  }
  head_ = head;
}

std::size_t Generation::bytes() const {
  std::size_t bytes = 0;
  for (const Family family : kOrderedFamilies) {
    bytes += ordered_[family].size() * kOrderedRowBytes;
  }
  for (const Family family : kIndexFamilies) {
    bytes += tables_[family].bytes();
  }
  return bytes;
}

std::vector<RowTable::Row> Generation::RowsFrom(Family family, std::string_view from,
                                                std::string_view prefix, std::size_t most,
                                                Way way) const {
  std::vector<RowTable::Row> rows;
  const auto& keys = ordered_[family];
  // Answers whether there may be more.
  const auto add = [&](OrderedKey number) {
    std::string key;
    PutBigEndian(key, absl::Uint128High64(number));
    PutBigEndian(key, absl::Uint128Low64(number));
    key.resize(from.size());
    if (!key.starts_with(prefix)) {
      return false;
    }
    const auto row = tables_[family].Find(key, RowTable::HashOf(key));
    Check(row.has_value(), "an ordered key without its row");
    rows.push_back(*row);
    return rows.size() < most;
  };
  if (way == Way::kUp) {
    for (auto it = keys.lower_bound(OrderedKeyOf(from)); it != keys.end() && add(*it); ++it) {
    }
  } else {
    for (auto it = keys.upper_bound(OrderedKeyOf(from)); it != keys.begin() && add(*--it);) {
    }
  }
  return rows;
}

}  // namespace tanhui::store
