// Which events follow from an entry; ledger/core/books/FEED.md is the page for people.
#ifndef TANHUI_LEDGER_CORE_BOOKS_EVENT_ROWS_H_
#define TANHUI_LEDGER_CORE_BOOKS_EVENT_ROWS_H_

#include <cstdint>

#include "ledger/core/ids.h"
#include "ledger/core/state.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui {

// The numbers are those of the stored row and of tanhui.v1.EventKind.
enum class EventKind : std::uint8_t {
  kAwardCorrected = 1,     // subject: index of the award
  kAwardReversed = 2,      // likewise
  kPointsExpired = 3,      // number of the account
  kProductDelisted = 4,    // number of the product
  kProductRelisted = 5,    // likewise
  kBudgetAt80 = 6,         // account number of the budget
  kBudgetAt95 = 7,         // likewise
  kLineApproved = 8,       // index of the settlement line
  kLinePaid = 9,           // likewise
  kLineReturned = 10,      // likewise
  kPointsExpireSoon = 11,  // number of the asset in the upper 32 bits, the month in the lower
  kMonthClosed = 12,       // number of the scheme in the upper 32 bits, the month in the lower
  kCouponUsed = 13,        // number of the account that the coupon was issued to
  kCouponRefunded = 14,    // likewise
  kCouponRevoked = 15,     // likewise
  kDiscountApproved = 16,  // index of the redemption
  kDiscountRejected = 17,  // likewise
  kCampaignChanged = 18,   // number of the campaign
  kCampaignReturned = 19,  // account number of the budget
};

// Notes the events of an entry that was applied: they follow from the entry and from the accounts
// that it moves, so that whoever applies it again makes the same.
void NoteEvents(State& state, EntryIndex index, const entry::v1::Entry& entry);

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_BOOKS_EVENT_ROWS_H_
