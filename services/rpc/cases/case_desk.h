// Where abuse signals become cases: watches decided acts on a thread of its own, keeps the cases
// outside the log, and forgets old ones.
#ifndef TANHUI_SERVICES_RPC_CASES_CASE_DESK_H_
#define TANHUI_SERVICES_RPC_CASES_CASE_DESK_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/sequencer/clock.h"
#include "ledger/store/store.h"
#include "ledger/watch/case_record.h"
#include "ledger/watch/coupon_watch.h"
#include "ledger/watch/watch.h"

namespace tanhui::rpc {

struct CaseDeskOptions {
  watch::WatchOptions watch;
  watch::CouponWatchOptions coupons;
  // A case is forgotten so long after its last signal or its decision.
  std::int64_t keep_micros = 180 * kMicrosPerDay;
  // Acts that wait to be looked at; those that come to a full queue are not looked at.
  std::size_t max_queued = 65'536;
  // They are looked at together: after so long, or when so many wait. Higher: the thread is woken
  // less often beside awards, and signals come later.
  std::chrono::milliseconds look_after{50};
  std::size_t look_at_once = 1'024;
  // Signals that would open more are dropped.
  std::size_t max_open = 100'000;
  // Changed cases are written together after at most so long. Higher: fewer fsyncs beside those of
  // awards, and a crash loses more signals.
  std::chrono::milliseconds write_after{1'000};
  std::chrono::milliseconds forget_every{3'600'000};
};

struct CaseDecision {
  watch::CaseState state = watch::CaseState::kDismissed;  // not kOpen
  std::string note;
  ParticipantNo by;
  LedgerTime at;
};

struct CaseFilter {
  std::optional<watch::CaseState> state;
  std::optional<watch::SignalKind> kind;
};

struct CasePage {
  std::vector<watch::Case> cases;     // newest first
  std::optional<watch::CaseNo> next;  // where to go on
};

// Windows are in memory: a restart begins with empty ones. Cases survive it. Thread-safe.
class CaseDesk {
 public:
  // DataLoss for a stored case that cannot be decoded. Store and clock are used until Stop;
  // `clock_is_good` tells whether old cases may be forgotten by it now.
  static absl::StatusOr<std::unique_ptr<CaseDesk>> Open(const CaseDeskOptions& options,
                                                        store::Store& store,
                                                        const sequencer::Clock& clock,
                                                        std::function<bool()> clock_is_good);
  ~CaseDesk();
  CaseDesk(const CaseDesk&) = delete;
  CaseDesk& operator=(const CaseDesk&) = delete;

  // Never waits for the disk or for the thread's work.
  void Observe(const std::vector<watch::Sighting>& sightings);
  void Observe(const std::vector<watch::CouponSighting>& sightings);
  // Looks at what was queued, writes, and ends the thread; then Observe does nothing.
  void Stop();

  // The calls below first wait until what was observed before them is written.
  //
  // NotFound when there is no such case.
  absl::StatusOr<watch::Case> Read(watch::CaseNo number);
  // Of at most `size` cases that the filter lets through, from `from` on.
  absl::StatusOr<CasePage> List(const CaseFilter& filter, std::size_t size,
                                std::optional<watch::CaseNo> from);
  // A case that was decided may be decided again: the last decision stands.
  absl::StatusOr<watch::Case> Decide(watch::CaseNo number, CaseDecision decision);
  // Erases what is too old; also done by itself.
  absl::Status Forget();

  // Sightings and signals that were not looked at because there was no room.
  std::uint64_t dropped() const;

 private:
  CaseDesk(const CaseDeskOptions& options, store::Store& store, const sequencer::Clock& clock,
           std::function<bool()> clock_is_good);
  using Topic = std::pair<watch::SignalKind, std::uint64_t>;  // what one open case is about

  template <typename Sightings>
  void Enqueue(const Sightings& sightings, Sightings& queue);
  std::size_t queued_now() const { return queue_.size() + coupon_queue_.size(); }
  absl::Status LoadOpen();
  void Loop();
  // Until when the thread may rest.
  std::chrono::steady_clock::time_point NextDuty() const;
  void LookAt(const std::vector<watch::Sighting>& sightings);
  void LookAt(const std::vector<watch::CouponSighting>& sightings);
  void Take(const watch::Signal& signal, LedgerTime recorded);
  absl::Status Write();
  void Settle();
  absl::StatusOr<watch::Case> Load(watch::CaseNo number) const;

  const CaseDeskOptions options_;
  store::Store& store_;
  const sequencer::Clock& clock_;
  const std::function<bool()> clock_is_good_;

  // The thread's own.
  watch::Watch watch_;
  watch::CouponWatch coupon_watch_;
  std::vector<watch::Signal> signals_;
  std::chrono::steady_clock::time_point forget_at_;

  // Cases. Held while the disk is waited for, so never taken together with mutex_.
  mutable std::mutex cases_mutex_;
  std::map<Topic, watch::CaseNo> open_;
  std::map<watch::CaseNo, watch::Case> unwritten_;
  std::chrono::steady_clock::time_point write_at_;  // while unwritten_ has any
  watch::CaseNo last_number_;
  std::uint64_t signals_dropped_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable wakes_;
  std::vector<watch::Sighting> queue_;
  std::vector<watch::CouponSighting> coupon_queue_;
  std::uint64_t queued_ = 0;   // ever
  std::uint64_t settled_ = 0;  // of those, looked at and written
  std::uint64_t settle_ = 0;   // somebody waits until so many are settled
  std::uint64_t sightings_dropped_ = 0;
  bool stopping_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_CASES_CASE_DESK_H_
