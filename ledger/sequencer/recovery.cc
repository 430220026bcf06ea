#include "ledger/sequencer/recovery.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/proof.h"
#include "ledger/sequencer/past_account.h"
#include "ledger/sequencer/replay/index_replay.h"

namespace tanhui::sequencer {
namespace {

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat(what,
                   ". Nothing was changed. Restore the directory from a backup or another "
                   "copy; `tanhui audit --data DIR` tells where the damage is."));
}

absl::StatusOr<std::shared_ptr<Registry>> RecoverRegistry(const Ledger& ledger,
                                                          const store::Store& store) {
  const auto indexes = store.ReadRegistryEntries();
  if (!indexes.ok()) {
    return indexes.status();
  }
  auto registry = std::make_shared<Registry>();
  for (const EntryIndex index : *indexes) {
    const auto bytes = store.ReadEntry(index);
    Entry entry;
    if (!bytes.ok() || !entry.ParseFromString(*bytes) || !ledger.Knows(entry)) {
      return Damaged(absl::StrCat("entry ", index.value(), " of the registry cannot be read"));
    }
    ledger.Register(*registry, index, entry);
  }
  return registry;
}

// The tree as it was when the indexes, which hold its full tiles, were complete.
absl::StatusOr<merkle::TreeBuilder> RecoverTree(const store::Store& store,
                                                const store::StoredHead& head) {
  const std::uint64_t partial = head.head.size % merkle::kTileWidth;
  std::vector<Hash256> last_leaves;
  absl::Status scanned = store.ScanEntries(EntryIndex(head.head.size - partial), partial,
                                           [&last_leaves](EntryIndex, std::string_view bytes) {
                                             last_leaves.push_back(merkle::LeafHash(bytes));
                                             return absl::OkStatus();
                                           });
  if (!scanned.ok()) {
    return Damaged(scanned.message());
  }
  auto tree = merkle::TreeBuilder::Restore(head.head.size, StoredTiles(store), last_leaves);
  if (!tree.ok()) {
    return Damaged(tree.status().message());
  }
  return tree->Root() == head.root
             ? std::move(tree)
             : Damaged("the log's tree does not have the root that was stored with it");
}

// What a state that does not begin with the first entry cannot know from those behind: the sums of
// months that are not closed, and where the month began. The indexes must hold no more entries than
// the state.
absl::Status LoadMonths(const store::Store& store, State& state) {
  const Head& head = state.head();
  if (head.size == 0) {
    return absl::OkStatus();
  }
  const auto periods = store.ReadPeriods();
  if (!periods.ok()) {
    return Damaged(periods.status().message());
  }
  for (const auto& [key, sums] : periods->rows) {
    state.ChangePeriods().Load(key, sums);
  }
  if (head.time < kEarliestTime || head.time > kLatestTime) {
    return Damaged("the time of the last entry cannot be one");
  }
  const auto before = static_cast<Month::Value>(MonthOf(ShanghaiDate(head.time)).value() - 1);
  const LedgerTime begins = StartOf(BusinessDate(LastDayOf(Month(before)).value() + 1));
  const auto first = SizeAt(store, head.size, LedgerTime(begins.value() - 1));
  if (!first.ok() || *first >= head.size) {
    return Damaged(first.ok() ? "entries are not in the order of their times"
                              : first.status().message());
  }
  state.LoadMonth(EntryIndex(*first));
  return absl::OkStatus();
}

}  // namespace

merkle::TileReader StoredTiles(const store::Store& store) {
  return [&store](merkle::TileId id, std::uint32_t) { return store.ReadFullTile(id); };
}

absl::StatusOr<Recovered> Recover(const Ledger& ledger, store::Store& store,
                                  const store::StoredHead& head) {
  const store::StoredHead indexed =
      store.indexed().value_or(store::StoredHead{Head(), merkle::EmptyRoot()});
  if (indexed.head.size > head.head.size) {
    return Damaged(absl::StrCat("the indexes are those of ", indexed.head.size,
                                " entries, the log has ", head.head.size,
                                ": acknowledged entries are missing"));
  }
  auto registry = RecoverRegistry(ledger, store);
  if (!registry.ok()) {
    return registry.status();
  }
  auto tree = RecoverTree(store, indexed);
  if (!tree.ok()) {
    return tree.status();
  }
  Recovered recovered{State(indexed.head, *std::move(registry)), *std::move(tree)};
  // Of the mark, not of the log: the entries behind it count themselves.
  if (absl::Status status = LoadMonths(store, recovered.state); !status.ok()) {
    return status;
  }
  if (indexed.head.size < head.head.size) {
    absl::Status told = TellIndexes(ledger, store, head.head.size, recovered.state, recovered.tree);
    if (!told.ok()) {
      return Damaged(told.message());
    }
  }
  if (recovered.tree.Root() != head.root || recovered.state.head() != head.head) {
    return Damaged("the log's tree does not have the root that was stored with it");
  }
  return recovered;
}

absl::Status CompareWithCheckpoint(const merkle::TreeEdge& edge, const merkle::TileReader& tiles,
                                   const signing::Checkpoint& checkpoint) {
  if (edge.size() < checkpoint.size) {
    return Damaged(absl::StrCat("the log has ", edge.size(), " entries, but a checkpoint over ",
                                checkpoint.size, " was signed: acknowledged entries are missing"));
  }
  const auto root = merkle::RootAt(checkpoint.size, tiles);
  if (!root.ok()) {
    return Damaged(root.status().message());
  }
  return *root == checkpoint.root
             ? absl::OkStatus()
             : Damaged(absl::StrCat("the log is another history than the checkpoint of size ",
                                    checkpoint.size, " that was signed"));
}

}  // namespace tanhui::sequencer
