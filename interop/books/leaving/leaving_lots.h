// What the lots that leave become at the destination: each part keeps its date and
// the city whose points they were.
#ifndef TANHUI_INTEROP_BOOKS_LEAVING_LEAVING_LOTS_H_
#define TANHUI_INTEROP_BOOKS_LEAVING_LEAVING_LOTS_H_

#include "interop/exchange/conversion.h"
#include "ledger/core/lots.h"
#include "ledger/core/registry.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::interop {

// Writes the lots of the terms. `leaving` sum to conversion.from (Check). In order of expiry and
// city, after so many points of them have left, so many points and grams of the conversion have
// come in all, rounded down: nothing is lost, and no lot is off by a point or more. Grams of a lot
// that makes no point come with the next one; the last one always makes one.
void WriteLeavingLots(const Registry& registry, const Lots& leaving,
                      const exchange::Conversion& conversion, entry::v1::ExchangeTerms& terms);

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_BOOKS_LEAVING_LEAVING_LOTS_H_
