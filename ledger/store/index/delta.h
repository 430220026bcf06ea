// The generations that are not in sorted files yet; INDEXES.md is the page for people.
#ifndef TANHUI_LEDGER_STORE_INDEX_DELTA_H_
#define TANHUI_LEDGER_STORE_INDEX_DELTA_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "ledger/store/index/generation.h"

namespace tanhui::store {

// Publish has one caller at a time, the frozen ones have one taker, anybody may read.
class Delta {
 public:
  using Generations = std::vector<std::shared_ptr<const Generation>>;  // the newest first

  // `log` is the head of the log, `mark` that of the files; a generation is frozen when it holds
  // `max_bytes`.
  Delta(std::optional<StoredHead> log, std::optional<StoredHead> mark, std::size_t max_bytes);
  Delta(const Delta&) = delete;
  Delta& operator=(const Delta&) = delete;

  // --- the writer ---
  // Waits while too much is not written yet. An error when writing failed.
  absl::Status AwaitRoom();
  // Shows the rows of a durable commit, and its head with them.
  void Publish(const IndexChanges& commit);
  // Freezes what there is and returns when all of it is written.
  absl::Status Flush();

  // --- readers ---
  // Of the log: after the last commit that was published.
  std::optional<StoredHead> head() const;
  // What files and generations answer for: the same, once everything was told again.
  std::optional<StoredHead> indexed() const;

  // Rows of one moment. Their bytes stay as long as this does.
  struct Found {
    std::vector<std::optional<RowTable::Row>> rows;  // in the order of the keys
    std::optional<StoredHead> indexed;
    Generations kept;
    std::uint64_t newest = 0;  // generation at that moment
  };
  Found Find(Family family, const std::vector<std::string_view>& keys) const;
  // Whether RocksDB may show by now what came after that moment.
  bool Outrun(const Found& found) const { return ingesting_.load() >= found.newest; }

  // Calls `look` with all generations while none can change; only the newest may be active. Answers
  // the moment: without rows and what keeps them.
  Found Look(const std::function<void(const Generations&)>& look) const;
  // Freezes what there is, and calls `then` with all generations, none of them active, while none
  // that comes after them can begin to be written.
  void Freeze(const std::function<void(Generations, const std::optional<StoredHead>&)>& then);

  // --- whoever writes sorted files ---
  // The oldest frozen generation; null after Stop when there is none.
  std::shared_ptr<const Generation> Oldest();
  // How much of the oldest is written, in thousandths.
  void Progress(std::uint64_t permille);
  // Before its files can be seen.
  void BeginIngesting(const Generation& oldest) { ingesting_.store(oldest.number()); }
  // Its files are seen: forgets it.
  void Drop();
  void Fail(absl::Status why);
  void Stop();

 private:
  void FreezeActive();  // with both locks held
  Generations All() const;

  const std::size_t max_bytes_;
  // Held by whoever stages, publishes or freezes; taken before the others.
  std::mutex writer_mutex_;
  // Guards what follows it. Exclusive only to publish, freeze and drop.
  mutable std::shared_mutex mutex_;
  std::optional<StoredHead> head_;
  std::optional<StoredHead> indexed_;
  std::shared_ptr<Generation> active_;
  std::deque<std::shared_ptr<const Generation>> frozen_;  // the oldest first
  std::atomic<std::uint64_t> ingesting_{0};               // the highest number

  // Guards what follows it; no other lock is taken while it is held.
  mutable std::mutex flow_mutex_;
  std::condition_variable flow_;
  std::size_t waiting_ = 0;          // frozen ones
  std::uint64_t permille_ = 0;       // of the oldest
  std::size_t active_permille_ = 0;  // full
  bool stopping_ = false;
  absl::Status failed_;
};

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_INDEX_DELTA_H_
