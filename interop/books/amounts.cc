#include "interop/books/amounts.h"

#include <algorithm>

#include "interop/settlement/position.h"

namespace tanhui::interop {
namespace {

std::optional<Amounts> With(const std::optional<exchange::Conversion>& conversion,
                            const CityRate& origin) {
  if (!conversion.has_value()) {
    return std::nullopt;
  }
  constexpr __int128 kThousand = 1'000;
  const __int128 fen =
      static_cast<__int128>(conversion->from) * origin.fen_per_thousand / kThousand;
  return Amounts{*conversion, static_cast<std::int64_t>(
                                  std::min<__int128>(fen, settlement::kMostOfPosition + 1))};
}

}  // namespace

std::optional<Amounts> AmountsOfPoints(std::int64_t points, const CityRate& origin,
                                       const CityRate& destination) {
  return With(exchange::Convert(points, origin.rate, destination.rate), origin);
}

std::optional<Amounts> AmountsOfPayment(std::int64_t price, const CityRate& origin,
                                        const CityRate& destination) {
  return With(exchange::Pay(price, origin.rate, destination.rate), origin);
}

bool FollowFromRates(const entry::v1::ExchangeTerms& terms, const CityRate& origin,
                     const CityRate& destination) {
  const auto amounts = terms.kind() == entry::v1::EXCHANGE_KIND_PAYMENT
                           ? AmountsOfPayment(terms.to_points(), origin, destination)
                           : AmountsOfPoints(terms.from_points(), origin, destination);
  return amounts.has_value() && amounts->conversion.from == terms.from_points() &&
         amounts->conversion.to == terms.to_points() &&
         amounts->conversion.grams == terms.grams() && amounts->fen == terms.fen();
}

}  // namespace tanhui::interop
