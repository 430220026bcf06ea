// The engine without gRPC: what one award costs step by step, and how many a second go through
// sequencer and store with fsync on. Run bench/engine_bench of the build folder; TMPDIR says on
// which disk. --benchmark_filter=Engine or =BM_ chooses.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "bench/load/request_ids.h"
#include "ledger/core/check.h"
#include "ledger/core/ledger.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/tree.h"
#include "ledger/points/points_book.h"
#include "ledger/sequencer/clock.h"
#include "ledger/sequencer/engine.h"
#include "ledger/signing/key.h"
#include "ledger/store/record.h"

namespace tanhui::bench {
namespace {

namespace pb = entry::v1;

constexpr std::uint64_t kCitizens = 100'000;
constexpr std::uint64_t kBudgets = 100;
constexpr std::int64_t kPoints = 27;  // what a metro ride earns
constexpr std::size_t kSetupBatch = 4'000;
// Numbers are dense: the asset's issuance account is 1, then come budgets, then citizens.
constexpr std::uint64_t kFirstBudget = 2;
constexpr std::uint64_t kFirstCitizen = kFirstBudget + kBudgets;
constexpr std::uint32_t kOperator = 1;
constexpr std::uint32_t kSponsor = 2;
constexpr std::uint32_t kScheme = 1;
constexpr std::uint32_t kAsset = 1;

const Ledger& TheLedger() {
  static const std::array<Book, 1> books = {points::PointsBook()};
  static const Ledger ledger(books);
  return ledger;
}

// Commands as services/rpc makes them: ids in their stored form, a digest over the intent.
class Clerk {
 public:
  explicit Clerk(IdKind ids) : ids_(ids, 1), dice_(2) {}

  Command Award() {
    Command command;
    pb::Award& award = *command.draft.mutable_award();
    award.set_account(kFirstCitizen + dice_.Below(kCitizens));
    award.set_budget(kFirstBudget + dice_.Below(kBudgets));
    award.set_points(kPoints);
    award.set_scenario("metro_ride");
    return Sealed(std::move(command));
  }

  std::vector<Command> Awards(std::size_t count) {
    std::vector<Command> commands;
    commands.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      commands.push_back(Award());
    }
    return commands;
  }

  // Everything that awards need, in order of their numbers.
  std::vector<Command> Setup() {
    std::vector<Command> commands;
    Command sponsor;
    auto& participant = *sponsor.draft.mutable_participant_creation();
    participant.set_code("sponsor");
    participant.set_display_name("Sponsor");
    participant.set_kind(pb::PARTICIPANT_KIND_SPONSOR);
    commands.push_back(Sealed(std::move(sponsor)));
    Command scheme;
    scheme.draft.mutable_scheme_creation()->set_code("bench");
    scheme.draft.mutable_scheme_creation()->set_display_name("Bench");
    commands.push_back(Sealed(std::move(scheme)));
    Command asset;
    auto& creation = *asset.draft.mutable_asset_creation();
    creation.set_code("points");
    creation.set_display_name("Points");
    creation.set_scheme(kScheme);
    creation.set_max_amount(1'000'000);
    commands.push_back(Sealed(std::move(asset)));
    for (std::uint64_t i = 0; i < kBudgets; ++i) {
      commands.push_back(OpenBudget(i));
    }
    for (std::uint64_t i = 0; i < kBudgets; ++i) {
      Command fund;
      fund.draft.mutable_funding()->set_budget(kFirstBudget + i);
      fund.draft.mutable_funding()->set_points(1'000'000'000'000);
      commands.push_back(Sealed(std::move(fund)));
    }
    for (std::uint64_t i = 0; i < kCitizens; ++i) {
      commands.push_back(OpenCitizen());
    }
    return commands;
  }

 private:
  Command OpenBudget(std::uint64_t i) {
    Command command;
    auto& opening = *command.draft.mutable_budget_opening();
    opening.set_code("budget-" + std::to_string(i));
    opening.set_sponsor(kSponsor);
    opening.set_asset(kAsset);
    return Sealed(std::move(command));
  }

  Command OpenCitizen() {
    Command command;
    auto& opening = *command.draft.mutable_account_opening();
    opening.set_kind(pb::ACCOUNT_KIND_CITIZEN);
    opening.set_asset(kAsset);
    command = Sealed(std::move(command));
    command.draft.mutable_account_opening()->set_account_id(RandomId());
    command.draft.mutable_account_opening()->set_owner_id(RandomId());
    command.owner_drawn = true;
    return command;
  }

  std::string RandomId() {
    std::string id;
    for (int i = 0; i < 2; ++i) {
      id += store::EncodeU64(dice_.Next());
    }
    return id;
  }

  Command Sealed(Command command) {
    command.draft.set_caller(kOperator);
    ids_.Next(id_text_);
    command.draft.set_request_id(std::string(RequestId::FromText(id_text_)->stored()));
    const Hash256 digest = merkle::Sha256(command.draft.SerializeAsString());
    command.draft.set_request_digest(std::string(digest.view()));
    return command;
  }

  RequestIds ids_;
  Dice dice_;
  std::string id_text_;
};

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
    Decision decision = TheLedger().Decide(state_, {now_, command});
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

// A new ledger in a directory that goes with it.
class DiskLedger {
 public:
  DiskLedger() {
    sequencer::EngineOptions options;
    options.data_directory = directory_ + "/data";
    options.checkpoint_copy = directory_ + "/checkpoint";
    auto text = signing::FormatPrivateKey("bench.example/ledger", std::string(32, 'k'));
    auto key = signing::ParsePrivateKey(*text);
    Check(key.ok(), "a key is made");
    auto engine = sequencer::Engine::Open(options, TheLedger(), clock_, *key);
    Check(engine.ok(), engine.status().ToString());
    engine_ = *std::move(engine);
  }
  ~DiskLedger() {
    engine_.reset();
    std::filesystem::remove_all(directory_);
  }
  DiskLedger(const DiskLedger&) = delete;
  DiskLedger& operator=(const DiskLedger&) = delete;

  // Submits the batches, `window` of them under way, and waits until all are durable.
  void Run(std::vector<std::vector<Command>> batches, std::size_t window) {
    for (std::vector<Command>& commands : batches) {
      {
        std::unique_lock lock(mutex_);
        wakes_.wait(lock, [&] { return under_way_ < window; });
        ++under_way_;
      }
      sequencer::Submission submission;
      submission.commands = std::move(commands);
      submission.done = [this](const std::vector<sequencer::Outcome>& outcomes) {
        Ended(outcomes);
      };
      Check(!engine_->sequencer().Submit(std::move(submission)).has_value(), "a batch is taken");
    }
    std::unique_lock lock(mutex_);
    wakes_.wait(lock, [&] { return under_way_ == 0; });
  }

 private:
  static std::string NewDirectory() {
    std::string path = (std::filesystem::temp_directory_path() / "tanhui-engine.XXXXXX").string();
    Check(::mkdtemp(path.data()) != nullptr, "a directory is made");
    return path;
  }

  void Ended(const std::vector<sequencer::Outcome>& outcomes) {
    for (const sequencer::Outcome& outcome : outcomes) {
      Check(std::holds_alternative<sequencer::Accepted>(outcome), "a command is accepted");
    }
    const std::lock_guard lock(mutex_);
    --under_way_;
    wakes_.notify_one();
  }

  const std::string directory_ = NewDirectory();
  sequencer::SystemClock clock_;
  std::unique_ptr<sequencer::Engine> engine_;
  std::mutex mutex_;
  std::condition_variable wakes_;
  std::size_t under_way_ = 0;
};

std::vector<std::vector<Command>> Cut(std::vector<Command> commands, std::size_t size) {
  std::vector<std::vector<Command>> batches;
  for (std::size_t i = 0; i < commands.size(); i += size) {
    const auto first = commands.begin() + static_cast<std::ptrdiff_t>(i);
    const auto last =
        commands.begin() + static_cast<std::ptrdiff_t>(std::min(i + size, commands.size()));
    batches.emplace_back(std::make_move_iterator(first), std::make_move_iterator(last));
  }
  return batches;
}

// Arguments: awards in a batch, kind of id, batches under way. One iteration is 200,000 awards.
void Engine(benchmark::State& bench) {
  constexpr std::size_t kAwards = 200'000;
  const auto size = static_cast<std::size_t>(bench.range(0));
  Clerk clerk(bench.range(1) == 0 ? IdKind::kUuidV7 : IdKind::kRandom);
  DiskLedger ledger;
  ledger.Run(Cut(clerk.Setup(), kSetupBatch), 1);
  const std::size_t awards = kAwards / size * size;
  for (auto _ : bench) {
    bench.PauseTiming();
    std::vector<std::vector<Command>> batches = Cut(clerk.Awards(awards), size);
    bench.ResumeTiming();
    ledger.Run(std::move(batches), static_cast<std::size_t>(bench.range(2)));
  }
  bench.SetItemsProcessed(bench.iterations() * static_cast<std::int64_t>(awards));
}
BENCHMARK(Engine)
    ->ArgNames({"batch", "random_ids", "under_way"})
    ->ArgsProduct({{1'000, 8'190}, {0, 1}, {4}})
    ->Iterations(5)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tanhui::bench

BENCHMARK_MAIN();
