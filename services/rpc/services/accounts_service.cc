// AccountsService: the service itself, and opening.
#include "services/rpc/account_view.h"
#include "services/rpc/mutation.h"
#include "services/rpc/random_id.h"
#include "services/rpc/services.h"
#include "services/rpc/services/account_changes.h"
#include "services/rpc/services/account_reading.h"
#include "tanhui/v1/accounts.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kAdmin = static_cast<std::uint8_t>(Role::kAdmin);
constexpr auto kPlatform = static_cast<std::uint8_t>(Role::kPlatform);
// But another city's, which sees nothing of people here.
constexpr auto kAnyRole = static_cast<std::uint8_t>(~static_cast<std::uint8_t>(Role::kCity));

template <typename Base>
using RawReads = v1::AccountsService::WithRawCallbackMethod_GetAccount<
    v1::AccountsService::WithRawCallbackMethod_ListEntries<
        v1::AccountsService::WithRawCallbackMethod_GetBalance<Base>>>;
template <typename Base>
using RawStatus = v1::AccountsService::WithRawCallbackMethod_Freeze<
    v1::AccountsService::WithRawCallbackMethod_Unfreeze<
        v1::AccountsService::WithRawCallbackMethod_ReportLost<
            v1::AccountsService::WithRawCallbackMethod_Close<
                v1::AccountsService::WithRawCallbackMethod_Merge<Base>>>>>;
template <typename Base>
using RawGuardians = v1::AccountsService::WithRawCallbackMethod_GiveConsent<
    v1::AccountsService::WithRawCallbackMethod_WithdrawConsent<
        v1::AccountsService::WithRawCallbackMethod_HandOver<Base>>>;
template <typename Base>
using RawMethods = v1::AccountsService::WithRawCallbackMethod_OpenAccount<
    v1::AccountsService::WithRawCallbackMethod_BatchOpenAccounts<
        RawReads<RawStatus<RawGuardians<Base>>>>>;

void ReadMerchant(const v1::OpenAccountRequest& request, entry::v1::AccountOpening& opening,
                  Draft& draft) {
  opening.set_kind(entry::v1::ACCOUNT_KIND_MERCHANT);
  if (!request.platform_user_id().empty() || !request.owner().empty() || request.minor()) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "merchant")
                     .With("problem", "a merchant's account has no user, no owner and no minor"));
  }
  if (const Participant* merchant = draft.ReadParticipant(request.merchant(), "merchant")) {
    opening.set_participant(merchant->number.value());
    if (merchant->kind == ParticipantKind::kCharity) {
      opening.set_kind(entry::v1::ACCOUNT_KIND_CHARITY);
    }
  }
}

// Sets what the caller asked for only; Complete adds the rest after the digest is made.
Draft ReadOpening(const Context& context, const Caller& caller,
                  std::shared_ptr<const Registry> registry, const v1::OpenAccountRequest& request) {
  Draft draft(context, caller, std::move(registry));
  ReadStamp(request, draft);
  entry::v1::AccountOpening& opening = *draft.entry().mutable_account_opening();
  const Asset* asset = draft.ReadAsset(request.asset(), "asset");
  if (asset != nullptr) {
    opening.set_asset(asset->number.value());
  }
  if (!request.merchant().empty()) {
    ReadMerchant(request, opening, draft);
    return draft;
  }
  opening.set_kind(entry::v1::ACCOUNT_KIND_CITIZEN);
  opening.set_minor(request.minor());
  if (!request.owner().empty()) {
    const auto owner = ParseHex16(request.owner());
    if (owner.has_value()) {
      const OwnerId meant = OwnerMeant(context, caller, OwnerId::FromView(*owner));
      opening.set_owner_id(std::string(meant.view()));
    } else {
      draft.Refuse(Refusal(Reason::kFieldInvalid, "owner")
                       .With("expected", "32 lower-case hexadecimal digits"));
    }
  }
  if (!request.platform_user_id().empty()) {
    draft.OpenForPlatformUser(request.platform_user_id(),
                              asset == nullptr ? AssetNo() : asset->number);
  }
  return draft;
}

// The random ids, which are not part of what was asked: a retry draws others and still is the same.
void DrawIds(Command& command) {
  entry::v1::AccountOpening& opening = *command.draft.mutable_account_opening();
  opening.set_account_id(RandomId());
  if (opening.kind() == entry::v1::ACCOUNT_KIND_CITIZEN && opening.owner_id().empty()) {
    opening.set_owner_id(RandomId());
    command.owner_drawn = true;
  }
}

absl::Status FillOpened(const Context& context, const Caller& caller,
                        const sequencer::Accepted& accepted, bool validate_only,
                        v1::OpenAccountResponse& out) {
  const entry::v1::AccountOpening& opening = accepted.entry.account_opening();
  Account account;
  account.kind = static_cast<AccountKind>(opening.kind());
  account.asset = AssetNo(opening.asset());
  account.participant = ParticipantNo(opening.participant());
  account.id = AccountId::FromView(opening.account_id());
  account.owner = OwnerId::FromView(opening.owner_id());
  account.minor = opening.minor();
  const absl::Status filled =
      FillAccount(context, caller, AccountNo(opening.number()), account, *out.mutable_account());
  if (validate_only && !accepted.replayed) {
    out.mutable_account()->clear_name();
    out.mutable_account()->clear_owner();
    out.mutable_account()->clear_number();
  }
  FillOutcome(accepted, validate_only, out);
  FillRecordTime(accepted, out);
  return filled;
}

class Service final : public RawMethods<v1::AccountsService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* OpenAccount(grpc::CallbackServerContext* server,
                                        const grpc::ByteBuffer* in,
                                        grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::OpenAccountRequest, v1::OpenAccountResponse>;
    return ServeUnary<v1::OpenAccountRequest, v1::OpenAccountResponse>(
        context_, kPlatform, server, in, out, [this](Call call) {
          Draft draft =
              ReadOpening(context_, call->caller(), context_.engine.registry(), call->request());
          draft.CompleteWith(DrawIds);
          const Caller caller = call->caller();
          MutateOne(context_, std::move(call), std::move(draft),
                    [this, caller](const v1::OpenAccountRequest& request,
                                   const sequencer::Accepted& accepted,
                                   v1::OpenAccountResponse& response) {
                      return FillOpened(context_, caller, accepted, request.validate_only(),
                                        response);
                    });
        });
  }

  grpc::ServerUnaryReactor* BatchOpenAccounts(grpc::CallbackServerContext* server,
                                              const grpc::ByteBuffer* in,
                                              grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::BatchOpenAccountsRequest, v1::BatchOpenAccountsResponse>;
    return ServeUnary<v1::BatchOpenAccountsRequest, v1::BatchOpenAccountsResponse>(
        context_, kPlatform, server, in, out, [this](Call call) {
          const Caller by = call->caller();
          MutateBatch(
              context_, std::move(call),
              [this](const Caller& caller, const std::shared_ptr<const Registry>& registry,
                     const v1::OpenAccountRequest& request) {
                Draft draft = ReadOpening(context_, caller, registry, request);
                draft.CompleteWith(DrawIds);
                return draft;
              },
              [this, by](const v1::OpenAccountRequest&, const sequencer::Accepted& accepted,
                         bool validate_only, v1::OpenAccountResult& result) {
                return FillOpened(context_, by, accepted, validate_only, *result.mutable_opened());
              });
        });
  }

  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, rpc::GetAccount);
  }

  grpc::ServerUnaryReactor* ListEntries(grpc::CallbackServerContext* server,
                                        const grpc::ByteBuffer* in,
                                        grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, rpc::ListEntries);
  }

  grpc::ServerUnaryReactor* GetBalance(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, rpc::GetBalance);
  }

  grpc::ServerUnaryReactor* Freeze(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartFreeze);
  }

  grpc::ServerUnaryReactor* Unfreeze(grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartUnfreeze);
  }

  grpc::ServerUnaryReactor* ReportLost(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartReportLost);
  }

  grpc::ServerUnaryReactor* Close(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                  grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartClose);
  }

  grpc::ServerUnaryReactor* Merge(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                  grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartMerge);
  }

  grpc::ServerUnaryReactor* GiveConsent(grpc::CallbackServerContext* server,
                                        const grpc::ByteBuffer* in,
                                        grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartGiveConsent);
  }

  grpc::ServerUnaryReactor* WithdrawConsent(grpc::CallbackServerContext* server,
                                            const grpc::ByteBuffer* in,
                                            grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartWithdrawConsent);
  }

  grpc::ServerUnaryReactor* HandOver(grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartHandOver);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewAccountsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
