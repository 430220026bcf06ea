// What became of an entry after it was made: taken back, corrected, settled, sealed.
#ifndef TANHUI_LEDGER_CORE_BOOKS_UNDONE_H_
#define TANHUI_LEDGER_CORE_BOOKS_UNDONE_H_

#include <cstdint>
#include <optional>

#include "ledger/core/amount.h"
#include "ledger/core/ids.h"

namespace tanhui {

// How far a line of a settlement run is. The numbers are those of the stored record.
enum class LineState : std::uint8_t {
  kNone = 0,  // the entry is no such line
  kClaimed = 1,
  kApproved = 2,
  kPaid = 3,
  kReturned = 4,
};

// How far a load of opening balances is, likewise.
enum class LoadState : std::uint8_t { kOpen = 0, kSealed = 1, kDropped = 2 };

// What a load states and what of it was credited.
struct LoadTotals {
  LoadState state = LoadState::kOpen;
  std::uint64_t accounts = 0;
  Amount points;
  Amount grams;
  std::uint64_t credited = 0;  // accounts
  friend bool operator==(const LoadTotals&, const LoadTotals&) = default;
};

// One record for each entry of which anything became.
struct Undone {
  Amount points;
  std::uint64_t quantity = 0;  // items of an award
  bool cancelled = false;
  // Of an act: how many corrections it had, and the entry of the newest; 0: none.
  std::uint64_t revision = 0;
  EntryIndex newest = {};
  LineState line = LineState::kNone;
  std::optional<LoadTotals> load = {};
  friend bool operator==(const Undone&, const Undone&) = default;
};

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_BOOKS_UNDONE_H_
