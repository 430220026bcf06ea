// AdminService: the service itself, registration, and the operator's own calls.
#include <spdlog/spdlog.h>

#include <cstdlib>

#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services.h"
#include "services/rpc/services/assets.h"
#include "tanhui/v1/admin.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kAdmin = static_cast<std::uint8_t>(Role::kAdmin);
constexpr auto kAnyRole = std::uint8_t{0};
constexpr std::uint32_t kMinutesPerDay = 1'440;

template <typename Base>
using RawAssets = v1::AdminService::WithRawCallbackMethod_CreateAsset<
    v1::AdminService::WithRawCallbackMethod_SetTerms<
        v1::AdminService::WithRawCallbackMethod_GetAsset<
            v1::AdminService::WithRawCallbackMethod_ListAssets<Base>>>>;
template <typename Base>
using RawMethods = v1::AdminService::WithRawCallbackMethod_CreateScheme<
    v1::AdminService::WithRawCallbackMethod_CreateParticipant<
        v1::AdminService::WithRawCallbackMethod_GetStatus<
            v1::AdminService::WithRawCallbackMethod_ConfirmClock<
                v1::AdminService::WithRawCallbackMethod_CreateSnapshot<RawAssets<Base>>>>>>;

class Service final : public RawMethods<v1::AdminService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* CreateScheme(grpc::CallbackServerContext* server,
                                         const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::CreateSchemeRequest, v1::CreateSchemeResponse>;
    return ServeUnary<v1::CreateSchemeRequest, v1::CreateSchemeResponse>(
        context_, kAdmin, server, in, out, [this](Call call) { StartScheme(std::move(call)); });
  }

  grpc::ServerUnaryReactor* CreateParticipant(grpc::CallbackServerContext* server,
                                              const grpc::ByteBuffer* in,
                                              grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::CreateParticipantRequest, v1::CreateParticipantResponse>;
    return ServeUnary<v1::CreateParticipantRequest, v1::CreateParticipantResponse>(
        context_, kAdmin, server, in, out,
        [this](Call call) { StartParticipant(std::move(call)); });
  }

  grpc::ServerUnaryReactor* CreateAsset(grpc::CallbackServerContext* server,
                                        const grpc::ByteBuffer* in,
                                        grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartAsset);
  }

  grpc::ServerUnaryReactor* SetTerms(grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartTerms);
  }

  grpc::ServerUnaryReactor* GetAsset(grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, rpc::GetAsset);
  }

  grpc::ServerUnaryReactor* ListAssets(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, rpc::ListAssets);
  }

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* server,
                                      const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::GetStatusRequest, v1::GetStatusResponse>;
    return ServeUnary<v1::GetStatusRequest, v1::GetStatusResponse>(
        context_, kAdmin, server, in, out, [this](Call call) { Status(std::move(call)); });
  }

  grpc::ServerUnaryReactor* ConfirmClock(grpc::CallbackServerContext* server,
                                         const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::ConfirmClockRequest, v1::ConfirmClockResponse>;
    return ServeUnary<v1::ConfirmClockRequest, v1::ConfirmClockResponse>(
        context_, kAdmin, server, in, out, [this](Call call) { Confirm(std::move(call)); });
  }

  grpc::ServerUnaryReactor* CreateSnapshot(grpc::CallbackServerContext* server,
                                           const grpc::ByteBuffer* in,
                                           grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::CreateSnapshotRequest, v1::CreateSnapshotResponse>;
    return ServeUnary<v1::CreateSnapshotRequest, v1::CreateSnapshotResponse>(
        context_, kAdmin, server, in, out, [this](Call call) { Snapshot(std::move(call)); });
  }

 private:
  void StartScheme(CallPointer<v1::CreateSchemeRequest, v1::CreateSchemeResponse> call) {
    const v1::CreateSchemeRequest& request = call->request();
    Draft draft(context_, call->caller(), context_.engine.registry());
    ReadStamp(request, draft);
    entry::v1::SchemeCreation& creation = *draft.entry().mutable_scheme_creation();
    creation.set_code(draft.ReadCode(request.scheme_id(), "scheme_id"));
    creation.set_display_name(
        draft.ReadText(request.display_name(), kMaxDisplayName, true, "display_name"));
    if (request.cutoff_minute() >= kMinutesPerDay) {
      draft.Refuse(Refusal(Reason::kFieldInvalid, "cutoff_minute").With("largest", 1'439));
    }
    creation.set_cutoff_minute(request.cutoff_minute());
    MutateOne(context_, std::move(call), std::move(draft),
              [](const v1::CreateSchemeRequest& asked, const sequencer::Accepted& accepted,
                 v1::CreateSchemeResponse& out) {
                out.set_name("schemes/" + accepted.entry.scheme_creation().code());
                FillOutcome(accepted, asked.validate_only(), out);
              });
  }

  void StartParticipant(
      CallPointer<v1::CreateParticipantRequest, v1::CreateParticipantResponse> call) {
    const v1::CreateParticipantRequest& request = call->request();
    Draft draft(context_, call->caller(), context_.engine.registry());
    ReadStamp(request, draft);
    entry::v1::ParticipantCreation& creation = *draft.entry().mutable_participant_creation();
    creation.set_code(draft.ReadCode(request.participant_id(), "participant_id"));
    creation.set_display_name(
        draft.ReadText(request.display_name(), kMaxDisplayName, true, "display_name"));
    if (request.kind() == v1::PARTICIPANT_KIND_UNSPECIFIED) {
      draft.Refuse(Refusal(Reason::kFieldRequired, "kind"));
    } else if (!v1::ParticipantKind_IsValid(request.kind())) {
      draft.Refuse(Refusal(Reason::kFieldInvalid, "kind"));
    }
    creation.set_kind(static_cast<entry::v1::ParticipantKind>(request.kind()));
    MutateOne(context_, std::move(call), std::move(draft),
              [](const v1::CreateParticipantRequest& asked, const sequencer::Accepted& accepted,
                 v1::CreateParticipantResponse& out) {
                out.set_name("participants/" + accepted.entry.participant_creation().code());
                FillOutcome(accepted, asked.validate_only(), out);
              });
  }

  void Status(CallPointer<v1::GetStatusRequest, v1::GetStatusResponse> call) {
    const std::uint64_t size = context_.engine.durable_size();
    const auto last = ReadEntry(context_, EntryIndex(size - 1));
    const auto free = context_.engine.FreeBytes();
    if (!last.ok() || !free.ok()) {
      call->Fail(last.ok() ? free.status() : last.status());
      return;
    }
    v1::GetStatusResponse& out = call->response();
    out.set_log_size(size);
    *out.mutable_ledger_time() = ToTimestamp(LedgerTime(last->recorded_micros()));
    *out.mutable_server_time() = ToTimestamp(context_.engine.clock().Wall());
    out.set_writes_stopped_reason(context_.engine.sequencer().WritesStopped());
    out.set_free_bytes(*free);
    out.set_queued_requests(context_.engine.sequencer().queued_commands());
    out.set_as_of_index(size - 1);
    call->Finish();
  }

  void Confirm(CallPointer<v1::ConfirmClockRequest, v1::ConfirmClockResponse> call) {
    const auto trusted = ParseTimestamp(call->request().trusted_time());
    if (!trusted.has_value()) {
      call->Refuse(Refusal(
          call->request().has_trusted_time() ? Reason::kFieldInvalid : Reason::kFieldRequired,
          "trusted_time"));
      return;
    }
    const LedgerTime wall = context_.engine.clock().Wall();
    if (std::abs(wall.value() - trusted->value()) > kMaxFutureMicros) {
      call->Refuse(Refusal(Reason::kFieldInvalid, "trusted_time")
                       .With("problem", "the server's clock is more than 5 minutes away from it")
                       .With("server_time", FormatShanghai(wall)));
      return;
    }
    context_.engine.sequencer().ConfirmClock();
    spdlog::warn("{} confirmed the clock at {} (Asia/Shanghai)", call->caller().code,
                 FormatShanghai(wall));
    *call->response().mutable_ledger_time() = ToTimestamp(wall);
    call->Finish();
  }

  void Snapshot(CallPointer<v1::CreateSnapshotRequest, v1::CreateSnapshotResponse> call) {
    Draft reader(context_, call->caller(), context_.engine.registry());
    const std::string name = reader.ReadCode(call->request().snapshot_id(), "snapshot_id");
    if (context_.snapshot_directory.empty()) {
      reader.Refuse(Refusal(Reason::kFieldInvalid, "snapshot_id")
                        .With("problem", "the server has no snapshot_directory configured"));
    }
    if (reader.refusal().has_value()) {
      call->Refuse(*reader.refusal());
      return;
    }
    const std::string path = context_.snapshot_directory + "/" + name;
    const auto size = context_.engine.CreateSnapshot(path);
    if (absl::IsAlreadyExists(size.status())) {
      call->Refuse(Refusal(Reason::kCodeExists, "snapshot_id").With("code", name));
      return;
    }
    if (!size.ok()) {
      call->Fail(size.status());
      return;
    }
    call->response().set_path(path);
    call->response().set_log_size(*size);
    call->Finish();
  }

  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewAdminService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
