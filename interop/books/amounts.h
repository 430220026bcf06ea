// The amounts of an exchange, as they follow from the rates that both cities signed.
#ifndef TANHUI_INTEROP_BOOKS_AMOUNTS_H_
#define TANHUI_INTEROP_BOOKS_AMOUNTS_H_

#include <cstdint>
#include <optional>

#include "interop/books/peers.h"
#include "interop/exchange/conversion.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::interop {

// Points, grams, and the fen that the origin owes for the points that leave.
struct Amounts {
  exchange::Conversion conversion;
  std::int64_t fen = 0;  // rounded down; one more than kMostOfPosition stands for whatever is more
};

// Of `points`, 1 to exchange::kMostPoints, as many as convert. nullopt when nothing does.
std::optional<Amounts> AmountsOfPoints(std::int64_t points, const CityRate& origin,
                                       const CityRate& destination);
// Of a payment of `price` points of the destination, likewise: the fewest that are worth it.
std::optional<Amounts> AmountsOfPayment(std::int64_t price, const CityRate& origin,
                                        const CityRate& destination);

// Whether the amounts of terms that can be are those.
bool FollowFromRates(const entry::v1::ExchangeTerms& terms, const CityRate& origin,
                     const CityRate& destination);

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_BOOKS_AMOUNTS_H_
