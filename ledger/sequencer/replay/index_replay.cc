#include "ledger/sequencer/replay/index_replay.h"

#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"
#include "ledger/sequencer/working_set.h"

namespace tanhui::sequencer {
namespace {

// What is loaded at once and told at once; a step ends with a commit. Larger ones make fewer reads.
constexpr std::size_t kStepEntries = 4'096;
constexpr std::size_t kMaxAccounts = 1'000'000;

class IndexReplay {
 public:
  IndexReplay(const Ledger& ledger, store::Store& store, State state, merkle::TreeBuilder tree)
      : ledger_(ledger),
        store_(store),
        working_set_(ledger, store, std::move(state), kMaxAccounts,
                     [this](const absl::Status& status) { read_.Update(status); }),
        tree_(std::move(tree)) {}

  absl::Status Add(EntryIndex index, std::string_view bytes) {
    Entry entry;
    if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
        !ledger_.Knows(entry)) {
      return absl::DataLossError(absl::StrCat("entry ", index.value(), " cannot be read"));
    }
    // Entries of one commit have one time.
    if (step_.size() >= kStepEntries && step_.back().recorded_micros() != entry.recorded_micros()) {
      if (absl::Status status = EndStep(); !status.ok()) {
        return status;
      }
    }
    step_.push_back(std::move(entry));
    tree_.Append(merkle::LeafHash(bytes));
    return absl::OkStatus();
  }

  // After the last Add.
  absl::Status EndStep() {
    working_set_.LoadEntries(step_);
    if (!read_.ok()) {
      return read_;
    }
    Moved moved;  // in the commit at hand
    std::vector<std::pair<AccountNo, std::uint64_t>> histories;
    EntryIndex first(working_set_.state().head().size);
    for (const Entry& entry : step_) {
      if (entry.recorded_micros() != working_set_.state().head().time.value()) {
        first = EntryIndex(working_set_.state().head().size);
        histories.insert(histories.end(), moved.begin(), moved.end());
        moved.clear();
      }
      if (absl::Status status = Apply(entry, moved); !status.ok()) {
        return status;
      }
    }
    step_.clear();
    const Changes changes = working_set_.HandOver();
    const merkle::TreeGrowth growth = tree_.Grow();
    return store_.AddIndexes(
        {first, changes, growth.completed, {working_set_.state().head(), growth.root}, histories});
  }

  // Nothing may stay loaded for entries that are done with.
  State TakeState() {
    working_set_.HandOver();
    return std::move(working_set_.state());
  }
  merkle::TreeBuilder TakeTree() { return std::move(tree_); }

 private:
  // The last entry plus one of accounts without lots.
  using Moved = absl::flat_hash_map<AccountNo, std::uint64_t>;

  absl::Status Apply(const Entry& entry, Moved& moved) {
    State& state = working_set_.state();
    const EntryIndex index(state.head().size);
    working_set_.LoadEntry(entry);
    if (!read_.ok()) {
      return read_;
    }
    if (const Fault fault = ledger_.TryApply(state, entry)) {
      return absl::DataLossError(absl::StrCat(
          "entry ", index.value(), " does not fit the indexes before it: ", std::string(*fault)));
    }
    for (const entry::v1::Posting& posting : entry.postings()) {
      const AccountNo account(posting.account());
      if (!HasLots(state.FindAccount(account)->kind)) {
        moved[account] = index.value() + 1;
      }
    }
    return absl::OkStatus();
  }

  const Ledger& ledger_;
  store::Store& store_;
  absl::Status read_;  // the first read that failed
  WorkingSet working_set_;
  merkle::TreeBuilder tree_;
  std::vector<Entry> step_;
};

}  // namespace

absl::Status TellIndexes(const Ledger& ledger, store::Store& store, std::uint64_t size,
                         State& state, merkle::TreeBuilder& tree) {
  const std::uint64_t from = state.head().size;
  IndexReplay replay(ledger, store, std::move(state), std::move(tree));
  absl::Status status = store.ScanEntries(
      EntryIndex(from), size - from,
      [&replay](EntryIndex index, std::string_view bytes) { return replay.Add(index, bytes); });
  status = status.ok() ? replay.EndStep() : status;
  state = replay.TakeState();
  tree = replay.TakeTree();
  return status;
}

}  // namespace tanhui::sequencer
