#include "ledger/store/index/delta.h"

#include <utility>

namespace tanhui::store {
namespace {

// More than two would cost memory and time at start-up and gain nothing: one is written while the
// other waits.
constexpr std::size_t kMaxFrozen = 2;
// How far ahead rows are fetched into the cache.
constexpr std::size_t kAhead = 8;

}  // namespace

Delta::Delta(std::optional<StoredHead> log, std::optional<StoredHead> mark, std::size_t max_bytes)
    : max_bytes_(max_bytes), head_(log), indexed_(mark), active_(std::make_shared<Generation>(1)) {}

absl::Status Delta::AwaitRoom() {
  std::unique_lock lock(flow_mutex_);
  // Many short waits instead of a long one at the end.
  flow_.wait(lock, [this] {
    return waiting_ < kMaxFrozen || permille_ >= active_permille_ || !failed_.ok();
  });
  return failed_;
}

void Delta::Publish(const IndexChanges& commit) {
  const std::lock_guard writing(writer_mutex_);
  active_->Stage(commit);
  std::size_t bytes = 0;
  {
    const std::unique_lock lock(mutex_);
    active_->Publish(commit.head);
    indexed_ = commit.head;
    if (!head_.has_value() || head_->head.size < commit.head.head.size) {
      head_ = commit.head;
    }
    bytes = active_->bytes();
    if (bytes >= max_bytes_ && frozen_.size() < kMaxFrozen) {
      FreezeActive();
      bytes = 0;
    }
  }
  const std::lock_guard lock(flow_mutex_);
  active_permille_ = bytes * 1'000 / max_bytes_;
}

void Delta::FreezeActive() {
  if (!active_->head().has_value()) {
    return;
  }
  auto next = Generation::After(*active_);
  frozen_.push_back(std::exchange(active_, std::move(next)));
  const std::lock_guard lock(flow_mutex_);
  ++waiting_;
  active_permille_ = 0;
  flow_.notify_all();
}

void Delta::Freeze(const std::function<void(Generations, const std::optional<StoredHead>&)>& then) {
  const std::lock_guard writing(writer_mutex_);
  Generations all;
  {
    const std::unique_lock lock(mutex_);
    FreezeActive();
    all.assign(frozen_.rbegin(), frozen_.rend());
  }
  then(std::move(all), indexed_);
}

absl::Status Delta::Flush() {
  {
    const std::lock_guard writing(writer_mutex_);
    const std::unique_lock lock(mutex_);
    FreezeActive();
  }
  std::unique_lock lock(flow_mutex_);
  flow_.wait(lock, [this] { return waiting_ == 0 || !failed_.ok(); });
  return failed_;
}

std::optional<StoredHead> Delta::head() const {
  const std::shared_lock lock(mutex_);
  return head_;
}

std::optional<StoredHead> Delta::indexed() const {
  const std::shared_lock lock(mutex_);
  return indexed_;
}

Delta::Generations Delta::All() const {
  Generations all;
  all.reserve(frozen_.size() + 1);
  all.push_back(active_);
  all.insert(all.end(), frozen_.rbegin(), frozen_.rend());
  return all;
}

Delta::Found Delta::Find(Family family, const std::vector<std::string_view>& keys) const {
  Found found;
  found.rows.resize(keys.size());
  std::vector<std::uint32_t> hashes;
  hashes.reserve(keys.size());
  for (const std::string_view key : keys) {
    hashes.push_back(RowTable::HashOf(key));
  }
  const std::shared_lock lock(mutex_);
  found.kept = All();
  found.indexed = indexed_;
  found.newest = active_->number();
  for (const auto& generation : found.kept) {
    const RowTable& table = generation->table(family);
    for (std::size_t i = 0; i < keys.size() && !table.empty(); ++i) {
      if (i + kAhead < keys.size()) {
        table.Prefetch(hashes[i + kAhead]);
      }
      if (!found.rows[i].has_value()) {
        found.rows[i] = table.Find(keys[i], hashes[i]);
      }
    }
  }
  return found;
}

Delta::Found Delta::Look(const std::function<void(const Generations&)>& look) const {
  Found moment;
  const std::shared_lock lock(mutex_);
  moment.indexed = indexed_;
  moment.newest = active_->number();
  look(All());
  return moment;
}

std::shared_ptr<const Generation> Delta::Oldest() {
  {
    std::unique_lock lock(flow_mutex_);
    flow_.wait(lock, [this] { return waiting_ > 0 || stopping_; });
    if (waiting_ == 0) {
      return nullptr;
    }
  }
  const std::shared_lock lock(mutex_);
  return frozen_.front();
}

void Delta::Progress(std::uint64_t permille) {
  const std::lock_guard lock(flow_mutex_);
  permille_ = permille;
  flow_.notify_all();
}

void Delta::Drop() {
  std::shared_ptr<const Generation> done;  // freed without a lock
  const std::unique_lock lock(mutex_);
  done = std::move(frozen_.front());
  frozen_.pop_front();
  const std::lock_guard flow(flow_mutex_);
  --waiting_;
  permille_ = 0;
  flow_.notify_all();
}

void Delta::Fail(absl::Status why) {
  const std::lock_guard lock(flow_mutex_);
  failed_ = std::move(why);
  flow_.notify_all();
}

void Delta::Stop() {
  const std::lock_guard lock(flow_mutex_);
  stopping_ = true;
  flow_.notify_all();
}

}  // namespace tanhui::store
