// Integers as big-endian octets, as records, keys and hashed texts hold them.
#ifndef TANHUI_LEDGER_CORE_OCTETS_BIG_ENDIAN_H_
#define TANHUI_LEDGER_CORE_OCTETS_BIG_ENDIAN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tanhui {

// Appends as many octets as the type has; of a signed number in two's complement.
template <typename Int>
void PutBigEndian(std::string& out, Int value) {
  for (int shift = static_cast<int>(sizeof(Int)) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift));
  }
}

// Takes an integer off the front; the caller has checked the size.
template <typename Int>
Int TakeBigEndian(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Int); ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  bytes.remove_prefix(sizeof(Int));
  return static_cast<Int>(value);
}

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_OCTETS_BIG_ENDIAN_H_
