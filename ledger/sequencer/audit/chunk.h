// Entries on their way through an audit, from thread to thread. Internal to the audit.
#ifndef TANHUI_LEDGER_SEQUENCER_AUDIT_CHUNK_H_
#define TANHUI_LEDGER_SEQUENCER_AUDIT_CHUNK_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "ledger/core/ledger.h"
#include "ledger/sequencer/audit/request_table.h"

namespace tanhui::sequencer {

// One entry; used again for later ones, since most of their memory is as large.
struct Step {
  EntryIndex index;
  std::string bytes;
  Entry entry;
  Hash256 leaf;
  std::optional<RequestKey> request;  // its own
  RequestTable::KeyHash request_hash = 0;
  bool in_place = false;  // `entry` itself is decided again: BodyIsAsked
  Entry again;            // otherwise: what was asked for, then what decide makes of it
  bool decided = false;   // what was decided again must be the entry
};

// The step of the entry; null when it is not among `steps`, which are in order.
inline const Step* StepOf(std::span<const Step> steps, EntryIndex entry) {
  const bool before = steps.empty() || entry < steps.front().index;
  const std::uint64_t at = before ? 0 : entry.value() - steps.front().index.value();
  return before || at >= steps.size() ? nullptr : &steps[static_cast<std::size_t>(at)];
}

struct Chunk {
  std::vector<Step> steps;  // those after `size` are free
  std::size_t size = 0;
  // What was found after these, or of the last of them; the audit ends there.
  absl::Status status;
  bool of_last = false;
};

// Chunks from one thread to another, in order. Thread-safe. There are only so many chunks, so a
// thread that runs ahead waits for them to come back.
class HandOver {
 public:
  void Put(std::unique_ptr<Chunk> chunk) {
    const std::lock_guard lock(mutex_);
    if (!ended_) {
      chunks_.push_back(std::move(chunk));
      wakes_.notify_one();
    }
  }
  // Waits for one; null when there will be no more.
  std::unique_ptr<Chunk> Take() {
    std::unique_lock lock(mutex_);
    wakes_.wait(lock, [this] { return ended_ || !chunks_.empty(); });
    if (chunks_.empty()) {
      return nullptr;
    }
    std::unique_ptr<Chunk> chunk = std::move(chunks_.front());
    chunks_.pop_front();
    return chunk;
  }
  // Nothing more is put; what was put can be taken.
  void End() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    wakes_.notify_all();
  }
  // Nothing more is put or taken.
  void Abandon() {
    End();
    const std::lock_guard lock(mutex_);
    chunks_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wakes_;
  std::deque<std::unique_ptr<Chunk>> chunks_;
  bool ended_ = false;
};

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_AUDIT_CHUNK_H_
