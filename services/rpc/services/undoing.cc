#include "services/rpc/services/undoing.h"

#include <memory>
#include <utility>

#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"

namespace tanhui::rpc {

void StartRefund(const Context& context, CallPointer<v1::RefundRequest, v1::RefundResponse> call) {
  const v1::RefundRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  ReadRefunded(request, draft);
  entry::v1::Refund& refund = *draft.entry().mutable_refund();
  refund.set_booked_on(draft.ReadDate(request.booked_on(), false, "booked_on"));
  const EntryIndex target(refund.target());
  const Caller caller = call->caller();
  MutateOne(context, std::move(call), std::move(draft), FollowUpBy(context, caller, target));
}

namespace {

Draft ReadReversal(const Context& context, const Caller& caller,
                   std::shared_ptr<const Registry> registry, const v1::ReverseRequest& request) {
  Draft draft(context, caller, std::move(registry));
  ReadStamp(request, draft);
  ReadReversed(request, draft);
  draft.entry().mutable_reversal()->set_booked_on(
      draft.ReadDate(request.booked_on(), false, "booked_on"));
  return draft;
}

absl::Status FillReversal(const Context& context, const sequencer::Accepted& accepted,
                          bool validate_only, v1::ReverseResponse& out) {
  out.set_forgiven(accepted.entry.reversal().forgiven());
  return FillMoved(context, accepted, validate_only, out).status();
}

}  // namespace

void StartReverse(const Context& context,
                  CallPointer<v1::ReverseRequest, v1::ReverseResponse> call) {
  Draft draft = ReadReversal(context, call->caller(), context.engine.registry(), call->request());
  MutateOne(context, std::move(call), std::move(draft),
            [&context](const v1::ReverseRequest& asked, const sequencer::Accepted& accepted,
                       v1::ReverseResponse& out) {
              return FillReversal(context, accepted, asked.validate_only(), out);
            });
}

void StartBatchReverse(const Context& context,
                       CallPointer<v1::BatchReverseRequest, v1::BatchReverseResponse> call) {
  MutateBatch(
      context, std::move(call),
      [&context](const Caller& caller, const std::shared_ptr<const Registry>& registry,
                 const v1::ReverseRequest& request) {
        return ReadReversal(context, caller, registry, request);
      },
      [&context](const v1::ReverseRequest&, const sequencer::Accepted& accepted, bool validate_only,
                 v1::ReverseResult& result) {
        return FillReversal(context, accepted, validate_only, *result.mutable_reversal());
      });
}

}  // namespace tanhui::rpc
