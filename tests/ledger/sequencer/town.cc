#include "tests/ledger/sequencer/town.h"

#include <filesystem>
#include <thread>
#include <utility>

#include "ledger/books/all_books.h"
#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"
#include "ledger/sequencer/recovery.h"
#include "tests/ledger/store/lossy_file_system.h"

namespace tanhui::sequencer {
namespace {

using Kind = ParticipantKind;

// What the engine does first with a new log.
void CommitBeginning(store::Store& store, LedgerTime now) {
  State state;
  merkle::TreeBuilder tree;
  store::CommitBatch commit;
  const auto add = [&](const Entry& entry) {
    TestLedger().Apply(state, entry);
    commit.entries.push_back(entry.SerializeAsString());
    tree.Append(merkle::LeafHash(commit.entries.back()));
  };
  add(GenesisEntry("tanhui.example/test", now));
  add(OperatorEntry(state, "operator", now));
  commit.changes = state.TakeChanges();
  commit.head = {state.head(), tree.Root()};
  Check(store.Commit(commit).ok(), "the first commit");
}

}  // namespace

const Ledger& TestLedger() {
  static const Ledger ledger(AllBooks());
  return ledger;
}

std::vector<Command> CastCommands() {
  using namespace world;
  return {
      CreateParticipant("p2", "platform", Kind::kPlatform),
      CreateParticipant("p3", "other-platform", Kind::kPlatform),
      CreateParticipant("p4", "mall", Kind::kMerchant),
      CreateParticipant("p5", "sponsor", Kind::kSponsor),
      CreateParticipant("p6", "district", Kind::kDistrict),
      CreateParticipant("p7", "kiosk", Kind::kMerchant),
      CreateScheme("s1", "midnight"),
      CreateScheme("s2", "late-evening", 23 * 60),
      CreateAsset("as1", "points", kMidnight),
      CreateAsset("as2", "stamps", kLateEvening, kLimit, Transfers(TransferPolicy::kOff)),
      By(OpenCitizen("ac5", kPoints), kOperator),
      By(OpenCitizen("ac6", kPoints), kOperator),
      By(OpenCitizen("ac7", kStamps), kOperator),
      By(OpenCitizen("ac8", kStamps), kOperator),
      By(OpenMerchant("ac9", kPoints, kMall), kOperator),
      By(OpenMerchant("ac10", kStamps, kMall), kOperator),
      By(OpenBudget("b11", "budget", kSponsor, kPoints), kOperator),
      By(OpenBudget("b12", "stamp-budget", kDistrict, kStamps), kOperator),
      By(Fund("f11", kBudget, 1'000'000), kOperator),
      By(Fund("f12", kStampBudget, 1'000'000), kOperator),
  };
}

std::string Words(const Outcome& outcome) {
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    return world::Text(*refusal);
  }
  const auto& accepted = std::get<Accepted>(outcome);
  return (accepted.replayed ? "AGAIN " : "OK ") + std::to_string(accepted.index.value());
}

std::vector<std::string> Words(const std::vector<Outcome>& outcomes) {
  std::vector<std::string> words;
  for (const Outcome& outcome : outcomes) {
    words.push_back(Words(outcome));
  }
  return words;
}

Command Desk::Complete(const Command& command) {
  const std::lock_guard lock(mutex_);
  return world_.Complete(command);
}

std::vector<Command> Desk::Complete(std::span<const Command> commands) {
  std::vector<Command> completed;
  for (const Command& command : commands) {
    completed.push_back(Complete(command));
  }
  return completed;
}

void Gate::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void Gate::Open() {
  const std::lock_guard lock(mutex_);
  closed_ = false;
  wakes_.notify_all();
}

void Gate::Pass() {
  std::unique_lock lock(mutex_);
  ++waiting_;
  wakes_.notify_all();
  wakes_.wait(lock, [this] { return !closed_; });
  --waiting_;
}

void Gate::AwaitArrival() {
  std::unique_lock lock(mutex_);
  wakes_.wait(lock, [this] { return waiting_ > 0; });
}

Town::Town(const TownOptions& options) : options_(options) {
  if (options_.directory.empty()) {
    options_.directory = scratch_ / "town";
  }
  if (options_.all_handed_over) {
    options_.sequencer.small_commit_commands = 0;
  }
  std::filesystem::create_directories(options_.directory);
  options_.store.path = options_.directory + "/db";
  if (options_.store.env == nullptr) {
    env_ = store::SyncFreeEnv(options_.store.path, options_.directory + ".lost");
    options_.store.env = env_.get();
  }
  Open();
  if (options_.cast) {
    for (const Command& command : CastCommands()) {
      Check(Ask(command).starts_with("OK"), "the cast of a test");
    }
  }
}

Town::~Town() {
  gate_.Open();
  sequencer_.reset();
}

void Town::Open() {
  auto store = store::Store::Open(options_.store);
  Check(store.ok(), store.status().ToString());
  store_ = *std::move(store);
  if (!store_->ReadHead()->has_value()) {
    CommitBeginning(*store_, clock_.Wall());
  }
  auto recovered = Recover(TestLedger(), *store_, **store_->ReadHead());
  Check(recovered.ok(), recovered.status().ToString());
  edge_ = std::make_unique<merkle::TreeEdge>(recovered->tree);
  sequencer_ = std::make_unique<Sequencer>(
      options_.sequencer, TestLedger(), *store_, clock_, std::move(recovered->state),
      std::move(recovered->tree), [this] { return std::optional(free_bytes_.load()); },
      [this](const DurableCommit& commit) {
        gate_.Pass();
        edge_->Apply(commit.growth);
        const std::lock_guard lock(mutex_);
        commits_.push_back(commit.growth.new_size);
      });
}

std::vector<std::uint64_t> Town::commits() const {
  const std::lock_guard lock(mutex_);
  return commits_;
}

void Town::AwaitDecided() const {
  while (sequencer_->queued_commands() > 0) {
    std::this_thread::yield();
  }
}

void Town::Close() {
  gate_.Open();
  sequencer_.reset();
  edge_.reset();
  store_.reset();
}

void Town::Reopen() {
  Close();
  commits_.clear();
  Open();
}

std::future<std::vector<Outcome>> Town::Send(Submission submission,
                                             std::optional<Refusal>* refused) {
  auto promise = std::make_shared<std::promise<std::vector<Outcome>>>();
  submission.done = [promise](std::vector<Outcome> outcomes) {
    promise->set_value(std::move(outcomes));
  };
  auto future = promise->get_future();
  std::optional<Refusal> refusal = sequencer_->Submit(std::move(submission));
  if (refused != nullptr) {
    *refused = std::move(refusal);
  }
  return future;
}

std::future<std::vector<Outcome>> Town::Send(std::vector<Command> commands, bool atomic) {
  Submission submission;
  submission.commands = std::move(commands);
  submission.atomic = atomic;
  return Send(std::move(submission));
}

std::string Town::AskCompleted(const Command& command) {
  return Words(Send({command}).get().at(0));
}

std::string Town::Ask(const Command& command) { return AskCompleted(desk_.Complete(command)); }

std::vector<std::string> Town::AskAll(std::span<const Command> commands, bool atomic) {
  return Words(Send(desk_.Complete(commands), atomic).get());
}

std::vector<std::string> Town::Try(std::span<const Command> commands, bool atomic) {
  Submission submission;
  submission.commands = desk_.Complete(commands);
  submission.atomic = atomic;
  submission.validate_only = true;
  return Words(Send(std::move(submission)).get());
}

std::int64_t Town::BalanceOf(AccountNo number) const {
  const auto account = store_->ReadAccountAsOf(number);
  Check(account.ok(), account.status().ToString());
  return account->account.balance.units();
}

std::uint64_t Town::Size() const { return (*store_->ReadHead())->head.size; }

Entry Town::EntryAt(std::uint64_t index) const {
  const auto bytes = store_->ReadEntry(EntryIndex(index));
  Entry entry;
  Check(bytes.ok() && entry.ParseFromString(*bytes), "an entry of a test");
  return entry;
}

std::string Town::Difference() const {
  AuditOptions options;
  options.redecide = true;
  const auto report = Audit(TestLedger(), *store_, options);
  return report.ok() ? report->difference : report.status().ToString();
}

store::StoreOptions SmallStore() {
  store::StoreOptions options;
  options.block_cache_bytes = std::size_t{1} << 20;
  options.write_buffer_bytes = std::size_t{32} << 10;
  return options;
}

}  // namespace tanhui::sequencer
