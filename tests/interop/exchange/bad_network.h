// A network that loses, repeats, delays and reorders letters, until it is healed.
#ifndef TANHUI_TESTS_INTEROP_EXCHANGE_BAD_NETWORK_H_
#define TANHUI_TESTS_INTEROP_EXCHANGE_BAD_NETWORK_H_

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <utility>

namespace tanhui::exchange {

// One thread; what happens follows from the dice, which belong to the caller and outlive it.
template <typename Letter>
class BadNetwork {
 public:
  static constexpr std::int64_t kMostDelay = 80;

  explicit BadNetwork(std::mt19937_64& dice) : dice_(dice) {}

  void Send(std::int64_t now, const Letter& letter) {
    const int copies = healed_ ? 1 : (Chance(25) ? 0 : 1) + (Chance(15) ? 1 : 0);
    for (int i = 0; i < copies; ++i) {
      const auto delay = static_cast<std::int64_t>(healed_ ? 0 : dice_() % kMostDelay);
      letters_.emplace(now + 1 + delay, letter);
    }
  }
  // The next one that has arrived; nullopt when none has.
  std::optional<Letter> Take(std::int64_t now) {
    if (letters_.empty() || letters_.begin()->first > now) {
      return std::nullopt;
    }
    std::optional<Letter> letter = std::move(letters_.begin()->second);
    letters_.erase(letters_.begin());
    return letter;
  }
  // Whatever is on its way, arrived or not.
  std::optional<Letter> TakeAny() { return Take(std::numeric_limits<std::int64_t>::max()); }
  // From now on each letter arrives once and at once.
  void Heal() { healed_ = true; }
  bool healed() const { return healed_; }

 private:
  bool Chance(int percent) { return static_cast<int>(dice_() % 100) < percent; }

  std::mt19937_64& dice_;
  std::multimap<std::int64_t, Letter> letters_;  // by the time of arrival
  bool healed_ = false;
};

}  // namespace tanhui::exchange

#endif  // TANHUI_TESTS_INTEROP_EXCHANGE_BAD_NETWORK_H_
