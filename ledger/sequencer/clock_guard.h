// Stops writes when the wall clock jumps ahead: one bad step must not expire a city's points.
#ifndef TANHUI_LEDGER_SEQUENCER_CLOCK_GUARD_H_
#define TANHUI_LEDGER_SEQUENCER_CLOCK_GUARD_H_

#include <cstdint>
#include <optional>
#include <string>

#include "ledger/core/business_time.h"

namespace tanhui::sequencer {

// How far the wall clock may run ahead of last entry + monotonic time.
inline constexpr std::int64_t kMaxClockLeadMicros = 5 * kMicrosPerMinute;

// Not thread-safe: the sequencer guards it with its mutex.
class ClockGuard {
 public:
  // `last`: time of the last entry in the log; nullopt for a new log, which trusts its clock.
  // `max_gap_micros`: how long a ledger may have been down before an operator must say that the
  // clock is right.
  ClockGuard(std::optional<LedgerTime> last, LedgerTime wall, std::int64_t monotonic,
             std::int64_t max_gap_micros);

  // The ledger time for a commit decided now: max(wall, last + 1). nullopt while writes are
  // stopped; they stay stopped until Confirm. A clock that goes back does not stop writes: time
  // just crawls.
  std::optional<LedgerTime> Now(LedgerTime wall, std::int64_t monotonic);

  // The time that Now handed out was used by a commit.
  void Used(LedgerTime time, std::int64_t monotonic);

  // An operator says that `wall` is right.
  void Confirm(LedgerTime wall, std::int64_t monotonic);

  bool stopped() const { return !why_.empty(); }
  // For operators; empty while writes go on.
  const std::string& why() const { return why_; }

 private:
  std::optional<LedgerTime> last_;  // of the last entry
  LedgerTime anchor_;               // the last entry's time, or the clock at start or Confirm,
  std::int64_t anchor_monotonic_;   // and when that was
  std::string why_;
};

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_CLOCK_GUARD_H_
