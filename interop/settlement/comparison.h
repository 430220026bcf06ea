// 对账 between two cities: the exchanges of a window as the origin's books have them beside those
// of the destination, item by item. Pure, in memory for one item of each side, for any number of
// them.
#ifndef TANHUI_INTEROP_SETTLEMENT_COMPARISON_H_
#define TANHUI_INTEROP_SETTLEMENT_COMPARISON_H_

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "interop/settlement/item.h"

namespace tanhui::settlement {

enum class DifferenceKind : std::uint8_t {
  kMissingAtDestination = 0,  // the origin has it alone
  kMissingAtOrigin = 1,       // the destination has it alone
  kAmount = 2,                // points, grams or fen differ, or the terms
  kState = 3,                 // it is not confirmed where it was committed
  kClaimedTwice = 4,          // one side has it twice
};
inline constexpr std::size_t kDifferenceKinds = 5;

// What is done about it.
enum class DifferenceClass : std::uint8_t {
  kTiming = 0,     // 未达账项: listed, aged, clears by itself in a later window
  kError = 1,      // one side wrote what its own log does not say, and corrects it
  kContested = 2,  // a dispute: the proofs from both logs decide
};
inline constexpr std::size_t kDifferenceClasses = 3;

std::string_view NameOf(DifferenceKind kind);
std::string_view NameOf(DifferenceClass difference_class);

// One item that is not the same on both sides.
struct Difference {
  ExchangeId id;
  DifferenceKind kind = DifferenceKind::kMissingAtDestination;
  DifferenceClass difference_class = DifferenceClass::kTiming;
  std::optional<Item> origin;
  std::optional<Item> destination;
};

struct ItemSums {
  std::uint64_t items = 0;
  std::int64_t points = 0;
  std::int64_t grams = 0;
  std::int64_t fen = 0;
  friend bool operator==(const ItemSums&, const ItemSums&) = default;
};

struct Compared {
  ItemSums agreed;  // what settles
  std::array<ItemSums, kDifferenceKinds> differing;
  std::array<ItemSums, kDifferenceClasses> classes;  // the same once more, by class
  const ItemSums& of(DifferenceKind kind) const {
    return differing[static_cast<std::size_t>(kind)];
  }
  const ItemSums& of(DifferenceClass which) const {
    return classes[static_cast<std::size_t>(which)];
  }
  bool AllAgreed() const;
};

// How late an item may be before its absence is contested.
struct Patience {
  // Whether an item that is missing, or pending, at the destination was in the last statement's
  // list of open items already; asked in order of ids.
  std::function<bool(const ExchangeId&)> was_open_before;
};

// The next item of a side in order of ids, and nullopt after the last.
using ItemSource = std::function<std::optional<Item>()>;

// nullopt when a source is out of order or sums leave the range of 64 bits; differences that were
// told until then stand. Sums of a difference are the origin's, or the destination's where it has
// it alone.
std::optional<Compared> Compare(const ItemSource& origin, const ItemSource& destination,
                                const Patience& patience,
                                const std::function<void(const Difference&)>& tell);

}  // namespace tanhui::settlement

#endif  // TANHUI_INTEROP_SETTLEMENT_COMPARISON_H_
