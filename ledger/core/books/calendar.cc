#include "ledger/core/books/calendar.h"

#include <algorithm>
#include <utility>

#include "ledger/core/check.h"

namespace tanhui::periods {
namespace {

// Month counts no further than into the year 7431.
constexpr std::uint32_t kLastYear = 7'430;

}  // namespace

const ClosedMonths* Calendar::Find(SchemeNo scheme) const {
  const auto found = closed_.find(scheme);
  return found == closed_.end() ? nullptr : &found->second;
}

std::optional<EntryIndex> Calendar::ClosingOf(SchemeNo scheme, Month month) const {
  const ClosedMonths* closed = Find(scheme);
  if (closed == nullptr || month < closed->first || month > closed->last()) {
    return std::nullopt;
  }
  return closed->closings[static_cast<std::size_t>(month.value() - closed->first.value())];
}

std::optional<std::uint32_t> Calendar::YearOf(AccountNo budget) const {
  const auto found = years_.find(budget);
  return found == years_.end() ? std::nullopt : std::optional(found->second.year);
}

LedgerTime Calendar::YearEndOf(AccountNo budget) const {
  const auto found = years_.find(budget);
  return found == years_.end() ? kNoYearEnd : found->second.ends;
}

void Calendar::Close(SchemeNo scheme, Month month, EntryIndex entry,
                     std::vector<KindBalance> balances) {
  ClosedMonths& closed = closed_[scheme];
  if (closed.closings.empty()) {
    closed.first = month;
  }
  Check(closed.next() == month, "months are closed one after the other");
  closed.closings.push_back(entry);
  closed.balances = std::move(balances);
  newest_ = std::max(newest_, month);
}

void Calendar::SetYear(AccountNo budget, std::uint32_t year, LedgerTime ends) {
  const auto [found, is_new] = years_.try_emplace(budget);
  if (!is_new) {
    year_ends_.erase(year_ends_.find(found->second.ends));
  }
  found->second = {year, ends};
  year_ends_.insert(ends);
}

const Calendar& CalendarOf(const Registry& registry) {
  static const auto* const kNone = new Calendar();
  return registry.calendar() == nullptr ? *kNone : *registry.calendar();
}

std::uint32_t YearOf(BusinessDate date) { return 1970u + MonthOf(date).value() / 12u; }

BusinessDate LastDayOfYear(std::uint32_t year) {
  Check(year >= 1970, "a year before those that are counted");
  return LastDayOf(Plus(Month(0), (year - 1970) * 12 + 11));
}

void NoteYear(Registry& registry, AccountNo budget, std::uint32_t year) {
  const Budget* found = registry.FindBudget(budget);
  Check(found != nullptr, "a year of what is no budget");
  const Scheme& scheme = *registry.Find(registry.Find(found->asset)->scheme);
  const LedgerTime ends = year >= kLastYear
                              ? kNoYearEnd
                              : BeginOfLedgerDay(BusinessDate(LastDayOfYear(year + 1).value() + 1),
                                                 scheme.cutoff_minute);
  registry.ChangeCalendar([&](Calendar& calendar) { calendar.SetYear(budget, year, ends); });
}

LedgerTime BeginOfLedgerDay(BusinessDate day, std::uint32_t cutoff_minute) {
  const std::int64_t early =
      cutoff_minute == 0 ? 0 : kMicrosPerDay - cutoff_minute * kMicrosPerMinute;
  return LedgerTime(StartOf(day).value() - early);
}

}  // namespace tanhui::periods
