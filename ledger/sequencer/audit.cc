#include "ledger/sequencer/audit.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/core/state.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tree.h"
#include "ledger/sequencer/recovery.h"
#include "ledger/sequencer/redecision.h"
#include "ledger/signing/checkpoint.h"
#include "ledger/signing/note.h"

namespace tanhui::sequencer {
namespace {

constexpr std::uint64_t kProgressEvery = 8'192;

std::string Hex(const Hash256& hash) {
  return absl::BytesToHexString({hash.view().data(), hash.view().size()});
}

// The rows of one account's history as a number that any other row would change, so that an audit
// holds one of these for each account and not the rows.
struct HistoryDigest {
  std::uint64_t rows = 0;
  Hash256 hash;  // of the one before and the row
  void Add(std::uint64_t last_entry_plus_one) {
    ++rows;
    hash = merkle::Sha256({hash.view(), store::EncodeU64(last_entry_plus_one)});
  }
  friend bool operator==(const HistoryDigest&, const HistoryDigest&) = default;
};

// What the commits must have written to `history`, commit by commit: entries of one commit have one
// time, and no two commits have the same.
class Histories {
 public:
  // `state` is what it is after the entry.
  void Add(const State& state, EntryIndex index, const Entry& entry) {
    if (const LedgerTime time(entry.recorded_micros()); time != time_) {
      EndCommit();
      time_ = time;
    }
    for (const entry::v1::Posting& posting : entry.postings()) {
      const AccountNo account(posting.account());
      if (!HasLots(state.FindAccount(account)->kind)) {
        in_commit_[account] = index.value() + 1;
      }
    }
  }
  void EndCommit() {
    for (const auto& [account, last_entry_plus_one] : in_commit_) {
      digests_[account].Add(last_entry_plus_one);
    }
    in_commit_.clear();
  }
  const absl::flat_hash_map<AccountNo, HistoryDigest>& digests() const { return digests_; }

 private:
  LedgerTime time_;
  absl::flat_hash_map<AccountNo, std::uint64_t> in_commit_;
  absl::flat_hash_map<AccountNo, HistoryDigest> digests_;
};

// Everything that is compared, so that each check is one small function.
struct Replay {
  State state;
  merkle::TreeBuilder tree;
  std::map<merkle::TileId, std::string> tiles;
  std::vector<EntryIndex> registry;
  Histories histories;

  // Moves aside what would otherwise pile up for a commit.
  void TakeGrowth() {
    for (const EntryIndex index : state.TakeChanges().registry_entries) {
      registry.push_back(index);
    }
    for (const merkle::FullTile& tile : tree.Grow().completed) {
      tiles.emplace(tile.id, merkle::EncodeTile(tile.hashes));
    }
  }
};

absl::Status Differ(std::string what) { return absl::DataLossError(std::move(what)); }

// What an entry moved by account, each under the number that it stands for now; what moved on
// accounts with lots under 0 when `pool_lots`.
using Moved = std::map<AccountNo, __int128>;

Moved MovedBy(const State& state, const Entry& entry, bool pool_lots) {
  Moved moved;
  for (const entry::v1::Posting& posting : entry.postings()) {
    const AccountNo number = state.Standing(AccountNo(posting.account()));
    const Account* account = state.FindAccount(number);
    const bool pooled = pool_lots && account != nullptr && HasLots(account->kind);
    moved[pooled ? AccountNo(0) : number] += posting.amount();
  }
  return moved;
}

// A cancellation moves back exactly what its target moved: between the same accounts, or those that
// they were merged into. What a household redeemed may come back to members who left it, so of such
// an entry the citizens' and households' side is compared as a whole.
absl::Status CompareCancellation(const store::Store& store, const State& state, EntryIndex index,
                                 const Entry& entry) {
  const auto bytes = store.ReadEntry(EntryIndex(entry.cancellation().target_index()));
  Entry target;
  bool same = bytes.ok() && target.ParseFromString(*bytes);
  if (same) {
    const bool of_household =
        std::any_of(target.postings().begin(), target.postings().end(),
                    [&state](const entry::v1::Posting& posting) {
                      const Account* account = state.FindAccount(AccountNo(posting.account()));
                      return account != nullptr && account->kind == AccountKind::kHousehold;
                    });
    Moved back = MovedBy(state, entry, of_household);
    const Moved forth = MovedBy(state, target, of_household);
    for (const auto& [account, amount] : forth) {
      back[account] += amount;
    }
    same = std::all_of(back.begin(), back.end(), [](const auto& row) { return row.second == 0; });
  }
  return same ? absl::OkStatus()
              : Differ(absl::StrCat("entry ", index.value(), " does not move back what entry ",
                                    entry.cancellation().target_index(), " moved"));
}

// Asks every rule again. Apply looks first, and is undone: decide takes for granted what apply
// checks, such as that accounts are there.
absl::Status Recheck(const Ledger& ledger, const store::Store& store, Replay& replay,
                     EntryIndex index, const Entry& entry, std::string_view bytes) {
  replay.state.BeginTrial();
  const Fault fault = ledger.TryApply(replay.state, entry);
  replay.state.UndoTrial();
  if (fault.has_value()) {
    return Differ(absl::StrCat("entry ", index.value(), ": ", std::string(*fault)));
  }
  const auto read = [&store](EntryIndex earlier) -> absl::StatusOr<Entry> {
    const auto found = store.ReadEntry(earlier);
    Entry target;
    if (!found.ok() || !target.ParseFromString(*found)) {
      return absl::DataLossError(absl::StrCat("entry ", earlier.value(), " cannot be read"));
    }
    return target;
  };
  const auto difference = Redecide(ledger, replay.state, entry, bytes, read);
  if (!difference.ok()) {
    return difference.status();
  }
  return difference->empty() ? absl::OkStatus()
                             : Differ(absl::StrCat("entry ", index.value(), ": ", *difference));
}

absl::Status ReplayEntries(const Ledger& ledger, const store::Store& store,
                           const AuditOptions& options, std::uint64_t size, Replay& replay) {
  return store.ScanEntries(
      EntryIndex(0), size, [&](EntryIndex index, std::string_view bytes) -> absl::Status {
        Entry entry;
        if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
          return Differ(absl::StrCat("entry ", index.value(), " cannot be decoded"));
        }
        if (options.redecide) {
          if (absl::Status status = Recheck(ledger, store, replay, index, entry, bytes);
              !status.ok()) {
            return status;
          }
        }
        if (const Fault fault = ledger.TryApply(replay.state, entry)) {
          return Differ(absl::StrCat("entry ", index.value(), ": ", std::string(*fault)));
        }
        if (entry.has_cancellation()) {
          if (absl::Status status = CompareCancellation(store, replay.state, index, entry);
              !status.ok()) {
            return status;
          }
        }
        replay.histories.Add(replay.state, index, entry);
        replay.tree.Append(merkle::LeafHash(bytes));
        if ((index.value() + 1) % kProgressEvery == 0) {
          replay.TakeGrowth();
          if (options.progress) {
            options.progress(index.value() + 1, size);
          }
        }
        return absl::OkStatus();
      });
}

absl::Status CompareHead(const store::Store& store, const Replay& replay,
                         const store::StoredHead& head) {
  if (replay.tree.Root() != head.root) {
    return Differ(absl::StrCat("the root is ", Hex(replay.tree.Root()), " by the entries, ",
                               Hex(head.root), " as stored"));
  }
  if (replay.state.head() != head.head) {
    return Differ("ledger time or account count differ from the stored head");
  }
  return absl::IsNotFound(store.ReadEntry(EntryIndex(head.head.size)).status())
             ? absl::OkStatus()
             : Differ(absl::StrCat("entry ", head.head.size, " is stored past the end of the log"));
}

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

// What an account's parts must be to each other; nullopt when they are.
std::optional<std::string_view> WrongParts(const Account& account) {
  if (!HasLots(account.kind)) {
    return WithinLimit(account.kind, account.balance) ? std::nullopt
                                                      : std::optional("is past its limit");
  }
  // 128 bits cannot overflow here.
  __int128 free = 0;
  for (const Lot& lot : account.lots) {
    free += lot.points.units();
  }
  __int128 held = 0;
  for (const Hold& hold : account.holds) {
    held += SumOf(hold.lots).units();
  }
  if (held != account.held.units()) {
    return "holds other points than its holds";
  }
  if (free + held - account.debt.units() != account.balance.units()) {
    return "has a balance that is not its lots, held points and debt";
  }
  return account.debt > Amount(0) && !account.lots.empty()
             ? std::optional("has a debt beside points that could pay it")
             : std::nullopt;
}

absl::Status CompareParts(const State& state) {
  for (const auto& [number, account] : state.accounts()) {
    if (const auto wrong = WrongParts(account)) {
      return Differ(absl::StrCat("account ", number.value(), " ", std::string(*wrong)));
    }
  }
  return absl::OkStatus();
}

// Sums by asset over all accounts: double entry as a whole.
absl::Status CompareSums(const State& state) {
  std::map<AssetNo, Amount> sums;
  for (const auto& [number, account] : state.accounts()) {
    const auto sum = Add(sums[account.asset], account.balance);
    if (!sum.has_value()) {
      return Differ("the balances overflow");
    }
    sums[account.asset] = *sum;
  }
  for (const auto& [asset, sum] : sums) {
    if (sum != Amount(0)) {
      return Differ(absl::StrCat("asset ", asset.value(), " sums to ", sum.units(), ", not 0"));
    }
  }
  return absl::OkStatus();
}

absl::Status CompareCheckpoint(const AuditOptions& options, const Replay& replay,
                               std::uint64_t& compared) {
  absl::StatusOr<signing::Checkpoint> checkpoint = absl::InternalError("");
  if (options.verifier.has_value()) {
    const std::vector<signing::NamedVerifier> verifiers = {*options.verifier};
    checkpoint = signing::OpenCheckpoint(options.checkpoint_note, verifiers);
  } else {
    const std::size_t end = options.checkpoint_note.rfind("\n\n");
    checkpoint = signing::ParseCheckpoint(std::string_view(options.checkpoint_note)
                                              .substr(0, end == std::string::npos ? 0 : end + 1));
  }
  if (!checkpoint.ok()) {
    return Differ(absl::StrCat("the checkpoint: ", checkpoint.status().message()));
  }
  compared = checkpoint->size;
  if (checkpoint->size > replay.tree.size()) {
    return Differ(absl::StrCat("a checkpoint over ", checkpoint->size,
                               " entries was signed, the log has ", replay.tree.size()));
  }
  const merkle::TileReader tiles = [&replay](merkle::TileId id,
                                             std::uint32_t) -> absl::StatusOr<merkle::Tile> {
    const auto found = replay.tiles.find(id);
    if (found != replay.tiles.end()) {
      return merkle::DecodeTile(found->second, merkle::kTileWidth);
    }
    const auto& partial = replay.tree.partial_tiles();
    return id.level < partial.size() ? absl::StatusOr<merkle::Tile>(partial[id.level])
                                     : absl::NotFoundError("no such tile");
  };
  const auto root = merkle::RootAt(checkpoint->size, tiles);
  if (!root.ok()) {
    return root.status();
  }
  return *root == checkpoint->root
             ? absl::OkStatus()
             : Differ(absl::StrCat("the signed checkpoint of size ", checkpoint->size, " has root ",
                                   Hex(checkpoint->root), ", the entries give ", Hex(*root)));
}

absl::Status CompareAll(const Ledger& ledger, const store::Store& store,
                        const AuditOptions& options, const store::StoredHead& head, Replay& replay,
                        AuditReport& report) {
  absl::Status status = ReplayEntries(ledger, store, options, head.head.size, replay);
  replay.TakeGrowth();
  replay.histories.EndCommit();
  report.entries = replay.state.head().size;
  report.root = replay.tree.Root();
  report.accounts = replay.state.accounts().size();
  report.requests = replay.state.requests().size();
  const std::function<absl::Status()> comparisons[] = {
      [&] { return CompareHead(store, replay, head); },
      [&] { return CompareSums(replay.state); },
      [&] { return CompareParts(replay.state); },
      [&] { return CompareTiles(store, replay); },
      [&] { return CompareRegistry(store, replay); },
      [&] { return CompareAccounts(store, replay.state); },
      [&] { return CompareRequests(store, replay.state); },
      [&] { return CompareUndone(store, replay.state); },
      [&] { return CompareHistories(store, replay.histories); },
  };
  for (const auto& compare : comparisons) {
    status = status.ok() ? compare() : status;
  }
  if (status.ok() && !options.checkpoint_note.empty()) {
    status = CompareCheckpoint(options, replay, report.checkpoint_size.emplace());
  }
  return status;
}

}  // namespace

absl::StatusOr<AuditReport> Audit(const Ledger& ledger, const store::Store& store,
                                  const AuditOptions& options) {
  const auto head = store.ReadHead();
  if (!head.ok()) {
    return head.status();
  }
  if (!head->has_value()) {
    return absl::FailedPreconditionError("the directory holds no ledger: its database is empty");
  }
  AuditReport report;
  Replay replay;
  const absl::Status status = CompareAll(ledger, store, options, **head, replay, report);
  if (absl::IsDataLoss(status)) {
    report.difference = std::string(status.message());
    return report;
  }
  return status.ok() ? absl::StatusOr<AuditReport>(std::move(report)) : status;
}

}  // namespace tanhui::sequencer
