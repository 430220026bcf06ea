// Power cuts in the middle of work. Each round runs a whole engine over a file system that
// remembers what was synced, submits from four threads, and takes what a disk could hold at a
// random operation of that file system. The next round opens that and must find everything that
// had been acknowledged, once, and a ledger that its own log explains.
//
// TANHUI_SEED repeats a run, TANHUI_ROUNDS lengthens it.
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "ledger/sequencer/engine.h"
#include "tests/ledger/sequencer/coupons/coupon_work.h"
#include "tests/ledger/sequencer/town.h"
#include "tests/ledger/signing/demo_keys.h"
#include "tests/ledger/store/lossy_file_system.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::sequencer {
namespace {

namespace fs = std::filesystem;
using world::kBudget;
using world::kPoints;

constexpr int kThreads = 4;
constexpr std::size_t kInFlight = 8;  // submissions of one thread
constexpr std::uint64_t kCitizens = 24;

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// The logs of a database with their sizes, for whoever looks into a failure.
std::string Listing(const std::string& directory) {
  std::string out;
  for (const auto& file : fs::directory_iterator(directory)) {
    out += "\n" + file.path().filename().string() + " " + std::to_string(file.file_size());
  }
  return out;
}

// What a client was told, and what it does not know.
struct Told {
  Command command;
  std::optional<std::uint64_t> index;  // of the entry, once it was acknowledged
  std::string bytes;                   // of that entry
};

// The clients' side of the story: it outlives every crash.
class Clients {
 public:
  void Asked(const Command& command) {
    const std::lock_guard lock(mutex_);
    told_.emplace(command.draft.request_id(), Told{command, std::nullopt, {}});
  }
  void Answered(const std::vector<std::string>& ids, const std::vector<Outcome>& outcomes) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto* accepted = std::get_if<Accepted>(&outcomes[i]);
      if (accepted == nullptr) {
        continue;
      }
      Told& told = told_.at(ids[i]);
      const std::string bytes = accepted->entry.SerializeAsString();
      if (told.index.has_value() &&
          (*told.index != accepted->index.value() || told.bytes != bytes)) {
        contradictions_.push_back("entry " + std::to_string(*told.index) + " became " +
                                  std::to_string(accepted->index.value()));
      }
      told.index = accepted->index.value();
      told.bytes = bytes;
      if (accepted->entry.has_coupon_issue()) {
        coupons_.push_back(*told.index);
      } else if (accepted->entry.has_coupon_redemption()) {
        uses_.push_back(*told.index);
      }
    }
  }
  std::map<std::string, Told> told() const {
    const std::lock_guard lock(mutex_);
    return told_;
  }
  void Restore(std::map<std::string, Told> told) {
    const std::lock_guard lock(mutex_);
    told_ = std::move(told);
  }
  // A coupon, or a use of one, that somebody was told of: after a crash perhaps of none any more.
  // Nullopt when there was none.
  std::optional<std::uint64_t> AnyCoupon(std::mt19937_64& random) const {
    return AnyOf(coupons_, random);
  }
  std::optional<std::uint64_t> AnyUse(std::mt19937_64& random) const {
    return AnyOf(uses_, random);
  }
  // A pair of rows outside the log that was written, and told.
  void Wrote(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    written_ = number;
  }
  std::uint64_t written() const {
    const std::lock_guard lock(mutex_);
    return written_;
  }
  std::vector<std::string> contradictions() const {
    const std::lock_guard lock(mutex_);
    return contradictions_;
  }

 private:
  std::optional<std::uint64_t> AnyOf(const std::vector<std::uint64_t>& entries,
                                     std::mt19937_64& random) const {
    const std::lock_guard lock(mutex_);
    return entries.empty() ? std::nullopt : std::optional(entries[random() % entries.size()]);
  }

  mutable std::mutex mutex_;
  std::map<std::string, Told> told_;
  std::vector<std::uint64_t> coupons_;
  std::vector<std::uint64_t> uses_;
  std::uint64_t written_ = 0;
  std::vector<std::string> contradictions_;
};

// The second writer: pairs of rows outside the log, the one before erased, beside the commits.
std::string OutsideKey(std::uint64_t number, char half) {
  return "t" + std::to_string(number) + half;
}

// Bounds what one thread has in flight.
class Window {
 public:
  void Enter() {
    std::unique_lock lock(mutex_);
    wakes_.wait(lock, [this] { return inside_ < kInFlight; });
    ++inside_;
  }
  // Notifies under the lock: whoever waits in Empty may destroy the window next.
  void Leave() {
    const std::lock_guard lock(mutex_);
    --inside_;
    wakes_.notify_all();
  }
  void Empty() {
    std::unique_lock lock(mutex_);
    wakes_.wait(lock, [this] { return inside_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable wakes_;
  std::size_t inside_ = 0;
};

// One power-up of the machine: a directory, a file system over it, an engine.
class Machine {
 public:
  Machine(const std::string& home, HandClock& clock)
      : home_(home),
        clock_(clock),
        files_(std::make_shared<store::LossyFileSystem>(home + "/data/db", home + "/lost")),
        env_(rocksdb::NewCompositeEnv(files_)) {}

  // Plans the crash: the image is another home, with the checkpoints as they were just before.
  void CrashAt(std::uint64_t n, const std::string& image, std::uint64_t seed, Clients& clients,
               std::map<std::string, Told>& told, std::uint64_t* written = nullptr) {
    fs::create_directories(image + "/data");
    files_->CrashAt(n, image + "/data/db", seed, [this, image, &clients, &told, written] {
      told = clients.told();
      if (written != nullptr) {
        *written = clients.written();
      }
      // The data directory's checkpoint first: it is written second.
      for (const char* file : {"/data/checkpoint", "/second_place", "/data/FORMAT"}) {
        if (fs::exists(home_ + file)) {
          fs::copy_file(home_ + file, image + file);
        }
      }
    });
  }

  absl::Status Start() {
    EngineOptions options;
    options.data_directory = home_ + "/data";
    options.checkpoint_copy = home_ + "/second_place";
    options.checkpoint_interval = std::chrono::milliseconds(20);
    options.store = SmallStore();
    options.store.env = env_.get();
    options.sequencer.max_commit_commands = 600;
    // Which thread commits a small batch: one and the other in turn.
    options.sequencer.small_commit_commands = ++starts_ % 2 == 0 ? 0 : 128;
    options.sequencer.min_free_bytes = 0;
    auto engine = Engine::Open(options, TestLedger(), clock_, signing::DemoSigner());
    if (!engine.ok()) {
      return engine.status();
    }
    engine_ = *std::move(engine);
    return absl::OkStatus();
  }
  void Stop() { engine_.reset(); }

  Engine& engine() { return *engine_; }
  store::LossyFileSystem& files() { return *files_; }

 private:
  const std::string home_;
  int starts_ = 0;
  HandClock& clock_;
  std::shared_ptr<store::LossyFileSystem> files_;
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<Engine> engine_;
};

void Submit(Engine& engine, Clients& clients, Window& window, std::vector<Command> commands,
            bool atomic) {
  Submission submission;
  std::vector<std::string> ids;
  for (const Command& command : commands) {
    ids.push_back(command.draft.request_id());
    clients.Asked(command);
  }
  submission.commands = std::move(commands);
  submission.atomic = atomic;
  submission.done = [&clients, &window, ids](const std::vector<Outcome>& outcomes) {
    clients.Answered(ids, outcomes);
    window.Leave();
  };
  window.Enter();
  if (engine.sequencer().Submit(std::move(submission)).has_value()) {
    window.Leave();
  }
}

// One client: awards, moves, coupons, cancellations and repeats, alone and in lists.
class Client {
 public:
  Client(std::uint64_t seed, std::string name, Desk& desk, const Clients& clients)
      : random_(seed), name_(std::move(name)), desk_(desk), clients_(clients) {}

  void Work(Machine& machine, Clients& clients) {
    Window window;
    while (!machine.files().crashed()) {
      const std::uint64_t dice = random_() % 60;
      std::vector<Command> commands;
      const std::size_t count = dice == 0 ? 150 : (dice < 6 ? 2 + random_() % 20 : 1);
      for (std::size_t i = 0; i < count; ++i) {
        commands.push_back(Next());
      }
      Submit(machine.engine(), clients, window, std::move(commands), dice % 2 == 0);
    }
    window.Empty();
  }

  Command Next() {
    const std::string id = name_ + "-" + std::to_string(made_.size());
    const std::uint64_t dice = random_() % 22;
    if (dice == 0 && !made_.empty()) {
      return made_[random_() % made_.size()];  // a retry
    }
    const AccountNo one = Citizen();
    const AccountNo other = Citizen();
    Command command = world::Award(id, one, kBudget, 1 + static_cast<std::int64_t>(dice));
    if (dice == 1 && !made_.empty()) {
      const auto target = RequestId::FromStored(made_[random_() % made_.size()].draft.request_id());
      command = world::Cancel(id, target->text());
    } else if (dice < 5 && one != other) {
      command = world::Transfer(id, one, other, 1 + static_cast<std::int64_t>(random_() % 9));
    } else if (dice < 7) {
      command = world::Redeem(id, one, world::kShop, 1 + static_cast<std::int64_t>(random_() % 9));
    } else if (dice < 8) {
      command = world::ForUser(world::OpenCitizen(id, kPoints), static_cast<char>(random_()));
    } else if (dice < 9) {
      command = world::WithReference(std::move(command), "till " + id);
    } else if (dice >= 16) {
      command = CouponWork(id, one, clients_.AnyCoupon(random_), clients_.AnyUse(random_), random_);
    }
    made_.push_back(desk_.Complete(command));
    return made_.back();
  }

 private:
  AccountNo Citizen() { return AccountNo(world::kNextAccount.value() + random_() % kCitizens); }

  std::mt19937_64 random_;
  const std::string name_;
  Desk& desk_;
  const Clients& clients_;
  std::vector<Command> made_;
};

class CrashInProcess : public testing::Test {
 protected:
  // What the log must say to a client that was told.
  void ExpectEverythingToldIsThere(Machine& machine) {
    const store::Store& store = machine.engine().store();
    const auto head = store.ReadHead();
    ASSERT_TRUE(head.ok() && head->has_value());
    for (const auto& [id, told] : clients_.told()) {
      if (!told.index.has_value()) {
        continue;
      }
      const auto bytes = store.ReadEntry(EntryIndex(*told.index));
      ASSERT_TRUE(bytes.ok()) << "acknowledged entry " << *told.index << " of "
                              << (*head)->head.size << ": " << bytes.status().ToString();
      ASSERT_EQ(*bytes, told.bytes) << "entry " << *told.index;
      const auto record = store.ReadRequestAsOf(told.command.key());
      ASSERT_TRUE(record.ok() && record->record.has_value()) << "entry " << *told.index;
      ASSERT_EQ(record->record->entry.value(), *told.index);
      if (!told.command.reference.empty()) {
        ASSERT_EQ(*store.ReadReference(EntryIndex(*told.index)), told.command.reference);
      }
    }
  }

  // What was written last outside the log is there, or a pair that came after it and nobody was
  // told of; never half of one, and never two.
  void ExpectRowsOutsideAreWhole(Machine& machine) {
    std::vector<std::string> keys;
    ASSERT_TRUE(machine.engine()
                    .store()
                    .ScanOutside("t", "", 100,
                                 [&keys](std::string_view key, std::string_view) {
                                   keys.emplace_back(key);
                                   return true;
                                 })
                    .ok());
    const std::uint64_t written = clients_.written();
    if (written == 0 && keys.empty()) {
      return;
    }
    ASSERT_EQ(keys.size(), 2u);
    const std::uint64_t number = std::stoull(keys[0].substr(1));
    EXPECT_TRUE(number == written || number == written + 1) << number << " after " << written;
    EXPECT_EQ(keys, (std::vector<std::string>{OutsideKey(number, 'a'), OutsideKey(number, 'b')}));
    clients_.Wrote(number);
  }

  void WriteOutside(Machine& machine) {
    while (!machine.files().crashed()) {
      const std::uint64_t number = clients_.written() + 1;
      const std::vector<std::pair<std::string, std::string>> put = {
          {OutsideKey(number, 'a'), "first"}, {OutsideKey(number, 'b'), std::string(300, 'x')}};
      const std::vector<std::string> erase = {OutsideKey(number - 1, 'a'),
                                              OutsideKey(number - 1, 'b')};
      ASSERT_TRUE(machine.engine().store().PutOutside(put, erase).ok());
      clients_.Wrote(number);
    }
  }

  // Double application, a lost account, another tree: each is a difference of the audit.
  void ExpectAuditPasses(Machine& machine) {
    AuditOptions options;
    options.checkpoint_note = machine.engine().checkpoint()->note;
    options.verifier = signing::VerifierOf(signing::DemoSigner());
    const auto report = Audit(TestLedger(), machine.engine().store(), options);
    ASSERT_TRUE(report.ok()) << report.status().ToString();
    ASSERT_EQ(report->difference, "");
    ASSERT_EQ(report->root, machine.engine().checkpoint()->checkpoint.root);
    ASSERT_EQ(report->checkpoint_size, report->entries);
  }

  // A client that got no answer asks again: it gets the first outcome, or a new one.
  void AskAgain(Machine& machine, std::mt19937_64& random) {
    Window window;
    for (const auto& [id, told] : clients_.told()) {
      if (!told.index.has_value() || random() % 8 == 0) {
        Submit(machine.engine(), clients_, window, {told.command}, false);
      }
    }
    window.Empty();
  }

  void MakeCast(Machine& machine) {
    Window window;
    std::vector<Command> commands = CastCommands();
    for (std::uint64_t i = 0; i < kCitizens; ++i) {
      commands.push_back(world::OpenCitizen("citizen" + std::to_string(i), kPoints));
    }
    const std::vector<Command> campaigns = CampaignCommands(kCitizens);
    commands.insert(commands.end(), campaigns.begin(), campaigns.end());
    for (const Command& command : desk_.Complete(commands)) {
      // One after the other, so that every account gets the number that the others name.
      Submit(machine.engine(), clients_, window, {command}, false);
      window.Empty();
    }
  }

  // So many commands of one client, one after the other.
  void Work(Machine& machine, const std::string& name, int count) {
    Client client(1, name, desk_, clients_);
    Window window;
    for (int i = 0; i < count; ++i) {
      Submit(machine.engine(), clients_, window, {client.Next()}, false);
    }
    window.Empty();
  }

  HandClock clock_{world::kStart};
  Desk desk_;
  Clients clients_;
  ScratchDirectory scratch_;
};

TEST_F(CrashInProcess, LosesNothingThatWasAcknowledged) {
  const std::uint64_t seed = FromEnvironment("TANHUI_SEED", 20'240'228);
  const std::uint64_t rounds = FromEnvironment("TANHUI_ROUNDS", 40);
  std::string home = scratch_ / "0";
  {
    Machine machine(home, clock_);
    ASSERT_EQ(machine.Start(), absl::OkStatus());
    MakeCast(machine);
    machine.Stop();
  }
  for (std::uint64_t round = 1; round <= rounds; ++round) {
    SCOPED_TRACE("TANHUI_SEED=" + std::to_string(seed) + ", round " + std::to_string(round));
    std::mt19937_64 random(seed + round);
    clock_.Wait(kMicrosPerSecond);
    const std::string image = scratch_ / std::to_string(round);
    std::map<std::string, Told> told;
    std::uint64_t written = 0;
    {
      Machine machine(home, clock_);
      // Often in the middle of recovery itself, sometimes far into the work.
      const std::uint64_t reach = random() % 3 == 0 ? 60 : 1'000;
      machine.CrashAt(1 + random() % reach, image, random(), clients_, told, &written);
      const absl::Status started = machine.Start();
      ASSERT_TRUE(started.ok()) << started.ToString() << Listing(home + "/data/db");
      ASSERT_NO_FATAL_FAILURE(ExpectEverythingToldIsThere(machine));
      ASSERT_NO_FATAL_FAILURE(ExpectAuditPasses(machine));
      ASSERT_NO_FATAL_FAILURE(ExpectRowsOutsideAreWhole(machine));
      AskAgain(machine, random);
      std::vector<std::thread> threads;
      threads.emplace_back([&] { WriteOutside(machine); });
      for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, client_seed = random(), i] {
          Client client(client_seed, std::to_string(round) + "/" + std::to_string(i), desk_,
                        clients_);
          client.Work(machine, clients_);
        });
      }
      for (std::thread& thread : threads) {
        thread.join();
      }
      machine.Stop();
      ASSERT_TRUE(machine.files().crashed());
    }
    // What came after the crash never happened.
    clients_.Restore(std::move(told));
    clients_.Wrote(written);
    fs::remove_all(home);
    home = image;
  }
  EXPECT_EQ(clients_.contradictions(), std::vector<std::string>());
  Machine machine(home, clock_);
  ASSERT_TRUE(machine.Start().ok());
  ExpectEverythingToldIsThere(machine);
  ExpectAuditPasses(machine);
  ExpectRowsOutsideAreWhole(machine);
  EXPECT_GT(clients_.written(), rounds) << "the second writer hardly worked";
  std::size_t acknowledged = 0;
  for (const auto& [id, entry] : clients_.told()) {
    acknowledged += entry.index.has_value() ? 1 : 0;
  }
  EXPECT_GT(acknowledged, 20 * rounds) << "the clients hardly worked";
  std::mt19937_64 random(seed);
  EXPECT_TRUE(clients_.AnyUse(random).has_value()) << "nobody used a coupon";
  RecordProperty("acknowledged", static_cast<int>(acknowledged));
  std::printf("%llu rounds, %zu acknowledged entries\n", static_cast<unsigned long long>(rounds),
              acknowledged);
}

// A power cut at every operation of making a new ledger leaves one that opens, or begins anew.
TEST_F(CrashInProcess, ANewLedgerSurvivesACrashAtEveryOperation) {
  std::uint64_t operations = 0;
  {
    Machine machine(scratch_ / "measure", clock_);
    ASSERT_TRUE(machine.Start().ok());
    operations = machine.files().operations();
  }
  ASSERT_GT(operations, 10u);
  for (std::uint64_t n = 1; n <= operations; ++n) {
    SCOPED_TRACE("operation " + std::to_string(n));
    const std::string home = scratch_ / std::to_string(n);
    std::map<std::string, Told> told;
    {
      Machine machine(home, clock_);
      machine.CrashAt(n, home + ".image", n, clients_, told);
      ASSERT_TRUE(machine.Start().ok());
      machine.Stop();
    }
    Machine again(home + ".image", clock_);
    const absl::Status started = again.Start();
    ASSERT_TRUE(started.ok()) << started.ToString();
    ASSERT_NO_FATAL_FAILURE(ExpectAuditPasses(again));
    again.Stop();
    fs::remove_all(home);
    fs::remove_all(home + ".image");
  }
}

// Closing writes every index that has rows. A power cut at every operation of it: files half
// written, written and in no manifest, linked, in the manifest and not let go. Each image knows
// every index again, from its files or from the log.
TEST_F(CrashInProcess, IndexesSurviveACrashAtEveryOperationOfTheirWriting) {
  const std::string base = scratch_ / "base";
  {
    Machine machine(base, clock_);
    ASSERT_EQ(machine.Start(), absl::OkStatus());
    MakeCast(machine);
    Work(machine, "before", 60);
  }
  const std::map<std::string, Told> told_before = clients_.told();
  std::uint64_t crashes = 0;
  for (std::uint64_t n = 1;; ++n) {
    SCOPED_TRACE("operation " + std::to_string(n));
    const std::string home = scratch_ / std::to_string(n);
    fs::copy(base, home, fs::copy_options::recursive);
    clients_.Restore(told_before);
    clock_.Wait(kMicrosPerSecond);
    std::map<std::string, Told> told;
    {
      Machine machine(home, clock_);
      ASSERT_EQ(machine.Start(), absl::OkStatus());
      Work(machine, "after", 40);
      machine.CrashAt(n, home + ".image", n, clients_, told);
      machine.Stop();
      if (!machine.files().crashed()) {
        break;  // closing has fewer operations
      }
    }
    ++crashes;
    Machine again(home + ".image", clock_);
    const absl::Status started = again.Start();
    ASSERT_TRUE(started.ok()) << started.ToString();
    ASSERT_NO_FATAL_FAILURE(ExpectEverythingToldIsThere(again));
    ASSERT_NO_FATAL_FAILURE(ExpectAuditPasses(again));
    again.Stop();
    fs::remove_all(home);
    fs::remove_all(home + ".image");
  }
  EXPECT_GT(crashes, 20u) << "closing wrote no indexes";
}

}  // namespace
}  // namespace tanhui::sequencer
