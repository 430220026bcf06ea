// Bookings that weighings name by the request ids that the caller gave them.
#ifndef TANHUI_SERVICES_RPC_ACTS_BOOKING_H_
#define TANHUI_SERVICES_RPC_ACTS_BOOKING_H_

#include <vector>

#include "absl/status/status.h"
#include "services/rpc/draft.h"
#include "tanhui/v1/acts.pb.h"

namespace tanhui::rpc {

// Reads which booking a weighing is for into the draft's earning; of other acts that none is named.
void ReadBooking(const v1::Act& act, Draft& draft);

// Looks up every booking that the drafts name by its request, with one multi-get, and refuses those
// that do not exist with kUnknownEntry.
absl::Status ResolveBookings(const store::Store& store, std::vector<Draft>& drafts);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_ACTS_BOOKING_H_
