// What entries must be besides what apply checks: cancellations that move back what was moved,
// documents that their publishers signed, acts of two parties. Internal to the audit.
#ifndef TANHUI_LEDGER_SEQUENCER_AUDIT_MEANING_H_
#define TANHUI_LEDGER_SEQUENCER_AUDIT_MEANING_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/core/ledger.h"
#include "ledger/core/state.h"
#include "ledger/store/store.h"

namespace tanhui::sequencer {

// A difference that was found.
absl::Status Differ(std::string what);

// Reads an entry before the one that is replayed.
absl::StatusOr<Entry> ReadEarlier(const store::Store& store, EntryIndex index);

// Acts of two parties: each first one is followed, in its commit, by the second that names it.
class Pairs {
 public:
  absl::Status Add(EntryIndex index, const Entry& entry);
  // DataLoss while a first party waits for its second.
  absl::Status EndCommit() const;

 private:
  LedgerTime time_;
  std::optional<EntryIndex> first_;
};

// What the entry, which was just applied to `state`, must be besides.
absl::Status CompareMeaning(const store::Store& store, const State& state, Pairs& pairs,
                            EntryIndex index, const Entry& entry);

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_AUDIT_MEANING_H_
