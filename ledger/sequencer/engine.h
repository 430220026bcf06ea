// A running ledger: everything below the services, opened, checked and wired together.
#ifndef TANHUI_LEDGER_SEQUENCER_ENGINE_H_
#define TANHUI_LEDGER_SEQUENCER_ENGINE_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/core/ledger.h"
#include "ledger/merkle/tile.h"
#include "ledger/merkle/tree.h"
#include "ledger/sequencer/checkpointer.h"
#include "ledger/sequencer/clock.h"
#include "ledger/sequencer/sequencer.h"
#include "ledger/sequencer/sweeper.h"
#include "ledger/signing/key.h"
#include "ledger/store/data_directory.h"
#include "ledger/store/file_lock.h"
#include "ledger/store/store.h"

namespace tanhui::sequencer {

struct EngineOptions {
  std::string data_directory;
  // A file outside the data directory, best on another disk; see CheckpointPlaces.
  std::string checkpoint_copy;
  bool accept_missing_checkpoint_copy = false;
  // Code of the participant that a new ledger starts with.
  std::string operator_code = "operator";
  std::chrono::milliseconds checkpoint_interval{1000};
  store::StoreOptions store;  // its path is set from data_directory
  SequencerOptions sequencer;
  SweeperOptions sweeper;
  MayBeDue may_be_due;  // empty: nothing ever is, and nothing is swept
};

struct ConsistencyAnswer {
  std::vector<Hash256> proof;
  Hash256 old_root;
  Hash256 new_root;
};

// Thread-safe once open. Reads show durable state only.
class Engine {
 public:
  // Opens the directory, replays what RocksDB's log holds, and compares what it finds with itself
  // and with the last checkpoint; see ledger/store/SCHEMA.md for every damage and its message. A
  // new directory gets a genesis entry and its operator. `ledger` and `clock` outlive the engine.
  static absl::StatusOr<std::unique_ptr<Engine>> Open(const EngineOptions& options,
                                                      const Ledger& ledger, const Clock& clock,
                                                      const signing::NamedSigner& key);
  // Stops sweeping, drains, signs a last checkpoint and closes.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  Sequencer& sequencer() { return *sequencer_; }
  Sweeper* sweeper() { return sweeper_.get(); }  // nullptr when nothing is swept
  const store::Store& store() const { return *store_; }
  store::Store& store() { return *store_; }  // for rows outside the log
  const Clock& clock() const { return clock_; }
  const std::string& verifier_key() const { return verifier_key_; }

  std::shared_ptr<const Registry> registry() const;
  std::uint64_t durable_size() const { return edge_->size(); }
  // Returns the durable size once it is above `size`, and otherwise after `most`. Any thread.
  std::uint64_t AwaitGrowth(std::uint64_t size, std::chrono::milliseconds most) const;
  std::shared_ptr<const SignedCheckpoint> checkpoint() const { return checkpointer_->Last(); }
  // See Checkpointer: for steps of an exchange with another city, which are signed at once.
  void WhenSigned(std::uint64_t size, std::function<void()> done) {
    checkpointer_->WhenSigned(size, std::move(done));
  }
  absl::StatusOr<std::uint64_t> FreeBytes() const { return directory_->FreeBytes(); }
  // Why writes are stopped; empty when they are not.
  std::string writes_stopped() const { return sequencer_->WritesStopped(); }

  // InvalidArgument unless index < size <= durable_size().
  absl::StatusOr<std::vector<Hash256>> ProveInclusion(EntryIndex index, std::uint64_t size) const;
  // InvalidArgument unless old_size <= new_size <= durable_size().
  absl::StatusOr<ConsistencyAnswer> ProveConsistency(std::uint64_t old_size,
                                                     std::uint64_t new_size) const;

  // A consistent copy of the whole directory that `tanhui audit` reads. AlreadyExists when `path`
  // exists. Answers how many entries it holds at least.
  absl::StatusOr<std::uint64_t> CreateSnapshot(const std::string& path) const;

 private:
  Engine(const Ledger& ledger, const Clock& clock) : ledger_(ledger), clock_(clock) {}
  absl::Status Start(const EngineOptions& options, const signing::NamedSigner& key);
  absl::Status Begin(const EngineOptions& options, const signing::NamedSigner& key, State& state,
                     merkle::TreeBuilder& tree);
  void StartThreads(const EngineOptions& options, State state, merkle::TreeBuilder tree);
  merkle::TileReader DurableTiles() const;
  void Publish(const DurableCommit& commit);

  const Ledger& ledger_;
  const Clock& clock_;
  std::string verifier_key_;
  std::unique_ptr<store::DataDirectory> directory_;
  // Two servers must not sign into one second place: a copy of the directory may be running.
  std::unique_ptr<store::FileLock> second_place_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<merkle::TreeEdge> edge_;
  mutable std::mutex mutex_;
  mutable std::condition_variable grown_;
  std::shared_ptr<const Registry> registry_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<Sweeper> sweeper_;
};

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_ENGINE_H_
