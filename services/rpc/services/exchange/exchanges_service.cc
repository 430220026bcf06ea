// ExchangesService: a citizen's points leave for another city, and what became of it.
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "interop/desk/exchange_desk.h"
#include "interop/desk/outbox.h"
#include "interop/exchange/protocol.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/links/merged_accounts.h"
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services.h"
#include "services/rpc/services/exchange/exchange_names.h"
#include "services/rpc/services/exchange/exchange_view.h"
#include "services/rpc/services/exchange/peer_names.h"
#include "services/rpc/services/reading.h"
#include "tanhui/v1/exchanges.grpc.pb.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

constexpr auto kPlatform = static_cast<std::uint8_t>(Role::kPlatform);
// But another city's, which sees nothing of people here.
constexpr auto kAnyRole = static_cast<std::uint8_t>(~static_cast<std::uint8_t>(Role::kCity));

using Base = v1::ExchangesService;
using RawMethods = Base::WithRawCallbackMethod_PrepareExchange<
    Base::WithRawCallbackMethod_WithdrawExchange<Base::WithRawCallbackMethod_GetExchange<
        Base::WithRawCallbackMethod_ListExchanges<Base::Service>>>>;

// What another city calls the account, in its bytes; empty when refused.
std::string ReadRecipient(std::string_view name, Draft& draft) {
  const auto id = ParseAccountName(name);
  if (!id.has_value()) {
    draft.Refuse(name.empty() ? Refusal(Reason::kFieldRequired, "recipient")
                              : Refusal(Reason::kFieldInvalid, "recipient")
                                    .With("expected", "accounts/{32 hexadecimal digits}"));
  }
  return id.has_value() ? std::string(id->view()) : std::string();
}

Draft ReadPreparation(const Context& context, const Caller& caller,
                      const v1::PrepareExchangeRequest& request) {
  Draft draft(context, caller, context.engine.registry());
  ReadStamp(request, draft);
  pb::ExchangePreparation& out = *draft.entry().mutable_exchange_preparation();
  const interop::Peer* peer = ReadPeer(request.peer(), "peer", draft);
  draft.ReadAccount(request.account(), "account", [](Entry& entry, AccountNo number) {
    entry.mutable_exchange_preparation()->set_account(number.value());
  });
  draft.ReadActing(request.acting_account(), [](Entry& entry, AccountNo number) {
    entry.mutable_exchange_preparation()->set_acting(number.value());
  });
  out.set_points(draft.ReadAmount(request.points(), "points"));
  out.set_to_points(request.to_points());
  out.set_kind(static_cast<pb::ExchangeKind>(request.kind()));
  out.set_recipient(ReadRecipient(request.recipient(), draft));
  out.set_expiry_micros(
      draft.ReadTime(request.has_expire_time(), request.expire_time(), true, "expire_time"));
  if (peer != nullptr) {
    out.set_peer(peer->number.value());
    out.set_sender(SenderFor(context, caller, peer->number, request.account()));
  }
  return draft;
}

absl::Status FillPrepared(const Context& context, const Caller& caller,
                          const v1::PrepareExchangeRequest& request,
                          const sequencer::Accepted& accepted, v1::PrepareExchangeResponse& out) {
  FillOutcome(accepted, request.validate_only(), out);
  FillRecordTime(accepted, out);
  if (request.validate_only() && !accepted.replayed) {
    // Nothing was prepared that could be looked at.
    const pb::ExchangePreparation& preparation = accepted.entry.exchange_preparation();
    FillTerms(*context.engine.registry(), ParticipantNo(preparation.peer()), preparation.terms(),
              *out.mutable_exchange());
    out.mutable_exchange()->set_direction(v1::EXCHANGE_DIRECTION_LEAVING);
    return absl::OkStatus();
  }
  const auto seen = ExchangeListedAt(context, accepted.index);
  return seen.ok() ? FillExchange(context, caller, *seen, *out.mutable_exchange()) : seen.status();
}

void StartPrepareExchange(
    const Context& context,
    CallPointer<v1::PrepareExchangeRequest, v1::PrepareExchangeResponse> call) {
  const Caller caller = call->caller();
  Draft draft = ReadPreparation(context, caller, call->request());
  MutateOne(
      context, std::move(call), std::move(draft),
      [&context, caller](const v1::PrepareExchangeRequest& request,
                         const sequencer::Accepted& accepted, v1::PrepareExchangeResponse& out) {
        if (context.outbox != nullptr && !request.validate_only()) {
          context.outbox->Nudge();
        }
        return FillPrepared(context, caller, request, accepted, out);
      });
}

// The exchange that the request names, when the caller may see it. Ends the call and answers
// nullopt otherwise.
template <typename Call>
std::optional<SeenExchange> ReadSeen(const Context& context, Call& call) {
  Draft draft(context, call->caller(), context.engine.registry());
  const auto id = ReadExchangeName(call->request().name(), "name", draft);
  if (!id.has_value()) {
    call->Refuse(*draft.refusal());
    return std::nullopt;
  }
  auto seen = FindExchange(context, *id);
  const auto may = seen.ok() && seen->has_value() ? MaySee(context, call->caller(), **seen)
                                                  : absl::StatusOr<bool>(false);
  if (!seen.ok() || !may.ok()) {
    call->Fail(seen.ok() ? may.status() : seen.status());
    return std::nullopt;
  }
  if (!*may) {
    call->Refuse(Refusal(Reason::kUnknownExchange, "name"));
    return std::nullopt;
  }
  return *std::move(seen);
}

bool IsIn(const SeenExchange& seen, exchange::OriginState state) {
  return seen.leaves() && seen.now.state == static_cast<std::uint8_t>(state);
}

using WithdrawCall = CallPointer<v1::WithdrawExchangeRequest, v1::WithdrawExchangeResponse>;

// Answers with what was withdrawn, now or before; otherwise it is too late.
void AnswerWithdrawn(const Context& context, const WithdrawCall& call) {
  const auto seen = ReadSeen(context, call);
  if (!seen.has_value()) {
    return;
  }
  if (!IsIn(*seen, exchange::OriginState::kAborted)) {
    call->Refuse(Refusal(Reason::kExchangeState, "name"));
    return;
  }
  const absl::Status filled =
      FillExchange(context, call->caller(), *seen, *call->response().mutable_exchange());
  filled.ok() ? call->Finish() : call->Fail(filled);
}

void StartWithdrawExchange(const Context& context, WithdrawCall call) {
  const auto seen = ReadSeen(context, call);
  if (!seen.has_value()) {
    return;
  }
  if (!IsIn(*seen, exchange::OriginState::kPrepared)) {
    AnswerWithdrawn(context, call);
    return;
  }
  if (context.exchange_desk == nullptr) {
    call->Fail(absl::UnavailableError("this server does not exchange with other cities"));
    return;
  }
  context.exchange_desk->Abort(
      seen->peer(), interop::ExchangeId::FromView(seen->terms().exchange_id()), "withdrawn",
      [&context, call = std::move(call)](const absl::Status& aborted) {
        if (!aborted.ok() && !absl::IsFailedPrecondition(aborted)) {
          call->Fail(aborted);
          return;
        }
        if (context.outbox != nullptr) {
          context.outbox->Nudge();  // the other city is told, and the points come back
        }
        AnswerWithdrawn(context, call);
      });
}

void StartGetExchange(const Context& context,
                      CallPointer<v1::GetExchangeRequest, v1::GetExchangeResponse> call) {
  // First, so that the answer knows of all that it says to know of.
  const std::uint64_t size = context.engine.durable_size();
  const auto seen = ReadSeen(context, call);
  if (!seen.has_value()) {
    return;
  }
  const absl::Status filled =
      FillExchange(context, call->caller(), *seen, *call->response().mutable_exchange());
  call->response().set_as_of_index(size - 1);
  filled.ok() ? call->Finish() : call->Fail(filled);
}

// Past the newest entry.
constexpr EntryIndex kEnd(~std::uint64_t{0});

// nullopt, with the call ended, for what cannot be.
template <typename Call>
std::optional<EntryIndex> ReadBefore(Call& call) {
  const v1::ListExchangesRequest& request = call->request();
  const auto before = request.page_token().empty() ? std::optional(kEnd.value())
                                                   : ParseTokenNumber(request.page_token());
  if (!before.has_value() || request.page_size() < 0) {
    call->Refuse(
        Refusal(Reason::kFieldInvalid, request.page_size() < 0 ? "page_size" : "page_token"));
    return std::nullopt;
  }
  return EntryIndex(*before);
}

absl::Status AddAll(const Context& context, const Caller& caller,
                    const std::vector<EntryIndex>& listed, v1::ListExchangesResponse& out) {
  for (const EntryIndex index : listed) {
    const auto seen = ExchangeListedAt(context, index);
    const absl::Status added =
        seen.ok() ? FillExchange(context, caller, *seen, *out.add_exchanges()) : seen.status();
    if (!added.ok()) {
      return added;
    }
  }
  return absl::OkStatus();
}

// The page token is the index of the last entry of the page before.
void StartListExchanges(const Context& context,
                        CallPointer<v1::ListExchangesRequest, v1::ListExchangesResponse> call) {
  const v1::ListExchangesRequest& request = call->request();
  const auto before = ReadBefore(call);
  const auto number =
      before.has_value() ? FindByName(context, call, request.account(), "account") : std::nullopt;
  const auto visible =
      number.has_value() ? ReadVisible(context, call, *number, "account") : std::nullopt;
  if (!visible.has_value()) {
    return;
  }
  const store::Store& store = context.engine.store();
  const auto standing = ReadStanding(context, *number);
  const auto accounts = standing.ok() ? WithMerged(store, standing->number)
                                      : absl::StatusOr<std::vector<AccountNo>>(standing.status());
  const auto size = static_cast<std::size_t>(PageSize(request.page_size()));
  const auto listed = accounts.ok()
                          ? NewestOf(store, Listing::kExchangesOfAccount, *accounts, *before, size)
                          : absl::StatusOr<std::vector<EntryIndex>>(accounts.status());
  const absl::Status added =
      listed.ok() ? AddAll(context, call->caller(), *listed, call->response()) : listed.status();
  if (!added.ok()) {
    call->Fail(added);
    return;
  }
  if (listed->size() == size) {
    call->response().set_next_page_token(std::to_string(listed->back().value()));
  }
  call->response().set_as_of_index(visible->size - 1);
  call->Finish();
}

using Server = grpc::CallbackServerContext;
using Bytes = grpc::ByteBuffer;
using Reactor = grpc::ServerUnaryReactor;

class Service final : public RawMethods {
 public:
  explicit Service(const Context& context) : context_(context) {}

  Reactor* PrepareExchange(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kPlatform, server, in, out, StartPrepareExchange);
  }
  Reactor* WithdrawExchange(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kPlatform, server, in, out, StartWithdrawExchange);
  }
  Reactor* GetExchange(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartGetExchange);
  }
  Reactor* ListExchanges(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartListExchanges);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewExchangesService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
