// Finds the accounts about which something is due, and has the sequencer write it: lots past their
// date, holds past their deadline, budgets past their return.
#ifndef TANHUI_LEDGER_SEQUENCER_SWEEPER_H_
#define TANHUI_LEDGER_SEQUENCER_SWEEPER_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "ledger/core/account.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/core/registry.h"
#include "ledger/sequencer/clock.h"
#include "ledger/sequencer/sequencer.h"
#include "ledger/store/store.h"

namespace tanhui::sequencer {

// Whether something may be due about the account by `now`. It is asked of every account, so it is
// cheap; the sequencer decides whether anything is. Pure, any thread.
using MayBeDue = std::function<bool(const Registry&, AccountNo, const Account&, LedgerTime now)>;

struct SweeperOptions {
  // Of one step. Higher: fewer fsyncs a pass, and an award behind a step waits longer.
  std::size_t max_due = 512;
  // Accounts read in one step.
  std::size_t max_rows = 65'536;
  // How long it may take to notice a new day or a clock that jumped.
  std::chrono::milliseconds look_at_clock{60'000};
  // Between tries while nothing may be written.
  std::chrono::milliseconds try_again{1'000};
};

// One thread. Passes over all accounts when it starts and on each new Shanghai date, in steps; a
// step waits until the one before is durable, so there is never more than one in the queue. What a
// pass misses, because it became due or was written meanwhile, decide and reads see all the same,
// and the next pass finds it.
class Sweeper {
 public:
  // `registry` gives the registry of now. References must outlive the sweeper.
  Sweeper(const SweeperOptions& options, const store::Store& store, Sequencer& sequencer,
          const Clock& clock, std::function<std::shared_ptr<const Registry>()> registry,
          MayBeDue may_be_due);
  // Waits for the step in the queue and begins no other. The sequencer must still run.
  ~Sweeper();
  Sweeper(const Sweeper&) = delete;
  Sweeper& operator=(const Sweeper&) = delete;

  // Begins a pass now, or after the one that is under way. Any thread.
  void Nudge();
  // Complete passes so far. Any thread.
  std::uint64_t passes() const;
  // Returns once passes() has reached `count`. Any thread.
  void AwaitPasses(std::uint64_t count) const;

 private:
  void Loop();
  // False when it was stopped before the end.
  bool Pass();
  // False when it was refused.
  bool Sweep(std::vector<AccountNo> due);
  // False when it is time to stop.
  bool Pause();

  const SweeperOptions options_;
  const store::Store& store_;
  Sequencer& sequencer_;
  const Clock& clock_;
  const std::function<std::shared_ptr<const Registry>()> registry_;
  const MayBeDue may_be_due_;

  mutable std::mutex mutex_;
  mutable std::condition_variable wakes_;
  bool stopping_ = false;
  bool nudged_ = false;
  std::uint64_t passes_ = 0;
  std::optional<bool> swept_;  // whether the step in the queue was; nullopt while it waits there
  std::thread thread_;
};

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_SWEEPER_H_
