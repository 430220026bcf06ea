// The methods of PointsService that give back or take back what an earlier entry did.
#ifndef TANHUI_SERVICES_RPC_SERVICES_UNDOING_H_
#define TANHUI_SERVICES_RPC_SERVICES_UNDOING_H_

#include <algorithm>
#include <cstdint>

#include "services/rpc/acts/act_draft.h"
#include "services/rpc/context.h"
#include "services/rpc/draft.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/points.pb.h"

namespace tanhui::rpc {

// The fields of a refund or a reversal that stands alone or is a part of an order.
template <typename Request>
void ReadRefunded(const Request& request, Draft& draft) {
  entry::v1::Refund& refund = *draft.entry().mutable_refund();
  refund.set_target(draft.ReadEntryIndex(request.entry_index(), "entry_index"));
  refund.set_points(draft.ReadAmount(request.points(), "points"));
}
template <typename Request>
void ReadReversed(const Request& request, Draft& draft) {
  entry::v1::Reversal& reversal = *draft.entry().mutable_reversal();
  reversal.set_target(draft.ReadEntryIndex(request.entry_index(), "entry_index"));
  const auto bounded =
      std::min(request.quantity(), static_cast<std::uint64_t>(kMaxActQuantity) + 1);
  draft.ReadNumber(static_cast<std::int64_t>(bounded), 1, kMaxActQuantity, "quantity");
  reversal.set_quantity(request.quantity());
  reversal.set_reason(draft.ReadWord(request.reason(), "reason"));
  if (request.has_expected_revision()) {
    reversal.set_expected_revision(request.expected_revision());
  }
}

// Each finishes or refuses its call.
void StartRefund(const Context& context, CallPointer<v1::RefundRequest, v1::RefundResponse> call);
void StartReverse(const Context& context,
                  CallPointer<v1::ReverseRequest, v1::ReverseResponse> call);
void StartBatchReverse(const Context& context,
                       CallPointer<v1::BatchReverseRequest, v1::BatchReverseResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_UNDOING_H_
