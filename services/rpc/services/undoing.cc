#include "services/rpc/services/undoing.h"

#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"

namespace tanhui::rpc {

void StartRefund(const Context& context, CallPointer<v1::RefundRequest, v1::RefundResponse> call) {
  const v1::RefundRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::Refund& refund = *draft.entry().mutable_refund();
  refund.set_target(draft.ReadEntryIndex(request.entry_index(), "entry_index"));
  refund.set_points(draft.ReadAmount(request.points(), "points"));
  const EntryIndex target(refund.target());
  const Caller caller = call->caller();
  MutateOne(context, std::move(call), std::move(draft), FollowUpBy(context, caller, target));
}

void StartReverse(const Context& context,
                  CallPointer<v1::ReverseRequest, v1::ReverseResponse> call) {
  const v1::ReverseRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::Reversal& reversal = *draft.entry().mutable_reversal();
  reversal.set_target(draft.ReadEntryIndex(request.entry_index(), "entry_index"));
  reversal.set_quantity(draft.ReadQuantity(request.quantity(), "quantity"));
  reversal.set_reason(draft.ReadWord(request.reason(), "reason"));
  MutateOne(context, std::move(call), std::move(draft),
            [&context](const v1::ReverseRequest& asked, const sequencer::Accepted& accepted,
                       v1::ReverseResponse& out) {
              out.set_forgiven(accepted.entry.reversal().forgiven());
              return FillMoved(context, accepted, asked.validate_only(), out).status();
            });
}

}  // namespace tanhui::rpc
