// RequestsService: what became of a request, and undoing it (冲正).
#include "services/rpc/entry_view.h"
#include "services/rpc/mutation.h"
#include "services/rpc/services.h"
#include "tanhui/v1/requests.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kAnyRole = std::uint8_t{0};
constexpr auto kWriters = static_cast<std::uint8_t>(static_cast<std::uint8_t>(Role::kAdmin) |
                                                    static_cast<std::uint8_t>(Role::kPlatform));

template <typename Base>
using RawMethods = v1::RequestsService::WithRawCallbackMethod_GetOutcome<
    v1::RequestsService::WithRawCallbackMethod_CancelRequest<
        v1::RequestsService::WithRawCallbackMethod_GetRequestIdKey<Base>>>;

// The account that the caller asked about: the citizen of an award, redemption or transfer, the
// budget of a funding; 0 for entries that move nothing.
AccountNo SubjectOf(const Entry& entry) {
  switch (entry.body_case()) {
    case Entry::kAward:
      return AccountNo(entry.award().account());
    case Entry::kRedemption:
      return AccountNo(entry.redemption().account());
    case Entry::kTransfer:
      return AccountNo(entry.transfer().from());
    case Entry::kFunding:
      return AccountNo(entry.funding().budget());
    default:
      return AccountNo(0);
  }
}

std::int64_t PointsOf(const Entry& entry) {
  return entry.postings().empty() ? 0 : std::abs(entry.postings(0).amount());
}

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
        context_, kWriters, server, in, out, [this](Call call) {
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
    out.set_points(PointsOf(*entry));
    if (const auto* posting = FindPosting(*entry, SubjectOf(*entry))) {
      out.set_balance(posting->balance_after());
    }
    return absl::OkStatus();
  }

  void Cancel(CallPointer<v1::CancelRequestRequest, v1::CancelRequestResponse> call) {
    const v1::CancelRequestRequest& request = call->request();
    Draft draft(context_, call->caller(), context_.engine.registry());
    ReadStamp(request, draft);
    draft.entry().mutable_cancellation()->set_target_request_id(
        draft.ReadTargetRequestId(request.target_request_id(), "target_request_id"));
    MutateOne(context_, std::move(call), std::move(draft),
              [this](const v1::CancelRequestRequest& asked, const sequencer::Accepted& accepted,
                     v1::CancelRequestResponse& out) {
                FillOutcome(accepted, asked.validate_only(), out);
                out.set_state(accepted.entry.has_tombstone() ? v1::REQUEST_STATE_BLOCKED
                                                             : v1::REQUEST_STATE_CANCELLED);
                if (accepted.entry.has_cancellation()) {
                  FillReversal(accepted.entry, out);
                }
              });
  }

  void FillReversal(const Entry& entry, v1::CancelRequestResponse& out) {
    out.set_points(PointsOf(entry));
    const auto target = ReadEntry(context_, EntryIndex(entry.cancellation().target_index()));
    if (target.ok()) {
      if (const auto* posting = FindPosting(entry, SubjectOf(*target))) {
        out.set_balance(posting->balance_after());
      }
    }
  }

  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewRequestsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
