// Budgets: opening, funding, the end of each year, and the return of what is unused.
#include "ledger/core/books/calendar.h"
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
  const AccountNo number(opening.number());
  registry.Add(Budget{number, opening.code(), opening.display_name(),
                      ParticipantNo(opening.sponsor()), AssetNo(opening.asset()),
                      BusinessDate(opening.first_date()), BusinessDate(opening.last_date()),
                      opening.return_days(), opening.year_end() == pb::YEAR_END_RETURN});
  const Scheme* scheme = registry.Find(registry.Find(AssetNo(opening.asset()))->scheme);
  const BusinessDate day =
      AccountingDate(LedgerTime(entry.recorded_micros()), scheme->cutoff_minute);
  periods::NoteYear(registry, number, periods::YearOf(day) - 1);
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
  if (opening.year_end() < pb::YEAR_END_UNSPECIFIED || opening.year_end() > pb::YEAR_END_RETURN) {
    return "a budget of which it is not said what its year ends with";
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

void RegisterYearEnd(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::BudgetYearEnd& end = entry.budget_year_end();
  periods::NoteYear(registry, AccountNo(end.budget()), end.year());
}

// Whether the end of that year is the next to be told of the budget, and is over.
bool IsNextYearEnd(const Registry& registry, const Entry& entry) {
  const AccountNo number(entry.budget_year_end().budget());
  const std::uint32_t year = entry.budget_year_end().year();
  const periods::Calendar& calendar = periods::CalendarOf(registry);
  const auto told = calendar.YearOf(number);
  return told.has_value() && year == *told + 1 &&
         LedgerTime(entry.recorded_micros()) >= calendar.YearEndOf(number) &&
         BusinessDate(entry.accounting_date()) == periods::LastDayOfYear(year);
}

Fault ApplyYearEnd(State& state, EntryIndex index, const Entry& entry) {
  const pb::BudgetYearEnd& end = entry.budget_year_end();
  const Budget* budget = state.registry().FindBudget(AccountNo(end.budget()));
  if (budget == nullptr || !IsNextYearEnd(state.registry(), entry)) {
    return "a year-end that is not the next one of a budget";
  }
  const Account& account = *state.FindAccount(budget->account);
  const bool moves = !entry.postings().empty();
  if (moves != (end.returned() != 0) || end.returned() < 0 ||
      (budget->returns_at_year_end ? end.carried() != 0 || account.balance != Amount(0)
                                   : moves || end.carried() != account.balance.units())) {
    return "a year-end that does not carry over or return what was left";
  }
  if (moves) {
    const std::uint64_t issuance = IssuanceOf(state, account).value();
    if (Fault fault = WantPostings(state, entry, {end.budget(), issuance})) {
      return fault;
    }
    if (entry.postings(1).amount() != end.returned()) {
      return "the postings are not the points of the body";
    }
    if (Fault fault = AddFunded(state, end.budget(), -end.returned())) {
      return fault;
    }
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterYearEnd(registry, index, entry); });
  return std::nullopt;
}

void NamesOfYearEnd(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  NamesOfBudget(state, draft.budget_year_end().budget(), out);
}

// What the oldest year that is over and not told leaves.
Entry YearEndOf(const State& state, const Budget& budget, const Account& account) {
  Entry entry;
  pb::BudgetYearEnd& end = *entry.mutable_budget_year_end();
  end.set_budget(budget.account.value());
  end.set_year(*periods::CalendarOf(state.registry()).YearOf(budget.account) + 1);
  const std::int64_t left = account.balance.units();
  if (!budget.returns_at_year_end) {
    end.set_carried(left);
  } else if (left > 0) {
    end.set_returned(left);
    Check(!PostIssue(state, budget.account, -left, "budget", entry).has_value(),
          "a year-end was refused");
  }
  return entry;
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
    {.body = Entry::kBudgetYearEnd,
     .apply = ApplyYearEnd,
     .names = NamesOfYearEnd,
     .registers = RegisterYearEnd,
     .moves = true},
};

}  // namespace

std::span<const BookRow> BudgetRows() { return kRows; }

bool PaysOn(const Budget& budget, BusinessDate act) {
  const BusinessDate none(0);
  return (budget.first_date == none || act >= budget.first_date) &&
         (budget.last_date == none || act <= budget.last_date);
}

bool YearIsOver(const Registry& registry, AccountNo number, LedgerTime now) {
  const auto& calendar = registry.calendar();
  return calendar != nullptr && now >= calendar->next_year_end() &&
         now >= calendar->YearEndOf(number);
}

bool MustReturn(const Registry& registry, AccountNo number, const Account& account,
                LedgerTime now) {
  const Budget* budget = registry.FindBudget(number);
  if (budget == nullptr || account.balance <= Amount(0)) {
    return false;
  }
  const auto days = static_cast<std::int32_t>(budget->return_days);
  const bool period_over = budget->last_date != BusinessDate(0) &&
                           ShanghaiDate(now).value() > budget->last_date.value() + days;
  return period_over || (budget->returns_at_year_end && YearIsOver(registry, number, now));
}

std::optional<Entry> DueOfBudget(const State& state, AccountNo account, LedgerTime now) {
  const Account& budget = *state.FindAccount(account);
  // What is left at the turn of the year is told before anything of the new year changes it.
  if (YearIsOver(state.registry(), account, now)) {
    return YearEndOf(state, *state.registry().FindBudget(account), budget);
  }
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
