// PointsService: award, redeem, transfer.
#include "services/rpc/mutation.h"
#include "services/rpc/services.h"
#include "tanhui/v1/points.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kPlatform = static_cast<std::uint8_t>(Role::kPlatform);

template <typename Base>
using RawMethods = v1::PointsService::WithRawCallbackMethod_Award<
    v1::PointsService::WithRawCallbackMethod_BatchAward<
        v1::PointsService::WithRawCallbackMethod_Redeem<
            v1::PointsService::WithRawCallbackMethod_Transfer<Base>>>>;

// Either the account's name, or the platform's own user id with the asset; not both, not neither.
void ReadCitizen(std::string_view account, std::string_view user_id, const Asset* asset,
                 Draft& draft, Draft::SetAccount set) {
  if (!account.empty() && !user_id.empty()) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "platform_user_id")
                     .With("problem", "give either account or platform_user_id"));
  } else if (user_id.empty()) {
    draft.ReadAccount(account, "account", set);
  } else if (asset != nullptr) {
    draft.ReadPlatformUser(user_id, asset->number, set);
  } else {
    draft.ReadText(user_id, kMaxUserId, true, "platform_user_id");  // its form comes before names
  }
}

Draft ReadAward(const Context& context, const Caller& caller,
                std::shared_ptr<const Registry> registry, const v1::AwardRequest& request) {
  Draft draft(context, caller, std::move(registry));
  ReadStamp(request, draft);
  draft.ReadActTime(request.has_act_time(), request.act_time());
  entry::v1::Award& award = *draft.entry().mutable_award();
  award.set_points(draft.ReadAmount(request.points(), "points"));
  award.set_scenario(draft.ReadScenario(request.scenario(), "scenario"));
  const Budget* budget = draft.ReadBudget(request.budget(), "budget");
  const Asset* asset = nullptr;
  if (budget != nullptr) {
    award.set_budget(budget->account.value());
    asset = draft.registry().Find(budget->asset);
  }
  ReadCitizen(
      request.account(), request.platform_user_id(), asset, draft,
      [](Entry& entry, AccountNo number) { entry.mutable_award()->set_account(number.value()); });
  return draft;
}

void FillAward(const Context& context, const v1::AwardRequest& request,
               const sequencer::Accepted& accepted, bool validate_only, v1::AwardResponse& out) {
  const entry::v1::Award& award = accepted.entry.award();
  FillOutcome(accepted, validate_only, out);
  FillRecordTime(accepted, out);
  out.set_points(award.points());
  out.set_balance(PostingOf(accepted.entry, AccountNo(award.account())).balance_after());
  if (!request.account().empty()) {
    out.set_account(request.account());
    return;
  }
  const std::array<AccountNo, 1> number = {AccountNo(award.account())};
  const auto account = context.engine.store().ReadAccounts(number);
  if (account.ok() && account->front().has_value()) {
    out.set_account(AccountName(account->front()->id));
  }
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
                      FillAward(context_, request, accepted, request.validate_only(), response);
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
                FillAward(context_, request, accepted, validate_only, *result.mutable_award());
              });
        });
  }

  grpc::ServerUnaryReactor* Redeem(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::RedeemRequest, v1::RedeemResponse>;
    return ServeUnary<v1::RedeemRequest, v1::RedeemResponse>(
        context_, kPlatform, server, in, out, [this](Call call) { StartRedeem(std::move(call)); });
  }

  grpc::ServerUnaryReactor* Transfer(grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::TransferRequest, v1::TransferResponse>;
    return ServeUnary<v1::TransferRequest, v1::TransferResponse>(
        context_, kPlatform, server, in, out,
        [this](Call call) { StartTransfer(std::move(call)); });
  }

 private:
  void StartRedeem(CallPointer<v1::RedeemRequest, v1::RedeemResponse> call) {
    const v1::RedeemRequest& request = call->request();
    Draft draft(context_, call->caller(), context_.engine.registry());
    ReadStamp(request, draft);
    draft.ReadActTime(request.has_act_time(), request.act_time());
    draft.entry().mutable_redemption()->set_points(draft.ReadAmount(request.points(), "points"));
    const Asset* asset = draft.ReadAsset(request.asset(), "asset");
    ReadCitizen(request.account(), request.platform_user_id(), asset, draft,
                [](Entry& entry, AccountNo number) {
                  entry.mutable_redemption()->set_account(number.value());
                });
    ReadMerchant(request, asset, draft);
    MutateOne(context_, std::move(call), std::move(draft),
              [](const v1::RedeemRequest& asked, const sequencer::Accepted& accepted,
                 v1::RedeemResponse& out) {
                const entry::v1::Redemption& redemption = accepted.entry.redemption();
                FillOutcome(accepted, asked.validate_only(), out);
                FillRecordTime(accepted, out);
                out.set_points(redemption.points());
                out.set_balance(
                    PostingOf(accepted.entry, AccountNo(redemption.account())).balance_after());
              });
  }

  // The merchant's account in the asset. The asset is asked for, not guessed: what a request means
  // must not change between the first try and a retry.
  static void ReadMerchant(const v1::RedeemRequest& request, const Asset* asset, Draft& draft) {
    const Participant* merchant = draft.ReadParticipant(request.merchant(), "merchant");
    if (merchant == nullptr || asset == nullptr) {
      return;
    }
    const auto account = draft.registry().FindMerchantAccount(merchant->number, asset->number);
    if (account.has_value()) {
      draft.entry().mutable_redemption()->set_merchant(account->value());
    } else {
      draft.Refuse(Refusal(Reason::kUnknownAccount, "merchant"));
    }
  }

  void StartTransfer(CallPointer<v1::TransferRequest, v1::TransferResponse> call) {
    const v1::TransferRequest& request = call->request();
    Draft draft(context_, call->caller(), context_.engine.registry());
    ReadStamp(request, draft);
    draft.ReadActTime(request.has_act_time(), request.act_time());
    draft.entry().mutable_transfer()->set_points(draft.ReadAmount(request.points(), "points"));
    draft.ReadAccount(request.from_account(), "from_account", [](Entry& entry, AccountNo number) {
      entry.mutable_transfer()->set_from(number.value());
    });
    draft.ReadAccount(request.to_account(), "to_account", [](Entry& entry, AccountNo number) {
      entry.mutable_transfer()->set_to(number.value());
    });
    MutateOne(
        context_, std::move(call), std::move(draft),
        [](const v1::TransferRequest& asked, const sequencer::Accepted& accepted,
           v1::TransferResponse& out) {
          const entry::v1::Transfer& transfer = accepted.entry.transfer();
          FillOutcome(accepted, asked.validate_only(), out);
          FillRecordTime(accepted, out);
          out.set_points(transfer.points());
          out.set_balance(PostingOf(accepted.entry, AccountNo(transfer.from())).balance_after());
        });
  }

  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewPointsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
