// What became of an entry after it was made: taken back, corrected, settled, sealed.
#ifndef TANHUI_LEDGER_CORE_BOOKS_UNDONE_H_
#define TANHUI_LEDGER_CORE_BOOKS_UNDONE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/core/amount.h"
#include "ledger/core/business_time.h"
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

// What can be done with a coupon, likewise.
enum class CouponState : std::uint8_t { kReady = 0, kLocked = 1, kUsed = 2, kVoid = 3 };

// How a coupon, or an application for one, is, and by which entry.
struct CouponNow {
  CouponState state = CouponState::kReady;
  EntryIndex entry = {};
  LedgerTime lock_until = {};  // while locked, excluded: from then on it is ready
  friend bool operator==(const CouponNow&, const CouponNow&) = default;
};

// What became of the use of a coupon.
struct RedeemedNow {
  // Fen that came back of each line of the order, before the discount, as far as any came back of
  // it or of one behind it.
  std::vector<Amount> lines = {};
  Amount discount;     // fen of the discount that came back
  Amount funded_back;  // fen of it that go back to what the funders set aside
  bool coupon_back = false;
  bool reviewed = false;
  Amount approved;            // fen, by the review
  Amount discount_at_review;  // fen of the discount that had come back by then
  friend bool operator==(const RedeemedNow&, const RedeemedNow&) = default;
};

// How an exchange with another city is, by its preparation here or its reception here.
struct ExchangeNow {
  // The numbers are those of exchange::OriginState of a preparation, and of
  // exchange::DestinationState of a reception (interop/exchange/protocol.h); 1 to 5.
  std::uint8_t state = 1;
  EntryIndex entry = {};  // that decided or concluded it; 0: none yet
  bool returned = false;  // of an aborted one: the citizen has the points again
  friend bool operator==(const ExchangeNow&, const ExchangeNow&) = default;
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
  std::optional<CouponNow> coupon = {};      // of a coupon, and of an application for one
  std::optional<RedeemedNow> redeemed = {};  // of the use of a coupon
  std::optional<ExchangeNow> exchange = {};
  friend bool operator==(const Undone&, const Undone&) = default;
};

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_BOOKS_UNDONE_H_
