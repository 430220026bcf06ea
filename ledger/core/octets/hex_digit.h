// Digits of lower-case hex. A table, since the digits of random ids defeat any guess at a branch.
#ifndef TANHUI_LEDGER_CORE_OCTETS_HEX_DIGIT_H_
#define TANHUI_LEDGER_CORE_OCTETS_HEX_DIGIT_H_

#include <array>

namespace tanhui {

inline constexpr std::array<signed char, 256> kHexValues = [] {
  std::array<signed char, 256> values{};
  values.fill(-1);
  for (signed char i = 0; i < 10; ++i) {
    values[static_cast<unsigned char>('0' + i)] = i;
  }
  for (signed char i = 0; i < 6; ++i) {
    values[static_cast<unsigned char>('a' + i)] = static_cast<signed char>(10 + i);
  }
  return values;
}();

// 0 to 15; -1 for what is no digit, capital letters among them.
constexpr int HexValue(char c) { return kHexValues[static_cast<unsigned char>(c)]; }

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_OCTETS_HEX_DIGIT_H_
