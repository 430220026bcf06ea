// Whether an entry is what decide makes: every rule asked again, on the state just before the
// entry.
#ifndef TANHUI_LEDGER_SEQUENCER_AUDIT_REDECISION_H_
#define TANHUI_LEDGER_SEQUENCER_AUDIT_REDECISION_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/core/ledger.h"

namespace tanhui::sequencer {

// What differs when the entry at the end of `before` is decided again; empty when nothing does.
// `bytes` are the entry's own, `read` gives earlier entries. Not asked again, because the log does
// not hold it: not_after, who was privileged, and whether a platform's user had an account.
// An error when an earlier entry cannot be read.
absl::StatusOr<std::string> Redecide(const Ledger& ledger, const State& before, const Entry& entry,
                                     std::string_view bytes,
                                     const std::function<absl::StatusOr<Entry>(EntryIndex)>& read);

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_AUDIT_REDECISION_H_
