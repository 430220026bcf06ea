// Lots: points of one expiry, origin and funder. What an account holds and what a posting moves are
// both lists of lots. Rules about lots (which are spent, what expires) are the books'.
#ifndef TANHUI_LEDGER_CORE_LOTS_H_
#define TANHUI_LEDGER_CORE_LOTS_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <span>

#include "absl/container/inlined_vector.h"
#include "ledger/core/amount.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"

namespace tanhui {

// Equal keys merge. The order of keys is the order in which lots are spent.
struct LotKey {
  Month expiry;              // spendable to its last day; kNever sorts last
  SchemeNo scheme;           // where the points come from
  ParticipantNo funder;      // who paid for them
  AccountNo contributor{0};  // in a household: the member that put them in
  friend auto operator<=>(const LotKey&, const LotKey&) = default;
};

struct Lot {
  LotKey key;
  Amount points;           // above zero, but in a posting's changes
  std::int64_t grams = 0;  // of CO2e that the points stand for; not below zero, as above
  friend bool operator==(const Lot&, const Lot&) = default;
};

// In order of keys, each key once. Most accounts hold a lot or two.
using Lots = absl::InlinedVector<Lot, 1>;

// The most lots in one account, free and held ones together.
inline constexpr std::size_t kMaxLots = 1'024;

// The sum of points; lots of one account cannot overflow it (Check).
Amount SumOf(std::span<const Lot> lots);

// Whether every part has points, no grams below zero, and all together are `points`. For lots that
// another may have written: nothing is taken for granted.
bool SumsTo(std::span<const Lot> lots, Amount points);

// nullptr when there is no lot of this key.
const Lot* FindLot(const Lots& lots, const LotKey& key);

// Adds to the lot of the same key, or inserts it. False, with nothing changed, when points or grams
// would leave their range.
bool AddLot(Lots& lots, const Lot& part);

// Takes a part out of the lot of the same key. False, with nothing changed, when there is no such
// lot, when it holds less, or when its last points would leave grams behind.
bool TakeLot(Lots& lots, const Lot& part);

// `points` out of one lot, 0 < points <= lot.points (Check): grams pro rata, rounded down, all of
// them with the last points.
Lot PartOf(const Lot& lot, Amount points);

// The first `points` in order of keys; the lots hold at least so many (Check).
Lots FirstOf(std::span<const Lot> lots, Amount points);
// The last `points` in order of keys, likewise.
Lots LastOf(std::span<const Lot> lots, Amount points);

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_LOTS_H_
