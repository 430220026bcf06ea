// BudgetsService: create, fund, return, read.
#include "ledger/points/budget_period.h"
#include "services/rpc/account_view.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services.h"
#include "services/rpc/services/reading.h"
#include "tanhui/v1/budgets.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kAdmin = static_cast<std::uint8_t>(Role::kAdmin);
constexpr auto kAnyRole = std::uint8_t{0};

template <typename Base>
using RawMethods = v1::BudgetsService::WithRawCallbackMethod_Create<
    v1::BudgetsService::WithRawCallbackMethod_Fund<v1::BudgetsService::WithRawCallbackMethod_Return<
        v1::BudgetsService::WithRawCallbackMethod_Get<
            v1::BudgetsService::WithRawCallbackMethod_List<Base>>>>>;

std::string DateText(BusinessDate date) {
  return date == BusinessDate(0) ? std::string() : FormatDate(date);
}

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
  out.set_first_date(DateText(budget.first_date));
  out.set_last_date(DateText(budget.last_date));
  out.set_return_days(budget.return_days);
  out.set_year_end(budget.returns_at_year_end ? v1::YEAR_END_RETURN : v1::YEAR_END_CARRY);
  out.set_warning(v1::BUDGET_WARNING_NONE);
}

// `used` of `funded`, both from 0 up, in percent, rounded down.
std::int32_t PercentOf(std::int64_t used, std::int64_t funded) {
  return funded == 0 ? 0 : static_cast<std::int32_t>(static_cast<__int128>(used) * 100 / funded);
}

v1::BudgetWarning WarningOf(std::int32_t percent) {
  if (percent >= 100) {
    return v1::BUDGET_WARNING_EXHAUSTED;
  }
  if (percent >= 95) {
    return v1::BUDGET_WARNING_AT_95;
  }
  return percent >= 80 ? v1::BUDGET_WARNING_AT_80 : v1::BUDGET_WARNING_NONE;
}

// As it stands now: when its return is due, what is unused has gone back, whether an entry says so
// already or not.
void FillStand(const Registry& registry, const Budget& budget, const Account& account,
               LedgerTime now, v1::Budget& out) {
  const bool gone_back = points::MustReturn(registry, budget.account, account, now);
  const std::int64_t unused = account.balance.units();
  const std::int64_t used = account.funded.units() - unused;
  out.set_available(gone_back ? 0 : unused);
  out.set_used(used);
  out.set_funded(used + out.available());
  out.set_used_percent(PercentOf(used, out.funded()));
  out.set_warning(WarningOf(out.used_percent()));
}

void ReadPeriod(const v1::BudgetsServiceCreateRequest& request, entry::v1::BudgetOpening& opening,
                Draft& draft) {
  opening.set_first_date(draft.ReadDate(request.first_date(), false, "first_date"));
  opening.set_last_date(draft.ReadDate(request.last_date(), false, "last_date"));
  if (opening.last_date() != 0 && opening.last_date() < opening.first_date()) {
    draft.Refuse(
        Refusal(Reason::kFieldInvalid, "last_date").With("problem", "it lies before first_date"));
  }
  draft.ReadNumber(request.return_days(), 0, kMaxTermDays, "return_days");
  if (request.return_days() != 0 && request.last_date().empty()) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "return_days")
                     .With("problem", "it counts from last_date, which is missing"));
  }
  opening.set_return_days(request.return_days());
  if (!v1::YearEnd_IsValid(request.year_end())) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "year_end"));
  }
  opening.set_year_end(static_cast<entry::v1::YearEnd>(request.year_end()));
}

void StartCreate(
    const Context& context,
    CallPointer<v1::BudgetsServiceCreateRequest, v1::BudgetsServiceCreateResponse> call) {
  const v1::BudgetsServiceCreateRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::BudgetOpening& opening = *draft.entry().mutable_budget_opening();
  opening.set_code(draft.ReadCode(request.budget_id(), "budget_id"));
  opening.set_display_name(
      draft.ReadText(request.display_name(), kMaxDisplayName, true, "display_name"));
  ReadPeriod(request, opening, draft);
  if (const Asset* asset = draft.ReadAsset(request.asset(), "asset")) {
    opening.set_asset(asset->number.value());
  }
  if (const Participant* sponsor = draft.ReadParticipant(request.sponsor(), "sponsor")) {
    opening.set_sponsor(sponsor->number.value());
  }
  MutateOne(context, std::move(call), std::move(draft),
            [&context](const v1::BudgetsServiceCreateRequest& asked,
                       const sequencer::Accepted& accepted, v1::BudgetsServiceCreateResponse& out) {
              const entry::v1::BudgetOpening& made = accepted.entry.budget_opening();
              FillBudget(*context.engine.registry(),
                         Budget{AccountNo(made.number()), made.code(), made.display_name(),
                                ParticipantNo(made.sponsor()), AssetNo(made.asset()),
                                BusinessDate(made.first_date()), BusinessDate(made.last_date()),
                                made.return_days(),
                                made.year_end() == entry::v1::YEAR_END_RETURN},
                         *out.mutable_budget());
              FillOutcome(accepted, asked.validate_only(), out);
            });
}

void StartFund(const Context& context, CallPointer<v1::FundRequest, v1::FundResponse> call) {
  const v1::FundRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::Funding& funding = *draft.entry().mutable_funding();
  funding.set_points(draft.ReadAmount(request.points(), "points"));
  if (const Budget* budget = draft.ReadBudget(request.budget(), "budget")) {
    funding.set_budget(budget->account.value());
  }
  MutateOne(context, std::move(call), std::move(draft), MovedBy(context));
}

void StartReturn(const Context& context, CallPointer<v1::ReturnRequest, v1::ReturnResponse> call) {
  const v1::ReturnRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::BudgetReturn& back = *draft.entry().mutable_budget_return();
  if (const Budget* budget = draft.ReadBudget(request.budget(), "budget")) {
    back.set_budget(budget->account.value());
  }
  MutateOne(context, std::move(call), std::move(draft), MovedBy(context));
}

void ReadOne(const Context& context,
             CallPointer<v1::BudgetsServiceGetRequest, v1::BudgetsServiceGetResponse> call) {
  Draft reader(context, call->caller(), context.engine.registry());
  const Budget* budget = reader.ReadBudget(call->request().name(), "name");
  if (budget == nullptr) {
    call->Refuse(*reader.refusal());
    return;
  }
  const auto account = context.engine.store().ReadAccountAsOf(budget->account);
  const auto now = ReadingTime(context);
  if (!account.ok() || !now.ok()) {
    call->Fail(account.ok() ? now.status() : account.status());
    return;
  }
  v1::Budget& out = *call->response().mutable_budget();
  FillBudget(reader.registry(), *budget, out);
  FillStand(reader.registry(), *budget, account->account, *now, out);
  call->response().set_as_of_index(account->size - 1);
  call->Finish();
}

// Fills one page with `rows`; an error when the store cannot be read.
absl::Status FillPage(const Context& context, const Registry& registry,
                      const std::vector<const Budget*>& rows, v1::BudgetsServiceListResponse& out) {
  std::vector<AccountNo> numbers;
  for (const Budget* row : rows) {
    numbers.push_back(row->account);
  }
  const auto accounts = context.engine.store().ReadAccounts(numbers);
  const auto now = ReadingTime(context);
  if (!accounts.ok() || !now.ok()) {
    return accounts.ok() ? now.status() : accounts.status();
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    v1::Budget& budget = *out.add_budgets();
    FillBudget(registry, *rows[i], budget);
    if ((*accounts)[i].has_value()) {
      FillStand(registry, *rows[i], *(*accounts)[i], *now, budget);
    }
  }
  return absl::OkStatus();
}

// A page token is the number of the budget's account to go on with.
void ListBudgets(const Context& context,
                 CallPointer<v1::BudgetsServiceListRequest, v1::BudgetsServiceListResponse> call) {
  const v1::BudgetsServiceListRequest& request = call->request();
  Draft reader(context, call->caller(), context.engine.registry());
  reader.ReadNumber(request.page_size(), 0, INT32_MAX, "page_size");
  const auto token = request.page_token().empty() ? std::optional<std::uint64_t>(0)
                                                  : ParseTokenNumber(request.page_token());
  if (!token.has_value()) {
    reader.Refuse(Refusal(Reason::kFieldInvalid, "page_token"));
  }
  const Asset* asset =
      request.asset().empty() ? nullptr : reader.ReadAsset(request.asset(), "asset");
  if (reader.refusal().has_value()) {
    call->Refuse(*reader.refusal());
    return;
  }
  const std::uint64_t size = context.engine.durable_size();
  const auto page = static_cast<std::size_t>(PageSize(request.page_size()));
  std::vector<const Budget*> rows;
  for (const Budget& budget : reader.registry().budgets()) {
    if (budget.account.value() < *token || (asset != nullptr && budget.asset != asset->number)) {
      continue;
    }
    if (rows.size() == page) {
      call->response().set_next_page_token(std::to_string(budget.account.value()));
      break;
    }
    rows.push_back(&budget);
  }
  const absl::Status filled = FillPage(context, reader.registry(), rows, call->response());
  if (!filled.ok()) {
    call->Fail(filled);
    return;
  }
  call->response().set_as_of_index(size - 1);
  call->Finish();
}

class Service final : public RawMethods<v1::BudgetsService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartCreate);
  }

  grpc::ServerUnaryReactor* Fund(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                 grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartFund);
  }

  grpc::ServerUnaryReactor* Return(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartReturn);
  }

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, ReadOne);
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                 grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, ListBudgets);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewBudgetsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
