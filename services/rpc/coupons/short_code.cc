#include "services/rpc/coupons/short_code.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "ledger/core/check.h"
#include "ledger/core/octets/big_endian.h"
#include "services/rpc/coupons/crockford.h"

namespace tanhui::rpc {
namespace {

// 40 bits of masked index, then 35 bits that show that the code is ours.
constexpr std::size_t kIndexLetters = 8;
constexpr std::size_t kMarkLetters = 7;
constexpr std::size_t kLetters = kIndexLetters + kMarkLetters;
constexpr std::size_t kGroup = 5;
constexpr std::uint64_t kIndexes = std::uint64_t{1} << (kIndexLetters * kBitsOfLetter);
constexpr int kMarkBits = static_cast<int>(kMarkLetters) * kBitsOfLetter;

std::uint64_t FirstBits(const signing::KeyedHash& key, std::string_view purpose,
                        std::uint64_t number, int bits) {
  std::string bytes;
  PutBigEndian(bytes, number);
  const Hash256 hash = key.Of({purpose, bytes});
  std::string_view view = hash.view();
  return TakeBigEndian<std::uint64_t>(view) >> (64 - bits);
}

std::uint64_t MarkOf(const signing::KeyedHash& key, std::uint64_t index) {
  return FirstBits(key, "mark", index, kMarkBits);
}

// What hides the index, so that codes do not tell how many coupons there are.
std::uint64_t MaskOf(const signing::KeyedHash& key, std::uint64_t mark) {
  return FirstBits(key, "mask", mark, static_cast<int>(kIndexLetters) * kBitsOfLetter);
}

}  // namespace

std::string CouponShortCode(const signing::KeyedHash& key, EntryIndex coupon) {
  Check(coupon.value() < kIndexes, "the log has outgrown the codes of coupons");
  const std::uint64_t mark = MarkOf(key, coupon.value());
  const std::string letters = CrockfordOf(coupon.value() ^ MaskOf(key, mark), kIndexLetters) +
                              CrockfordOf(mark, kMarkLetters);
  return absl::StrCat(letters.substr(0, kGroup), "-", letters.substr(kGroup, kGroup), "-",
                      letters.substr(2 * kGroup));
}

std::optional<EntryIndex> ReadCouponShortCode(const signing::KeyedHash& key,
                                              std::string_view text) {
  const auto letters = CanonicalCrockford(text, kLetters);
  if (!letters.has_value()) {
    return std::nullopt;
  }
  const std::string_view view = *letters;
  const std::uint64_t mark = BitsOfCrockford(view.substr(kIndexLetters));
  const std::uint64_t index = BitsOfCrockford(view.substr(0, kIndexLetters)) ^ MaskOf(key, mark);
  return MarkOf(key, index) == mark ? std::optional(EntryIndex(index)) : std::nullopt;
}

}  // namespace tanhui::rpc
