// Giving back what was redeemed or captured.
#ifndef TANHUI_LEDGER_POINTS_REFUND_H_
#define TANHUI_LEDGER_POINTS_REFUND_H_

#include <optional>
#include <string_view>

#include "ledger/core/book.h"

namespace tanhui::points {

// Completes `entry` with giving back `points` of the target, a redemption or a capture; `field`
// names what a refusal is about. Used by refunds, and by cancellations for the whole.
std::optional<Refusal> GiveBack(const State& state, const DecideInput& input, Amount points,
                                std::string_view field, Entry& entry);

// A cancellation of a redemption or a capture.
std::optional<Refusal> CancelSpending(const State& state, const DecideInput& input, Entry& entry);
Fault SpendingCancelled(State& state, EntryIndex index, const Entry& entry);

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_REFUND_H_
