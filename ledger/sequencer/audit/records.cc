#include "ledger/sequencer/audit/records.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

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

// Rows come in order of accounts; `what` they are is for people.
class DigestComparison {
 public:
  using Digests = absl::flat_hash_map<AccountNo, HistoryDigest>;
  DigestComparison(const Digests& computed, std::string_view what)
      : computed_(computed), what_(what) {}

  template <typename Row>
  absl::Status Add(AccountNo account, const Row& row) {
    absl::Status before;
    if (account != account_) {
      before = Compare();
      account_ = account;
      digest_ = {};
    }
    digest_.Add(row);
    return before;
  }
  // After the last row.
  absl::Status End() {
    absl::Status last = Compare();
    return last.ok() && seen_ != computed_.size()
               ? Differ(absl::StrCat(computed_.size(), " accounts have a ", what_, ", ", seen_,
                                     " stored"))
               : last;
  }

 private:
  absl::Status Compare() {
    if (digest_.rows == 0) {
      return absl::OkStatus();
    }
    ++seen_;
    const auto found = computed_.find(account_);
    return found != computed_.end() && found->second == digest_
               ? absl::OkStatus()
               : Differ(absl::StrCat("the ", what_, " of account ", account_.value(),
                                     " is not that of its commits"));
  }

  const Digests& computed_;
  const std::string what_;
  AccountNo account_;
  HistoryDigest digest_;  // of the account's rows so far
  std::uint64_t seen_ = 0;
};

absl::Status CompareHistories(const store::Store& store, const Histories& computed) {
  DigestComparison comparison(computed.digests(), "history");
  absl::Status status = store.ScanHistory([&](const store::HistoryRow& row) {
    return comparison.Add(row.account, row.last_entry_plus_one);
  });
  return status.ok() ? comparison.End() : status;
}

absl::Status CompareMonths(const store::Store& store, const Replay& replay) {
  DigestComparison comparison(replay.months, "list of months");
  absl::Status status =
      store.ScanMonths([&](const MonthRow& row) { return comparison.Add(row.account, row); });
  return status.ok() ? comparison.End() : status;
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

// What tells in which order the store has rows.
template <typename Row>
const Row& OrderOf(const Row& row) {
  return row;
}
auto OrderOf(const ListingRow& row) { return std::tuple(row.listing, row.owner, row.entry); }
auto OrderOf(const EventRow& row) { return std::tuple(row.scope, row.entry, row.n); }

// Rows come in order of their keys; `what` they are is for people.
template <typename Row>
class RowComparison {
 public:
  RowComparison(std::vector<Row>& computed, std::string_view what)
      : computed_(computed), what_(what) {
    std::sort(computed_.begin(), computed_.end(),
              [](const Row& a, const Row& b) { return OrderOf(a) < OrderOf(b); });
  }
  absl::Status Add(const Row& stored, EntryIndex entry) {
    if (next_ == computed_.size() || computed_[next_] != stored) {
      return Differ(absl::StrCat("of ", what_, ", one of entry ", entry.value(),
                                 " is not stored as the entries make them"));
    }
    ++next_;
    return absl::OkStatus();
  }
  // After the last row.
  absl::Status End() const {
    return next_ == computed_.size() ? absl::OkStatus()
                                     : Differ(absl::StrCat(computed_.size(), " ", what_,
                                                           " by the entries, ", next_, " stored"));
  }

 private:
  std::vector<Row>& computed_;
  const std::string what_;
  std::size_t next_ = 0;
};

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
      store.ScanEvidence([&](const Nullifier& nullifier, const Claim& stored) -> absl::Status {
        ++seen;
        return state.FindEvidence(nullifier) == stored
                   ? absl::OkStatus()
                   : Differ(absl::StrCat("evidence is stored as claimed by entry ",
                                         stored.entry.value(), ", which does not claim it"));
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
  RowComparison comparison(replay.product_earnings, "earnings of products");
  absl::Status status = store.ScanProductEarnings([&](std::uint32_t product, EntryIndex entry) {
    return comparison.Add({product, entry}, entry);
  });
  return status.ok() ? comparison.End() : status;
}

absl::Status CompareSettlementLines(const store::Store& store, Replay& replay) {
  RowComparison comparison(replay.settlement_lines, "lines of settlement runs");
  absl::Status status = store.ScanSettlementLines([&](RunNo run, EntryIndex line) {
    return comparison.Add({run, line}, line);
  });
  return status.ok() ? comparison.End() : status;
}

absl::Status CompareListings(const store::Store& store, Replay& replay) {
  RowComparison comparison(replay.listings, "listed entries");
  absl::Status status =
      store.ScanListings([&](const ListingRow& row) { return comparison.Add(row, row.entry); });
  return status.ok() ? comparison.End() : status;
}

absl::Status CompareEvents(const store::Store& store, Replay& replay) {
  RowComparison comparison(replay.events, "events");
  absl::Status status =
      store.ScanEvents([&](const EventRow& row) { return comparison.Add(row, row.entry); });
  return status.ok() ? comparison.End() : status;
}

absl::Status ComparePeriods(const store::Store& store, const State& state) {
  const auto stored = store.ReadPeriods();
  if (!stored.ok()) {
    return stored.status();
  }
  const auto& computed = state.periods().rows();
  const auto same = [](const PeriodTable::Row& row, const auto& other) {
    return row.key == other.first && row.sums == other.second;
  };
  return std::equal(computed.begin(), computed.end(), stored->rows.begin(), stored->rows.end(),
                    same)
             ? absl::OkStatus()
             : Differ("the sums of open months are not those of the postings");
}

absl::Status CompareLinks(const store::Store& store, const State& state) {
  std::uint64_t seen = 0;
  absl::Status status =
      store.ScanLinks([&](const LinkKey& key, std::uint64_t stored) -> absl::Status {
        ++seen;
        return state.FindLinks(key) == stored
                   ? absl::OkStatus()
                   : Differ(absl::StrCat("participant ", key.first.value(), " is stored with ",
                                         stored, " links to account ", key.second.value(),
                                         ", by the entries it has ", state.FindLinks(key)));
      });
  const auto linked = static_cast<std::uint64_t>(std::count_if(
      state.links().begin(), state.links().end(), [](const auto& row) { return row.second != 0; }));
  return status.ok() && seen != linked
             ? Differ(absl::StrCat(linked, " accounts are linked by the entries, ", seen,
                                   " as stored"))
             : status;
}

}  // namespace

absl::Status CompareRecords(const store::Store& store, Replay& replay) {
  const std::array<std::function<absl::Status()>, 14> comparisons = {
      [&] { return CompareTiles(store, replay); },
      [&] { return CompareRegistry(store, replay); },
      [&] { return CompareAccounts(store, replay.state); },
      [&] { return CompareRequests(store, replay.requests); },
      [&] { return CompareUndone(store, replay.state); },
      [&] { return CompareEvidence(store, replay.state); },
      [&] { return CompareProductEarnings(store, replay); },
      [&] { return CompareHistories(store, replay.histories); },
      [&] { return CompareMonths(store, replay); },
      [&] { return CompareSettlementLines(store, replay); },
      [&] { return CompareListings(store, replay); },
      [&] { return CompareEvents(store, replay); },
      [&] { return ComparePeriods(store, replay.state); },
      [&] { return CompareLinks(store, replay.state); },
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
