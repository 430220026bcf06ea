// One exchange of a window, as either city's books have it.
#ifndef TANHUI_INTEROP_SETTLEMENT_ITEM_H_
#define TANHUI_INTEROP_SETTLEMENT_ITEM_H_

#include <cstdint>

#include "interop/settlement/window.h"
#include "ledger/core/ids.h"

namespace tanhui::settlement {

// How the exchange is in the books of the city that tells. The numbers stand in files.
enum class ItemState : std::uint8_t {
  kCommitted = 1,  // the origin: the points left
  kConfirmed = 2,  // the destination: the points are the recipient's
  kPending = 3,    // the destination: they are nobody's yet, no decision came
  kCancelled = 4,  // the destination: they were destroyed
};

struct Item {
  ExchangeId id;
  ItemState state = ItemState::kCommitted;
  std::int64_t points = 0;  // of the origin's scheme; this and the next two above 0 or 0
  std::int64_t grams = 0;   // of CO2e that they stand for
  std::int64_t fen = 0;     // that the origin owes for them
  Hash256 terms;            // SHA-256 of the terms' text
  friend bool operator==(const Item&, const Item&) = default;
};

}  // namespace tanhui::settlement

#endif  // TANHUI_INTEROP_SETTLEMENT_ITEM_H_
