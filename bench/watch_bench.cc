// What it costs to watch one act. Run bench/watch_bench of the build folder.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "ledger/watch/watch.h"

namespace tanhui::watch {
namespace {

// Fifty acts a second in order of time: of `citizens`, each with one of four of 10,000 devices,
// through three callers.
void BM_Observe(benchmark::State& state) {
  const auto citizens = static_cast<std::uint64_t>(state.range(0));
  Watch watch(WatchOptions{});
  std::vector<Signal> signals;
  std::uint64_t random = 1;
  std::uint64_t n = 0;
  for (auto _ : state) {
    random = random * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    Sighting sighting;
    sighting.ended = LedgerTime(1'800'000'000'000'000 + static_cast<std::int64_t>(n) * 20'000);
    sighting.begun = LedgerTime(sighting.ended.value() - 20 * kMicrosPerMinute);
    sighting.citizen = AccountNo(1 + (random >> 33) % citizens);
    sighting.device = 1 + (sighting.citizen.value() * 4 + (random >> 20) % 4) % 10'000;
    sighting.caller = ParticipantNo(static_cast<std::uint32_t>(1 + n % 3));
    sighting.district = 500'103;
    sighting.ride = n % 2 == 0;
    sighting.entry = EntryIndex(++n);
    watch.Observe(sighting, signals);
    signals.clear();
  }
}
BENCHMARK(BM_Observe)->Arg(10'000)->Arg(1'000'000);

}  // namespace
}  // namespace tanhui::watch

BENCHMARK_MAIN();
