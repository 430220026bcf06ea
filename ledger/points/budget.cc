// Budgets: opening, funding, and the return of what is unused.
#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/points/budget_period.h"
#include "ledger/points/earning/counting.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"
#include "ledger/points/rows.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

// The issuance account that a budget's points come from.
AccountNo IssuanceOf(const State& state, const Account& budget) {
  const Asset* asset = state.registry().Find(budget.asset);
  Check(asset != nullptr, "a budget of an unknown asset");
  return asset->issuance;
}

std::optional<Refusal> DecideOpening(const State& state, const DecideInput&, Entry& entry) {
  pb::BudgetOpening& opening = *entry.mutable_budget_opening();
  if (state.registry().FindBudget(opening.code()) != nullptr) {
    return Refusal(Reason::kCodeExists, "budget_id").With("code", opening.code());
  }
  const Participant* sponsor = state.registry().Find(ParticipantNo(opening.sponsor()));
  Check(sponsor != nullptr, "a sponsor's number was not resolved");
  if (sponsor->kind != ParticipantKind::kSponsor && sponsor->kind != ParticipantKind::kDistrict) {
    return Refusal(Reason::kWrongParticipantKind, "sponsor");
  }
  opening.set_number(state.head().next_account.value());
  return std::nullopt;
}

void RegisterBudget(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::BudgetOpening& opening = entry.budget_opening();
  registry.Add(Budget{AccountNo(opening.number()), opening.code(), opening.display_name(),
                      ParticipantNo(opening.sponsor()), AssetNo(opening.asset()),
                      BusinessDate(opening.first_date()), BusinessDate(opening.last_date()),
                      opening.return_days()});
}

Fault ApplyOpening(State& state, EntryIndex index, const Entry& entry) {
  const pb::BudgetOpening& opening = entry.budget_opening();
  if (AccountNo(opening.number()) != state.head().next_account) {
    return "a number that is not the next one";
  }
  if (state.registry().FindBudget(opening.code()) != nullptr) {
    return "a code that is taken";
  }
  if ((opening.last_date() != 0 && opening.last_date() < opening.first_date()) ||
      opening.return_days() > kMaxTermDays) {
    return "a budget's period that cannot be";
  }
  Account budget;
  budget.kind = AccountKind::kBudget;
  budget.asset = AssetNo(opening.asset());
  budget.participant = ParticipantNo(opening.sponsor());
  if (state.registry().Find(budget.asset) == nullptr ||
      state.registry().Find(budget.participant) == nullptr) {
    return "a budget of an unknown asset or sponsor";
  }
  state.OpenAccount(AccountNo(opening.number()), budget);
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterBudget(registry, index, entry); });
  return std::nullopt;
}

void NamesOfBudget(const State& state, std::uint64_t number, std::vector<AccountNo>& out) {
  const Budget* budget = state.registry().FindBudget(AccountNo(number));
  out.push_back(AccountNo(number));
  if (budget != nullptr) {
    out.push_back(state.registry().Find(budget->asset)->issuance);
  }
}

void NamesOfFunding(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  NamesOfBudget(state, draft.funding().budget(), out);
}

void NamesOfReturn(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  NamesOfBudget(state, draft.budget_return().budget(), out);
}

// Points between issuance and a budget; positive: into the budget.
std::optional<Refusal> PostIssue(const State& state, AccountNo budget, std::int64_t points,
                                 std::string_view field, Entry& entry) {
  const AccountNo issuance = IssuanceOf(state, *state.FindAccount(budget));
  const Leg into = Plain(budget, Amount(points));
  const Leg from = Plain(issuance, Amount(-points));
  const std::array<Leg, 2> legs =
      points > 0 ? std::array<Leg, 2>{from, into} : std::array<Leg, 2>{into, from};
  return Post(state, legs, field, entry);
}

std::optional<Refusal> DecideFunding(const State& state, const DecideInput& input, Entry& entry) {
  const pb::Funding& funding = entry.funding();
  const Party budget(state, funding.budget(), input.now);
  if (budget.account().kind != AccountKind::kBudget) {
    return Refusal(Reason::kWrongAccountKind, "budget");
  }
  return PostIssue(state, budget.number(), funding.points(), "points", entry);
}

// Funded points follow what moves between issuance and the budget.
Fault AddFunded(State& state, std::uint64_t number, std::int64_t points) {
  Account& budget = state.ChangeAccount(AccountNo(number));
  const auto funded = Add(budget.funded, Amount(points));
  if (!funded.has_value() || funded->negative()) {
    return "a budget's funding leaves its range";
  }
  budget.funded = *funded;
  return std::nullopt;
}

Fault ApplyFunding(State& state, EntryIndex, const Entry& entry) {
  const pb::Funding& funding = entry.funding();
  const Account* budget = state.FindAccount(AccountNo(funding.budget()));
  if (budget == nullptr || budget->kind != AccountKind::kBudget) {
    return "a funding of what is no budget";
  }
  const std::uint64_t issuance = IssuanceOf(state, *budget).value();
  if (Fault fault = WantPostings(state, entry, {issuance, funding.budget()})) {
    return fault;
  }
  if (funding.points() <= 0 || entry.postings(1).amount() != funding.points()) {
    return "the postings are not the points of the body";
  }
  if (Fault fault = AddFunded(state, funding.budget(), funding.points())) {
    return fault;
  }
  NoteFunded(state, AccountNo(funding.budget()), RecordDate(entry));
  return std::nullopt;
}

std::optional<Refusal> CancelFunding(const State& state, const DecideInput& input, Entry& entry) {
  const pb::Funding& funding = input.target->funding();
  const Party budget(state, funding.budget(), input.now);
  Verdict verdict;
  WantAvailable(budget, funding.points(), "target_request_id", verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  return PostIssue(state, budget.number(), -funding.points(), "target_request_id", entry);
}

Fault FundingCancelled(State& state, EntryIndex, const Entry& entry) {
  if (entry.postings_size() != 2) {
    return "a cancelled funding moves points back";
  }
  return AddFunded(state, entry.postings(0).account(), entry.postings(0).amount());
}

std::optional<Refusal> DecideReturn(const State& state, const DecideInput& input, Entry& entry) {
  pb::BudgetReturn& back = *entry.mutable_budget_return();
  const Party budget(state, back.budget(), input.now);
  Verdict verdict;
  WantKind(budget, AccountKind::kBudget, "budget", verdict);
  if (!verdict.refused()) {
    WantAvailable(budget, 1, "budget", verdict);
  }
  if (verdict.refused()) {
    return verdict.Take();
  }
  back.set_points(budget.available().units());
  return PostIssue(state, budget.number(), -back.points(), "budget", entry);
}

Fault ApplyReturn(State& state, EntryIndex, const Entry& entry) {
  const pb::BudgetReturn& back = entry.budget_return();
  const Account* budget = state.FindAccount(AccountNo(back.budget()));
  if (budget == nullptr || budget->kind != AccountKind::kBudget) {
    return "a return from what is no budget";
  }
  const std::uint64_t issuance = IssuanceOf(state, *budget).value();
  if (Fault fault = WantPostings(state, entry, {back.budget(), issuance})) {
    return fault;
  }
  if (back.points() <= 0 || entry.postings(1).amount() != back.points()) {
    return "the postings are not the points of the body";
  }
  return AddFunded(state, back.budget(), -back.points());
}

constexpr BookRow kRows[] = {
    {.body = Entry::kBudgetOpening,
     .decide = DecideOpening,
     .apply = ApplyOpening,
     .registers = RegisterBudget},
    {.body = Entry::kFunding,
     .decide = DecideFunding,
     .apply = ApplyFunding,
     .names = NamesOfFunding,
     .cancel = CancelFunding,
     .cancelled = FundingCancelled,
     .moves = true},
    {.body = Entry::kBudgetReturn,
     .decide = DecideReturn,
     .apply = ApplyReturn,
     .names = NamesOfReturn,
     .moves = true},
};

}  // namespace

std::span<const BookRow> BudgetRows() { return kRows; }

bool PaysOn(const Budget& budget, BusinessDate act) {
  const BusinessDate none(0);
  return (budget.first_date == none || act >= budget.first_date) &&
         (budget.last_date == none || act <= budget.last_date);
}

bool MustReturn(const Registry& registry, AccountNo number, const Account& account,
                LedgerTime now) {
  const Budget* budget = registry.FindBudget(number);
  if (budget == nullptr || budget->last_date == BusinessDate(0)) {
    return false;
  }
  const auto days = static_cast<std::int32_t>(budget->return_days);
  return ShanghaiDate(now).value() > budget->last_date.value() + days &&
         account.balance > Amount(0);
}

std::optional<Entry> DueOfBudget(const State& state, AccountNo account, LedgerTime now) {
  const Account& budget = *state.FindAccount(account);
  if (!MustReturn(state.registry(), account, budget, now)) {
    return std::nullopt;
  }
  const std::int64_t points = budget.balance.units();
  Entry entry;
  entry.mutable_budget_return()->set_budget(account.value());
  entry.mutable_budget_return()->set_points(points);
  // Nothing can be said against a return: the issuance account gets nearer to zero.
  Check(!PostIssue(state, account, -points, "budget", entry).has_value(), "a return was refused");
  return entry;
}

}  // namespace tanhui::points
