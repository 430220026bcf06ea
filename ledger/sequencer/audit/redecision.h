// Whether an entry is what decide makes: every rule asked again, on the state just before the
// entry.
#ifndef TANHUI_LEDGER_SEQUENCER_AUDIT_REDECISION_H_
#define TANHUI_LEDGER_SEQUENCER_AUDIT_REDECISION_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/core/ledger.h"

namespace tanhui::sequencer {

// Takes the effects off an entry that a caller asked for, so that `draft` is what was asked.
// `entry` is unchanged afterwards. Needs no state.
void Prepare(Entry& entry, Entry& draft);

// Whether decide can be asked before apply. Decide takes for granted what those who asked could
// not get wrong, since names were resolved and forms checked; a log that somebody rewrote may say
// anything. So of some kinds of entries, the most frequent ones, all of that is looked at here.
// False: of the others apply must have found no fault.
bool Decidable(const Ledger& ledger, const State& before, const Entry& entry);

// What differs when the entry at the end of `before` is decided again; empty when nothing does but,
// for an entry of a caller, perhaps the entry that `again` holds then: see IsEncoded. `again` is
// the prepared draft, `bytes` are the entry's own, `read` gives earlier entries. Not asked again,
// because the log does not hold it: not_after, who was privileged, and whether a platform's user
// had an account. An error when an earlier entry cannot be read.
absl::StatusOr<std::string> Redecide(const Ledger& ledger, const State& before, const Entry& entry,
                                     std::string_view bytes, Entry& again,
                                     const std::function<absl::StatusOr<Entry>(EntryIndex)>& read);

// Whether the entry's octets are exactly these; `buffer` saves an allocation for each.
bool IsEncoded(const Entry& entry, std::string_view bytes, std::string& buffer);

// Says that IsEncoded is false of what was decided again.
inline constexpr std::string_view kAnotherEntry = "decided again, it is another entry";

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_AUDIT_REDECISION_H_
