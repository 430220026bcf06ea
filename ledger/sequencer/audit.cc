#include "ledger/sequencer/audit.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/core/state.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tree.h"
#include "ledger/sequencer/recovery.h"
#include "ledger/signing/checkpoint.h"
#include "ledger/signing/note.h"

namespace tanhui::sequencer {
namespace {

constexpr std::uint64_t kProgressEvery = 8'192;

std::string Hex(const Hash256& hash) {
  return absl::BytesToHexString({hash.view().data(), hash.view().size()});
}

// Everything that is compared, so that each check is one small function.
struct Replay {
  State state;
  merkle::TreeBuilder tree;
  std::map<merkle::TileId, std::string> tiles;
  std::vector<EntryIndex> registry;

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

// A cancellation moves back exactly what its target moved.
absl::Status CompareCancellation(const store::Store& store, EntryIndex index, const Entry& entry) {
  const auto bytes = store.ReadEntry(EntryIndex(entry.cancellation().target_index()));
  Entry target;
  bool same = bytes.ok() && target.ParseFromString(*bytes) &&
              target.postings_size() == entry.postings_size();
  for (int i = 0; same && i < entry.postings_size(); ++i) {
    // Pairs stand giver first, so a pair turned round has its accounts exchanged.
    const auto& back = entry.postings(i);
    const auto& forth = target.postings(i ^ 1);
    same = back.account() == forth.account() && back.amount() == -forth.amount();
  }
  return same ? absl::OkStatus()
              : Differ(absl::StrCat("entry ", index.value(), " does not move back what entry ",
                                    entry.cancellation().target_index(), " moved"));
}

absl::Status ReplayEntries(const Ledger& ledger, const store::Store& store,
                           const AuditOptions& options, std::uint64_t size, Replay& replay) {
  return store.ScanEntries(
      EntryIndex(0), size, [&](EntryIndex index, std::string_view bytes) -> absl::Status {
        Entry entry;
        if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
          return Differ(absl::StrCat("entry ", index.value(), " cannot be decoded"));
        }
        if (const Fault fault = ledger.TryApply(replay.state, entry)) {
          return Differ(absl::StrCat("entry ", index.value(), ": ", std::string(*fault)));
        }
        if (entry.has_cancellation()) {
          if (absl::Status status = CompareCancellation(store, index, entry); !status.ok()) {
            return status;
          }
        }
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
  report.entries = replay.state.head().size;
  report.root = replay.tree.Root();
  report.accounts = replay.state.accounts().size();
  report.requests = replay.state.requests().size();
  if (status.ok()) {
    status = CompareHead(store, replay, head);
  }
  if (status.ok()) {
    status = CompareSums(replay.state);
  }
  if (status.ok()) {
    status = CompareTiles(store, replay);
  }
  if (status.ok()) {
    status = CompareRegistry(store, replay);
  }
  if (status.ok()) {
    status = CompareAccounts(store, replay.state);
  }
  if (status.ok()) {
    status = CompareRequests(store, replay.state);
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
