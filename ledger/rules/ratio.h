// Exact ratios of integers: rates as people state them, with a decimal point.
#ifndef TANHUI_LEDGER_RULES_RATIO_H_
#define TANHUI_LEDGER_RULES_RATIO_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace tanhui::rules {

// Millionths: of a point in a carry, of a gram in a tally.
inline constexpr std::int64_t kMillion = 1'000'000;
// No part of a ratio is larger, and no result of Times.
inline constexpr std::int64_t kMostOfRatio = 1'000'000'000'000'000;         // 10^15
inline constexpr std::int64_t kMostMillionths = 1'000'000'000'000'000'000;  // 10^18

// Not below zero; in lowest terms.
struct Ratio {
  std::int64_t over = 0;
  std::int64_t under = 1;
  friend bool operator==(const Ratio&, const Ratio&) = default;
};

// In lowest terms; nullopt when a part is still over kMostOfRatio, or `under` is not above zero.
std::optional<Ratio> MakeRatio(__int128 over, __int128 under);

// "46.7" as 467/10: digits, at most one point with digits on both sides, at most 9 before and 9
// behind it; nullopt for anything else.
std::optional<Ratio> ParseDecimal(std::string_view text);

// amount × ratio × percent / 100 × share / 100, rounded down once. nullopt above kMostMillionths;
// amount is 0 to 10^15 and the percents 0 to 100 (Check).
std::optional<std::int64_t> Times(std::int64_t amount, const Ratio& ratio,
                                  std::uint32_t percent = 100, std::uint32_t share = 100);

// part × whole / of, rounded down; 0 <= part, 0 <= whole <= kMostMillionths, 0 < of (Check).
std::int64_t Portion(std::int64_t part, std::int64_t whole, std::int64_t of);

}  // namespace tanhui::rules

#endif  // TANHUI_LEDGER_RULES_RATIO_H_
