#include "ledger/coupons/lottery.h"

#include <string>

#include "ledger/core/check.h"
#include "ledger/core/octets/big_endian.h"
#include "ledger/merkle/hash.h"

namespace tanhui::coupons {
namespace {

// With what ends it: no other text that is hashed begins so.
constexpr std::string_view kDomain{"tanhui coupon lottery v1\0", 25};
constexpr std::uint8_t kRounds = 8;

// What half is mixed into the other one in a round: `bits` bits.
std::uint64_t RoundOf(const Hash256& key, std::uint8_t round, std::uint64_t half, unsigned bits) {
  std::string text(key.view());
  text += static_cast<char>(round);
  PutBigEndian(text, half);
  const Hash256 hash = merkle::Sha256(text);
  std::string_view octets = hash.view();
  return TakeBigEndian<std::uint64_t>(octets) & ((std::uint64_t{1} << bits) - 1);
}

// Bits of one half: the fewest for which both halves together count to `applications`.
unsigned HalfBits(std::uint64_t applications) {
  unsigned bits = 0;
  while (bits < 31 && (std::uint64_t{1} << (2 * bits)) < applications) {
    ++bits;
  }
  return bits;
}

// A permutation of the numbers of twice `bits` bits: a balanced Feistel network.
std::uint64_t Permuted(const Hash256& key, std::uint64_t number, unsigned bits) {
  std::uint64_t left = number >> bits;
  std::uint64_t right = number & ((std::uint64_t{1} << bits) - 1);
  for (std::uint8_t round = 0; round < kRounds; ++round) {
    const std::uint64_t mixed = left ^ RoundOf(key, round, right, bits);
    left = right;
    right = mixed;
  }
  return left << bits | right;
}

}  // namespace

Hash256 LotteryKey(std::string_view seed, std::string_view beacon_value) {
  return merkle::Sha256({kDomain, seed, beacon_value});
}

Hash256 SeedCommitment(std::string_view seed) { return merkle::Sha256(seed); }

std::uint64_t PlaceOf(const Draw& draw, std::uint64_t ordinal) {
  Check(ordinal < draw.applications, "an application that nobody made");
  const unsigned bits = HalfBits(draw.applications);
  // What falls outside is permuted again, about four times at most: a permutation is made of
  // circles, so that it comes back inside.
  std::uint64_t place = ordinal;
  do {
    place = Permuted(draw.key, place, bits);
  } while (place >= draw.applications);
  return place;
}

}  // namespace tanhui::coupons
