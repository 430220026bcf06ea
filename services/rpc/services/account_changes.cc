#include "services/rpc/services/account_changes.h"

#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

void ReadStatusChange(pb::AccountStatus status, const auto& request, Draft& draft) {
  ReadStamp(request, draft);
  pb::StatusChange& change = *draft.entry().mutable_status_change();
  change.set_status(status);
  change.set_reason(draft.ReadWord(request.reason(), "reason"));
  draft.ReadAccount(request.account(), "account", [](Entry& entry, AccountNo number) {
    entry.mutable_status_change()->set_account(number.value());
  });
}

template <typename Request, typename Response>
void ChangeStatus(const Context& context, CallPointer<Request, Response> call,
                  pb::AccountStatus status) {
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStatusChange(status, call->request(), draft);
  MutateOne(context, std::move(call), std::move(draft), FillDone<Request, Response>);
}

void ReadMinor(pb::GuardianAction action, const auto& request, Draft& draft) {
  ReadStamp(request, draft);
  draft.entry().mutable_guardianship()->set_action(action);
  draft.ReadAccount(request.account(), "account", [](Entry& entry, AccountNo number) {
    entry.mutable_guardianship()->set_account(number.value());
  });
}

template <typename Request, typename Response>
void ChangeConsent(const Context& context, CallPointer<Request, Response> call,
                   pb::GuardianAction action) {
  Draft draft(context, call->caller(), context.engine.registry());
  ReadMinor(action, call->request(), draft);
  draft.ReadAccount(
      call->request().guardian(), "guardian",
      [](Entry& entry, AccountNo number) {
        entry.mutable_guardianship()->set_guardian(number.value());
      },
      NamedTo::kTakePart);
  MutateOne(context, std::move(call), std::move(draft), FillDone<Request, Response>);
}

}  // namespace

void StartFreeze(const Context& context, CallPointer<v1::FreezeRequest, v1::FreezeResponse> call) {
  ChangeStatus(context, std::move(call), pb::ACCOUNT_STATUS_FROZEN);
}

void StartUnfreeze(const Context& context,
                   CallPointer<v1::UnfreezeRequest, v1::UnfreezeResponse> call) {
  ChangeStatus(context, std::move(call), pb::ACCOUNT_STATUS_OPEN);
}

void StartReportLost(const Context& context,
                     CallPointer<v1::ReportLostRequest, v1::ReportLostResponse> call) {
  ChangeStatus(context, std::move(call), pb::ACCOUNT_STATUS_LOST);
}

void StartClose(const Context& context, CallPointer<v1::CloseRequest, v1::CloseResponse> call) {
  const v1::CloseRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  pb::Closing& closing = *draft.entry().mutable_closing();
  closing.set_forfeit(request.forfeit());
  closing.set_reason(draft.ReadWord(request.reason(), "reason"));
  draft.ReadAccount(request.account(), "account", [](Entry& entry, AccountNo number) {
    entry.mutable_closing()->set_account(number.value());
  });
  MutateOne(context, std::move(call), std::move(draft),
            [&context](const v1::CloseRequest& asked, const sequencer::Accepted& accepted,
                       v1::CloseResponse& out) {
              const auto outcome = OutcomeOf(context, ToldBy(accepted, asked.validate_only()));
              FillDone(asked, accepted, out);
              out.set_forfeited(outcome.ok() ? outcome->points : 0);
              return outcome.status();
            });
}

void StartMerge(const Context& context, CallPointer<v1::MergeRequest, v1::MergeResponse> call) {
  const v1::MergeRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  draft.entry().mutable_merge();
  draft.ReadAccount(request.from(), "from", [](Entry& entry, AccountNo number) {
    entry.mutable_merge()->set_from(number.value());
  });
  draft.ReadAccount(request.into(), "into", [](Entry& entry, AccountNo number) {
    entry.mutable_merge()->set_into(number.value());
  });
  MutateOne(context, std::move(call), std::move(draft), MovedBy(context));
}

void StartGiveConsent(const Context& context,
                      CallPointer<v1::GiveConsentRequest, v1::GiveConsentResponse> call) {
  ChangeConsent(context, std::move(call), pb::GUARDIAN_ACTION_CONSENT);
}

void StartWithdrawConsent(
    const Context& context,
    CallPointer<v1::WithdrawConsentRequest, v1::WithdrawConsentResponse> call) {
  ChangeConsent(context, std::move(call), pb::GUARDIAN_ACTION_WITHDRAW);
}

void StartHandOver(const Context& context,
                   CallPointer<v1::HandOverRequest, v1::HandOverResponse> call) {
  Draft draft(context, call->caller(), context.engine.registry());
  ReadMinor(pb::GUARDIAN_ACTION_HAND_OVER, call->request(), draft);
  MutateOne(context, std::move(call), std::move(draft),
            FillDone<v1::HandOverRequest, v1::HandOverResponse>);
}

}  // namespace tanhui::rpc
