// BudgetsService: create, fund, read.
#include "services/rpc/mutation.h"
#include "services/rpc/services.h"
#include "tanhui/v1/budgets.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kAdmin = static_cast<std::uint8_t>(Role::kAdmin);
constexpr auto kAnyRole = std::uint8_t{0};

template <typename Base>
using RawMethods =
    v1::BudgetsService::WithRawCallbackMethod_Create<v1::BudgetsService::WithRawCallbackMethod_Fund<
        v1::BudgetsService::WithRawCallbackMethod_Get<Base>>>;

void FillBudget(const Registry& registry, const Budget& budget, v1::Budget& out) {
  out.set_name("budgets/" + budget.code);
  out.set_display_name(budget.display_name);
  out.set_number(budget.account.value());
  if (const Asset* asset = registry.Find(budget.asset)) {
    out.set_asset("assets/" + asset->code);
  }
  if (const Participant* sponsor = registry.Find(budget.sponsor)) {
    out.set_sponsor("participants/" + sponsor->code);
  }
}

class Service final : public RawMethods<v1::BudgetsService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::BudgetsServiceCreateRequest, v1::BudgetsServiceCreateResponse>;
    return ServeUnary<v1::BudgetsServiceCreateRequest, v1::BudgetsServiceCreateResponse>(
        context_, kAdmin, server, in, out, [this](Call call) { StartCreate(std::move(call)); });
  }

  grpc::ServerUnaryReactor* Fund(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                 grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::FundRequest, v1::FundResponse>;
    return ServeUnary<v1::FundRequest, v1::FundResponse>(
        context_, kAdmin, server, in, out, [this](Call call) { StartFund(std::move(call)); });
  }

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::BudgetsServiceGetRequest, v1::BudgetsServiceGetResponse>;
    return ServeUnary<v1::BudgetsServiceGetRequest, v1::BudgetsServiceGetResponse>(
        context_, kAnyRole, server, in, out, [this](Call call) { Read(std::move(call)); });
  }

 private:
  void StartCreate(
      CallPointer<v1::BudgetsServiceCreateRequest, v1::BudgetsServiceCreateResponse> call) {
    const v1::BudgetsServiceCreateRequest& request = call->request();
    Draft draft(context_, call->caller(), context_.engine.registry());
    ReadStamp(request, draft);
    entry::v1::BudgetOpening& opening = *draft.entry().mutable_budget_opening();
    opening.set_code(draft.ReadCode(request.budget_id(), "budget_id"));
    opening.set_display_name(
        draft.ReadText(request.display_name(), kMaxDisplayName, true, "display_name"));
    if (const Asset* asset = draft.ReadAsset(request.asset(), "asset")) {
      opening.set_asset(asset->number.value());
    }
    if (const Participant* sponsor = draft.ReadParticipant(request.sponsor(), "sponsor")) {
      opening.set_sponsor(sponsor->number.value());
    }
    MutateOne(context_, std::move(call), std::move(draft),
              [this](const v1::BudgetsServiceCreateRequest& asked,
                     const sequencer::Accepted& accepted, v1::BudgetsServiceCreateResponse& out) {
                const entry::v1::BudgetOpening& made = accepted.entry.budget_opening();
                FillBudget(*context_.engine.registry(),
                           Budget{AccountNo(made.number()), made.code(), made.display_name(),
                                  ParticipantNo(made.sponsor()), AssetNo(made.asset())},
                           *out.mutable_budget());
                FillOutcome(accepted, asked.validate_only(), out);
              });
  }

  void StartFund(CallPointer<v1::FundRequest, v1::FundResponse> call) {
    const v1::FundRequest& request = call->request();
    Draft draft(context_, call->caller(), context_.engine.registry());
    ReadStamp(request, draft);
    entry::v1::Funding& funding = *draft.entry().mutable_funding();
    funding.set_points(draft.ReadAmount(request.points(), "points"));
    if (const Budget* budget = draft.ReadBudget(request.budget(), "budget")) {
      funding.set_budget(budget->account.value());
    }
    MutateOne(
        context_, std::move(call), std::move(draft),
        [](const v1::FundRequest& asked, const sequencer::Accepted& accepted,
           v1::FundResponse& out) {
          const entry::v1::Funding& made = accepted.entry.funding();
          FillOutcome(accepted, asked.validate_only(), out);
          FillRecordTime(accepted, out);
          out.set_points(made.points());
          out.set_balance(PostingOf(accepted.entry, AccountNo(made.budget())).balance_after());
        });
  }

  void Read(CallPointer<v1::BudgetsServiceGetRequest, v1::BudgetsServiceGetResponse> call) {
    Draft reader(context_, call->caller(), context_.engine.registry());
    const Budget* budget = reader.ReadBudget(call->request().name(), "name");
    if (budget == nullptr) {
      call->Refuse(*reader.refusal());
      return;
    }
    const auto account = context_.engine.store().ReadAccountAsOf(budget->account);
    if (!account.ok()) {
      call->Fail(account.status());
      return;
    }
    FillBudget(reader.registry(), *budget, *call->response().mutable_budget());
    call->response().mutable_budget()->set_available(account->account.balance.units());
    call->response().set_as_of_index(account->size - 1);
    call->Finish();
  }

  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewBudgetsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
