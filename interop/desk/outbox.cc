#include "interop/desk/outbox.h"

#include <algorithm>
#include <utility>

#include "interop/desk/exchange_reading.h"
#include "ledger/core/refusal.h"

namespace tanhui::desk {
namespace {

namespace pb = peer::v1;

using std::chrono::microseconds;

// An answer leads to the next thing to be said at once, so many times: two that answered each other
// for ever would never rest.
constexpr int kMostInARow = 6;

bool IsEmpty(const pb::SignedMessage& message) {
  return message.message().empty() && message.note().empty();
}

}  // namespace

struct Outbox::Ear {
  std::mutex mutex;
  Outbox* outbox = nullptr;
};

Outbox::Outbox(const OutboxOptions& options, sequencer::Engine& engine, ExchangeDesk& desk,
               PeerTransport& transport, Schedule::Dice dice)
    : options_(options),
      engine_(engine),
      desk_(desk),
      transport_(transport),
      dice_(std::move(dice)),
      ear_(std::make_shared<Ear>()) {
  ear_->outbox = this;
  desk_.SetObserver([ear = ear_](const Worked& worked) {
    const std::lock_guard lock(ear->mutex);
    if (ear->outbox != nullptr) {
      ear->outbox->Hear(worked);
    }
  });
  thread_ = std::thread([this] { Loop(); });
}

Outbox::~Outbox() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wakes_.notify_all();
  thread_.join();
  desk_.SetObserver(nullptr);
  {
    const std::lock_guard lock(ear_->mutex);
    ear_->outbox = nullptr;
  }
  {
    std::unique_lock lock(mutex_);
    wakes_.wait(lock, [this] { return calls_ == 0; });
  }
  WriteMarks();
}

void Outbox::Nudge() {
  const std::lock_guard lock(mutex_);
  look_ = changed_ = true;
  wakes_.notify_all();
}

void Outbox::Hear(const Worked& worked) {
  const std::lock_guard lock(mutex_);
  const auto city = cities_.find(worked.exchange.peer);
  if (city != cities_.end()) {
    if (worked.followed) {
      city->second.schedule->Remove(worked.exchange);
    } else if (worked.changed) {
      city->second.schedule->Again(worked.exchange, Now());
    }
  }
  look_ = look_ || worked.changed;
  changed_ = true;
  wakes_.notify_all();
}

OutboxState Outbox::StateOf(ParticipantNo peer) const {
  const std::lock_guard lock(mutex_);
  const auto city = cities_.find(peer);
  return city == cities_.end()
             ? OutboxState{}
             : OutboxState{city->second.schedule->open(), city->second.schedule->down()};
}

std::size_t Outbox::OpenInAll() const {
  std::size_t open = 0;
  for (const auto& [peer, city] : cities_) {
    open += city.schedule->open();
  }
  return open;
}

void Outbox::AwaitOpen(std::size_t most) {
  std::unique_lock lock(mutex_);
  // A look that is under way may have passed already what the caller waits for.
  const std::uint64_t looks = looks_ + (looking_ ? 2 : 1);
  look_ = true;
  wakes_.notify_all();
  wakes_.wait(lock, [this, most, looks] {
    return looks_ >= looks && OpenInAll() <= most && returns_.empty();
  });
}

void Outbox::Loop() {
  Schedule::Time look_at = Now();
  Schedule::Time mark_at = Now();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_ = false;
    if (look_ || Now() >= look_at) {
      look_ = false;
      looking_ = true;
      lock.unlock();
      Look();
      lock.lock();
      looking_ = false;
      ++looks_;
      look_at = Now() + microseconds(options_.look).count();
      wakes_.notify_all();
    }
    std::vector<Expiry> expired;
    while (!expiries_.empty() && expiries_.begin()->first < engine_.clock().Wall()) {
      expired.push_back(*expiries_.begin());
      expiries_.erase(expiries_.begin());
    }
    std::vector<ExchangeName> returning;
    for (auto& [exchange, doing] : returns_) {
      if (!std::exchange(doing, true)) {
        returning.push_back(exchange);
      }
    }
    std::vector<ExchangeName> due;
    for (auto& [peer, city] : cities_) {
      const auto taken = city.schedule->TakeDue(Now());
      due.insert(due.end(), taken.begin(), taken.end());
    }
    calls_ += expired.size() + returning.size() + due.size();
    const bool mark = Now() >= mark_at;
    lock.unlock();
    for (const Expiry& expiry : expired) {
      Expire(expiry);
    }
    for (const ExchangeName& exchange : returning) {
      Return(exchange);
    }
    for (const ExchangeName& exchange : due) {
      Say(exchange);
    }
    if (mark) {
      WriteMarks();
      mark_at = Now() + microseconds(options_.mark).count();
    }
    lock.lock();
    Schedule::Time next = look_at;
    for (const auto& [peer, city] : cities_) {
      next = std::min(next, city.schedule->NextAt().value_or(next));
    }
    // By the clock of the city, which may stand still in a test: never longer than a look.
    const auto wait =
        std::clamp(microseconds(next - Now()), microseconds(0), microseconds(options_.look));
    wakes_.wait_for(lock, wait, [this] { return stopping_ || changed_ || look_; });
  }
}

void Outbox::Say(const ExchangeName& exchange) {
  desk_.Repeat(exchange, [this, exchange](const absl::StatusOr<pb::SignedMessage>& message) {
    if (message.ok() && !IsEmpty(*message)) {
      Send(exchange, *message, 0);
      return;
    }
    if (message.ok()) {
      const std::lock_guard lock(mutex_);
      cities_.at(exchange.peer).schedule->Remove(exchange);
    }
    Over(exchange, &Schedule::Released);
  });
}

void Outbox::Send(const ExchangeName& exchange, const pb::SignedMessage& message, int said_before) {
  std::string log;
  {
    const std::lock_guard lock(mutex_);
    log = cities_.at(exchange.peer).log;
  }
  transport_.Deliver(
      log, message, [this, exchange, said_before](const absl::StatusOr<pb::SignedMessage>& answer) {
        if (!answer.ok() && !IsThere(answer.status().code())) {
          Over(exchange, &Schedule::Unanswered);
        } else if (!answer.ok() || IsEmpty(*answer)) {
          Over(exchange, &Schedule::Answered);
        } else {
          desk_.Deliver(*answer, [this, exchange,
                                  said_before](const absl::StatusOr<pb::SignedMessage>& next) {
            if (next.ok() && !IsEmpty(*next) && said_before < kMostInARow) {
              Send(exchange, *next, said_before + 1);
            } else {
              Over(exchange, &Schedule::Answered);
            }
          });
        }
      });
}

void Outbox::Expire(const Expiry& expiry) {
  const ExchangeName& exchange = expiry.second;
  if (!MayBePrepared(exchange)) {
    const std::lock_guard lock(mutex_);
    --calls_;
    return;
  }
  desk_.Abort(exchange.peer, exchange.id, "expired", [this, expiry](const absl::Status& status) {
    // The look that follows sees what came of it. A refusal may be by a clock that is a moment
    // behind, or for now: it is tried again.
    const std::lock_guard lock(mutex_);
    if (status.ok()) {
      look_ = changed_ = true;
    } else {
      expiries_.insert(expiry);
    }
    --calls_;
    wakes_.notify_all();
  });
}

void Outbox::Return(const ExchangeName& exchange) {
  desk_.Return(exchange.peer, exchange.id, [this, exchange](const absl::Status& status) {
    const std::lock_guard lock(mutex_);
    const bool was_returned = std::string(status.message()) == RowOf(Reason::kExchangeState).name;
    if (status.ok() || was_returned) {
      returns_.erase(exchange);
    } else {
      returns_[exchange] = false;  // tried again with the next look
    }
    --calls_;
    wakes_.notify_all();
  });
}

void Outbox::Over(const ExchangeName& exchange,
                  void (Schedule::*how)(const ExchangeName&, Schedule::Time)) {
  // Notifies under the lock: the outbox may be gone right after.
  const std::lock_guard lock(mutex_);
  (*cities_.at(exchange.peer).schedule.*how)(exchange, Now());
  changed_ = true;
  --calls_;
  wakes_.notify_all();
}

}  // namespace tanhui::desk
