// The outcome of a comparison, and what day files hold, for people and for programs.
#ifndef TANHUI_SERVICES_CLI_RECONCILE_COMPARISON_TEXT_H_
#define TANHUI_SERVICES_CLI_RECONCILE_COMPARISON_TEXT_H_

#include <string>
#include <utility>
#include <vector>

#include "services/reconciliation/comparison.h"
#include "services/reconciliation/day_reader.h"

namespace tanhui::cli {

// A table by class, then whether all is matched. `diff_file` may be empty.
std::string ComparisonText(const reconciliation::DayFile& day,
                           const reconciliation::ComparisonTotals& totals,
                           const std::string& diff_file);
// The same as one line of JSON.
std::string ComparisonJson(const reconciliation::DayFile& day,
                           const reconciliation::ComparisonTotals& totals,
                           const std::string& diff_file);

// Paths and what the files say of themselves.
using NamedDays = std::vector<std::pair<std::string, reconciliation::DayFile>>;
std::string DaysText(const NamedDays& days);
std::string DaysJson(const NamedDays& days);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_RECONCILE_COMPARISON_TEXT_H_
