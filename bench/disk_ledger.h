// A ledger on the disk for benchmarks, without gRPC. TMPDIR says on which disk.
#ifndef TANHUI_BENCH_DISK_LEDGER_H_
#define TANHUI_BENCH_DISK_LEDGER_H_

#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "bench/clerk.h"
#include "ledger/core/check.h"
#include "ledger/sequencer/clock.h"
#include "ledger/sequencer/engine.h"
#include "ledger/signing/key.h"

namespace tanhui::bench {

// A new ledger in a directory that goes with it.
class DiskLedger {
 public:
  explicit DiskLedger(const sequencer::Clock& clock, sequencer::EngineOptions options = {})
      : clock_(clock) {
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

  // Submits the batches, `window` of them under way, and waits until all are durable. Answers the
  // longest time in which none became so.
  std::chrono::nanoseconds Run(std::vector<std::vector<Command>> batches, std::size_t window) {
    {
      const std::lock_guard lock(mutex_);
      last_ = std::chrono::steady_clock::now();
      stall_ = {};
    }
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
    return stall_;
  }

  sequencer::Engine& engine() { return *engine_; }

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
    const auto now = std::chrono::steady_clock::now();
    stall_ = std::max<std::chrono::nanoseconds>(stall_, now - last_);
    last_ = now;
    wakes_.notify_one();
  }

  const std::string directory_ = NewDirectory();
  const sequencer::Clock& clock_;
  std::unique_ptr<sequencer::Engine> engine_;
  std::mutex mutex_;
  std::condition_variable wakes_;
  std::size_t under_way_ = 0;
  std::chrono::steady_clock::time_point last_;  // when a batch became durable
  std::chrono::nanoseconds stall_{};
};

// The commands in batches of `size`, the last one smaller.
inline std::vector<std::vector<Command>> Cut(std::vector<Command> commands, std::size_t size) {
  std::vector<std::vector<Command>> batches;
  for (std::size_t i = 0; i < commands.size(); i += size) {
    const auto first = commands.begin() + static_cast<std::ptrdiff_t>(i);
    const auto last =
        commands.begin() + static_cast<std::ptrdiff_t>(std::min(i + size, commands.size()));
    batches.emplace_back(std::make_move_iterator(first), std::make_move_iterator(last));
  }
  return batches;
}

}  // namespace tanhui::bench

#endif  // TANHUI_BENCH_DISK_LEDGER_H_
