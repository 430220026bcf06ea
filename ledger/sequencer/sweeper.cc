#include "ledger/sequencer/sweeper.h"

#include <utility>

#include "ledger/core/check.h"

namespace tanhui::sequencer {

Sweeper::Sweeper(const SweeperOptions& options, const store::Store& store, Sequencer& sequencer,
                 const Clock& clock, std::function<std::shared_ptr<const Registry>()> registry,
                 MayBeDue may_be_due)
    : options_(options),
      store_(store),
      sequencer_(sequencer),
      clock_(clock),
      registry_(std::move(registry)),
      may_be_due_(std::move(may_be_due)) {
  thread_ = std::thread([this] { Loop(); });
}

Sweeper::~Sweeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wakes_.notify_all();
  thread_.join();
}

void Sweeper::Nudge() {
  {
    const std::lock_guard lock(mutex_);
    nudged_ = true;
  }
  wakes_.notify_all();
}

std::uint64_t Sweeper::passes() const {
  const std::lock_guard lock(mutex_);
  return passes_;
}

void Sweeper::AwaitPasses(std::uint64_t count) const {
  std::unique_lock lock(mutex_);
  wakes_.wait(lock, [&] { return passes_ >= count; });
}

void Sweeper::Loop() {
  std::optional<BusinessDate> swept_on;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    // Another date, not only a later one: a clock that was ahead may come back.
    // A minute late: a step could join a commit that began before midnight, for which nothing is
    // due.
    const BusinessDate today = ShanghaiDate(LedgerTime(clock_.Wall().value() - kMicrosPerMinute));
    if (!std::exchange(nudged_, false) && swept_on == today) {
      wakes_.wait_for(lock, options_.look_at_clock, [this] { return stopping_ || nudged_; });
      continue;
    }
    lock.unlock();
    const bool complete = Pass();
    lock.lock();
    if (complete) {
      swept_on = today;
      ++passes_;
      wakes_.notify_all();
    }
  }
}

bool Sweeper::Pass() {
  std::optional<AccountNo> next = AccountNo(1);
  while (next.has_value()) {
    const LedgerTime now = clock_.Wall();
    const std::shared_ptr<const Registry> registry = registry_();
    std::vector<AccountNo> due;
    const auto after = store_.ScanAccountsFrom(*next, options_.max_rows,
                                               [&](AccountNo number, const Account& account) {
                                                 if (may_be_due_(*registry, number, account, now)) {
                                                   due.push_back(number);
                                                 }
                                                 return due.size() < options_.max_due;
                                               });
    // As when deciding: on a damaged disk we no longer know the state.
    Check(after.ok(), after.ok() ? "" : after.status().ToString());
    if (due.empty() || Sweep(std::move(due))) {
      next = *after;
    } else if (!Pause()) {
      return false;
    }
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      return false;
    }
  }
  return true;
}

bool Sweeper::Sweep(std::vector<AccountNo> due) {
  {
    const std::lock_guard lock(mutex_);
    swept_.reset();
  }
  Submission step;
  step.sweep = std::move(due);
  step.done = [this](const std::vector<Outcome>& outcomes) {
    const std::lock_guard lock(mutex_);
    swept_ = outcomes.empty();
    wakes_.notify_all();
  };
  if (sequencer_.Submit(std::move(step)).has_value()) {
    return false;
  }
  std::unique_lock lock(mutex_);
  wakes_.wait(lock, [this] { return swept_.has_value(); });
  return *swept_;
}

bool Sweeper::Pause() {
  std::unique_lock lock(mutex_);
  return !wakes_.wait_for(lock, options_.try_again, [this] { return stopping_; });
}

}  // namespace tanhui::sequencer
