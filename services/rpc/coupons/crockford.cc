#include "services/rpc/coupons/crockford.h"

#include <algorithm>

#include "ledger/core/check.h"

namespace tanhui::rpc {

std::string CrockfordOf(std::uint64_t bits, std::size_t count) {
  std::string letters;
  for (std::size_t i = 0; i < count; ++i) {
    letters.push_back(kCrockfordLetters[bits % kCrockfordLetters.size()]);
    bits >>= kBitsOfLetter;
  }
  std::reverse(letters.begin(), letters.end());
  return letters;
}

std::uint64_t BitsOfCrockford(std::string_view letters) {
  constexpr std::size_t kMostLetters = 12;
  Check(letters.size() <= kMostLetters, "too many letters for a number");
  std::uint64_t bits = 0;
  for (const char letter : letters) {
    const std::size_t value = kCrockfordLetters.find(letter);
    Check(value != std::string_view::npos, "no letter of a code");
    bits = bits << kBitsOfLetter | value;
  }
  return bits;
}

std::optional<std::string> CanonicalCrockford(std::string_view text, std::size_t count) {
  std::string code;
  for (const char c : text) {
    if (c == '-') {
      continue;
    }
    char letter = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    letter = letter == 'I' || letter == 'L' ? '1' : letter == 'O' ? '0' : letter;
    if (kCrockfordLetters.find(letter) == std::string_view::npos || code.size() == count) {
      return std::nullopt;
    }
    code.push_back(letter);
  }
  return code.size() == count ? std::optional(std::move(code)) : std::nullopt;
}

}  // namespace tanhui::rpc
