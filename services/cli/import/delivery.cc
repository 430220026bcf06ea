#include "services/cli/import/delivery.h"

#include <condition_variable>
#include <mutex>
#include <random>

namespace tanhui::cli {

std::chrono::milliseconds PauseAfter(int failures, const DeliveryPolicy& policy,
                                     std::optional<std::chrono::milliseconds> asked) {
  std::chrono::milliseconds pause = policy.first_pause;
  for (int i = 1; i < failures && pause < policy.longest_pause; ++i) {
    pause *= 2;
  }
  pause = std::min(pause, policy.longest_pause);
  thread_local std::minstd_rand random{std::random_device{}()};
  const auto half = pause.count() / 2;
  pause = std::chrono::milliseconds(
      half + std::uniform_int_distribution<std::chrono::milliseconds::rep>(0, half)(random));
  // A ledger that asks for hours is not believed: whoever stops the run may start it again later.
  return asked ? std::max(pause, std::min(*asked, 6 * policy.longest_pause)) : pause;
}

bool PauseFor(std::chrono::milliseconds pause, const StopFlag& stop) {
  // A signal handler may not wake a condition variable, hence the short turns.
  constexpr std::chrono::milliseconds kTurn{50};
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock<std::mutex> lock(mutex);
  const auto end = std::chrono::steady_clock::now() + pause;
  while (!stop.load() && std::chrono::steady_clock::now() < end) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    never.wait_for(lock, std::min(kTurn, left + std::chrono::milliseconds(1)));
  }
  return !stop.load();
}

}  // namespace tanhui::cli
