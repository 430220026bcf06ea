#include "ledger/sequencer/audit/records.h"

#include <algorithm>
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

absl::Status CompareRequests(const store::Store& store, const State& state) {
  std::uint64_t seen = 0;
  absl::Status status =
      store.ScanRequests([&](const RequestKey& key, const RequestRecord& stored) -> absl::Status {
        ++seen;
        const auto computed = state.FindRequest(key);
        return computed.has_value() && *computed == stored
                   ? absl::OkStatus()
                   : Differ(absl::StrCat("the request id that leads to entry ",
                                         stored.entry.value(), " does not belong there"));
      });
  if (!status.ok()) {
    return status;
  }
  return seen == state.requests().size()
             ? absl::OkStatus()
             : Differ(absl::StrCat(state.requests().size(), " request ids by the entries, ", seen,
                                   " stored"));
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
        return computed != replay.tiles.end() && computed->second == bytes
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
  const std::function<absl::Status()> comparisons[] = {
      [&] { return CompareTiles(store, replay); },
      [&] { return CompareRegistry(store, replay); },
      [&] { return CompareAccounts(store, replay.state); },
      [&] { return CompareRequests(store, replay.state); },
      [&] { return CompareUndone(store, replay.state); },
      [&] { return CompareEvidence(store, replay.state); },
      [&] { return CompareProductEarnings(store, replay); },
      [&] { return CompareHistories(store, replay.histories); },
  };
  absl::Status status = absl::OkStatus();
  for (const auto& compare : comparisons) {
    status = status.ok() ? compare() : status;
  }
  return status;
}

}  // namespace tanhui::sequencer
