// Commands and texts for tests of accounting months.
#ifndef TANHUI_TESTS_LEDGER_PERIODS_PERIOD_WORDS_H_
#define TANHUI_TESTS_LEDGER_PERIODS_PERIOD_WORDS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/periods/trial_balance.h"
#include "ledger/rules/codes/account_codes.h"
#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/words.h"

namespace tanhui::world {

inline Command ClosePeriod(std::string_view id, SchemeNo scheme, std::string_view month) {
  Command command = Fund(id, kBudget, 1);
  auto& closing = *command.draft.mutable_period_closing();
  closing.set_scheme(scheme.value());
  closing.set_month(ParseMonth(month).value().value());
  return command;
}

inline Command OpenYearlyBudget(std::string_view id, std::string_view code, AssetNo asset,
                                entry::v1::YearEnd year_end) {
  Command command = OpenBudget(id, code, kSponsor, asset);
  command.draft.mutable_budget_opening()->set_year_end(year_end);
  return command;
}

// A refund, reversal or cancellation with an accounting date.
inline Command BookedOn(Command command, std::string_view date) {
  const std::int32_t day = Day(date).value();
  Entry& draft = command.draft;
  if (draft.has_refund()) {
    draft.mutable_refund()->set_booked_on(day);
  } else if (draft.has_reversal()) {
    draft.mutable_reversal()->set_booked_on(day);
  } else {
    draft.mutable_cancellation()->set_booked_on(day);
  }
  return command;
}

// "1/budget 0 -5 +10 =5": asset, kind of the accounts, opening, debits, credits, closing.
inline std::string LineText(const entry::v1::PeriodLine& line) {
  return absl::StrCat(line.asset(), "/", rules::NameOf(static_cast<AccountKind>(line.kind())), " ",
                      line.opening(), " -", line.debits(), " +", line.credits(), " =",
                      line.closing());
}
inline std::string LinesText(const entry::v1::PeriodClosing& closing) {
  return absl::StrJoin(closing.lines(), "; ",
                       [](std::string* out, const auto& line) { out->append(LineText(line)); });
}
// Of the last entry, a closing.
inline std::string Closed(const World& world) { return LinesText(world.last().period_closing()); }

// What the lines of a month must be, by looking at every posting of the log up to `end`.
inline std::string Recount(const World& world, SchemeNo scheme, Month month, std::size_t end) {
  std::map<std::pair<std::uint32_t, int>, periods::Line> lines;
  for (std::size_t i = 0; i < end; ++i) {
    const Entry& entry = world.entries()[i];
    const Month booked = MonthOf(BusinessDate(entry.accounting_date()));
    for (const auto& posting : entry.postings()) {
      const Account& account = world.Of(AccountNo(posting.account()));
      if (world.state().registry().Find(account.asset)->scheme != scheme || booked > month) {
        continue;
      }
      auto& line = lines[{account.asset.value(), static_cast<int>(account.kind)}];
      line.asset = account.asset;
      line.kind = account.kind;
      if (booked < month) {
        line.opening += posting.amount();
      } else if (posting.amount() < 0) {
        line.debits += static_cast<std::uint64_t>(-posting.amount());
      } else {
        line.credits += static_cast<std::uint64_t>(posting.amount());
      }
    }
  }
  entry::v1::PeriodClosing closing;
  for (const auto& [key, line] : lines) {
    if (line.opening != 0 || line.debits != 0 || line.credits != 0) {
      periods::WriteLine(line, *closing.add_lines());
    }
  }
  return LinesText(closing);
}

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_PERIODS_PERIOD_WORDS_H_
