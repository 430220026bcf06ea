// PointsService: the service itself, awards, redemptions, donations and transfers.
#include "ledger/signing/sealed_text.h"
#include "services/rpc/acts/award_draft.h"
#include "services/rpc/corrections/corrections.h"
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services.h"
#include "services/rpc/services/claims/unit_names.h"
#include "services/rpc/services/holds.h"
#include "services/rpc/services/pairs.h"
#include "services/rpc/services/undoing.h"
#include "tanhui/v1/points.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kPlatform = static_cast<std::uint8_t>(Role::kPlatform);
constexpr auto kAwards =
    static_cast<std::uint8_t>(kPlatform | static_cast<std::uint8_t>(Role::kGrantor));
constexpr auto kReverses =
    static_cast<std::uint8_t>(kAwards | static_cast<std::uint8_t>(Role::kAdmin));
constexpr auto kReaders = static_cast<std::uint8_t>(static_cast<std::uint8_t>(Role::kAdmin) |
                                                    static_cast<std::uint8_t>(Role::kAuditor));

template <typename Base>
using RawHolds =
    v1::PointsService::WithRawCallbackMethod_Hold<v1::PointsService::WithRawCallbackMethod_Capture<
        v1::PointsService::WithRawCallbackMethod_Release<Base>>>;
template <typename Base>
using RawUndoing = v1::PointsService::WithRawCallbackMethod_Refund<
    v1::PointsService::WithRawCallbackMethod_Reverse<
        v1::PointsService::WithRawCallbackMethod_BatchReverse<
            v1::PointsService::WithRawCallbackMethod_Correct<
                v1::PointsService::WithRawCallbackMethod_BatchCorrect<
                    v1::PointsService::WithRawCallbackMethod_GetEvidence<Base>>>>>>;
template <typename Base>
using RawMethods = v1::PointsService::WithRawCallbackMethod_Award<
    v1::PointsService::WithRawCallbackMethod_BatchAward<
        v1::PointsService::WithRawCallbackMethod_AwardPair<
            v1::PointsService::WithRawCallbackMethod_Redeem<
                v1::PointsService::WithRawCallbackMethod_Transfer<
                    v1::PointsService::WithRawCallbackMethod_Donate<
                        RawHolds<RawUndoing<Base>>>>>>>>;

// What a redemption and a donation ask for: `body` is the entry's.
template <typename Request, typename Body>
const Asset* ReadSpending(const Request& request, Draft& draft, Body& body,
                          Draft::SetAccount set_account, Draft::SetAccount set_acting) {
  ReadStamp(request, draft);
  body.set_points(draft.ReadAmount(request.points(), "points"));
  const Asset* asset = draft.ReadAsset(request.asset(), "asset");
  draft.ReadCitizen(request.account(), request.platform_user_id(), asset, set_account);
  draft.ReadActing(request.acting_account(), set_acting);
  return asset;
}

// What stands apart from the log about the evidence of an act; none is an empty answer.
void StartGetEvidence(const Context& context,
                      CallPointer<v1::GetEvidenceRequest, v1::GetEvidenceResponse> call) {
  const EntryIndex index(call->request().entry_index());
  const auto entry = ReadEntry(context, index);
  if (absl::IsNotFound(entry.status()) || (entry.ok() && !entry->has_earning())) {
    call->Refuse(
        Refusal(entry.ok() ? Reason::kWrongEntryKind : Reason::kUnknownEntry, "entry_index"));
    return;
  }
  const auto sealed = entry.ok() ? context.engine.store().ReadSealedEvidence(index)
                                 : absl::StatusOr<std::string>(entry.status());
  if (absl::IsNotFound(sealed.status())) {
    call->Finish();
    return;
  }
  const AccountNo citizen(entry.ok() ? entry->earning().account() : 0);
  const auto text = sealed.ok() ? signing::OpenText(context.secrets.EvidenceReferenceKey(citizen),
                                                    PlaceOfEvidence(*entry), *sealed)
                                : sealed;
  if (!text.ok() || !call->response().ParseFromString(*text)) {
    call->Fail(text.ok() ? absl::DataLossError("sealed evidence cannot be decoded")
                         : text.status());
    return;
  }
  call->Finish();
}

void StartRedeem(const Context& context, CallPointer<v1::RedeemRequest, v1::RedeemResponse> call) {
  const v1::RedeemRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  draft.ReadActTime(request.has_act_time(), request.act_time());
  entry::v1::Redemption& redemption = *draft.entry().mutable_redemption();
  const Asset* asset = ReadSpending(
      request, draft, redemption,
      [](Entry& entry, AccountNo number) {
        entry.mutable_redemption()->set_account(number.value());
      },
      [](Entry& entry, AccountNo number) {
        entry.mutable_redemption()->set_acting(number.value());
      });
  redemption.set_merchant(
      ReadTakingAccount(request.merchant(), request.store(), request.till(), asset, draft));
  MutateOne(context, std::move(call), std::move(draft), MovedBy(context));
}

void StartDonate(const Context& context, CallPointer<v1::DonateRequest, v1::DonateResponse> call) {
  const v1::DonateRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  entry::v1::Donation& donation = *draft.entry().mutable_donation();
  const Asset* asset = ReadSpending(
      request, draft, donation,
      [](Entry& entry, AccountNo number) { entry.mutable_donation()->set_account(number.value()); },
      [](Entry& entry, AccountNo number) { entry.mutable_donation()->set_acting(number.value()); });
  donation.set_charity(draft.ReadMerchantAccount(request.charity(), asset, "charity"));
  MutateOne(context, std::move(call), std::move(draft), MovedBy(context));
}

void StartTransfer(const Context& context,
                   CallPointer<v1::TransferRequest, v1::TransferResponse> call) {
  const v1::TransferRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  draft.ReadActTime(request.has_act_time(), request.act_time());
  draft.entry().mutable_transfer()->set_points(draft.ReadAmount(request.points(), "points"));
  draft.ReadAccount(request.from_account(), "from_account", [](Entry& entry, AccountNo number) {
    entry.mutable_transfer()->set_from(number.value());
  });
  draft.ReadAccount(
      request.to_account(), "to_account",
      [](Entry& entry, AccountNo number) { entry.mutable_transfer()->set_to(number.value()); },
      NamedTo::kTakePart);
  MutateOne(context, std::move(call), std::move(draft), MovedBy(context));
}

class Service final : public RawMethods<v1::PointsService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* Award(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                  grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::AwardRequest, v1::AwardResponse>;
    return ServeUnary<v1::AwardRequest, v1::AwardResponse>(
        context_, kAwards, server, in, out, [this](Call call) {
          Draft draft =
              ReadAward(context_, call->caller(), context_.engine.registry(), call->request());
          const Caller caller = call->caller();
          MutateOne(
              context_, std::move(call), std::move(draft),
              [this, caller](const v1::AwardRequest& request, const sequencer::Accepted& accepted,
                             v1::AwardResponse& response) {
                return FillAward(context_, caller, request, accepted, request.validate_only(),
                                 response);
              });
        });
  }

  grpc::ServerUnaryReactor* BatchAward(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::BatchAwardRequest, v1::BatchAwardResponse>;
    return ServeUnary<v1::BatchAwardRequest, v1::BatchAwardResponse>(
        context_, kAwards, server, in, out, [this](Call call) {
          const Caller by = call->caller();
          MutateBatch(
              context_, std::move(call),
              [this](const Caller& caller, const std::shared_ptr<const Registry>& registry,
                     const v1::AwardRequest& request) {
                return ReadAward(context_, caller, registry, request);
              },
              [this, by](const v1::AwardRequest& request, const sequencer::Accepted& accepted,
                         bool validate_only, v1::AwardResult& result) {
                return FillAward(context_, by, request, accepted, validate_only,
                                 *result.mutable_award());
              });
        });
  }

  grpc::ServerUnaryReactor* AwardPair(grpc::CallbackServerContext* server,
                                      const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartAwardPair);
  }

  grpc::ServerUnaryReactor* Redeem(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartRedeem);
  }

  grpc::ServerUnaryReactor* Transfer(grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartTransfer);
  }

  grpc::ServerUnaryReactor* Donate(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartDonate);
  }

  grpc::ServerUnaryReactor* Hold(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                 grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartHold);
  }

  grpc::ServerUnaryReactor* Capture(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                    grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartCapture);
  }

  grpc::ServerUnaryReactor* Release(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                    grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartRelease);
  }

  grpc::ServerUnaryReactor* Refund(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartRefund);
  }

  grpc::ServerUnaryReactor* Reverse(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                    grpc::ByteBuffer* out) override {
    return Serve(context_, kReverses, server, in, out, StartReverse);
  }

  grpc::ServerUnaryReactor* BatchReverse(grpc::CallbackServerContext* server,
                                         const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out) override {
    return Serve(context_, kReverses, server, in, out, StartBatchReverse);
  }

  grpc::ServerUnaryReactor* Correct(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                    grpc::ByteBuffer* out) override {
    return Serve(context_, kReverses, server, in, out, StartCorrect);
  }

  grpc::ServerUnaryReactor* BatchCorrect(grpc::CallbackServerContext* server,
                                         const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out) override {
    return Serve(context_, kReverses, server, in, out, StartBatchCorrect);
  }

  grpc::ServerUnaryReactor* GetEvidence(grpc::CallbackServerContext* server,
                                        const grpc::ByteBuffer* in,
                                        grpc::ByteBuffer* out) override {
    return Serve(context_, kReaders, server, in, out, StartGetEvidence);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewPointsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
