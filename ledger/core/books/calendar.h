// Which accounting months of each scheme are closed, and which years of each budget are over. It
// stands in the core because every entry with an accounting date asks it; ledger/periods fills it,
// and PERIODS.md there is the page for people.
#ifndef TANHUI_LEDGER_CORE_BOOKS_CALENDAR_H_
#define TANHUI_LEDGER_CORE_BOOKS_CALENDAR_H_

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "ledger/core/account.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/core/registry.h"

namespace tanhui::periods {

// Later than all times.
inline constexpr LedgerTime kNoYearEnd{std::numeric_limits<std::int64_t>::max()};

// What all accounts of one kind have together.
struct KindBalance {
  AssetNo asset;
  AccountKind kind = AccountKind::kCitizen;
  absl::int128 balance = 0;
  friend bool operator==(const KindBalance&, const KindBalance&) = default;
};

// The closed months of a scheme, at least one.
struct ClosedMonths {
  Month first;
  std::vector<EntryIndex> closings;   // entries that closed them, from the first on without gaps
  std::vector<KindBalance> balances;  // after the last, in order of asset and kind; none of 0
  Month last() const { return Plus(first, static_cast<std::uint32_t>(closings.size() - 1)); }
  Month next() const { return Plus(first, static_cast<std::uint32_t>(closings.size())); }
};

class Calendar {
 public:
  // nullptr when no month is closed.
  const ClosedMonths* Find(SchemeNo scheme) const;
  // Nothing is posted into the month any more. Months before the first closed one are closed, too.
  bool IsClosed(SchemeNo scheme, Month month) const {
    const ClosedMonths* closed = month > newest_ ? nullptr : Find(scheme);
    return closed != nullptr && month <= closed->last();
  }
  // No later month is closed in any scheme.
  Month newest() const { return newest_; }
  // The entry that closed the month; nullopt when it is not closed, or was before all postings.
  std::optional<EntryIndex> ClosingOf(SchemeNo scheme, Month month) const;

  // The last year of which the budget's end is told; nullopt for what is no budget.
  std::optional<std::uint32_t> YearOf(AccountNo budget) const;
  // Of no budget is a year over before this, so that a look is enough.
  LedgerTime next_year_end() const { return year_ends_.empty() ? kNoYearEnd : *year_ends_.begin(); }
  // When the budget's year after the last told one is over; never for what is no budget.
  LedgerTime YearEndOf(AccountNo budget) const;

  // --- changes, see Registry::ChangeCalendar ---
  // The month that is next, or any when none is closed yet.
  void Close(SchemeNo scheme, Month month, EntryIndex entry, std::vector<KindBalance> balances);
  // `ends`: when the year after it is over.
  void SetYear(AccountNo budget, std::uint32_t year, LedgerTime ends);

 private:
  struct Year {
    std::uint32_t year = 0;
    LedgerTime ends;
  };
  std::map<SchemeNo, ClosedMonths> closed_;
  std::map<AccountNo, Year> years_;
  Month newest_{0};
  std::multiset<LedgerTime> year_ends_;  // of all budgets
};

// The registry's; an empty one before the first budget and closing.
const Calendar& CalendarOf(const Registry& registry);

// Of dates that are not before 1970.
std::uint32_t YearOf(BusinessDate date);
BusinessDate LastDayOfYear(std::uint32_t year);

// The end of `year` of a budget that is registered was told; or, with the year before the one in
// which it was opened, nothing yet.
void NoteYear(Registry& registry, AccountNo budget, std::uint32_t year);

// When the ledger day of a scheme with this cut-off begins.
LedgerTime BeginOfLedgerDay(BusinessDate day, std::uint32_t cutoff_minute);

}  // namespace tanhui::periods

#endif  // TANHUI_LEDGER_CORE_BOOKS_CALENDAR_H_
