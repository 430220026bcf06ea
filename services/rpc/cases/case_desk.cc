#include "services/rpc/cases/case_desk.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tanhui::rpc {
namespace {

using std::chrono::steady_clock;
using watch::Case;
using watch::CaseNo;
using watch::CaseState;

constexpr std::size_t kRowsPerStep = 4'096;

// Visits all cases, newest first, from `from` on, until `visit` answers false or all were seen.
absl::Status VisitCases(const store::Store& store, const std::string& from,
                        const std::function<bool(Case)>& visit) {
  std::optional<std::string> next = from;
  while (next.has_value()) {
    bool more = true;
    bool damaged = false;
    auto after = store.ScanOutside(watch::kCasePrefix, *next, kRowsPerStep,
                                   [&](std::string_view key, std::string_view value) {
                                     auto one = watch::DecodeCase(key, value);
                                     damaged = !one.has_value();
                                     more = !damaged && visit(*std::move(one));
                                     return more;
                                   });
    if (!after.ok() || damaged) {
      return damaged ? absl::DataLossError("a stored case cannot be decoded") : after.status();
    }
    next = more ? *std::move(after) : std::nullopt;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<CaseDesk>> CaseDesk::Open(const CaseDeskOptions& options,
                                                         store::Store& store,
                                                         const sequencer::Clock& clock,
                                                         std::function<bool()> clock_is_good) {
  std::unique_ptr<CaseDesk> desk(new CaseDesk(options, store, clock, std::move(clock_is_good)));
  if (absl::Status status = desk->LoadOpen(); !status.ok()) {
    return status;
  }
  desk->thread_ = std::thread([&desk = *desk] { desk.Loop(); });
  return desk;
}

CaseDesk::CaseDesk(const CaseDeskOptions& options, store::Store& store,
                   const sequencer::Clock& clock, std::function<bool()> clock_is_good)
    : options_(options),
      store_(store),
      clock_(clock),
      clock_is_good_(std::move(clock_is_good)),
      watch_(options.watch),
      coupon_watch_(options.coupons),
      forget_at_(steady_clock::now()) {}

CaseDesk::~CaseDesk() { Stop(); }

absl::Status CaseDesk::LoadOpen() {
  return VisitCases(store_, {}, [this](const Case& one) {
    last_number_ = std::max(last_number_, one.number);
    if (one.state == CaseState::kOpen) {
      open_.emplace(Topic(one.kind, one.subject), one.number);
    }
    return true;
  });
}

void CaseDesk::Observe(const std::vector<watch::Sighting>& sightings) {
  Enqueue(sightings, queue_);
}

void CaseDesk::Observe(const std::vector<watch::CouponSighting>& sightings) {
  Enqueue(sightings, coupon_queue_);
}

template <typename Sightings>
void CaseDesk::Enqueue(const Sightings& sightings, Sightings& queue) {
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t before = queued_now();
    const std::size_t room = stopping_ ? 0 : options_.max_queued - before;
    const std::size_t taken = std::min(room, sightings.size());
    queue.insert(queue.end(), sightings.begin(),
                 sightings.begin() + static_cast<std::ptrdiff_t>(taken));
    queued_ += taken;
    sightings_dropped_ += sightings.size() - taken;
    wakes = (before == 0 && taken > 0) ||
            (before < options_.look_at_once && queued_now() >= options_.look_at_once);
  }
  if (wakes) {
    wakes_.notify_all();
  }
}

void CaseDesk::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wakes_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

steady_clock::time_point CaseDesk::NextDuty() const {
  const std::lock_guard cases(cases_mutex_);
  return unwritten_.empty() ? forget_at_ : std::min(write_at_, forget_at_);
}

void CaseDesk::Loop() {
  bool stop = false;
  while (!stop) {
    const steady_clock::time_point duty = NextDuty();
    std::unique_lock lock(mutex_);
    const auto hurried = [this] { return stopping_ || settle_ > settled_; };
    wakes_.wait_until(lock, duty, [&] { return hurried() || queued_now() > 0; });
    if (queued_now() > 0) {
      wakes_.wait_for(lock, options_.look_after,
                      [&] { return hurried() || queued_now() >= options_.look_at_once; });
    }
    stop = stopping_;
    const bool asked = stop || settle_ > settled_;
    const std::vector<watch::Sighting> sightings = std::exchange(queue_, {});
    const std::vector<watch::CouponSighting> coupons = std::exchange(coupon_queue_, {});
    const std::uint64_t queued = queued_;
    lock.unlock();
    LookAt(sightings);
    LookAt(coupons);
    if (asked || steady_clock::now() >= NextDuty()) {
      if (const absl::Status written = Write(); !written.ok()) {
        spdlog::error("cases cannot be written: {}", written.ToString());
      }
    }
    if (steady_clock::now() >= forget_at_) {
      forget_at_ = steady_clock::now() + options_.forget_every;
      if (const absl::Status forgotten = clock_is_good_() ? Forget() : absl::OkStatus();
          !forgotten.ok()) {
        spdlog::error("old cases cannot be forgotten: {}", forgotten.ToString());
      }
    }
    lock.lock();
    if (asked) {
      settled_ = queued;
      wakes_.notify_all();
    }
  }
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  wakes_.notify_all();
}

void CaseDesk::LookAt(const std::vector<watch::Sighting>& sightings) {
  constexpr std::size_t kAhead = 8;  // the watch's tables are larger than any cache
  for (std::size_t i = 0; i < sightings.size(); ++i) {
    if (i + kAhead < sightings.size()) {
      watch_.Prefetch(sightings[i + kAhead]);
    }
    const watch::Sighting& sighting = sightings[i];
    signals_.clear();
    watch_.Observe(sighting, signals_);
    for (const watch::Signal& signal : signals_) {
      Take(signal, sighting.recorded);
    }
  }
}

void CaseDesk::LookAt(const std::vector<watch::CouponSighting>& sightings) {
  for (const watch::CouponSighting& sighting : sightings) {
    signals_.clear();
    coupon_watch_.Observe(sighting, signals_);
    for (const watch::Signal& signal : signals_) {
      Take(signal, sighting.at);
    }
  }
}

void CaseDesk::Take(const watch::Signal& signal, LedgerTime recorded) {
  const std::lock_guard cases(cases_mutex_);
  if (unwritten_.empty()) {
    write_at_ = steady_clock::now() + options_.write_after;
  }
  const auto [open, fresh] = open_.try_emplace(Topic(signal.kind, signal.subject));
  if (!fresh) {
    auto one = Load(open->second);
    if (!one.ok()) {
      spdlog::error("case {} cannot be read: {}", open->second.value(), one.status().ToString());
      ++signals_dropped_;
      return;
    }
    watch::AddSignal(*one, signal, recorded);
    unwritten_.insert_or_assign(one->number, *std::move(one));
    return;
  }
  if (open_.size() > options_.max_open) {
    open_.erase(open);
    if (signals_dropped_++ == 0) {
      spdlog::warn("{} cases are open: no more are opened until some are decided",
                   options_.max_open);
    }
    return;
  }
  last_number_ =
      CaseNo(std::max(last_number_.value() + 1, static_cast<std::uint64_t>(clock_.Wall().value())));
  open->second = last_number_;
  unwritten_.emplace(last_number_, watch::OpenCase(last_number_, signal, recorded));
}

absl::Status CaseDesk::Write() {
  const std::lock_guard cases(cases_mutex_);
  if (unwritten_.empty()) {
    return absl::OkStatus();
  }
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto& [number, one] : unwritten_) {
    rows.emplace_back(watch::CaseKey(number), watch::EncodeCase(one));
  }
  unwritten_.clear();
  return store_.PutOutside(rows, {});
}

void CaseDesk::Settle() {
  std::unique_lock lock(mutex_);
  const std::uint64_t until = queued_;
  if (settled_ >= until) {
    return;
  }
  settle_ = std::max(settle_, until);
  wakes_.notify_all();
  wakes_.wait(lock, [&] { return settled_ >= until || stopped_; });
}

absl::StatusOr<Case> CaseDesk::Load(CaseNo number) const {
  if (const auto found = unwritten_.find(number); found != unwritten_.end()) {
    return found->second;
  }
  const std::string key = watch::CaseKey(number);
  const auto value = store_.ReadOutside(key);
  if (!value.ok()) {
    return value.status();
  }
  auto one = watch::DecodeCase(key, *value);
  return one.has_value() ? absl::StatusOr<Case>(*std::move(one))
                         : absl::DataLossError("a stored case cannot be decoded");
}

absl::StatusOr<Case> CaseDesk::Read(CaseNo number) {
  Settle();
  const std::lock_guard cases(cases_mutex_);
  return Load(number);
}

absl::StatusOr<CasePage> CaseDesk::List(const CaseFilter& filter, std::size_t size,
                                        std::optional<CaseNo> from) {
  Settle();
  CasePage page;
  const absl::Status status =
      VisitCases(store_, from.has_value() ? watch::CaseKey(*from) : std::string(), [&](Case one) {
        if ((filter.state.has_value() && one.state != *filter.state) ||
            (filter.kind.has_value() && one.kind != *filter.kind)) {
          return true;
        }
        if (page.cases.size() == size) {
          page.next = one.number;
          return false;
        }
        page.cases.push_back(std::move(one));
        return true;
      });
  return status.ok() ? absl::StatusOr<CasePage>(std::move(page)) : status;
}

absl::StatusOr<Case> CaseDesk::Decide(CaseNo number, CaseDecision decision) {
  Settle();
  const std::lock_guard cases(cases_mutex_);
  auto one = Load(number);
  if (!one.ok()) {
    return one;
  }
  const Topic topic(one->kind, one->subject);
  if (const auto open = open_.find(topic); open != open_.end() && open->second == number) {
    open_.erase(open);
  }
  one->state = decision.state;
  one->note = std::move(decision.note);
  one->decided_by = decision.by;
  one->decided = decision.at;
  one->updated = std::max(one->updated, decision.at);
  const std::pair<std::string, std::string> row(watch::CaseKey(number), watch::EncodeCase(*one));
  const absl::Status status = store_.PutOutside(std::span(&row, 1), {});
  unwritten_.erase(number);
  return status.ok() ? std::move(one) : status;
}

absl::Status CaseDesk::Forget() {
  const std::lock_guard cases(cases_mutex_);
  const LedgerTime oldest(clock_.Wall().value() - options_.keep_micros);
  std::vector<std::string> keys;
  absl::Status status = VisitCases(store_, {}, [&](const Case& one) {
    const Topic topic(one.kind, one.subject);
    if (one.updated < oldest && !unwritten_.contains(one.number)) {
      keys.push_back(watch::CaseKey(one.number));
      if (const auto open = open_.find(topic); open != open_.end() && open->second == one.number) {
        open_.erase(open);
      }
    }
    return true;
  });
  if (status.ok() && !keys.empty()) {
    status = store_.PutOutside({}, keys);
    spdlog::info("{} old cases were forgotten", keys.size());
  }
  return status;
}

std::uint64_t CaseDesk::dropped() const {
  std::uint64_t signals = 0;
  {
    const std::lock_guard cases(cases_mutex_);
    signals = signals_dropped_;
  }
  const std::lock_guard lock(mutex_);
  return sightings_dropped_ + signals;
}

}  // namespace tanhui::rpc
