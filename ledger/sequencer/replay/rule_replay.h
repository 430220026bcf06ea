// What the acts of a stretch of the log would have earned under other rules, for planning. Reads
// only.
#ifndef TANHUI_LEDGER_SEQUENCER_REPLAY_RULE_REPLAY_H_
#define TANHUI_LEDGER_SEQUENCER_REPLAY_RULE_REPLAY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/core/ledger.h"
#include "ledger/store/store.h"

namespace tanhui::sequencer {

struct RuleReplayOptions {
  EntryIndex from;
  EntryIndex to;              // included
  std::string_view rule_set;  // serialised entry::v1::RuleSet, of any version
  // Called for each of the acts with what it would have earned, without a bonus; nullopt: it would
  // have been refused.
  std::function<void(EntryIndex index, const Entry& act, std::optional<std::int64_t> points)> act;
  // Called now and then with how many of the entries up to `to` were read.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

// Of one scenario; points with their bonuses, grams with what is carried.
struct ScenarioReplay {
  std::uint64_t acts = 0;
  std::int64_t points = 0;  // as they were
  std::int64_t micrograms = 0;
  std::int64_t new_points = 0;
  std::int64_t new_micrograms = 0;
  std::uint64_t more = 0;                        // acts that would have earned more
  std::uint64_t less = 0;                        // or less, without those refused
  std::map<std::string, std::uint64_t> refused;  // by reason
};

struct RuleReplay {
  std::uint64_t citizens = 0;
  std::map<std::string, ScenarioReplay> scenarios;  // by name
};

// Acts of the set's districts that were accepted, in order, as if the other rules had been in force
// from `from` on for acts since their first date: with tallies and carries as they stood there, and
// then as the other rules make them. Acts that were refused are not in the log, so rules that allow
// more find nothing more; what was undone later counts as done; a bonus counts as if its budget
// could pay. Bookings count when they are weighed.
//
// InvalidArgument when the range is empty or not in the log, or the rule set is faulty.
absl::StatusOr<RuleReplay> ReplayRules(const Ledger& ledger, store::Store& store,
                                       const RuleReplayOptions& options);

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_REPLAY_RULE_REPLAY_H_
