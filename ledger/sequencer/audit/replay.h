// The log told again from its first entry, into a fresh state and a fresh tree. Internal to the
// audit.
#ifndef TANHUI_LEDGER_SEQUENCER_AUDIT_REPLAY_H_
#define TANHUI_LEDGER_SEQUENCER_AUDIT_REPLAY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "ledger/core/ledger.h"
#include "ledger/core/state.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/tree.h"
#include "ledger/sequencer/audit.h"
#include "ledger/sequencer/audit/chunk.h"
#include "ledger/sequencer/audit/meaning.h"
#include "ledger/sequencer/audit/request_table.h"
#include "ledger/store/store.h"

namespace tanhui::sequencer {

// The rows of one account in `history` or `months` as a number that any other row would change, so
// that an audit holds one of these for each account and not the rows.
struct HistoryDigest {
  std::uint64_t rows = 0;
  Hash256 hash;  // of the one before and the row
  void Add(std::uint64_t last_entry_plus_one) {
    ++rows;
    hash = merkle::Sha256({hash.view(), store::EncodeU64(last_entry_plus_one)});
  }
  void Add(const MonthRow& row) {
    Add(row.month.value());
    Add(row.last_plus_one);
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
  // The last chunk's request ids; `requests` has the others.
  State state;
  RequestTable requests;
  merkle::TreeBuilder tree;
  std::map<merkle::TileId, Hash256> tiles;  // SHA-256 of each full one as it must be stored
  // The root at the size that a checkpoint names.
  std::optional<std::uint64_t> noted_size;
  Hash256 noted_root;
  std::vector<EntryIndex> registry;
  std::vector<std::pair<std::uint32_t, EntryIndex>> product_earnings;
  std::vector<std::pair<RunNo, EntryIndex>> settlement_lines;
  std::vector<ListingRow> listings;
  std::vector<EventRow> events;
  absl::flat_hash_map<AccountNo, HistoryDigest> months;
  Histories histories;
  Pairs pairs;

  // Moves aside what would otherwise pile up for a commit: of the state, which `steps`, in order,
  // have changed,
  void TakeChanges(std::span<const Step> steps) {
    const Changes changes = state.TakeChangesButAccounts();
    for (const auto& [key, record] : changes.requests) {
      // Nearly every one is of the step that made it, which knows its hash.
      const Step* step = StepOf(steps, record.entry);
      const bool hashed = step != nullptr && step->request == key;
      requests.Put(hashed ? step->request_hash : requests.HashOf(key), record);
    }
    state.ForgetAllRequests();
    registry.insert(registry.end(), changes.registry_entries.begin(),
                    changes.registry_entries.end());
    product_earnings.insert(product_earnings.end(), changes.product_earnings.begin(),
                            changes.product_earnings.end());
    settlement_lines.insert(settlement_lines.end(), changes.settlement_lines.begin(),
                            changes.settlement_lines.end());
    listings.insert(listings.end(), changes.listings.begin(), changes.listings.end());
    events.insert(events.end(), changes.events.begin(), changes.events.end());
    for (const MonthRow& row : changes.months) {
      months[row.account].Add(row);
    }
  }
  // and of the tree.
  void TakeTiles() {
    for (const merkle::FullTile& tile : tree.Grow().completed) {
      tiles.emplace(tile.id, merkle::Sha256(merkle::EncodeTile(tile.hashes)));
    }
  }
  void NoteRoot() {
    if (tree.size() == noted_size) {
      noted_root = tree.Root();
    }
  }
};

// Applies the entries up to `size`, from where the replay is. DataLoss tells the first difference:
// an entry that cannot be applied, a cancellation that moves other points than its target, a
// document that its publisher did not sign, and with options.redecide an entry that decide does not
// make again. After one the tree is that of the entries before it. One thread reads, one decides
// and applies, and the caller's compares and calls options.progress; both others have ended when
// this returns.
absl::Status ReplayEntries(const Ledger& ledger, const store::Store& store,
                           const AuditOptions& options, std::uint64_t size, Replay& replay);

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_AUDIT_REPLAY_H_
