#include "ledger/rules/ratio.h"

#include <algorithm>

#include "ledger/core/check.h"

namespace tanhui::rules {
namespace {

constexpr std::size_t kMostDigits = 9;

__int128 CommonDivisor(__int128 a, __int128 b) {
  while (b != 0) {
    a %= b;
    std::swap(a, b);
  }
  return a;
}

bool AreDigits(std::string_view text) {
  return !text.empty() && text.size() <= kMostDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<Ratio> MakeRatio(__int128 over, __int128 under) {
  if (over < 0 || under <= 0) {
    return std::nullopt;
  }
  const __int128 divisor = CommonDivisor(over, under);
  over /= divisor;
  under /= divisor;
  if (over > kMostOfRatio || under > kMostOfRatio) {
    return std::nullopt;
  }
  return Ratio{static_cast<std::int64_t>(over), static_cast<std::int64_t>(under)};
}

std::optional<Ratio> ParseDecimal(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (!AreDigits(whole)) {
    return std::nullopt;
  }
  __int128 over = 0;
  __int128 under = 1;
  for (const char c : whole) {
    over = over * 10 + (c - '0');
  }
  if (point != std::string_view::npos) {
    const std::string_view part = text.substr(point + 1);
    if (!AreDigits(part)) {
      return std::nullopt;
    }
    for (const char c : part) {
      over = over * 10 + (c - '0');
      under *= 10;
    }
  }
  return MakeRatio(over, under);
}

std::optional<std::int64_t> Times(std::int64_t amount, const Ratio& ratio, std::uint32_t percent,
                                  std::uint32_t share) {
  Check(amount >= 0 && amount <= kMostOfRatio && percent <= 100 && share <= 100,
        "a quantity out of range");
  // At most 10^34: 128 bits hold it.
  const __int128 over = static_cast<__int128>(amount) * ratio.over * percent * share;
  const __int128 product = over / (static_cast<__int128>(ratio.under) * 100 * 100);
  return product > kMostMillionths ? std::nullopt
                                   : std::optional(static_cast<std::int64_t>(product));
}

std::int64_t Portion(std::int64_t part, std::int64_t whole, std::int64_t of) {
  Check(part >= 0 && whole >= 0 && of > 0, "a portion out of range");
  return static_cast<std::int64_t>(static_cast<__int128>(part) * whole / of);
}

}  // namespace tanhui::rules
