// SettlementService: the service itself, prices, claims and statements.
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/mutation.h"
#include "services/rpc/random_id.h"
#include "services/rpc/services.h"
#include "services/rpc/services/claims/claims_reading.h"
#include "services/rpc/services/claims/line_view.h"
#include "services/rpc/services/claims/settlement_runs.h"
#include "services/rpc/services/claims/statement.h"
#include "services/rpc/services/claims/unit_names.h"
#include "services/rpc/services/coupons/campaign_names.h"
#include "services/rpc/services/reading.h"
#include "tanhui/v1/settlement.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kAnyRole = std::uint8_t{0};
constexpr auto kAdmin = static_cast<std::uint8_t>(Role::kAdmin);
constexpr auto kSettles =
    static_cast<std::uint8_t>(kAdmin | static_cast<std::uint8_t>(Role::kSettlement));
constexpr auto kApproves =
    static_cast<std::uint8_t>(kAdmin | static_cast<std::uint8_t>(Role::kApprover));

template <typename Base>
using RawReading = v1::SettlementService::WithRawCallbackMethod_GetRun<
    v1::SettlementService::WithRawCallbackMethod_ListRuns<
        v1::SettlementService::WithRawCallbackMethod_ListLines<
            v1::SettlementService::WithRawCallbackMethod_GetStatement<Base>>>>;
template <typename Base>
using RawLines = v1::SettlementService::WithRawCallbackMethod_AddLine<
    v1::SettlementService::WithRawCallbackMethod_BatchAddLines<
        v1::SettlementService::WithRawCallbackMethod_Approve<
            v1::SettlementService::WithRawCallbackMethod_Pay<
                v1::SettlementService::WithRawCallbackMethod_Return<Base>>>>>;
template <typename Base>
using RawMethods = v1::SettlementService::WithRawCallbackMethod_PublishPrice<
    v1::SettlementService::WithRawCallbackMethod_ListPrices<
        v1::SettlementService::WithRawCallbackMethod_OpenClaim<
            v1::SettlementService::WithRawCallbackMethod_ListClaims<
                v1::SettlementService::WithRawCallbackMethod_CreateRun<
                    RawLines<RawReading<Base>>>>>>>;

// --- prices ---

void FillPrice(const Registry& registry, const claims::Price& price, v1::Price& out) {
  out.set_name(PriceName(price.number));
  if (const Asset* asset = registry.Find(price.asset)) {
    out.set_asset(absl::StrCat("assets/", asset->code));
  }
  if (const Asset* money = registry.Find(price.money)) {
    out.set_money(absl::StrCat("assets/", money->code));
  }
  out.set_merchant(ParticipantName(registry, price.merchant));
  out.set_first_date(FormatDate(price.first_date));
  out.set_fen(price.fen.units());
  out.set_per_points(price.per_points.units());
  out.set_reason(price.reason);
}

void FillPublished(const Registry& registry, const v1::PublishPriceRequest& asked,
                   const sequencer::Accepted& accepted, v1::PublishPriceResponse& out) {
  const entry::v1::SettlementPrice& made = accepted.entry.settlement_price();
  FillPrice(registry,
            claims::Price{PriceNo(made.number()), AssetNo(made.asset()), AssetNo(made.money()),
                          ParticipantNo(made.merchant()), BusinessDate(made.first_date()),
                          Amount(made.fen()), Amount(made.per_points()), made.reason()},
            *out.mutable_price());
  if (asked.validate_only() && !accepted.replayed) {
    out.mutable_price()->clear_name();
  }
  FillDone(asked, accepted, out);
}

void StartPublish(const Context& context,
                  CallPointer<v1::PublishPriceRequest, v1::PublishPriceResponse> call) {
  const v1::PublishPriceRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::SettlementPrice& price = *draft.entry().mutable_settlement_price();
  if (request.fen() < 0 || Amount(request.fen()) > kMaxPostingAmount) {
    draft.Refuse(Refusal(Reason::kAmountOutOfRange, "fen")
                     .With("smallest", 0)
                     .With("largest", kMaxPostingAmount.units()));
  }
  price.set_fen(request.fen());
  price.set_per_points(draft.ReadAmount(request.per_points(), "per_points"));
  price.set_first_date(draft.ReadDate(request.first_date(), true, "first_date"));
  price.set_reason(draft.ReadWord(request.reason(), "reason"));
  if (const Asset* asset = draft.ReadAsset(request.asset(), "asset")) {
    price.set_asset(asset->number.value());
  }
  if (const Asset* money = draft.ReadAsset(request.money(), "money")) {
    price.set_money(money->number.value());
  }
  if (!request.merchant().empty()) {
    if (const Participant* merchant = draft.ReadParticipant(request.merchant(), "merchant")) {
      price.set_merchant(merchant->number.value());
    }
  }
  MutateOne(context, std::move(call), std::move(draft),
            [&context](const v1::PublishPriceRequest& asked, const sequencer::Accepted& accepted,
                       v1::PublishPriceResponse& out) {
              FillPublished(*context.engine.registry(), asked, accepted, out);
            });
}

// The page token is the number of the price to go on with.
void ListAllPrices(const Context& context,
                   CallPointer<v1::ListPricesRequest, v1::ListPricesResponse> call) {
  const v1::ListPricesRequest& request = call->request();
  const std::uint64_t size = context.engine.durable_size();
  Draft draft(context, call->caller(), context.engine.registry());
  const auto from = request.page_token().empty() ? std::optional<std::uint64_t>(1)
                                                 : ParseTokenNumber(request.page_token());
  if (!from.has_value() || request.page_size() < 0) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, from.has_value() ? "page_size" : "page_token"));
  }
  const Asset* asset =
      request.asset().empty() ? nullptr : draft.ReadAsset(request.asset(), "asset");
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const auto prices = claims::TermsOf(draft.registry()).prices();
  const std::int32_t page = PageSize(request.page_size());
  for (std::size_t i = *from - 1; i < prices.size(); ++i) {
    const claims::Price& price = prices[i];
    const bool shown =
        price.merchant == ParticipantNo(0) || MayReadOf(call->caller(), price.merchant);
    if (!shown || (asset != nullptr && price.asset != asset->number)) {
      continue;
    }
    if (call->response().prices_size() == page) {
      call->response().set_next_page_token(std::to_string(i + 1));
      break;
    }
    FillPrice(draft.registry(), price, *call->response().add_prices());
  }
  call->response().set_as_of_index(size - 1);
  call->Finish();
}

// --- claims ---

// The asset, if it is money.
const Asset* ReadMoney(std::string_view name, Draft& draft) {
  const Asset* money = draft.ReadAsset(name, "money");
  if (money != nullptr && !money->money) {
    draft.Refuse(Refusal(Reason::kWrongAccountKind, "money"));
    return nullptr;
  }
  return money;
}

void StartOpenClaim(const Context& context,
                    CallPointer<v1::OpenClaimRequest, v1::OpenClaimResponse> call) {
  const v1::OpenClaimRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::AccountOpening& opening = *draft.entry().mutable_account_opening();
  opening.set_kind(entry::v1::ACCOUNT_KIND_CLAIM);
  if (const Participant* merchant = draft.ReadParticipant(request.merchant(), "merchant")) {
    opening.set_participant(merchant->number.value());
  }
  if (const Asset* money = ReadMoney(request.money(), draft)) {
    opening.set_asset(money->number.value());
  }
  draft.CompleteWith([](Command& command) {
    command.draft.mutable_account_opening()->set_account_id(RandomId());
  });
  const Caller caller = call->caller();
  MutateOne(context, std::move(call), std::move(draft),
            [&context, caller](const v1::OpenClaimRequest& asked,
                               const sequencer::Accepted& accepted, v1::OpenClaimResponse& out) {
              if (!asked.validate_only() || accepted.replayed) {
                Account account;
                account.kind = AccountKind::kClaim;
                account.id = AccountId::FromView(accepted.entry.account_opening().account_id());
                out.set_account(AccountName(context, caller, account));
              }
              FillDone(asked, accepted, out);
            });
}

// The page token is the number of the merchant to go on with.
void ListAllClaims(const Context& context,
                   CallPointer<v1::ListClaimsRequest, v1::ListClaimsResponse> call) {
  const v1::ListClaimsRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  const auto from = request.page_token().empty() ? std::optional<std::uint64_t>(1)
                                                 : ParseTokenNumber(request.page_token());
  if (!from.has_value() || *from > 0xffff'ffff || request.page_size() < 0) {
    draft.Refuse(
        Refusal(Reason::kFieldInvalid, request.page_size() < 0 ? "page_size" : "page_token"));
  }
  const Asset* money = ReadMoney(request.money(), draft);
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const auto claims = ReadClaims(context, call->caller(), draft.registry(), *money,
                                 ParticipantNo(static_cast<std::uint32_t>(*from)),
                                 static_cast<std::size_t>(PageSize(request.page_size())));
  if (!claims.ok()) {
    call->Fail(claims.status());
    return;
  }
  call->response().mutable_claims()->Assign(claims->claims.begin(), claims->claims.end());
  if (claims->next.has_value()) {
    call->response().set_next_page_token(std::to_string(claims->next->value()));
  }
  call->response().set_ledger_date(FormatDate(claims->ledger_day));
  call->response().set_as_of_index(claims->size - 1);
  call->Finish();
}

// --- statements ---

using StatementCall = CallPointer<v1::GetStatementRequest, v1::GetStatementResponse>;

void FillRow(const Registry& registry, const Statement::Key& key, const Statement::Sums& sums,
             v1::StatementRow& out) {
  out.set_kind(key.kind);
  out.set_ledger_date(FormatDate(key.day));
  out.set_unit(key.unit);
  if (const claims::Price* price = claims::TermsOf(registry).Find(key.price)) {
    out.set_price(PriceName(key.price));
    out.set_price_fen(price->fen.units());
    out.set_price_per_points(price->per_points.units());
  }
  out.set_campaign(CampaignName(registry, key.campaign));
  out.set_entries(sums.entries);
  out.set_points(sums.points);
  out.set_fen(sums.fen);
}

// Rows from the one that is number `from` on.
void FillPage(const Registry& registry, const Statement& statement, std::size_t from,
              std::size_t size, v1::GetStatementResponse& out) {
  std::size_t at = 0;
  for (const auto& [key, sums] : statement.rows()) {
    if (at++ < from) {
      continue;
    }
    if (at > from + size) {
      out.set_next_page_token(std::to_string(from + size));
      break;
    }
    FillRow(registry, key, sums, *out.add_rows());
  }
  out.set_first_date(FormatDate(statement.first_day()));
  out.set_last_date(FormatDate(statement.last_day()));
  out.set_entries(statement.total().entries);
  out.set_points(statement.total().points);
}

class Service final : public RawMethods<v1::SettlementService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* PublishPrice(grpc::CallbackServerContext* server,
                                         const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartPublish);
  }

  grpc::ServerUnaryReactor* ListPrices(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, ListAllPrices);
  }

  grpc::ServerUnaryReactor* OpenClaim(grpc::CallbackServerContext* server,
                                      const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartOpenClaim);
  }

  grpc::ServerUnaryReactor* ListClaims(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, ListAllClaims);
  }

  grpc::ServerUnaryReactor* CreateRun(grpc::CallbackServerContext* server,
                                      const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kSettles, server, in, out, StartCreateRun);
  }

  grpc::ServerUnaryReactor* AddLine(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                    grpc::ByteBuffer* out) override {
    return Serve(context_, kSettles, server, in, out, StartAddLine);
  }

  grpc::ServerUnaryReactor* BatchAddLines(grpc::CallbackServerContext* server,
                                          const grpc::ByteBuffer* in,
                                          grpc::ByteBuffer* out) override {
    return Serve(context_, kSettles, server, in, out, StartBatchAddLines);
  }

  grpc::ServerUnaryReactor* Approve(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                    grpc::ByteBuffer* out) override {
    return Serve(context_, kApproves, server, in, out, StartApprove);
  }

  grpc::ServerUnaryReactor* Pay(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                grpc::ByteBuffer* out) override {
    return Serve(context_, kSettles, server, in, out, StartPay);
  }

  grpc::ServerUnaryReactor* Return(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    return Serve(context_, kSettles, server, in, out, StartReturn);
  }

  grpc::ServerUnaryReactor* GetRun(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartGetRun);
  }

  grpc::ServerUnaryReactor* ListRuns(grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartListRuns);
  }

  grpc::ServerUnaryReactor* ListLines(grpc::CallbackServerContext* server,
                                      const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartListLines);
  }

  grpc::ServerUnaryReactor* GetStatement(grpc::CallbackServerContext* server,
                                         const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out) override {
    return ServeUnary<v1::GetStatementRequest, v1::GetStatementResponse>(
        context_, kAnyRole, server, in, out, [this](StatementCall call) { Tell(std::move(call)); });
  }

 private:
  // A large line's walk keeps a thread and a disk busy: one at a time, so that statements cannot
  // starve the rest. The page token is the number of the row to go on with.
  void Tell(StatementCall call) {
    const v1::GetStatementRequest& request = call->request();
    Draft draft(context_, call->caller(), context_.engine.registry());
    const auto from = request.page_token().empty() ? std::optional<std::uint64_t>(0)
                                                   : ParseTokenNumber(request.page_token());
    if (!from.has_value() || request.page_size() < 0) {
      draft.Refuse(Refusal(Reason::kFieldInvalid, from.has_value() ? "page_size" : "page_token"));
    }
    const auto line = ReadLineName(request.line(), "line", draft);
    if (draft.refusal().has_value()) {
      call->Refuse(*draft.refusal());
      return;
    }
    const auto entry = ReadLineEntry(context_, *line);
    if (absl::IsNotFound(entry.status()) ||
        (entry.ok() &&
         !MayReadOf(call->caller(), ParticipantNo(entry->settlement_line().merchant())))) {
      call->Refuse(Refusal(Reason::kUnknownRun, "line"));
      return;
    }
    const std::unique_lock<std::mutex> only(walking_, std::try_to_lock);
    if (entry.ok() && !only.owns_lock()) {
      call->Refuse(Refusal(Reason::kQueueFull)
                       .With("problem", "another statement is being made; ask again"));
      return;
    }
    const auto undone = context_.engine.store().ReadUndone(std::array{line->index});
    const auto statement = entry.ok() ? Statement::Make(context_, draft.registry(), *entry,
                                                        line->index, DeadlineOf(call->context()))
                                      : entry.status();
    if (absl::IsDeadlineExceeded(statement.status())) {
      call->Refuse(Refusal(Reason::kDeadlineExceeded));
      return;
    }
    if (!statement.ok() || !undone.ok()) {
      call->Fail(statement.ok() ? undone.status() : statement.status());
      return;
    }
    FillLine(draft.registry(), *entry, line->index, undone->front().value_or(Undone{}).line,
             *call->response().mutable_line());
    FillPage(draft.registry(), *statement, *from,
             static_cast<std::size_t>(PageSize(request.page_size())), call->response());
    call->Finish();
  }

  const Context& context_;
  std::mutex walking_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewSettlementService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
