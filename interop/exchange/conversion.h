// From the points of one scheme to those of another by way of grams of CO2e: exact, rounded down
// once, and never a gain on the way there and back.
#ifndef TANHUI_INTEROP_EXCHANGE_CONVERSION_H_
#define TANHUI_INTEROP_EXCHANGE_CONVERSION_H_

#include <cstdint>
#include <optional>

namespace tanhui::exchange {

// So many points of a scheme stand for so many grams; both 1 to kMostOfRate.
struct Rate {
  std::int64_t points = 0;
  std::int64_t grams = 0;
};
inline constexpr std::int64_t kMostOfRate = 1'000'000'000'000;
inline constexpr std::int64_t kMostPoints = 1'000'000'000'000;  // of one exchange

struct Conversion {
  std::int64_t from = 0;   // points that leave: no more than are needed for `to`
  std::int64_t to = 0;     // points that come, above 0
  std::int64_t grams = 0;  // that `from` stand for, rounded down
};

// Of `points`, 1 to kMostPoints, as many as convert; what does not convert stays where it is.
// nullopt when nothing does, or when more than kMostPoints would come or their grams leave 64 bits.
std::optional<Conversion> Convert(std::int64_t points, const Rate& from, const Rate& to);

// The fewest points that are worth `comes`, 1 to kMostPoints, there: what a price there costs.
// nullopt when more than kMostPoints would leave or their grams leave 64 bits.
std::optional<Conversion> Pay(std::int64_t comes, const Rate& from, const Rate& to);

}  // namespace tanhui::exchange

#endif  // TANHUI_INTEROP_EXCHANGE_CONVERSION_H_
