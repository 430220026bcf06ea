#include "ledger/sequencer/audit/records.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tanhui::sequencer {
namespace {

absl::Status CompareAccounts(const store::Store& store, const State& state) {
  std::uint64_t seen = 0;
  absl::Status status = store.ScanAccounts([&](AccountNo number,
                                               const Account& stored) -> absl::Status {
    ++seen;
    const Account* computed = state.FindAccount(number);
    if (computed == nullptr) {
      return Differ(absl::StrCat("account ", number.value(), " is stored, but in no entry"));
    }
    if (computed->balance != stored.balance) {
      return Differ(absl::StrCat("account ", number.value(), " holds ", computed->balance.units(),
                                 " by the entries, ", stored.balance.units(), " as stored"));
    }
    return *computed == stored
               ? absl::OkStatus()
               : Differ(absl::StrCat("account ", number.value(),
                                     " has the right balance, but its record differs"));
  });
  if (!status.ok()) {
    return status;
  }
  if (seen != state.accounts().size()) {
    return Differ(
        absl::StrCat(state.accounts().size(), " accounts by the entries, ", seen, " stored"));
  }
  std::uint64_t named = 0;
  for (const auto& [number, account] : state.accounts()) {
    named += account.id != AccountId{} ? 1 : 0;
  }
  status = store.ScanAccountIds([&](const AccountId& id, AccountNo number) -> absl::Status {
    const Account* account = state.FindAccount(number);
    --named;
    return account != nullptr && account->id == id
               ? absl::OkStatus()
               : Differ(absl::StrCat("an account id leads to account ", number.value(),
                                     ", which has another"));
  });
  return status.ok() && named != 0 ? Differ("account ids are missing") : status;
}

// Rows come in the order of their keys, which is none in the table: some are fetched ahead.
class RequestComparison {
 public:
  explicit RequestComparison(const RequestTable& computed) : computed_(computed) {}
  absl::Status Add(const RequestKey& key, const RequestRecord& stored) {
    Row& row = rows_[seen_++ % rows_.size()];
    absl::Status status = Compare(row);
    row = {computed_.HashOf(key), stored};
    computed_.Prefetch(row.hash);
    return status;
  }
  // After the last row, too.
  absl::Status End() {
    absl::Status status;
    for (std::size_t i = 0; i < rows_.size() && status.ok(); ++i) {
      status = Compare(rows_[(seen_ + i) % rows_.size()]);
    }
    return status;
  }
  std::uint64_t seen() const { return seen_; }

 private:
  struct Row {
    RequestTable::KeyHash hash = 0;
    std::optional<RequestRecord> stored;
  };
  absl::Status Compare(Row& row) const {
    const auto stored = std::exchange(row.stored, std::nullopt);
    return !stored.has_value() || computed_.Holds(row.hash, *stored)
               ? absl::OkStatus()
               : Differ(absl::StrCat("the request id that leads to entry ", stored->entry.value(),
                                     " does not belong there"));
  }

  const RequestTable& computed_;
  std::array<Row, 16> rows_;
  std::uint64_t seen_ = 0;
};

absl::Status CompareRequests(const store::Store& store, const RequestTable& computed) {
  RequestComparison comparison(computed);
  absl::Status status = store.ScanRequests([&](const RequestKey& key, const RequestRecord& stored) {
    return comparison.Add(key, stored);
  });
  // A row that differs comes before whatever ended the scan.
  if (const absl::Status rest = comparison.End(); !rest.ok() || !status.ok()) {
    return rest.ok() ? status : rest;
  }
  return comparison.seen() == computed.size()
             ? absl::OkStatus()
             : Differ(absl::StrCat(computed.size(), " request ids by the entries, ",
                                   comparison.seen(), " stored"));
}

absl::Status CompareUndone(const store::Store& store, const State& state) {
  std::uint64_t seen = 0;
  absl::Status status =
      store.ScanUndone([&](EntryIndex index, const Undone& stored) -> absl::Status {
        ++seen;
        const auto computed = state.undone().find(index);
        return computed != state.undone().end() && computed->second == stored
                   ? absl::OkStatus()
                   : Differ(absl::StrCat("what is stored as undone of entry ", index.value(),
                                         " is not what the entries undid"));
      });
  return status.ok() && seen != state.undone().size()
             ? Differ(
                   absl::StrCat(state.undone().size(), " entries were undone, ", seen, " stored"))
             : status;
}

absl::Status CompareHistories(const store::Store& store, const Histories& computed) {
  std::uint64_t seen = 0;
  AccountNo account;
  HistoryDigest digest;  // of the account's rows so far
  const auto compare = [&]() -> absl::Status {
    const auto found = computed.digests().find(account);
    ++seen;
    return found != computed.digests().end() && found->second == digest
               ? absl::OkStatus()
               : Differ(absl::StrCat("the history of account ", account.value(),
                                     " is not that of its commits"));
  };
  absl::Status status = store.ScanHistory([&](const store::HistoryRow& row) -> absl::Status {
    absl::Status before = absl::OkStatus();
    if (row.account != account) {
      before = digest.rows > 0 ? compare() : absl::OkStatus();
      account = row.account;
      digest = {};
    }
    digest.Add(row.last_entry_plus_one);
    return before;
  });
  if (status.ok() && digest.rows > 0) {
    status = compare();
  }
  return status.ok() && seen != computed.digests().size()
             ? Differ(absl::StrCat(computed.digests().size(), " accounts have a history, ", seen,
                                   " stored"))
             : status;
}

absl::Status CompareTiles(const store::Store& store, const Replay& replay) {
  std::uint64_t seen = 0;
  absl::Status status =
      store.ScanTiles([&](merkle::TileId id, std::string_view bytes) -> absl::Status {
        ++seen;
        const auto computed = replay.tiles.find(id);
        return computed != replay.tiles.end() && computed->second == merkle::Sha256(bytes)
                   ? absl::OkStatus()
                   : Differ(absl::StrCat("tile ", id.level, "/", id.index, " differs"));
      });
  return status.ok() && seen != replay.tiles.size()
             ? Differ(absl::StrCat(replay.tiles.size(), " full tiles by the entries, ", seen,
                                   " stored"))
             : status;
}

// Start-up rebuilds the registry from the entries that are listed, and from no others.
absl::Status CompareRegistry(const store::Store& store, const Replay& replay) {
  const auto stored = store.ReadRegistryEntries();
  if (!stored.ok()) {
    return stored.status();
  }
  const auto [computed, listed] =
      std::mismatch(replay.registry.begin(), replay.registry.end(), stored->begin(), stored->end());
  if (computed == replay.registry.end() && listed == stored->end()) {
    return absl::OkStatus();
  }
  const bool missing =
      listed == stored->end() || (computed != replay.registry.end() && *computed < *listed);
  return Differ(missing ? absl::StrCat("entry ", computed->value(),
                                       " changes the registry, but is not listed there")
                        : absl::StrCat("entry ", listed->value(),
                                       " is listed in the registry, but changes nothing there"));
}

absl::Status CompareEvidence(const store::Store& store, const State& state) {
  std::uint64_t seen = 0;
  absl::Status status =
      store.ScanEvidence([&](const Nullifier& nullifier, EntryIndex stored) -> absl::Status {
        ++seen;
        return state.FindEvidence(nullifier) == stored
                   ? absl::OkStatus()
                   : Differ(absl::StrCat("evidence is stored as claimed by entry ", stored.value(),
                                         ", which does not claim it"));
      });
  const auto claimed = static_cast<std::uint64_t>(
      std::count_if(state.evidence().begin(), state.evidence().end(),
                    [](const auto& row) { return row.second.has_value(); }));
  return status.ok() && seen != claimed
             ? Differ(absl::StrCat(claimed, " pieces of evidence are claimed by the entries, ",
                                   seen, " stored"))
             : status;
}

absl::Status CompareProductEarnings(const store::Store& store, Replay& replay) {
  std::sort(replay.product_earnings.begin(), replay.product_earnings.end());
  auto next = replay.product_earnings.begin();
  absl::Status status =
      store.ScanProductEarnings([&](std::uint32_t product, EntryIndex entry) -> absl::Status {
        if (next == replay.product_earnings.end() || *next != std::pair(product, entry)) {
          return Differ(absl::StrCat("what product ", product, " earned by entry ", entry.value(),
                                     " is not stored as the entries tell it"));
        }
        ++next;
        return absl::OkStatus();
      });
  return status.ok() && next != replay.product_earnings.end()
             ? Differ(absl::StrCat("product ", next->first, " earned by entry ",
                                   next->second.value(), ", but that is not stored"))
             : status;
}

}  // namespace

absl::Status CompareRecords(const store::Store& store, Replay& replay) {
  const std::array<std::function<absl::Status()>, 8> comparisons = {
      [&] { return CompareTiles(store, replay); },
      [&] { return CompareRegistry(store, replay); },
      [&] { return CompareAccounts(store, replay.state); },
      [&] { return CompareRequests(store, replay.requests); },
      [&] { return CompareUndone(store, replay.state); },
      [&] { return CompareEvidence(store, replay.state); },
      [&] { return CompareProductEarnings(store, replay); },
      [&] { return CompareHistories(store, replay.histories); },
  };
  // Each looks at something of its own, so two threads share them.
  std::array<absl::Status, comparisons.size()> found;
  std::atomic<std::size_t> next = 0;
  const auto compare = [&] {
    for (std::size_t i = next++; i < comparisons.size(); i = next++) {
      found[i] = comparisons[i]();
    }
  };
  std::thread other(compare);
  compare();
  other.join();
  const auto first =
      std::find_if(found.begin(), found.end(), [](const auto& status) { return !status.ok(); });
  return first == found.end() ? absl::OkStatus() : *first;
}

}  // namespace tanhui::sequencer
