// A clock that stands still until a test moves it.
#ifndef TANHUI_TESTS_LEDGER_SEQUENCER_HAND_CLOCK_H_
#define TANHUI_TESTS_LEDGER_SEQUENCER_HAND_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "ledger/sequencer/clock.h"

namespace tanhui::sequencer {

class HandClock final : public Clock {
 public:
  explicit HandClock(LedgerTime wall) : wall_(wall.value()) {}
  LedgerTime Wall() const override { return LedgerTime(wall_.load()); }
  std::int64_t MonotonicMicros() const override { return monotonic_.load(); }

  // Time passes.
  void Wait(std::int64_t micros) {
    wall_ += micros;
    monotonic_ += micros;
  }
  // Somebody sets the wall clock.
  void Jump(std::int64_t micros) { wall_ += micros; }

 private:
  std::atomic<std::int64_t> wall_;
  std::atomic<std::int64_t> monotonic_{3'600 * kMicrosPerSecond};
};

}  // namespace tanhui::sequencer

#endif  // TANHUI_TESTS_LEDGER_SEQUENCER_HAND_CLOCK_H_
