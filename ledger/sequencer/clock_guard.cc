#include "ledger/sequencer/clock_guard.h"

#include <algorithm>

namespace tanhui::sequencer {

ClockGuard::ClockGuard(std::optional<LedgerTime> last, LedgerTime wall, std::int64_t monotonic,
                       std::int64_t max_gap_micros)
    : last_(last), anchor_(wall), anchor_monotonic_(monotonic) {
  if (last.has_value() && wall.value() - last->value() > max_gap_micros) {
    why_ = "the last entry is of " + FormatShanghai(*last) + ", the clock says " +
           FormatShanghai(wall) + " (Asia/Shanghai): more than the configured gap";
  }
}

std::optional<LedgerTime> ClockGuard::Now(LedgerTime wall, std::int64_t monotonic) {
  if (stopped()) {
    return std::nullopt;
  }
  const std::int64_t expected = anchor_.value() + (monotonic - anchor_monotonic_);
  if (wall.value() - expected > kMaxClockLeadMicros) {
    why_ = "the clock jumped from " + FormatShanghai(LedgerTime(expected)) + " to " +
           FormatShanghai(wall) + " (Asia/Shanghai)";
    return std::nullopt;
  }
  return last_.has_value() ? std::max(wall, LedgerTime(last_->value() + 1)) : wall;
}

void ClockGuard::Used(LedgerTime time, std::int64_t monotonic) {
  last_ = time;
  anchor_ = time;
  anchor_monotonic_ = monotonic;
}

void ClockGuard::Confirm(LedgerTime wall, std::int64_t monotonic) {
  why_.clear();
  anchor_ = wall;
  anchor_monotonic_ = monotonic;
}

}  // namespace tanhui::sequencer
