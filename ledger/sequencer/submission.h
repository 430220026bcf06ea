// What goes into the sequencer and what comes out.
#ifndef TANHUI_LEDGER_SEQUENCER_SUBMISSION_H_
#define TANHUI_LEDGER_SEQUENCER_SUBMISSION_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <variant>
#include <vector>

#include "ledger/core/book.h"
#include "ledger/core/ids.h"
#include "ledger/core/refusal.h"

namespace tanhui::sequencer {

// The entry that a command made, now or the first time it came. With validate_only it is what would
// have been made.
struct Accepted {
  Entry entry;
  EntryIndex index;
  bool replayed = false;
};

using Outcome = std::variant<Accepted, Refusal>;

// Commands that came in one call.
struct Submission {
  std::vector<Command> commands;
  // The engine's own: accounts that are to be swept of what is due. Without commands; answered with
  // no outcome, or with one refusal when nothing may be written now.
  std::vector<AccountNo> sweep;
  bool atomic = false;         // the first refusal refuses all
  bool validate_only = false;  // decide, answer, write nothing
  std::size_t bytes = 0;       // size of the request on the wire, for the queue's bound
  // Past it the submission is dropped undecided and answered kDeadlineExceeded.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  // Called exactly once, with one outcome per command in order, when the state they were decided on
  // is durable. From the acknowledging thread, whose time every
  // answer shares: reads of the store are fine, waiting for others is not.
  std::function<void(std::vector<Outcome>)> done;

  // What it counts against the queue's and a commit's bounds.
  std::size_t size() const { return commands.size() + sweep.size(); }
};

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_SUBMISSION_H_
