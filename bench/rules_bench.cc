// What an act costs by the rules, without disk and gRPC: Evaluate alone, and Decide and Apply of an
// act beside those of a direct award. Numbers: bench/RULES.md.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "bench/clerk.h"
#include "bench/ride_clerk.h"
#include "ledger/core/check.h"
#include "ledger/rules/evaluation.h"

namespace tanhui::bench {
namespace {

constexpr std::uint64_t kCitizens = 100'000;
constexpr std::size_t kPrepared = 8'192;
constexpr std::size_t kManyTallies = 40;
constexpr LedgerTime kNow(1'800'000'000 * kMicrosPerSecond);  // 2027-01-15

class RuleLedger {
 public:
  RuleLedger() {
    TheLedger().Apply(state_, GenesisEntry("bench.example/ledger", kNow));
    TheLedger().Apply(state_, OperatorEntry(state_, "operator", kNow));
    for (const Command& command : clerk_.Setup()) {
      TheLedger().Apply(state_, Decide(command));
    }
    for (const Command& command : rides_.Publication()) {
      TheLedger().Apply(state_, Decide(command));
    }
    state_.TakeChanges();
  }

  Entry Decide(const Command& command) const {
    Decision decision =
        TheLedger().Decide(state_, {kNow, command, nullptr, EntryIndex(), nullptr, EntryIndex()});
    Check(std::holds_alternative<Entry>(decision), "a command of the bench is refused");
    return std::get<Entry>(std::move(decision));
  }

  Command Act() { return rides_.Ride(kNow); }
  State& state() { return state_; }
  Clerk& clerk() { return clerk_; }

 private:
  State state_;
  Clerk clerk_{IdKind::kRandom, kCitizens};
  RideClerk rides_{clerk_};
};

RuleLedger& Rules() {
  static RuleLedger* const ledger = new RuleLedger;
  return *ledger;
}

// Argument: tallies of the citizen, of other days.
void Evaluate(benchmark::State& bench) {
  Entry entry = Rules().Act().draft;
  entry.set_recorded_micros(kNow.value());
  std::vector<Tally> tallies;
  const BusinessDate today = ShanghaiDate(kNow);
  for (std::int32_t i = static_cast<std::int32_t>(bench.range(0)); i > 0; --i) {
    tallies.push_back({LimitNo(1), 0, BusinessDate(today.value() - i), 3});
  }
  const rules::Rulebook& book = rules::RulebookOf(Rules().state().registry());
  for (auto _ : bench) {
    const auto earned = rules::Evaluate(book, entry, {tallies, 123'456, 0, {}, false});
    Check(std::holds_alternative<rules::Earned>(earned), "an act of the bench is refused");
    benchmark::DoNotOptimize(earned);
  }
}
BENCHMARK(Evaluate)->ArgName("tallies")->Arg(0)->Arg(kManyTallies);

// Argument: 0 awards that state their points, 1 acts.
Command Next(std::int64_t acts) { return acts == 0 ? Rules().clerk().Award() : Rules().Act(); }

void Decide(benchmark::State& bench) {
  std::vector<Command> commands;
  for (std::size_t i = 0; i < kPrepared; ++i) {
    commands.push_back(Next(bench.range(0)));
  }
  std::size_t next = 0;
  for (auto _ : bench) {
    benchmark::DoNotOptimize(Rules().Decide(commands[next++ % kPrepared]));
  }
}
BENCHMARK(Decide)->ArgName("acts")->Arg(0)->Arg(1);

void DecideAndApply(benchmark::State& bench) {
  std::vector<Command> commands;
  std::size_t bytes = 0;
  for (auto _ : bench) {
    if (commands.empty()) {
      bench.PauseTiming();
      for (std::size_t i = 0; i < kPrepared; ++i) {
        commands.push_back(Next(bench.range(0)));
      }
      Rules().state().TakeChanges();
      bench.ResumeTiming();
    }
    const Entry entry = Rules().Decide(commands.back());
    TheLedger().Apply(Rules().state(), entry);
    bytes = entry.ByteSizeLong();
    commands.pop_back();
  }
  bench.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(DecideAndApply)->ArgName("acts")->Arg(0)->Arg(1)->Iterations(400'000);

}  // namespace
}  // namespace tanhui::bench

BENCHMARK_MAIN();
