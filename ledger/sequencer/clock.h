// The only reader of clocks in the program.
#ifndef TANHUI_LEDGER_SEQUENCER_CLOCK_H_
#define TANHUI_LEDGER_SEQUENCER_CLOCK_H_

#include <cstdint>

#include "ledger/core/business_time.h"

namespace tanhui::sequencer {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // The wall clock, which an administrator or a time server may set forward or back.
  virtual LedgerTime Wall() const = 0;
  // Microseconds that only grow, at the pace of real time, from an arbitrary start.
  virtual std::int64_t MonotonicMicros() const = 0;
};

class SystemClock final : public Clock {
 public:
  LedgerTime Wall() const override;
  // CLOCK_BOOTTIME: it counts on while a machine sleeps, so waking up is no jump.
  std::int64_t MonotonicMicros() const override;
};

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_CLOCK_H_
