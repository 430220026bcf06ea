#include "bench/load/request_ids.h"

#include <chrono>

namespace tanhui::bench {
namespace {

constexpr char kDigits[] = "0123456789abcdef";
constexpr std::uint64_t kRandomA = 0x0fff;             // 12 random bits beside the version
constexpr std::uint64_t kRandomB = (1ULL << 62U) - 1;  // 62 beside the variant

// The 128 bits of a UUID as 8-4-4-4-12 digits.
void Write(std::uint64_t high, std::uint64_t low, std::string& out) {
  out.resize(36);
  std::size_t at = 0;
  for (unsigned digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) {
      out[at++] = '-';
    }
    const std::uint64_t half = digit < 16 ? high : low;
    out[at++] = kDigits[(half >> (60 - 4 * (digit % 16))) & 15];
  }
}

}  // namespace

std::uint64_t Dice::Next() {
  state_ += 0x9e3779b97f4a7c15;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31U);
}

void RequestIds::Next(std::string& out) {
  const std::uint64_t variant = 1ULL << 63U | (dice_.Next() & kRandomB);
  const std::uint64_t random = dice_.Next();
  if (kind_ == IdKind::kRandom) {
    Write((random & ~0xf000ULL) | 0x4000, variant, out);
    return;
  }
  const auto millis =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                     std::chrono::system_clock::now().time_since_epoch())
                                     .count());
  Write(millis << 16U | 0x7000 | (random & kRandomA), variant, out);
}

}  // namespace tanhui::bench
