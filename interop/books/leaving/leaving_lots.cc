#include "interop/books/leaving/leaving_lots.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "interop/books/peers.h"
#include "ledger/core/check.h"

namespace tanhui::interop {
namespace {

// How much of `whole` has come once `left` of `all` points have left.
std::int64_t Come(std::int64_t whole, std::int64_t left, std::int64_t all) {
  return static_cast<std::int64_t>(static_cast<__int128>(whole) * left / all);
}

}  // namespace

void WriteLeavingLots(const Registry& registry, const Lots& leaving,
                      const exchange::Conversion& conversion, entry::v1::ExchangeTerms& terms) {
  Check(SumOf(leaving).units() == conversion.from, "lots that are not what leaves");
  std::map<std::pair<Month, std::string>, std::int64_t> parts;
  for (const Lot& lot : leaving) {
    parts[{lot.key.expiry, CityOf(registry, lot.key.scheme)}] += lot.points.units();
  }
  std::int64_t left = 0;
  std::int64_t points = 0;  // written so far
  std::int64_t grams = 0;
  for (const auto& [key, part] : parts) {
    left += part;
    const std::int64_t comes = Come(conversion.to, left, conversion.from);
    if (comes == points) {
      continue;
    }
    const std::int64_t stands_for = Come(conversion.grams, left, conversion.from);
    entry::v1::ExchangeLot& lot = *terms.add_lots();
    lot.set_expiry_month(key.first.value());
    lot.set_city(key.second);
    lot.set_points(comes - points);
    lot.set_grams(stands_for - grams);
    points = comes;
    grams = stands_for;
  }
}

}  // namespace tanhui::interop
