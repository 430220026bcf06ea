// Integers as big-endian octets, as records, keys and hashed texts hold them.
#ifndef TANHUI_LEDGER_CORE_OCTETS_BIG_ENDIAN_H_
#define TANHUI_LEDGER_CORE_OCTETS_BIG_ENDIAN_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tanhui {

// What is turned round here in one step lies the other way in memory. Octet by octet the keys of an
// award took 400 instructions.
static_assert(std::endian::native == std::endian::little);

// Appends as many octets as the type has; of a signed number in two's complement.
template <typename Int>
void PutBigEndian(std::string& out, Int value) {
  const std::uint64_t octets =
      __builtin_bswap64(static_cast<std::uint64_t>(value) << (64 - 8 * sizeof(Int)));
  out.append(reinterpret_cast<const char*>(&octets), sizeof(Int));
}

// Takes an integer off the front; the caller has checked the size.
template <typename Int>
Int TakeBigEndian(std::string_view& bytes) {
  std::uint64_t octets = 0;
  std::memcpy(&octets, bytes.data(), sizeof(Int));
  bytes.remove_prefix(sizeof(Int));
  return static_cast<Int>(__builtin_bswap64(octets) >> (64 - 8 * sizeof(Int)));
}

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_OCTETS_BIG_ENDIAN_H_
