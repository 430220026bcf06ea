#include "interop/exchange/conversion.h"

#include <limits>

#include "ledger/core/check.h"

namespace tanhui::exchange {
namespace {

bool CanBe(const Rate& rate) {
  return rate.points >= 1 && rate.points <= kMostOfRate && rate.grams >= 1 &&
         rate.grams <= kMostOfRate;
}

// One point that leaves is worth over / under of those that come; products of it and points stay
// below 10^36.
struct Worth {
  __int128 over;
  __int128 under;
};

Worth WorthOf(const Rate& from, const Rate& to) {
  Check(CanBe(from) && CanBe(to), "a rate that cannot be");
  return {static_cast<__int128>(from.grams) * to.points,
          static_cast<__int128>(from.points) * to.grams};
}

bool InRange(__int128 points) { return points >= 1 && points <= kMostPoints; }

std::optional<Conversion> FewestFor(__int128 comes, const Worth& worth, const Rate& from) {
  const __int128 leaves = (comes * worth.under + worth.over - 1) / worth.over;
  if (!InRange(comes) || !InRange(leaves)) {
    return std::nullopt;
  }
  const __int128 grams = leaves * from.grams / from.points;
  return grams > std::numeric_limits<std::int64_t>::max()
             ? std::nullopt
             : std::optional(Conversion{static_cast<std::int64_t>(leaves),
                                        static_cast<std::int64_t>(comes),
                                        static_cast<std::int64_t>(grams)});
}

}  // namespace

std::optional<Conversion> Convert(std::int64_t points, const Rate& from, const Rate& to) {
  const Worth worth = WorthOf(from, to);
  Check(InRange(points), "points that cannot be");
  const __int128 comes = points * worth.over / worth.under;
  return InRange(comes) ? FewestFor(comes, worth, from) : std::nullopt;
}

std::optional<Conversion> Pay(std::int64_t comes, const Rate& from, const Rate& to) {
  const Worth worth = WorthOf(from, to);
  Check(InRange(comes), "points that cannot be");
  return FewestFor(comes, worth, from);
}

}  // namespace tanhui::exchange
