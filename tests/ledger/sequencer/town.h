// A small durable ledger under test: a store in a directory, a sequencer over it, and the cast of
// tests/ledger/core/world.h, opened with the commands of that header.
#ifndef TANHUI_TESTS_LEDGER_SEQUENCER_TOWN_H_
#define TANHUI_TESTS_LEDGER_SEQUENCER_TOWN_H_

#include <rocksdb/env.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/core/ledger.h"
#include "ledger/merkle/tree.h"
#include "ledger/sequencer/audit.h"
#include "ledger/sequencer/sequencer.h"
#include "ledger/store/store.h"
#include "tests/ledger/core/world.h"
#include "tests/ledger/sequencer/hand_clock.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::sequencer {

// The core and the points book.
const Ledger& TestLedger();

// The commands that make the cast of world.h, with every effect but their digests.
std::vector<Command> CastCommands();

// An outcome in words: "OK 20", "AGAIN 20" for a replay, or a refusal as world::Text says it.
std::string Words(const Outcome& outcome);
std::vector<std::string> Words(const std::vector<Outcome>& outcomes);

// Digests, commitments and drawn ids, from any thread; no two calls draw the same id.
class Desk {
 public:
  Command Complete(const Command& command);
  std::vector<Command> Complete(std::span<const Command> commands);

 private:
  std::mutex mutex_;
  world::World world_{world::Cast::kEmpty};
};

// Holds whoever passes while it is closed.
class Gate {
 public:
  void Close();
  void Open();
  void Pass();
  // Returns once somebody stands at the closed gate.
  void AwaitArrival();

 private:
  std::mutex mutex_;
  std::condition_variable wakes_;
  bool closed_ = false;
  int waiting_ = 0;
};

struct TownOptions {
  SequencerOptions sequencer;
  store::StoreOptions store;  // its path is set by the town; without an env nothing is synced
  std::string directory;      // empty: one of its own
  bool cast = true;           // make it now
  // Small batches are committed by the committing thread, too, so that deciding goes on while one
  // stands at the closed gate.
  bool all_handed_over = true;
};

class Town {
 public:
  explicit Town(const TownOptions& options = {});
  ~Town();

  Sequencer& sequencer() { return *sequencer_; }
  store::Store& store() { return *store_; }
  HandClock& clock() { return clock_; }
  Desk& desk() { return desk_; }
  // Stands before every publication, when a commit is durable and still counts as in flight.
  Gate& gate() { return gate_; }
  std::atomic<std::uint64_t>& free_bytes() { return free_bytes_; }
  merkle::TreeHead durable() const { return edge_->head(); }

  // Submits completed commands; nothing is waited for. The future has an error for a submission
  // that was not taken; `refused` then says why.
  std::future<std::vector<Outcome>> Send(Submission submission,
                                         std::optional<Refusal>* refused = nullptr);
  std::future<std::vector<Outcome>> Send(std::vector<Command> commands, bool atomic = false);

  // Completes, submits, waits, and says the outcome.
  std::string Ask(const Command& command);
  std::string AskCompleted(const Command& command);
  std::vector<std::string> AskAll(std::span<const Command> commands, bool atomic = false);
  // The same without writing.
  std::vector<std::string> Try(std::span<const Command> commands, bool atomic = false);

  std::int64_t BalanceOf(AccountNo number) const;
  std::uint64_t Size() const;
  Entry EntryAt(std::uint64_t index) const;
  // The audit's first difference, every rule asked again; empty when all is well.
  std::string Difference() const;

  // The size of the log after each commit of this opening, in order.
  std::vector<std::uint64_t> commits() const;
  // Returns once nothing waits to be decided.
  void AwaitDecided() const;

  // Drains and closes; after it only Reopen and directory() may be used.
  void Close();
  // Closes, then opens again what the disk holds.
  void Reopen();
  std::string directory() const { return options_.directory; }

 private:
  void Open();

  TownOptions options_;
  ScratchDirectory scratch_;
  std::unique_ptr<rocksdb::Env> env_;
  HandClock clock_{world::kStart};
  Desk desk_;
  Gate gate_;
  std::atomic<std::uint64_t> free_bytes_{std::uint64_t{1} << 40};
  mutable std::mutex mutex_;
  std::vector<std::uint64_t> commits_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<merkle::TreeEdge> edge_;
  std::unique_ptr<Sequencer> sequencer_;
};

// Small buffers, so that a test's ledger is spread over log and sorted files.
store::StoreOptions SmallStore();

}  // namespace tanhui::sequencer

#endif  // TANHUI_TESTS_LEDGER_SEQUENCER_TOWN_H_
