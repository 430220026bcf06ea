#include "services/rpc/services/links/linking.h"

#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "services/rpc/account_view.h"
#include "services/rpc/links/account_names.h"
#include "services/rpc/links/link_codes.h"
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

using CodeCall = CallPointer<v1::CreateLinkCodeRequest, v1::CreateLinkCodeResponse>;
using LinkCall = CallPointer<v1::LinkRequest, v1::LinkResponse>;
using ResolveCall = CallPointer<v1::ResolveRequest, v1::ResolveResponse>;

constexpr std::int64_t kMostMinutes = 15;
constexpr std::int64_t kMinutes = 10;  // when none are asked for
constexpr std::size_t kMaxCodeText = 32;

void SetAccount(Entry& entry, AccountNo number) {
  entry.mutable_linkage()->set_account(number.value());
}

// The linkage that the caller made under the request id before. A retry finds no code and no user
// any more, so that what they led to is taken from here; the digest tells whether it is the same
// request.
struct First {
  std::optional<pb::Linkage> linkage;
  std::optional<Refusal> refusal;  // the id was used for something else
};

absl::StatusOr<First> FindFirst(const Context& context, const Caller& caller,
                                std::string_view request_id, pb::LinkStep step) {
  const auto id = RequestId::FromText(request_id);
  if (!id.has_value()) {
    return First{};  // the draft says what is wrong with it
  }
  const auto found =
      context.engine.store().ReadRequests(std::array{RequestKey{caller.number, *id}});
  if (!found.ok() || !found->front().has_value()) {
    return found.ok() ? absl::StatusOr<First>(First{}) : found.status();
  }
  const auto index = static_cast<std::int64_t>(found->front()->entry.value());
  if (found->front()->blocked()) {
    return First{{}, Refusal(Reason::kRequestCancelled, "request_id").With("entry_index", index)};
  }
  const auto entry = ReadEntry(context, found->front()->entry);
  if (!entry.ok()) {
    return entry.status();
  }
  if (!entry->has_linkage() || entry->linkage().step() != step) {
    return First{{}, Refusal(Reason::kRequestIdReused, "request_id").With("entry_index", index)};
  }
  return First{entry->linkage(), {}};
}

// The name of the account that was linked or rebound, as the caller has it.
template <typename Response>
absl::Status FillLinked(const Context& context, const Caller& caller,
                        const sequencer::Accepted& accepted, bool validate_only, Response& out) {
  const auto account = ReadStanding(context, AccountNo(accepted.entry.linkage().account()));
  if (!account.ok()) {
    return account.status();
  }
  out.set_account(AccountName(context, caller, account->account));
  FillOutcome(accepted, validate_only, out);
  FillRecordTime(accepted, out);
  return absl::OkStatus();
}

// --- names that are resolved before anything is decided ---

// The account that a request names by account, or by platform_user_id and asset. Ends the call and
// answers nullopt when there is none that the caller is linked to.
template <typename Call>
std::optional<Account> ReadLinked(const Context& context, const Call& call, Draft draft,
                                  AccountNo& number) {
  const auto& request = call->request();
  const Asset* asset =
      request.asset().empty() ? nullptr : draft.ReadAsset(request.asset(), "asset");
  if (!request.platform_user_id().empty() && request.asset().empty()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, "asset"));
  }
  draft.ReadCitizen(request.account(), request.platform_user_id(), asset, SetAccount,
                    NamedTo::kBeRead);
  std::vector<Draft> drafts;
  drafts.push_back(std::move(draft));
  if (const absl::Status found = ResolveAccounts(context.engine.store(), drafts); !found.ok()) {
    call->Fail(found);
    return std::nullopt;
  }
  if (drafts.front().refusal().has_value()) {
    call->Refuse(*drafts.front().refusal());
    return std::nullopt;
  }
  number = AccountNo(drafts.front().entry().linkage().account());
  auto account = ReadStanding(context, number);
  if (!account.ok()) {
    call->Fail(account.status());
    return std::nullopt;
  }
  if (account->account.kind != AccountKind::kCitizen) {
    call->Refuse(Refusal(Reason::kWrongAccountKind,
                         request.account().empty() ? "platform_user_id" : "account"));
    return std::nullopt;
  }
  return std::move(account->account);
}

// --- linking ---

// Sets what is known of the account: which one, as what, and the user's key, which depends on its
// asset. An error when the store cannot be read.
absl::Status SetLinked(const Context& context, const v1::LinkRequest& request, AccountNo number,
                       pb::LinkKind kind, Draft& draft) {
  SetAccount(draft.entry(), number);
  draft.entry().mutable_linkage()->set_kind(kind);
  const auto account = ReadStanding(context, number);
  if (account.ok()) {
    draft.OpenForPlatformUser(request.platform_user_id(), account->account.asset);
  }
  return account.status();
}

// Submits the draft; `end` runs once with the only outcome, on whichever thread has it.
void SubmitLink(const Context& context, const LinkCall& call, Draft draft,
                std::function<void(absl::StatusOr<std::vector<sequencer::Outcome>>)> end) {
  MutationOptions options;
  options.validate_only = call->request().validate_only();
  options.bytes = call->request().ByteSizeLong();
  options.deadline = DeadlineOf(call->context());
  std::vector<Draft> drafts;
  drafts.push_back(std::move(draft));
  Mutate(context, std::move(drafts), options, std::move(end));
}

void Answer(const Context& context, const LinkCall& call,
            const absl::StatusOr<std::vector<sequencer::Outcome>>& outcomes) {
  if (!outcomes.ok()) {
    call->Fail(outcomes.status());
  } else if (const auto* refusal = std::get_if<Refusal>(&outcomes->front())) {
    call->Refuse(*refusal);
  } else {
    const absl::Status filled =
        FillLinked(context, call->caller(), std::get<sequencer::Accepted>(outcomes->front()),
                   call->request().validate_only(), call->response());
    filled.ok() ? call->Finish() : call->Fail(filled);
  }
}

// The code is ours until the use is ended.
void LinkBy(const Context& context, const LinkCall& call, Draft draft, const LinkCodeUse& use) {
  const absl::Status set = SetLinked(context, call->request(), use.code.account,
                                     static_cast<pb::LinkKind>(use.code.kind), draft);
  if (!set.ok()) {
    context.link_codes->End(use, true, [call, set](const absl::Status&) { call->Fail(set); });
    return;
  }
  SubmitLink(context, call, std::move(draft),
             [&context, call, use](absl::StatusOr<std::vector<sequencer::Outcome>> outcomes) {
               const bool refused =
                   !outcomes.ok() || std::holds_alternative<Refusal>(outcomes->front());
               // A refusal is told when the code can be used again.
               context.link_codes->End(
                   use, refused,
                   [&context, call, outcomes = std::move(outcomes)](const absl::Status& ended) {
                     ended.ok() ? Answer(context, call, outcomes) : call->Fail(ended);
                   });
             });
}

Draft ReadLink(const Context& context, const Caller& caller, const v1::LinkRequest& request) {
  Draft draft(context, caller, context.engine.registry());
  ReadStamp(request, draft);
  pb::Linkage& linkage = *draft.entry().mutable_linkage();
  linkage.set_step(pb::LINK_STEP_LINK);
  linkage.set_consent_micros(
      draft.ReadTime(request.has_consent_time(), request.consent_time(), true, "consent_time"));
  draft.ReadText(request.code(), kMaxCodeText, true, "code");
  draft.ReadText(request.platform_user_id(), kMaxUserId, true, "platform_user_id");
  return draft;
}

// --- names that end ---

// Ends the call and answers nullopt when the request was used for something else.
template <typename Request, typename Response>
std::optional<Draft> ReadEnding(const Context& context, const CallPointer<Request, Response>& call,
                                pb::LinkStep step) {
  const Request& request = call->request();
  const auto first = FindFirst(context, call->caller(), request.request_id(), step);
  if (!first.ok() || first->refusal.has_value()) {
    first.ok() ? call->Refuse(*first->refusal) : call->Fail(first.status());
    return std::nullopt;
  }
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  draft.entry().mutable_linkage()->set_step(step);
  const Asset* asset = draft.ReadAsset(request.asset(), "asset");
  const AssetNo number = asset == nullptr ? AssetNo() : asset->number;
  draft.EndPlatformUser(request.platform_user_id(), number);
  if (first->linkage.has_value()) {
    SetAccount(draft.entry(), AccountNo(first->linkage->account()));
  } else if (asset != nullptr) {
    draft.ReadPlatformUser(request.platform_user_id(), number, SetAccount);
  }
  if constexpr (requires { request.new_platform_user_id(); }) {
    draft.OpenForPlatformUser(request.new_platform_user_id(), number, "new_platform_user_id");
    if (request.new_platform_user_id() == request.platform_user_id()) {
      draft.Refuse(Refusal(Reason::kFieldInvalid, "new_platform_user_id")
                       .With("problem", "it is the name that the user has"));
    }
  }
  return draft;
}

}  // namespace

void StartCreateLinkCode(const Context& context, CodeCall call) {
  const v1::CreateLinkCodeRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  draft.ReadNumber(request.minutes(), 0, kMostMinutes, "minutes");
  if (!v1::LinkKind_IsValid(request.kind())) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "kind"));
  }
  AccountNo number;
  if (!ReadLinked(context, call, std::move(draft), number).has_value()) {
    return;
  }
  const int kind = request.kind() == v1::LINK_KIND_UNSPECIFIED ? v1::LINK_KIND_APP : request.kind();
  const std::chrono::minutes life(request.minutes() == 0 ? kMinutes : request.minutes());
  const bool posted = context.link_codes->Make(
      number, static_cast<std::uint8_t>(kind), call->caller().number, life,
      [call](const absl::StatusOr<NewLinkCode>& made) {
        if (!made.ok()) {
          call->Fail(made.status());
          return;
        }
        call->response().set_code(made->text);
        *call->response().mutable_expire_time() = ToTimestamp(made->deadline);
        call->Finish();
      });
  if (!posted) {
    call->Refuse(Refusal(Reason::kQueueFull));
  }
}

void StartLink(const Context& context, LinkCall call) {
  const v1::LinkRequest& request = call->request();
  Draft draft = ReadLink(context, call->caller(), request);
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const auto first = FindFirst(context, call->caller(), request.request_id(), pb::LINK_STEP_LINK);
  if (!first.ok() || first->refusal.has_value()) {
    first.ok() ? call->Refuse(*first->refusal) : call->Fail(first.status());
    return;
  }
  if (first->linkage.has_value()) {
    const absl::Status set = SetLinked(context, request, AccountNo(first->linkage->account()),
                                       first->linkage->kind(), draft);
    if (!set.ok()) {
      call->Fail(set);
      return;
    }
    SubmitLink(context, call, std::move(draft),
               [&context, call](const absl::StatusOr<std::vector<sequencer::Outcome>>& outcomes) {
                 Answer(context, call, outcomes);
               });
    return;
  }
  const RequestKey key{call->caller().number, *RequestId::FromText(request.request_id())};
  const auto shared = std::make_shared<Draft>(std::move(draft));
  const bool posted = context.link_codes->Begin(
      request.code(), key, request.validate_only(),
      [&context, call, shared](const absl::StatusOr<std::variant<LinkCodeUse, Refusal>>& begun) {
        if (!begun.ok()) {
          call->Fail(begun.status());
        } else if (const auto* refusal = std::get_if<Refusal>(&*begun)) {
          call->Refuse(*refusal);
        } else {
          LinkBy(context, call, std::move(*shared), std::get<LinkCodeUse>(*begun));
        }
      });
  if (!posted) {
    call->Refuse(Refusal(Reason::kQueueFull));
  }
}

void StartUnlink(const Context& context, CallPointer<v1::UnlinkRequest, v1::UnlinkResponse> call) {
  const v1::UnlinkRequest& request = call->request();
  auto draft = ReadEnding(context, call, pb::LINK_STEP_UNLINK);
  if (!draft.has_value()) {
    return;
  }
  pb::Linkage& linkage = *draft->entry().mutable_linkage();
  linkage.set_reason(draft->ReadWord(request.reason(), "reason"));
  linkage.set_consent_micros(draft->ReadTime(request.has_withdraw_time(), request.withdraw_time(),
                                             false, "withdraw_time"));
  MutateOne(context, std::move(call), *std::move(draft),
            FillDone<v1::UnlinkRequest, v1::UnlinkResponse>);
}

void StartRebind(const Context& context, CallPointer<v1::RebindRequest, v1::RebindResponse> call) {
  auto draft = ReadEnding(context, call, pb::LINK_STEP_REBIND);
  if (!draft.has_value()) {
    return;
  }
  const Caller caller = call->caller();
  MutateOne(context, std::move(call), *std::move(draft),
            [&context, caller](const v1::RebindRequest& asked, const sequencer::Accepted& accepted,
                               v1::RebindResponse& out) {
              return FillLinked(context, caller, accepted, asked.validate_only(), out);
            });
}

void StartResolve(const Context& context, ResolveCall call) {
  const v1::ResolveRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  const Participant* audience =
      request.audience().empty() ? nullptr : draft.ReadParticipant(request.audience(), "audience");
  if (audience != nullptr && audience->number != call->caller().number &&
      audience->kind != ParticipantKind::kMerchant) {
    draft.Refuse(Refusal(Reason::kPermissionDenied, "audience")
                     .With("problem", "only a merchant is told a name by somebody else"));
  }
  const ParticipantNo to = audience == nullptr ? call->caller().number : audience->number;
  AccountNo number;
  const auto account = ReadLinked(context, call, std::move(draft), number);
  if (!account.has_value()) {
    return;
  }
  call->response().set_account(to == call->caller().number
                                   ? AccountName(context, call->caller(), *account)
                                   : AccountNameFor(context, to, *account));
  call->Finish();
}

}  // namespace tanhui::rpc
