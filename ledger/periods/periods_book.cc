#include "ledger/periods/periods_book.h"

#include <string>
#include <utility>
#include <vector>

#include "ledger/core/books/calendar.h"
#include "ledger/core/check.h"
#include "ledger/periods/trial_balance.h"

namespace tanhui::periods {
namespace {

namespace pb = entry::v1;

constexpr std::uint32_t kMonthsOfYear = 12;
// A refusal does not name more budgets than this.
constexpr int kMostNamed = 10;

// Codes of the scheme's budgets whose end of the year is not told yet.
std::string BudgetsWithoutYearEnd(const Registry& registry, SchemeNo scheme, std::uint32_t year) {
  const Calendar& calendar = CalendarOf(registry);
  std::string codes;
  int left = kMostNamed;
  for (const Budget& budget : registry.budgets()) {
    if (registry.Find(budget.asset)->scheme == scheme &&
        calendar.YearOf(budget.account).value_or(year) < year && left-- > 0) {
      codes += (codes.empty() ? "" : ",") + budget.code;
    }
  }
  return codes;
}

// The month that is to be closed next; nullopt while nothing was posted at all.
std::optional<Month> NextOf(const State& state, SchemeNo scheme) {
  const ClosedMonths* closed = CalendarOf(state.registry()).Find(scheme);
  return closed != nullptr ? std::optional(closed->next())
                           : FirstMonthOf(state.registry(), state.periods().rows(), scheme);
}

std::optional<Refusal> RefusedClosing(const State& state, const Scheme& scheme,
                                      const Entry& entry) {
  const std::uint32_t asked = entry.period_closing().month();
  if (asked >= kNever.value()) {
    return Refusal(Reason::kFieldInvalid, "month");
  }
  const Month month(static_cast<std::uint16_t>(asked));
  const BusinessDate today =
      AccountingDate(LedgerTime(entry.recorded_micros()), scheme.cutoff_minute);
  if (LastDayOf(month) >= today) {
    return Refusal(Reason::kPeriodNotOver, "month").With("month", FormatMonth(month));
  }
  const std::optional<Month> next = NextOf(state, scheme.number);
  if (next != month) {
    return Refusal(Reason::kPeriodNotNext, "month")
        .With("month", next.has_value() ? FormatMonth(*next) : "");
  }
  const std::uint32_t year = 1970 + asked / kMonthsOfYear;
  std::string budgets = asked % kMonthsOfYear == kMonthsOfYear - 1
                            ? BudgetsWithoutYearEnd(state.registry(), scheme.number, year)
                            : std::string();
  if (!budgets.empty()) {
    return Refusal(Reason::kYearEndMissing, "month")
        .With("month", FormatMonth(month))
        .With("budgets", std::move(budgets));
  }
  return std::nullopt;
}

// What a closing says of its month.
void FillClosing(const State& state, EntryIndex before, pb::PeriodClosing& closing) {
  closing.clear_lines();
  for (const Line& line :
       LinesOf(state.registry(), state.periods().rows(), SchemeNo(closing.scheme()),
               Month(static_cast<std::uint16_t>(closing.month())))) {
    WriteLine(line, *closing.add_lines());
  }
  closing.set_last_index(before.value());
}

std::optional<Refusal> DecideClosing(const State& state, const DecideInput&, Entry& entry) {
  pb::PeriodClosing& closing = *entry.mutable_period_closing();
  const Scheme* scheme = state.registry().Find(SchemeNo(closing.scheme()));
  Check(scheme != nullptr, "a scheme's number was not resolved");
  if (auto refused = RefusedClosing(state, *scheme, entry)) {
    return refused;
  }
  FillClosing(state, EntryIndex(state.head().size - 1), closing);
  return std::nullopt;
}

void RegisterClosing(Registry& registry, EntryIndex index, const Entry& entry) {
  const pb::PeriodClosing& closing = entry.period_closing();
  std::vector<KindBalance> balances;
  for (const pb::PeriodLine& row : closing.lines()) {
    const std::optional<Line> line = ReadLine(row);
    Check(line.has_value(), "a line of a closing cannot be read");
    if (line->closing() != 0) {
      balances.push_back({line->asset, line->kind, line->closing()});
    }
  }
  registry.ChangeCalendar([&](Calendar& calendar) {
    calendar.Close(SchemeNo(closing.scheme()), Month(static_cast<std::uint16_t>(closing.month())),
                   index, std::move(balances));
  });
}

Fault ApplyClosing(State& state, EntryIndex index, const Entry& entry) {
  const pb::PeriodClosing& closing = entry.period_closing();
  const Scheme* scheme = state.registry().Find(SchemeNo(closing.scheme()));
  if (scheme == nullptr || RefusedClosing(state, *scheme, entry).has_value()) {
    return "a closing of a month that is not over, or not the next one";
  }
  pb::PeriodClosing again;
  again.set_scheme(closing.scheme());
  again.set_month(closing.month());
  FillClosing(state, EntryIndex(index.value() - 1), again);
  if (again.SerializeAsString() != closing.SerializeAsString()) {
    return "a closing whose lines are not the sums of the postings";
  }
  for (const Asset& asset : state.registry().assets()) {
    if (asset.scheme == scheme->number) {
      state.ChangePeriods().Close(Month(static_cast<std::uint16_t>(closing.month())), asset.number);
    }
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterClosing(registry, index, entry); });
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kPeriodClosing,
     .decide = DecideClosing,
     .apply = ApplyClosing,
     .registers = RegisterClosing},
};

}  // namespace

Book PeriodsBook() { return {"periods", kRows}; }

}  // namespace tanhui::periods
