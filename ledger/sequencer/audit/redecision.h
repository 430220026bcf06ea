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
// False: of the others apply must have found no fault. `has_request`: its request id has a form.
bool Decidable(const Ledger& ledger, const State& before, const Entry& entry, bool has_request);

// What differs when the engine's own entry at the end of `before` is made again; empty: nothing.
// `bytes` are the entry's own.
std::string_view RedecideEngine(const Ledger& ledger, const State& before, const Entry& entry,
                                std::string_view bytes);

// Decides entries of callers again. Not asked again, because the log does not hold it: not_after,
// who was privileged, and whether a platform's user had an account. One thread.
class Redecision {
 public:
  using ReadEntry = std::function<absl::StatusOr<Entry>(EntryIndex)>;
  // `read` gives earlier entries. The ledger must outlive this.
  Redecision(const Ledger& ledger, ReadEntry read);

  // What differs when the entry at the end of `before` is decided again, until the next call; empty
  // when nothing does but perhaps the entry that `again`, the prepared draft, holds then: see
  // IsEncoded. `request` is the entry's own. An error when an earlier entry cannot be read.
  absl::StatusOr<std::string_view> Decide(const State& before, const Entry& entry,
                                          const std::optional<RequestKey>& request, Entry& again);
  // The same for an entry of which BodyIsAsked, without a copy: unless something differs, `entry`
  // is what was decided, with the dates and postings that it had. Otherwise it is as it was.
  absl::StatusOr<std::string_view> DecideInPlace(const State& before,
                                                 const std::optional<RequestKey>& request,
                                                 Entry& entry);

 private:
  absl::StatusOr<std::string_view> Complete(const State& before, LedgerTime now,
                                            const std::optional<RequestKey>& request, Entry& again);

  const Ledger& ledger_;
  const ReadEntry read_;
  // Deciding needs no more of a command than its caller besides the draft itself.
  Command command_;
  google::protobuf::RepeatedPtrField<entry::v1::Posting>
      postings_;  // as written, of the entry at hand
  std::string refused_;
};

// Whether the octets of an entry just decided are exactly these; `buffer` saves an allocation for
// each.
bool IsEncoded(const Entry& entry, std::string_view bytes, std::string& buffer);

// Says that IsEncoded is false of what was decided again.
inline constexpr std::string_view kAnotherEntry = "decided again, it is another entry";

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_AUDIT_REDECISION_H_
