// What one award costs step by step, in memory, without gRPC and disk. How many a second go through
// sequencer and store with fsync on: ledger_growth.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "bench/clerk.h"
#include "ledger/core/check.h"
#include "ledger/merkle/tree.h"
#include "ledger/sequencer/clock.h"

namespace tanhui::bench {
namespace {

namespace pb = entry::v1;

// Over a state that holds everything.
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
    Decision decision =
        TheLedger().Decide(state_, {now_, command, nullptr, EntryIndex(), nullptr, EntryIndex()});
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

}  // namespace
}  // namespace tanhui::bench

BENCHMARK_MAIN();
