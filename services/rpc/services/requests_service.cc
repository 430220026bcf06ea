// RequestsService: what became of a request, and undoing it (冲正).
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services.h"
#include "tanhui/v1/requests.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kAnyRole = std::uint8_t{0};
constexpr auto kWriters = static_cast<std::uint8_t>(static_cast<std::uint8_t>(Role::kAdmin) |
                                                    static_cast<std::uint8_t>(Role::kPlatform));
// Whoever sends files.
constexpr auto kImporters =
    static_cast<std::uint8_t>(kWriters | static_cast<std::uint8_t>(Role::kAccountant));

template <typename Base>
using RawMethods = v1::RequestsService::WithRawCallbackMethod_GetOutcome<
    v1::RequestsService::WithRawCallbackMethod_CancelRequest<
        v1::RequestsService::WithRawCallbackMethod_GetRequestIdKey<Base>>>;

class Service final : public RawMethods<v1::RequestsService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* GetOutcome(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::GetOutcomeRequest, v1::GetOutcomeResponse>;
    return ServeUnary<v1::GetOutcomeRequest, v1::GetOutcomeResponse>(
        context_, kAnyRole, server, in, out, [this](Call call) { Look(std::move(call)); });
  }

  grpc::ServerUnaryReactor* CancelRequest(grpc::CallbackServerContext* server,
                                          const grpc::ByteBuffer* in,
                                          grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::CancelRequestRequest, v1::CancelRequestResponse>;
    return ServeUnary<v1::CancelRequestRequest, v1::CancelRequestResponse>(
        context_, kWriters, server, in, out, [this](Call call) { Cancel(std::move(call)); });
  }

  grpc::ServerUnaryReactor* GetRequestIdKey(grpc::CallbackServerContext* server,
                                            const grpc::ByteBuffer* in,
                                            grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::GetRequestIdKeyRequest, v1::GetRequestIdKeyResponse>;
    return ServeUnary<v1::GetRequestIdKeyRequest, v1::GetRequestIdKeyResponse>(
        context_, kImporters, server, in, out, [this](Call call) {
          const Hash256 key = context_.secrets.RequestIdKey(call->caller().number);
          call->response().set_key(std::string(key.view()));
          call->Finish();
        });
  }

 private:
  void Look(CallPointer<v1::GetOutcomeRequest, v1::GetOutcomeResponse> call) {
    const std::string& text = call->request().request_id();
    const auto id = RequestId::FromText(text);
    if (!id.has_value()) {
      call->Refuse(
          Refusal(text.empty() ? Reason::kFieldRequired : Reason::kFieldTooLong, "request_id"));
      return;
    }
    const auto found = context_.engine.store().ReadRequestAsOf({call->caller().number, *id});
    if (!found.ok()) {
      call->Fail(found.status());
      return;
    }
    v1::GetOutcomeResponse& out = call->response();
    out.set_as_of_index(found->size - 1);
    out.set_state(v1::REQUEST_STATE_UNKNOWN);
    if (found->record.has_value()) {
      const absl::Status status = FillOutcomeOf(*found->record, out);
      if (!status.ok()) {
        call->Fail(status);
        return;
      }
    }
    call->Finish();
  }

  absl::Status FillOutcomeOf(const RequestRecord& record, v1::GetOutcomeResponse& out) {
    out.set_entry_index(record.entry.value());
    if (record.blocked()) {
      out.set_state(v1::REQUEST_STATE_BLOCKED);
      return absl::OkStatus();
    }
    out.set_state(v1::REQUEST_STATE_DONE);
    if (record.cancelled_by.has_value()) {
      out.set_state(v1::REQUEST_STATE_CANCELLED);
      out.set_cancellation_index(record.cancelled_by->value());
    }
    const auto entry = ReadEntry(context_, record.entry);
    if (!entry.ok()) {
      return entry.status();
    }
    const auto outcome = OutcomeOf(context_, {*entry, record.entry});
    if (!outcome.ok()) {
      return outcome.status();
    }
    out.set_points(outcome->points);
    out.set_balance(outcome->after.available);
    return absl::OkStatus();
  }

  void Cancel(CallPointer<v1::CancelRequestRequest, v1::CancelRequestResponse> call) {
    const v1::CancelRequestRequest& request = call->request();
    Draft draft(context_, call->caller(), context_.engine.registry());
    ReadStamp(request, draft);
    draft.entry().mutable_cancellation()->set_target_request_id(
        draft.ReadTargetRequestId(request.target_request_id(), "target_request_id"));
    draft.entry().mutable_cancellation()->set_booked_on(
        draft.ReadDate(request.booked_on(), false, "booked_on"));
    MutateOne(context_, std::move(call), std::move(draft),
              [this](const v1::CancelRequestRequest& asked, const sequencer::Accepted& accepted,
                     v1::CancelRequestResponse& out) {
                FillOutcome(accepted, asked.validate_only(), out);
                out.set_state(accepted.entry.has_tombstone() ? v1::REQUEST_STATE_BLOCKED
                                                             : v1::REQUEST_STATE_CANCELLED);
                const auto outcome = OutcomeOf(context_, ToldBy(accepted, asked.validate_only()));
                if (outcome.ok()) {
                  out.set_points(outcome->points);
                  out.set_balance(outcome->after.available);
                }
                return outcome.status();
              });
  }

  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewRequestsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
