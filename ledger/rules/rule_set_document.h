// A rule set as people wrote it: its checks, and the reading of one that was checked.
#ifndef TANHUI_LEDGER_RULES_RULE_SET_DOCUMENT_H_
#define TANHUI_LEDGER_RULES_RULE_SET_DOCUMENT_H_

#include <functional>
#include <optional>
#include <string_view>

#include "ledger/rules/document_check.h"
#include "ledger/rules/name_numbers.h"
#include "ledger/rules/rule_set.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::rules {

// Days that any window can have.
inline constexpr std::uint32_t kMaxAgeDays = 366;
// Points or grams that a limit, a reward or a payout can say: their millionths are at most
// kMostMillionths.
inline constexpr std::uint64_t kMostPoints = 1'000'000'000'000;

// What is wrong with the message by itself.
Found CheckRuleSet(const entry::v1::RuleSet& set);

// What one unit earns; nullopt when a decimal cannot be read, a ratio does not fit, or points are
// to come of grams and `by_grams` has none. Both are zero of a rate that is off.
struct UnitEarnings {
  Ratio micrograms;
  Ratio micropoints;
};
std::optional<UnitEarnings> EarningsOf(const entry::v1::Rate& rate,
                                       const entry::v1::PointsForGrams& by_grams);
// The rate at which grams become points in a rule of the set.
const entry::v1::PointsForGrams& PointsForGramsOf(const entry::v1::RuleSet& set,
                                                  const entry::v1::Rule& rule);
// In what a limit over these scenarios counts quantity; empty: all of the set.
entry::v1::Unit UnitOf(const entry::v1::RuleSet& set,
                       const google::protobuf::RepeatedPtrField<std::string>& scenarios);

// Names as numbers; what is new gets the next ones.
struct Numbering {
  NameNumbers& scenarios;
  NameNumbers& materials;
  NameNumbers& categories;
  std::function<LimitNo(std::string_view code)> limit;  // of the set
};

// A set that CheckRuleSet finds nothing wrong with (Check).
RuleSet ReadRuleSet(const entry::v1::RuleSet& set, DocumentNo document, const Numbering& numbering);

}  // namespace tanhui::rules

#endif  // TANHUI_LEDGER_RULES_RULE_SET_DOCUMENT_H_
