#include "tests/interop/desk/bad_network.h"

#include <optional>
#include <utility>

namespace tanhui::desk {
namespace {

constexpr std::uint64_t kLostQuestion = 20;  // per cent
constexpr std::uint64_t kLostAnswer = 20;
constexpr std::uint64_t kSaidTwice = 15;
constexpr std::uint64_t kSaidMuchLater = 20;

absl::Status Lost() { return absl::UnavailableError("lost on the way"); }

}  // namespace

BadNetwork::BadNetwork(std::uint64_t seed) : dice_(seed) {
  for (int i = 0; i < 2; ++i) {
    ends_[i].network = this;
    ends_[i].city = i;
    threads_[i] = std::thread([this] { Loop(); });
  }
}

BadNetwork::~BadNetwork() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wakes_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void BadNetwork::Connect(int city, ExchangeDesk& desk) {
  const std::lock_guard lock(mutex_);
  cities_[city].desk = &desk;
  ++cities_[city].life;
}

void BadNetwork::CutOff(int city) {
  const std::lock_guard lock(mutex_);
  cities_[city].desk = nullptr;
  ++cities_[city].life;
}

void BadNetwork::AwaitQuiet(int city) {
  std::unique_lock lock(mutex_);
  wakes_.wait(lock, [this, city] { return cities_[city].inside == 0; });
}

void BadNetwork::Heal() {
  const std::lock_guard lock(mutex_);
  healed_ = true;
}

std::uint64_t BadNetwork::random() {
  const std::lock_guard lock(mutex_);
  return dice_();
}

bool BadNetwork::Chance(std::uint64_t percent) { return !healed_ && dice_() % 100 < percent; }

void BadNetwork::End::Deliver(const std::string&, const peer::v1::SignedMessage& message,
                              Done done) {
  {
    const std::lock_guard lock(network->mutex_);
    network->jobs_.push_back({city, network->cities_[city].life, message, std::move(done)});
  }
  network->wakes_.notify_all();
}

// Whatever is next, by the dice.
void BadNetwork::Loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wakes_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) {
      return;
    }
    std::swap(jobs_[healed_ ? 0 : dice_() % jobs_.size()], jobs_.back());
    Job job = std::move(jobs_.back());
    jobs_.pop_back();
    lock.unlock();
    Carry(std::move(job));
    lock.lock();
  }
}

void BadNetwork::Carry(Job job) {
  const int to = 1 - job.from;
  bool lost = false;
  bool answer_lost = false;
  bool twice = false;
  std::optional<std::pair<int, peer::v1::SignedMessage>> late;
  {
    const std::lock_guard lock(mutex_);
    const City& from = cities_[job.from];
    lost = from.desk == nullptr || job.life != from.life || Chance(kLostQuestion);
    answer_lost = Chance(kLostAnswer);
    twice = Chance(kSaidTwice);
    if (!past_.empty() && Chance(kSaidMuchLater)) {
      late = past_[dice_() % past_.size()];
    }
    past_.emplace_back(to, job.message);
  }
  const auto nobody = [](const auto&) {};
  if (late.has_value()) {
    Ask(late->first, late->second, nobody);
  }
  if (lost) {
    job.done(Lost());
    return;
  }
  if (twice) {
    Ask(to, job.message, nobody);
  }
  Ask(to, job.message,
      [this, from = job.from, life = job.life, answer_lost,
       done = std::move(job.done)](absl::StatusOr<peer::v1::SignedMessage> answer) {
        bool gone = false;
        {
          const std::lock_guard lock(mutex_);
          gone = answer_lost || cities_[from].desk == nullptr || life != cities_[from].life;
        }
        done(gone ? absl::StatusOr<peer::v1::SignedMessage>(Lost()) : std::move(answer));
      });
}

void BadNetwork::Ask(int to, const peer::v1::SignedMessage& message, PeerTransport::Done done) {
  ExchangeDesk* desk = nullptr;
  std::uint64_t life = 0;
  {
    const std::lock_guard lock(mutex_);
    desk = cities_[to].desk;
    life = cities_[to].life;
    cities_[to].inside += desk == nullptr ? 0 : 1;
  }
  if (desk == nullptr) {
    done(Lost());
    return;
  }
  desk->Deliver(message, [this, to, life, done](absl::StatusOr<peer::v1::SignedMessage> answer) {
    bool gone = false;
    {
      const std::lock_guard lock(mutex_);
      gone = life != cities_[to].life;
    }
    done(gone ? absl::StatusOr<peer::v1::SignedMessage>(Lost()) : std::move(answer));
    const std::lock_guard lock(mutex_);
    --cities_[to].inside;
    wakes_.notify_all();
  });
}

}  // namespace tanhui::desk
