#include "interop/desk/windows/window_clerk.h"

#include <algorithm>

#include "interop/desk/exchange_reading.h"
#include "interop/desk/windows/window_rows.h"

namespace tanhui::desk {
namespace {

namespace pb = peer::v1;

using settlement::WindowState;

// Messages of one round: two that answered each other for ever would never rest. Ids of a list come
// in as many parts as it has.
constexpr int kMostInARound = 1'000;

ExchangeName PlaceOf(const WindowName& name) { return {name.peer, false, IdOfWindow(name.window)}; }

bool IsEmpty(const pb::SignedMessage& message) {
  return message.message().empty() && message.note().empty();
}

}  // namespace

struct WindowClerk::Ear {
  std::mutex mutex;
  WindowClerk* clerk = nullptr;
};

WindowClerk::WindowClerk(const WindowOptions& options, sequencer::Engine& engine,
                         ExchangeDesk& desk, PeerTransport& transport,
                         const signing::NamedSigner& signer, Schedule::Dice dice)
    : options_(options),
      engine_(engine),
      desk_(desk),
      transport_(transport),
      signer_(signer),
      dice_(std::move(dice)),
      keeper_(engine.store()),
      ear_(std::make_shared<Ear>()) {
  ear_->clerk = this;
  desk_.SetWindowHearer([ear = ear_](interop::OpenedMessage opened, const pb::SignedMessage& sealed,
                                     const Said& done) {
    const std::lock_guard lock(ear->mutex);
    if (ear->clerk == nullptr) {
      done(absl::UnavailableError("messages about windows are not taken now"));
      return;
    }
    ear->clerk->Post([clerk = ear->clerk, opened = std::move(opened), sealed, done] {
      clerk->HearQuestion(opened, sealed, done);
    });
  });
  thread_ = std::thread([this] { Loop(); });
}

WindowClerk::~WindowClerk() {
  desk_.SetWindowHearer(nullptr);
  {
    const std::lock_guard lock(ear_->mutex);
    ear_->clerk = nullptr;
  }
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wakes_.notify_all();
  }
  thread_.join();
}

void WindowClerk::Post(std::function<void()> job) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  wakes_.notify_all();
}

void WindowClerk::Nudge() {
  const std::lock_guard lock(mutex_);
  look_ = true;
  wakes_.notify_all();
}

void WindowClerk::Ask(ParticipantNo peer, Read read) {
  Post([this, peer, read = std::move(read)] {
    City* city = LookAt(peer) ? FindCity(peer) : nullptr;
    if (city == nullptr) {
      read(nullptr);
      return;
    }
    const WindowsAtHand at_hand{
        city->books, city->schedule.down(), [this, peer](std::uint64_t window) {
          const auto kept = ReadKept({peer, window}, kStatementKept);
          return kept.ok() && kept->has_value() ? (*kept)->statement().note() : std::string();
        }};
    read(&at_hand);
  });
}

void WindowClerk::AwaitState(const WindowName& name, WindowState state) {
  std::unique_lock lock(mutex_);
  look_ = true;
  wakes_.notify_all();
  wakes_.wait(lock, [&] {
    const auto found = states_.find(name);
    return found != states_.end() && found->second >= state;
  });
}

void WindowClerk::NoteStates(ParticipantNo peer, const City& city) {
  const std::lock_guard lock(mutex_);
  for (const auto& [window, book] : city.books.all()) {
    states_[{peer, window}] = book.state;
  }
  wakes_.notify_all();
}

// Ends when nothing waits and nothing is under way.
void WindowClerk::Loop() {
  Schedule::Time look_at = Now();
  std::unique_lock lock(mutex_);
  while (!stopping_ || !jobs_.empty() || rounds_ > 0) {
    if (!jobs_.empty()) {
      const auto job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      lock.lock();
      continue;
    }
    if (!stopping_) {
      const bool look = std::exchange(look_, false) || Now() >= look_at;
      lock.unlock();
      if (look) {
        LookAtAll();
        look_at = Now() + std::chrono::microseconds(options_.look).count();
      }
      SayDue();
      lock.lock();
    }
    // By the clock of the city, which may run faster in a test.
    Schedule::Time next = look_at;
    for (const auto& [peer, city] : cities_) {
      next = std::min(next, city.schedule.NextAt().value_or(next));
    }
    const auto wait =
        std::clamp(std::chrono::microseconds(next - Now()), std::chrono::microseconds(0),
                   std::chrono::microseconds(options_.look));
    const auto wakes = [this] { return !jobs_.empty() || (stopping_ ? rounds_ == 0 : look_); };
    stopping_ ? wakes_.wait(lock, wakes)
              : (void)wakes_.wait_for(lock, wait, [&] { return stopping_ || wakes(); });
  }
}

WindowClerk::City* WindowClerk::FindCity(ParticipantNo peer) {
  const auto found = cities_.find(peer);
  if (found != cities_.end()) {
    return &found->second;
  }
  const auto registry = engine_.registry();
  const interop::Peer* known = interop::PeersOf(*registry).Find(peer);
  const auto key = known == nullptr
                       ? absl::StatusOr<signing::NamedVerifier>(absl::NotFoundError("no peer"))
                       : signing::ParseVerifierKey(known->verifier_key);
  if (!key.ok()) {
    return nullptr;
  }
  const auto added = cities_.emplace(peer, City{known->log,
                                                *key,
                                                interop::PeerWindows(peer),
                                                Schedule(options_.schedule, dice_),
                                                EntryIndex(0),
                                                false,
                                                {}});
  return &added.first->second;
}

void WindowClerk::LookAtAll() {
  const auto registry = engine_.registry();
  for (const auto& peer : interop::PeersOf(*registry).all()) {
    LookAt(peer->number);
  }
}

// Reads what was written since, and does what follows from it. False when it cannot be read.
bool WindowClerk::LookAt(ParticipantNo peer) {
  City* city = FindCity(peer);
  if (city == nullptr || !Fold(peer, *city)) {
    return false;
  }
  Advance(peer, *city);
  return true;
}

void WindowClerk::SayDue() {
  for (auto& [peer, city] : cities_) {
    for (const ExchangeName& due : city.schedule.TakeDue(Now())) {
      Say({peer, WindowOfId(due.id)});
    }
  }
}

void WindowClerk::Say(const WindowName& name) {
  City& city = cities_.at(name.peer);
  const auto round = std::make_shared<Round>(Round{name, Words(name, city)});
  ++rounds_;
  round->messages.empty() ? Over(round, &Schedule::Released) : SendNext(round);
}

void WindowClerk::SendNext(const RoundRef& round) {
  bool stopping;
  {
    const std::lock_guard lock(mutex_);
    stopping = stopping_;
  }
  if (stopping || round->next == round->messages.size() || ++round->said > kMostInARound) {
    Over(round, &Schedule::Answered);
    return;
  }
  const City& city = cities_.at(round->name.peer);
  const auto sealed = interop::SealMessage(round->messages[round->next++], city.log, signer_);
  if (!sealed.ok()) {
    Over(round, &Schedule::Released);
    return;
  }
  transport_.Deliver(city.log, *sealed,
                     [this, round](const absl::StatusOr<pb::SignedMessage>& answer) {
                       Post([this, round, answer] { Answered(round, answer); });
                     });
}

void WindowClerk::Answered(const RoundRef& round, const absl::StatusOr<pb::SignedMessage>& answer) {
  if (!answer.ok()) {
    Over(round, IsThere(answer.status().code()) ? &Schedule::Answered : &Schedule::Unanswered);
    return;
  }
  City& city = cities_.at(round->name.peer);
  if (!IsEmpty(*answer)) {
    const auto opened =
        interop::OpenMessage(*answer, signer_.name(), [&city](std::string_view log) {
          return log == city.log ? std::optional(city.key) : std::nullopt;
        });
    const Reply reply =
        opened.ok() ? Hear(round->name.peer, city, *opened, *answer) : Reply(opened.status());
    if (reply.ok() && reply->has_value() && (*reply)->kind() == pb::PEER_MESSAGE_KIND_WHICH) {
      round->messages.insert(round->messages.begin() + static_cast<std::ptrdiff_t>(round->next),
                             **reply);
    }
  }
  Talk& talk = city.talks[round->name.window];
  if (talk.tells_settled && round->next == round->messages.size()) {
    talk.tells_settled = false;
    Plan(round->name.peer, city);
  }
  SendNext(round);
}

void WindowClerk::Over(const RoundRef& round,
                       void (Schedule::*how)(const ExchangeName&, Schedule::Time)) {
  (cities_.at(round->name.peer).schedule.*how)(PlaceOf(round->name), Now());
  --rounds_;
}

// What is said of each window: of one that changed at once, of one that is settled nothing more.
void WindowClerk::Plan(ParticipantNo peer, City& city) {
  for (const auto& [window, book] : city.books.all()) {
    const ExchangeName place = PlaceOf({peer, window});
    const bool open = book.state == WindowState::kOpen;
    const bool settled = book.state == WindowState::kSettled;
    Talk& talk = city.talks[window];
    if (open || (settled && !talk.tells_settled)) {
      city.schedule.Remove(place);
      continue;
    }
    city.schedule.Add(place, book.changed, Now());
    if (talk.said_for != book.changed) {
      talk.said_for = book.changed;
      city.schedule.Again(place, Now());
    }
  }
}

}  // namespace tanhui::desk
