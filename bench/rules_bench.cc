// What an act costs by the rules, without disk and gRPC: Evaluate alone, and Decide and Apply of an
// act beside those of a direct award. Numbers: bench/RULES.md.
#include <benchmark/benchmark.h>
#include <google/protobuf/text_format.h>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "bench/clerk.h"
#include "ledger/core/check.h"
#include "ledger/rules/evaluation.h"

namespace tanhui::bench {
namespace {

namespace pb = entry::v1;

constexpr std::uint64_t kCitizens = 100'000;
constexpr std::size_t kPrepared = 8'192;
constexpr std::size_t kManyTallies = 40;
constexpr LedgerTime kNow(1'800'000'000 * kMicrosPerSecond);  // 2027-01-15

// A ride of a metro that three caps count, which nobody reaches.
constexpr char kRules[] = R"(
  code: "bench" version: 1 first_date: "2027-01-01" display_name: "bench" city: "chongqing"
  districts { code: 500103 name: "centre" } asset: "points"
  points_for_grams { points: 1 grams: 10 }
  late_days: 7 resubmit_days: 10 max_age_days: 60 unclaimed_days: 30
  grades { grade: EVIDENCE_GRADE_RECORDED percent: 100 }
  rules { scenario: "metro_ride" display_name: "metro" unit: UNIT_METRE min_evidence: 1
    rates { grams: "46.7" per: 1000 source { mark: SOURCE_MARK_WEAK text: "a study" } } }
  caps { code: "day" scenarios: "metro_ride" period: PERIOD_DAY counted: COUNTED_ACTS
         most: 1000000 }
  caps { code: "month" scenarios: "metro_ride" period: PERIOD_MONTH counted: COUNTED_GRAMS
         most: 100000000 }
  caps { code: "year" scenarios: "metro_ride" period: PERIOD_YEAR counted: COUNTED_POINTS
         most: 100000000 })";

class RuleLedger {
 public:
  RuleLedger() {
    TheLedger().Apply(state_, GenesisEntry("bench.example/ledger", kNow));
    TheLedger().Apply(state_, OperatorEntry(state_, "operator", kNow));
    for (const Command& command : clerk_.Setup()) {
      TheLedger().Apply(state_, Decide(command));
    }
    pb::RuleSet rules;
    Check(google::protobuf::TextFormat::ParseFromString(kRules, &rules), "the rules of the bench");
    PublishRules(rules.SerializeAsString());
    state_.TakeChanges();
  }

  Entry Decide(const Command& command) const {
    Decision decision = TheLedger().Decide(state_, {kNow, command, nullptr, EntryIndex()});
    Check(std::holds_alternative<Entry>(decision), "a command of the bench is refused");
    return std::get<Entry>(std::move(decision));
  }

  // As Clerk's awards, with a piece of evidence that nobody has claimed.
  Command Act() {
    Command command = clerk_.Award();
    const pb::Award award = command.draft.award();
    pb::Earning& act = *command.draft.mutable_earning();  // replaces the award
    act.set_account(award.account());
    act.set_budget(award.budget());
    act.set_scenario(1);
    act.set_district(500103);
    act.set_quantity(8'000);
    act.set_unit(pb::UNIT_METRE);
    const Hash256 hash = merkle::Sha256("act " + std::to_string(++acts_));
    act.add_nullifiers("\x01" + std::string(hash.view().substr(0, 16)));
    command.draft.set_act_micros(kNow.value());
    return command;
  }

  State& state() { return state_; }
  Clerk& clerk() { return clerk_; }

 private:
  void PublishRules(const std::string& bytes) {
    Command part = clerk_.Award();
    part.draft.mutable_document_part()->set_data(bytes);
    TheLedger().Apply(state_, Decide(part));
    Command command = clerk_.Award();
    pb::Publication& publication = *command.draft.mutable_publication();
    publication.set_kind(pb::DOCUMENT_KIND_RULE_SET);
    publication.set_code("bench");
    publication.set_version(1);
    publication.set_first_date(20'819);  // 2027-01-01
    publication.set_sha256(std::string(merkle::Sha256(bytes).view()));
    publication.set_size(static_cast<std::uint32_t>(bytes.size()));
    publication.set_parts(1);
    publication.set_note("note");
    TheLedger().Apply(state_, Decide(command));
  }

  State state_;
  Clerk clerk_{IdKind::kRandom, kCitizens};
  std::uint64_t acts_ = 0;
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
