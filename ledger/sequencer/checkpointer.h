// Signs the durable tree once a second while it grows, and never tells two histories.
#ifndef TANHUI_LEDGER_SEQUENCER_CHECKPOINTER_H_
#define TANHUI_LEDGER_SEQUENCER_CHECKPOINTER_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/merkle/tile.h"
#include "ledger/merkle/tree.h"
#include "ledger/signing/checkpoint.h"
#include "ledger/signing/key.h"

namespace tanhui::sequencer {

struct SignedCheckpoint {
  signing::Checkpoint checkpoint;
  std::string note;
};

// Where checkpoints are kept. The second place lies outside the data directory, best on another
// disk: a log that lost its tail, or was put back from an old copy, is noticed by it.
struct CheckpointPlaces {
  std::string in_data_directory;
  std::string second_place;
};

// The checkpoints of both places, the newest last. DataLoss when one does not verify, or when they
// contradict each other. FailedPrecondition when only the second place has none and
// `allow_missing_second` is false.
absl::StatusOr<std::vector<SignedCheckpoint>> LoadCheckpoints(const CheckpointPlaces& places,
                                                              const signing::NamedSigner& key,
                                                              bool allow_missing_second);

class Checkpointer {
 public:
  // `edge` and `tiles` show the durable tree and outlive the checkpointer; `last` is the
  // newest that LoadCheckpoints found; the caller has compared each of them with the log.
  Checkpointer(CheckpointPlaces places, signing::NamedSigner key, const merkle::TreeEdge& edge,
               merkle::TileReader tiles, std::optional<SignedCheckpoint> last,
               std::chrono::milliseconds interval);
  // Signs once more if the tree grew, then stops.
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // Signs now if the tree grew since the last checkpoint: checks that the durable tree extends the
  // last one, signs, makes it durable in the second place, then in the data directory, then
  // publishes. Aborts when the tree does not extend it or when a place cannot be written: a
  // checkpoint that nobody remembers could be contradicted later. Any thread.
  void SignNow();

  // Calls `done` once a checkpoint covers `size` entries, which are durable: at once when one does,
  // otherwise from the checkpointer's thread, which then signs without waiting for its time. Any
  // thread.
  void WhenSigned(std::uint64_t size, std::function<void()> done);
  // The tree that is signed grew: whoever waits may have seen the entries in the store before. Any
  // thread.
  void Grew();

  // nullptr before the first one. Any thread.
  std::shared_ptr<const SignedCheckpoint> Last() const;

 private:
  struct Waiting {
    std::uint64_t size = 0;
    std::function<void()> done;
  };

  void Loop(std::chrono::milliseconds interval);
  // Calls those whose size the last checkpoint covers.
  void TellWaiting();
  // The second place first; aborts when one cannot be written.
  void WriteToPlaces(const std::string& note);
  // Aborts when the second place holds another note than the one written last: somebody else signs
  // there, so this process may be the one that should not be running.
  void CheckSecondPlace() const;

  const CheckpointPlaces places_;
  const signing::NamedSigner key_;
  const merkle::TreeEdge& edge_;
  const merkle::TileReader tiles_;
  std::mutex signing_;   // one signature at a time
  std::string written_;  // what both places hold; empty before the first write; by signing_
  mutable std::mutex mutex_;
  std::condition_variable wakes_;
  std::shared_ptr<const SignedCheckpoint> last_;
  std::vector<Waiting> waiting_;
  bool asked_ = false;  // somebody waits since the last signature
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_CHECKPOINTER_H_
