#include "services/rpc/services/holds.h"

#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services/claims/unit_names.h"

namespace tanhui::rpc {

void StartHold(const Context& context, CallPointer<v1::HoldRequest, v1::HoldResponse> call) {
  const v1::HoldRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::Hold& hold = *draft.entry().mutable_hold();
  hold.set_points(draft.ReadAmount(request.points(), "points"));
  hold.set_deadline_micros(
      draft.ReadTime(request.has_deadline(), request.deadline(), true, "deadline"));
  const Asset* asset = draft.ReadAsset(request.asset(), "asset");
  draft.ReadCitizen(
      request.account(), request.platform_user_id(), asset,
      [](Entry& entry, AccountNo number) { entry.mutable_hold()->set_account(number.value()); });
  draft.ReadActing(request.acting_account(), [](Entry& entry, AccountNo number) {
    entry.mutable_hold()->set_acting(number.value());
  });
  hold.set_merchant(
      ReadTakingAccount(request.merchant(), request.store(), request.till(), asset, draft));
  MutateOne(context, std::move(call), std::move(draft),
            [&context](const v1::HoldRequest& asked, const sequencer::Accepted& accepted,
                       v1::HoldResponse& out) {
              if (!asked.validate_only() || accepted.replayed) {
                out.set_name(HoldName(accepted.index));
              }
              return FillMoved(context, accepted, asked.validate_only(), out).status();
            });
}

void StartCapture(const Context& context,
                  CallPointer<v1::CaptureRequest, v1::CaptureResponse> call) {
  const v1::CaptureRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::Capture& capture = *draft.entry().mutable_capture();
  capture.set_hold(draft.ReadHold(request.hold(), "hold"));
  capture.set_points(draft.ReadAmount(request.points(), "points"));
  const EntryIndex target(capture.hold());
  const Caller caller = call->caller();
  MutateOne(context, std::move(call), std::move(draft), FollowUpBy(context, caller, target));
}

void StartRelease(const Context& context,
                  CallPointer<v1::ReleaseRequest, v1::ReleaseResponse> call) {
  const v1::ReleaseRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  const EntryIndex target(draft.ReadHold(request.hold(), "hold"));
  draft.entry().mutable_release()->set_hold(target.value());
  const Caller caller = call->caller();
  MutateOne(context, std::move(call), std::move(draft), FollowUpBy(context, caller, target));
}

}  // namespace tanhui::rpc
