// Gives commands their order: bounded queue → batch → decide → commit → apply → acknowledge.
//
// Three threads. The deciding thread takes what waits, decides it over the working set and encodes
// it, and goes on adding to its batch while the commit before is being fsynced. The committing
// thread hashes a batch into the tree, makes it durable with one write and one fsync, and then
// publishes it to readers. The acknowledging thread calls `done`, in order.
//
// A small batch, of calls that each bring little, is committed by the deciding thread itself:
// waking another one costs as much as deciding a dozen awards, and what comes during the fsync
// shares the next. For the same reason it waits a moment for more after a small batch of eight or
// more, at most as long as that took to commit; after a smaller one nothing is waited for.
//
// A crash before the fsync returns loses the batch, and nobody was answered; a crash after it loses
// the answers only, and a retry with the same request id gets them again. A failed write or fsync
// aborts the process: nothing is known of the disk then, and nothing of that batch or the next was
// answered.
#ifndef TANHUI_LEDGER_SEQUENCER_SEQUENCER_H_
#define TANHUI_LEDGER_SEQUENCER_SEQUENCER_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "ledger/core/ledger.h"
#include "ledger/merkle/tree.h"
#include "ledger/sequencer/clock.h"
#include "ledger/sequencer/clock_guard.h"
#include "ledger/sequencer/submission.h"
#include "ledger/sequencer/working_set.h"
#include "ledger/store/store.h"

namespace tanhui::sequencer {

struct SequencerOptions {
  // Bound of what waits to be decided. Higher: longer bursts are taken, and wait longer.
  std::size_t max_queued_commands = 65'536;
  std::size_t max_queued_bytes = std::size_t{64} << 20;
  // Bound of one commit. Higher: more awards per fsync, longer latency under load.
  std::size_t max_commit_commands = 8'192;
  // Batches below this are committed by the deciding thread. Higher: larger batches are not decided
  // while the one before is fsynced.
  std::size_t small_commit_commands = 128;
  // How long, after a small batch of eight or more, others are waited for. Longer: fewer commits
  // under load, and a longer wait of each call.
  std::chrono::microseconds gather{200};
  std::size_t max_cached_accounts = 2'000'000;
  // Writes are refused while fewer bytes are free.
  std::uint64_t min_free_bytes = std::uint64_t{1} << 30;
  std::int64_t max_start_gap_micros = 30 * kMicrosPerDay;
};

// A commit that just became durable, for whoever publishes it to readers.
struct DurableCommit {
  merkle::TreeGrowth growth;
  std::shared_ptr<const Registry> registry;
};

class Sequencer {
 public:
  // `state` and `tree` are what the durable log says; both end at the same size. `free_bytes`
  // tells the room on the disk. `publish` is called after each fsync, on the deciding or the
  // committing thread but never on both at once, before anything of the commit is acknowledged.
  // References must outlive the sequencer.
  Sequencer(const SequencerOptions& options, const Ledger& ledger, store::Store& store,
            const Clock& clock, State state, merkle::TreeBuilder tree,
            std::function<std::optional<std::uint64_t>()> free_bytes,
            std::function<void(const DurableCommit&)> publish);
  // Stops taking, decides and commits what was taken, acknowledges it, and joins the threads.
  ~Sequencer();
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  // Takes the submission, or says at once why not (kQueueFull, kShuttingDown) and leaves `done`
  // uncalled. Any thread.
  std::optional<Refusal> Submit(Submission submission);

  // Stops taking; what was taken is still answered. Any thread, more than once.
  void StopTaking();

  // An operator confirms the wall clock. Any thread.
  void ConfirmClock();
  // Why writes are stopped; empty when they are not. Any thread.
  std::string WritesStopped() const;
  // The refusal that a command would get for it. Any thread.
  std::optional<Refusal> RefusesWrites() const;
  std::size_t queued_commands() const;

 private:
  // Answers that wait for a commit.
  using Answers =
      std::vector<std::pair<std::function<void(std::vector<Outcome>)>, std::vector<Outcome>>>;
  // Decided, not yet durable.
  struct Decided {
    store::CommitBatch commit;
    DurableCommit durable;
    Answers answers;
    std::size_t commands = 0;
  };

  void DecideLoop();
  void CommitLoop();
  void AcknowledgeLoop();

  std::vector<Submission> TakeWaiting(std::size_t room);
  void Gather(std::unique_lock<std::mutex>& lock);
  void DecideInto(Decided& batch, std::vector<Submission> submissions);
  std::vector<Outcome> DecideSubmission(Decided& batch, Submission& submission, LedgerTime now);
  std::vector<Outcome> DecideTrial(Decided& batch, Submission& submission, LedgerTime now);
  void DecideOne(Decided& batch, Command& command, LedgerTime now, Outcome& outcome);
  Outcome AnswerSeen(const Decided& batch, const Command& command, const RequestRecord& record);
  // The entry that a command is about, with everything that deciding on it looks at.
  struct Target {
    Entry entry;
    EntryIndex index;
    std::optional<Entry> also;  // see BookRow::also
    EntryIndex also_index;
  };
  std::optional<Target> LoadTarget(const Decided& batch, const Command& command);
  std::optional<Refusal> Complete(const Command& command, const std::optional<Target>& target,
                                  LedgerTime now, Entry& draft);
  void Append(Decided& batch, const Entry& entry, std::size_t size);
  bool Sweep(Decided& batch, AccountNo account, LedgerTime now);
  bool SweepTouched(Decided& batch, const Entry& entry, LedgerTime now);
  void SweepAll(Decided& batch, const std::vector<AccountNo>& accounts, LedgerTime now);
  Entry ReadEntry(const Decided& batch, EntryIndex index) const;
  std::optional<Refusal> WhyNotWrite(LedgerTime& now);
  void End(std::unique_ptr<Decided> batch);
  void MakeDurable(Decided& batch);
  void Hash(Decided& batch);

  const SequencerOptions options_;
  const Ledger& ledger_;
  store::Store& store_;
  const Clock& clock_;
  const std::function<std::optional<std::uint64_t>()> free_bytes_;
  const std::function<void(const DurableCommit&)> publish_;

  // The deciding thread's own.
  WorkingSet working_set_;
  std::int64_t disk_checked_at_ = 0;
  // Entries from here on are on trial and may never come to be.
  std::optional<EntryIndex> on_trial_from_;
  std::vector<AccountNo> touched_;    // by the entry at hand
  std::vector<AccountNo> due_names_;  // of the account at hand

  // Of the last batch if the deciding thread committed it, else 0; and until when more is waited
  // for after it.
  std::size_t small_commands_ = 0;
  std::chrono::steady_clock::time_point gather_until_;

  // Of the thread that commits. One ends before the other begins, with the lock between them.
  merkle::TreeBuilder tree_;

  mutable std::mutex mutex_;
  std::condition_variable decide_wakes_;
  std::condition_variable commit_wakes_;
  std::condition_variable acknowledge_wakes_;
  std::deque<Submission> queue_;
  std::size_t queued_commands_ = 0;
  std::size_t queued_bytes_ = 0;
  std::size_t wake_at_ = 0;  // so many commands wake the deciding thread; 0: any submission
  bool stopping_ = false;
  bool decided_all_ = false;
  bool committed_all_ = false;
  bool disk_low_ = false;
  ClockGuard clock_guard_;
  // Read by the deciding thread until the commit is durable: entries that the store lacks.
  std::shared_ptr<Decided> in_flight_;
  std::deque<Answers> acknowledgements_;

  std::thread decider_;
  std::thread committer_;
  std::thread acknowledger_;
};

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_SEQUENCER_H_
