// Amounts of an asset in its smallest unit, with checked arithmetic.
#ifndef TANHUI_LEDGER_CORE_AMOUNT_H_
#define TANHUI_LEDGER_CORE_AMOUNT_H_

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>

namespace tanhui {

// A signed 64-bit count of an asset's smallest unit. Never a fraction, never a floating number.
class Amount {
 public:
  constexpr Amount() = default;
  constexpr explicit Amount(std::int64_t units) : units_(units) {}
  constexpr std::int64_t units() const { return units_; }
  constexpr bool negative() const { return units_ < 0; }
  friend constexpr auto operator<=>(Amount, Amount) = default;

 private:
  std::int64_t units_ = 0;
};

// The largest amount one posting may move; asset limits may be lower. Chosen so that a sum over
// 2^20 postings cannot overflow.
inline constexpr Amount kMaxPostingAmount{1'000'000'000'000};  // 10^12

// nullopt on overflow.
constexpr std::optional<Amount> Add(Amount a, Amount b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a.units(), b.units(), &sum)) {
    return std::nullopt;
  }
  return Amount(sum);
}

// nullopt on overflow, which only the smallest 64-bit value causes.
constexpr std::optional<Amount> Negate(Amount a) {
  if (a.units() == std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  return Amount(-a.units());
}

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_AMOUNT_H_
