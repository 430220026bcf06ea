#include "interop/exchange/conversion.h"

#include "ledger/core/check.h"

namespace tanhui::exchange {
namespace {

bool CanBe(const Rate& rate) {
  return rate.points >= 1 && rate.points <= kMostOfRate && rate.grams >= 1 &&
         rate.grams <= kMostOfRate;
}

}  // namespace

std::optional<Conversion> Convert(std::int64_t points, const Rate& from, const Rate& to) {
  Check(CanBe(from) && CanBe(to), "a rate that cannot be");
  Check(points >= 1 && points <= kMostPoints, "points that cannot be");
  // One point that leaves is worth over / under of those that come; products stay below 10^36.
  const __int128 over = static_cast<__int128>(from.grams) * to.points;
  const __int128 under = static_cast<__int128>(from.points) * to.grams;
  const __int128 comes = points * over / under;
  if (comes == 0 || comes > kMostPoints) {
    return std::nullopt;
  }
  const __int128 leaves = (comes * under + over - 1) / over;
  return Conversion{static_cast<std::int64_t>(leaves), static_cast<std::int64_t>(comes),
                    static_cast<std::int64_t>(leaves * from.grams / from.points)};
}

}  // namespace tanhui::exchange
