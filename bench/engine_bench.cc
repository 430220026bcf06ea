// The engine without gRPC: what one award costs step by step, and how many a second go through
// sequencer and store with fsync on. Run bench/engine_bench of the build folder; TMPDIR says on
// which disk. --benchmark_filter=Engine or =BM_ chooses.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "bench/clerk.h"
#include "bench/disk_ledger.h"
#include "ledger/core/check.h"
#include "ledger/merkle/tree.h"

namespace tanhui::bench {
namespace {

namespace pb = entry::v1;

// --- One award, step by step, over a state that holds everything. ---

class MemoryLedger {
 public:
  MemoryLedger() {
    TheLedger().Apply(state_, GenesisEntry("bench.example/ledger", now_));
    TheLedger().Apply(state_, OperatorEntry(state_, "operator", now_));
    for (const Command& command : clerk_.Setup()) {
      TheLedger().Apply(state_, Decide(command));
    }
    state_.TakeChanges();
  }

  Entry Decide(const Command& command) const {
    Decision decision = TheLedger().Decide(state_, {now_, command, nullptr, EntryIndex()});
    Check(std::holds_alternative<Entry>(decision), "a command of the bench is refused");
    return std::get<Entry>(std::move(decision));
  }

  State& state() { return state_; }
  Clerk& clerk() { return clerk_; }

 private:
  const LedgerTime now_ = sequencer::SystemClock().Wall();
  State state_;
  Clerk clerk_{IdKind::kRandom};
};

MemoryLedger& Memory() {
  static MemoryLedger* const ledger = new MemoryLedger;
  return *ledger;
}

constexpr std::size_t kPrepared = 8'192;

void BM_Decide(benchmark::State& bench) {
  const std::vector<Command> commands = Memory().clerk().Awards(kPrepared);
  std::size_t next = 0;
  for (auto _ : bench) {
    benchmark::DoNotOptimize(Memory().Decide(commands[next++ % kPrepared]));
  }
}
BENCHMARK(BM_Decide);

// Decided just before, outside the measured time, since each award changes what the next one says.
void BM_Apply(benchmark::State& bench) {
  State& state = Memory().state();
  std::vector<Entry> entries;
  std::size_t next = 0;
  // Each to a citizen and from a budget of its own: decided together, every one must still be
  // right when it is applied.
  const auto prepare = [&] {
    entries.clear();
    next = 0;
    for (std::uint64_t i = 0; i < kBudgets; ++i) {
      Command command = Memory().clerk().Award();
      pb::Award& award = *command.draft.mutable_award();
      const std::uint64_t row = (award.account() - kFirstCitizen) / kBudgets;
      award.set_account(kFirstCitizen + row * kBudgets + i);
      award.set_budget(kFirstBudget + i);
      entries.push_back(Memory().Decide(command));
    }
  };
  for (auto _ : bench) {
    if (next == entries.size()) {
      bench.PauseTiming();
      prepare();
      bench.ResumeTiming();
    }
    // Their indexes differ from those that Decide saw, which no posting depends on.
    TheLedger().Apply(state, entries[next++]);
  }
  state.TakeChanges();
}
BENCHMARK(BM_Apply);

void BM_Encode(benchmark::State& bench) {
  const Entry entry = Memory().Decide(Memory().clerk().Award());
  std::size_t size = 0;
  for (auto _ : bench) {
    const std::string bytes = entry.SerializeAsString();
    benchmark::DoNotOptimize(bytes.data());
    size = bytes.size();
  }
  bench.counters["bytes"] = static_cast<double>(size);
}
BENCHMARK(BM_Encode);

void BM_HashIntoTree(benchmark::State& bench) {
  const std::string bytes = Memory().Decide(Memory().clerk().Award()).SerializeAsString();
  merkle::TreeBuilder tree;
  for (auto _ : bench) {
    tree.Append(merkle::LeafHash(bytes));
    if (tree.size() % 1'000 == 0) {
      benchmark::DoNotOptimize(tree.Grow());
    }
  }
}
BENCHMARK(BM_HashIntoTree);

void BM_CommandKey(benchmark::State& bench) {
  const Command command = Memory().clerk().Award();
  for (auto _ : bench) {
    benchmark::DoNotOptimize(command.key());
  }
}
BENCHMARK(BM_CommandKey);

// --- Sequencer and store. ---

// Of all threads together.
double ProcessMicros() {
  rusage used{};
  Check(::getrusage(RUSAGE_SELF, &used) == 0, "the time used is known");
  const auto micros = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return micros(used.ru_utime) + micros(used.ru_stime);
}

// Arguments: awards in a batch, kind of id, batches under way, budgets that pay (1: a hot one). One
// iteration is 400,000 awards to a million citizens. `stall_ms` is the longest time without a
// batch becoming durable; making the commands is not measured.
void Engine(benchmark::State& bench) {
  constexpr std::size_t kAwards = 400'000;
  constexpr std::uint64_t kCitizens = 1'000'000;
  const auto size = static_cast<std::size_t>(bench.range(0));
  Clerk clerk(bench.range(1) == 0 ? IdKind::kUuidV7 : IdKind::kRandom, kCitizens,
              static_cast<std::uint64_t>(bench.range(3)));
  const sequencer::SystemClock clock;
  DiskLedger ledger(clock);
  ledger.Run(Cut(clerk.Institutions(), kSetupBatch), 1);
  for (std::uint64_t i = 0; i < kCitizens; i += kSetupBatch) {
    std::vector<Command> citizens(kSetupBatch);
    std::generate(citizens.begin(), citizens.end(), [&clerk] { return clerk.OpenCitizen(); });
    ledger.Run(Cut(std::move(citizens), kSetupBatch), 1);
  }
  const std::size_t awards = kAwards / size * size;
  std::chrono::nanoseconds stall{};
  double cpu_micros = 0;
  for (auto _ : bench) {
    bench.PauseTiming();
    std::vector<std::vector<Command>> batches = Cut(clerk.Awards(awards), size);
    bench.ResumeTiming();
    const double before = ProcessMicros();
    stall =
        std::max(stall, ledger.Run(std::move(batches), static_cast<std::size_t>(bench.range(2))));
    cpu_micros += ProcessMicros() - before;
  }
  bench.SetItemsProcessed(bench.iterations() * static_cast<std::int64_t>(awards));
  bench.counters["cpu_us_per_award"] =
      cpu_micros / static_cast<double>(bench.iterations()) / static_cast<double>(awards);
  bench.counters["stall_ms"] = std::chrono::duration<double, std::milli>(stall).count();
}
BENCHMARK(Engine)
    ->ArgNames({"batch", "random_ids", "under_way", "budgets"})
    ->ArgsProduct({{1'000, 8'190}, {0, 1}, {4}, {kBudgets}})
    ->Args({1'000, 0, 4, 1})
    ->Iterations(10)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tanhui::bench

BENCHMARK_MAIN();
