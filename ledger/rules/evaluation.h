// What an act earns by the rule in force at its place and date. Pure.
#ifndef TANHUI_LEDGER_RULES_EVALUATION_H_
#define TANHUI_LEDGER_RULES_EVALUATION_H_

#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "absl/container/inlined_vector.h"
#include "ledger/core/account.h"
#include "ledger/core/book.h"
#include "ledger/core/refusal.h"
#include "ledger/rules/rulebook.h"

namespace tanhui::rules {

// What an act counts for; `amount` is above zero.
struct Count {
  LimitNo limit;
  std::uint32_t category = 0;
  std::int64_t amount = 0;
};
using Counts = absl::InlinedVector<Count, 4>;

// Of the citizen and of the budget that pays.
struct Standing {
  std::span<const Tally> tallies;
  std::int64_t carry = 0;
  std::int64_t gram_carry = 0;
  DrySpell dry;
  bool in_household = false;
  // Of an act that is corrected the version before; null: it is a new one. Windows do not run
  // again, and what was switched off since then is no obstacle: its scenario, product and venue.
  const entry::v1::Earning* before = nullptr;
};

struct Earned {
  const RuleSet* set = nullptr;
  const Rule* rule = nullptr;
  std::int64_t points = 0;
  std::int64_t grams = 0;
  std::int64_t carry = 0;  // changes
  std::int64_t gram_carry = 0;
  const Bonus* bonus = nullptr;  // that would be paid
  std::int64_t bonus_points = 0;
  Counts counts;  // without the bonus
};

// `entry` is an act (body earning) with its recorded time set. A refusal is the first that stands
// in the order of reasons; what of the refusal depends on the citizen is the cap alone.
std::variant<Earned, Refusal> Evaluate(const Rulebook& book, const Entry& entry,
                                       const Standing& standing);

// The first day of the period that a count of an act of `date` belongs to; nullopt for a limit that
// the book does not know.
std::optional<BusinessDate> PeriodOf(const Rulebook& book, LimitNo limit, BusinessDate date);

}  // namespace tanhui::rules

#endif  // TANHUI_LEDGER_RULES_EVALUATION_H_
