// PointsService: the service itself, awards, redemptions, donations and transfers.
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services.h"
#include "services/rpc/services/holds.h"
#include "services/rpc/services/undoing.h"
#include "tanhui/v1/points.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kPlatform = static_cast<std::uint8_t>(Role::kPlatform);
constexpr std::int64_t kMaxGrams = 1'000'000'000'000;

template <typename Base>
using RawHolds =
    v1::PointsService::WithRawCallbackMethod_Hold<v1::PointsService::WithRawCallbackMethod_Capture<
        v1::PointsService::WithRawCallbackMethod_Release<Base>>>;
template <typename Base>
using RawUndoing = v1::PointsService::WithRawCallbackMethod_Refund<
    v1::PointsService::WithRawCallbackMethod_Reverse<Base>>;
template <typename Base>
using RawMethods = v1::PointsService::WithRawCallbackMethod_Award<
    v1::PointsService::WithRawCallbackMethod_BatchAward<
        v1::PointsService::WithRawCallbackMethod_Redeem<
            v1::PointsService::WithRawCallbackMethod_Transfer<
                v1::PointsService::WithRawCallbackMethod_Donate<RawHolds<RawUndoing<Base>>>>>>>;

Draft ReadAward(const Context& context, const Caller& caller,
                std::shared_ptr<const Registry> registry, const v1::AwardRequest& request) {
  Draft draft(context, caller, std::move(registry));
  ReadStamp(request, draft);
  draft.ReadActTime(request.has_act_time(), request.act_time());
  entry::v1::Award& award = *draft.entry().mutable_award();
  award.set_points(draft.ReadAmount(request.points(), "points"));
  award.set_scenario(draft.ReadWord(request.scenario(), "scenario"));
  if (request.quantity() > 1) {  // one item is what an entry that says nothing means
    award.set_quantity(draft.ReadQuantity(request.quantity(), "quantity"));
  }
  award.set_grams(draft.ReadNumber(request.grams(), 0, kMaxGrams, "grams"));
  const Budget* budget = draft.ReadBudget(request.budget(), "budget");
  const Asset* asset = nullptr;
  if (budget != nullptr) {
    award.set_budget(budget->account.value());
    asset = draft.registry().Find(budget->asset);
  }
  draft.ReadCitizen(
      request.account(), request.platform_user_id(), asset,
      [](Entry& entry, AccountNo number) { entry.mutable_award()->set_account(number.value()); });
  return draft;
}

absl::Status FillAward(const Context& context, const v1::AwardRequest& request,
                       const sequencer::Accepted& accepted, bool validate_only,
                       v1::AwardResponse& out) {
  const auto outcome = FillMoved(context, accepted, validate_only, out);
  if (!outcome.ok()) {
    return outcome.status();
  }
  const AccountNo number = outcome->after.account;
  if (!request.account().empty() && number.value() == accepted.entry.award().account()) {
    out.set_account(request.account());
    return absl::OkStatus();
  }
  const auto account = context.engine.store().ReadAccounts(std::array{number});
  if (account.ok() && account->front().has_value()) {
    out.set_account(AccountName(account->front()->id));
  }
  return account.status();
}

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
  redemption.set_merchant(draft.ReadMerchantAccount(request.merchant(), asset, "merchant"));
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
  draft.ReadAccount(request.to_account(), "to_account", [](Entry& entry, AccountNo number) {
    entry.mutable_transfer()->set_to(number.value());
  });
  MutateOne(context, std::move(call), std::move(draft), MovedBy(context));
}

class Service final : public RawMethods<v1::PointsService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* Award(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                  grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::AwardRequest, v1::AwardResponse>;
    return ServeUnary<v1::AwardRequest, v1::AwardResponse>(
        context_, kPlatform, server, in, out, [this](Call call) {
          Draft draft =
              ReadAward(context_, call->caller(), context_.engine.registry(), call->request());
          MutateOne(context_, std::move(call), std::move(draft),
                    [this](const v1::AwardRequest& request, const sequencer::Accepted& accepted,
                           v1::AwardResponse& response) {
                      return FillAward(context_, request, accepted, request.validate_only(),
                                       response);
                    });
        });
  }

  grpc::ServerUnaryReactor* BatchAward(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::BatchAwardRequest, v1::BatchAwardResponse>;
    return ServeUnary<v1::BatchAwardRequest, v1::BatchAwardResponse>(
        context_, kPlatform, server, in, out, [this](Call call) {
          MutateBatch(
              context_, std::move(call),
              [this](const Caller& caller, const std::shared_ptr<const Registry>& registry,
                     const v1::AwardRequest& request) {
                return ReadAward(context_, caller, registry, request);
              },
              [this](const v1::AwardRequest& request, const sequencer::Accepted& accepted,
                     bool validate_only, v1::AwardResult& result) {
                return FillAward(context_, request, accepted, validate_only,
                                 *result.mutable_award());
              });
        });
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
    return Serve(context_, kPlatform, server, in, out, StartReverse);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewPointsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
