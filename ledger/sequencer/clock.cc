#include "ledger/sequencer/clock.h"

#include <ctime>

#include "ledger/core/check.h"

namespace tanhui::sequencer {
namespace {

std::int64_t ReadMicros(clockid_t which) {
  timespec now{};
  Check(clock_gettime(which, &now) == 0, "the clock cannot be read");
  return static_cast<std::int64_t>(now.tv_sec) * kMicrosPerSecond + now.tv_nsec / 1000;
}

}  // namespace

LedgerTime SystemClock::Wall() const { return LedgerTime(ReadMicros(CLOCK_REALTIME)); }
std::int64_t SystemClock::MonotonicMicros() const { return ReadMicros(CLOCK_BOOTTIME); }

}  // namespace tanhui::sequencer
