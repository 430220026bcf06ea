#include "ledger/sequencer/sequencer.h"

#include <pthread.h>

#include <algorithm>

#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"

namespace tanhui::sequencer {
namespace {

constexpr std::int64_t kDiskCheckMicros = kMicrosPerSecond;
// After a small batch twice as many commands as it had are waited for, but never more than these:
// half of what a busy client has under way, so that the other half is answered meanwhile.
constexpr std::size_t kGathered = 32;
// After a smaller batch the processor has time for many small commits, and a wait would only be
// one.
constexpr std::size_t kWorthGathering = 8;

// For whoever looks at a running server with top or perf; at most 15 characters.
void NameThread(const char* name) { ::pthread_setname_np(::pthread_self(), name); }

// A store that cannot be read under a running ledger: we no longer know the state.
void Die(const absl::Status& status) { Check(false, status.ToString()); }

}  // namespace

Sequencer::Sequencer(const SequencerOptions& options, const Ledger& ledger, store::Store& store,
                     const Clock& clock, State state, merkle::TreeBuilder tree,
                     std::function<std::optional<std::uint64_t>()> free_bytes,
                     std::function<void(const DurableCommit&)> publish)
    : options_(options),
      ledger_(ledger),
      store_(store),
      clock_(clock),
      free_bytes_(std::move(free_bytes)),
      publish_(std::move(publish)),
      working_set_(ledger, store, std::move(state), options.max_cached_accounts, Die),
      tree_(std::move(tree)),
      clock_guard_(working_set_.state().head().time, clock.Wall(), clock.MonotonicMicros(),
                   options.max_start_gap_micros) {
  Check(working_set_.state().head().size == tree_.size(), "state and tree differ in size");
  decider_ = std::thread([this] { DecideLoop(); });
  committer_ = std::thread([this] { CommitLoop(); });
  acknowledger_ = std::thread([this] { AcknowledgeLoop(); });
}

Sequencer::~Sequencer() {
  StopTaking();
  decider_.join();
  committer_.join();
  acknowledger_.join();
}

std::optional<Refusal> Sequencer::Submit(Submission submission) {
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      return Refusal(Reason::kShuttingDown);
    }
    const std::size_t commands = submission.size();
    // A submission that alone is larger than the bound is taken when nothing else waits.
    const bool over = queued_commands_ + commands > options_.max_queued_commands ||
                      queued_bytes_ + submission.bytes > options_.max_queued_bytes;
    if (over && !queue_.empty()) {
      return Refusal(Reason::kQueueFull);
    }
    queued_commands_ += commands;
    queued_bytes_ += submission.bytes;
    queue_.push_back(std::move(submission));
    wakes = wake_at_ == 0 || queued_commands_ >= wake_at_;  // a submission may be empty
  }
  if (wakes) {
    decide_wakes_.notify_one();
  }
  return std::nullopt;
}

void Sequencer::StopTaking() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  decide_wakes_.notify_all();
}

void Sequencer::ConfirmClock() {
  const std::lock_guard lock(mutex_);
  clock_guard_.Confirm(clock_.Wall(), clock_.MonotonicMicros());
}

std::string Sequencer::WritesStopped() const {
  const std::lock_guard lock(mutex_);
  if (clock_guard_.stopped()) {
    return clock_guard_.why();
  }
  return disk_low_ ? "the data directory's file system is nearly full" : "";
}

std::optional<Refusal> Sequencer::RefusesWrites() const {
  const std::lock_guard lock(mutex_);
  if (clock_guard_.stopped()) {
    return Refusal(Reason::kWritesStoppedClock);
  }
  return disk_low_ ? std::optional(Refusal(Reason::kWritesStoppedDisk)) : std::nullopt;
}

std::size_t Sequencer::queued_commands() const {
  const std::lock_guard lock(mutex_);
  return queued_commands_;
}

// Called with the lock held.
std::vector<Submission> Sequencer::TakeWaiting(std::size_t room) {
  std::vector<Submission> taken;
  while (!queue_.empty() && (taken.empty() || queue_.front().size() <= room)) {
    const std::size_t commands = queue_.front().size();
    room -= std::min(room, commands);
    queued_commands_ -= commands;
    queued_bytes_ -= queue_.front().bytes;
    taken.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return taken;
}

// Called with the lock held, while nothing is under way.
void Sequencer::Gather(std::unique_lock<std::mutex>& lock) {
  wake_at_ = std::min(2 * small_commands_, kGathered);
  decide_wakes_.wait_until(lock, gather_until_,
                           [this] { return queued_commands_ >= wake_at_ || stopping_; });
  wake_at_ = 0;
  small_commands_ = 0;
}

void Sequencer::DecideLoop() {
  NameThread("decide");
  auto batch = std::make_unique<Decided>();
  while (true) {
    std::vector<Submission> submissions;
    bool end = false;
    {
      std::unique_lock lock(mutex_);
      if (small_commands_ >= kWorthGathering) {
        Gather(lock);
      }
      const auto room = [&] { return options_.max_commit_commands - batch->commands; };
      const auto can_take = [&] {
        return !queue_.empty() &&
               (batch->answers.empty() || (batch->commands < options_.max_commit_commands &&
                                           queue_.front().size() <= room()));
      };
      decide_wakes_.wait(lock, [&] {
        return can_take() || (!batch->answers.empty() && in_flight_ == nullptr) ||
               (stopping_ && queue_.empty() && batch->answers.empty());
      });
      if (!batch->answers.empty() && in_flight_ == nullptr) {
        end = true;  // the disk is idle: never wait for more
      } else if (can_take()) {
        submissions = TakeWaiting(batch->answers.empty() ? options_.max_commit_commands : room());
      } else {
        break;
      }
    }
    if (end) {
      End(std::exchange(batch, std::make_unique<Decided>()));
    } else {
      DecideInto(*batch, std::move(submissions));
    }
  }
  const std::lock_guard lock(mutex_);
  decided_all_ = true;
  commit_wakes_.notify_all();
}

void Sequencer::End(std::unique_ptr<Decided> batch) {
  batch->commit.changes = working_set_.HandOver();
  batch->durable.registry = working_set_.state().shared_registry();
  batch->commit.head.head = working_set_.state().head();
  if (batch->commands < options_.small_commit_commands) {
    const auto begun = std::chrono::steady_clock::now();
    MakeDurable(*batch);
    {
      const std::lock_guard lock(mutex_);
      acknowledgements_.push_back(std::move(batch->answers));
    }
    acknowledge_wakes_.notify_one();
    small_commands_ = batch->commands;
    const auto ended = std::chrono::steady_clock::now();
    gather_until_ = ended + std::min<std::chrono::nanoseconds>(options_.gather, ended - begun);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    in_flight_ = std::move(batch);
  }
  commit_wakes_.notify_one();
}

// The batch's entries become leaves; its root and full tiles are known then.
void Sequencer::Hash(Decided& batch) {
  for (const std::string& entry : batch.commit.entries) {
    tree_.Append(merkle::LeafHash(entry));
  }
  batch.durable.growth = tree_.Grow();
  batch.commit.tiles = batch.durable.growth.completed;
  batch.commit.head.root = batch.durable.growth.root;
}

void Sequencer::MakeDurable(Decided& batch) {
  if (batch.commit.entries.empty()) {
    return;
  }
  Hash(batch);
  // A crash here: the batch is durable as a whole or not at all, and nobody was answered.
  const absl::Status status = store_.Commit(batch.commit);
  Check(status.ok(),
        status.ok() ? "" : "a commit failed, the disk's state is unknown: " + status.ToString());
  // A crash here: durable and unanswered; a retry gets the first outcome.
  publish_(batch.durable);
}

void Sequencer::CommitLoop() {
  NameThread("commit");
  while (true) {
    std::shared_ptr<Decided> batch;
    {
      std::unique_lock lock(mutex_);
      commit_wakes_.wait(lock, [this] { return in_flight_ != nullptr || decided_all_; });
      if (in_flight_ == nullptr) {
        committed_all_ = true;
        acknowledge_wakes_.notify_all();
        return;
      }
      batch = in_flight_;
    }
    MakeDurable(*batch);
    {
      const std::lock_guard lock(mutex_);
      acknowledgements_.push_back(std::move(batch->answers));
      in_flight_ = nullptr;
    }
    decide_wakes_.notify_one();
    acknowledge_wakes_.notify_one();
  }
}

void Sequencer::AcknowledgeLoop() {
  NameThread("acknowledge");
  while (true) {
    std::deque<Answers> ready;
    {
      std::unique_lock lock(mutex_);
      acknowledge_wakes_.wait(lock,
                              [this] { return !acknowledgements_.empty() || committed_all_; });
      if (acknowledgements_.empty()) {
        return;
      }
      ready.swap(acknowledgements_);
    }
    for (Answers& answers : ready) {
      for (auto& [done, outcomes] : answers) {
        done(std::move(outcomes));
      }
    }
  }
}

// nullopt and `now` set when writes may go on.
std::optional<Refusal> Sequencer::WhyNotWrite(LedgerTime& now) {
  const std::int64_t monotonic = clock_.MonotonicMicros();
  const LedgerTime wall = clock_.Wall();
  const bool check_disk = monotonic - disk_checked_at_ >= kDiskCheckMicros;
  const std::optional<std::uint64_t> free = check_disk ? free_bytes_() : std::nullopt;
  const std::lock_guard lock(mutex_);
  if (check_disk) {
    disk_checked_at_ = monotonic;
    disk_low_ = free.has_value() ? *free < options_.min_free_bytes : disk_low_;
  }
  const auto time = clock_guard_.Now(wall, monotonic);
  if (!time.has_value()) {
    return Refusal(Reason::kWritesStoppedClock);
  }
  if (disk_low_) {
    return Refusal(Reason::kWritesStoppedDisk);
  }
  now = *time;
  return std::nullopt;
}

}  // namespace tanhui::sequencer
