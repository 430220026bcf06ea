// From decided commands to what the watch sees.
#ifndef TANHUI_SERVICES_RPC_CASES_SIGHTING_H_
#define TANHUI_SERVICES_RPC_CASES_SIGHTING_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "ledger/core/book.h"
#include "ledger/sequencer/submission.h"
#include "ledger/watch/coupon_watch.h"
#include "ledger/watch/watch.h"
#include "services/rpc/context.h"

namespace tanhui::rpc {

// What is known of an act before it is decided; nullopt for commands that are none. `device` is
// Secrets::ForDevice, or 0.
std::optional<watch::Sighting> SightingOf(const Command& command, std::uint64_t device);

// Adds what was decided, now or at the entry's own time. False for what the watch need not see:
// retries, bookings, and what was refused for other reasons than a cap.
bool Complete(const sequencer::Outcome& outcome, LedgerTime now, watch::Sighting& sighting);

// The same of an issue of a coupon on a device that was told, and of a use of one.
std::optional<watch::CouponSighting> CouponSightingOf(const Command& command, std::uint64_t device);
// False for what was refused, and for retries.
bool Complete(const sequencer::Outcome& outcome, const Registry& registry,
              watch::CouponSighting& sighting);

// What is known of any command before it is decided.
using Seen = std::variant<std::monostate, watch::Sighting, watch::CouponSighting>;
Seen SeenOf(const Command& command, std::uint64_t device);

// `done` of a submission of whose commands so much is known, in order: it reports them together to
// the context's desk, if there is one, and goes on.
using Done = std::function<void(std::vector<sequencer::Outcome>)>;
Done Watched(const Context& context, std::vector<Seen> seen, Done done);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_CASES_SIGHTING_H_
