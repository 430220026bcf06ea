// Makes plans out of a copy of the ledger. Reads only: the plan is the dry run.
#ifndef TANHUI_SERVICES_CLI_BULK_BULK_PLANNING_H_
#define TANHUI_SERVICES_CLI_BULK_BULK_PLANNING_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/cli/bulk/bulk_plan.h"

namespace tanhui::cli {

struct BulkPlanning {
  std::string data;  // directory of a stopped server, or a snapshot
  BulkAction action = BulkAction::kReverse;
  std::string reason;
  // Which acts; empty: all. Dates are YYYY-MM-DD.
  std::string scenario;
  std::string district;
  std::string from;
  std::string to;
  std::string caller;   // code of a participant
  std::string rules;    // {code} or {code}/{version} of a rule set
  std::string product;  // {catalogue}/{code}
  // Of an adjustment, exactly one of these.
  std::optional<std::int64_t> add;       // points more, or less when below zero
  std::optional<std::uint32_t> percent;  // of the points, rounded down
  std::string difference;                // a YAML file of the rules that should have been in force
};

// What a plan would do to the acts of one scenario that one sponsor paid.
struct BulkTotal {
  std::uint64_t acts = 0;
  std::int64_t before = 0;
  std::int64_t after = 0;
};

struct BulkDraft {
  BulkPlan plan;
  std::map<std::pair<std::string, std::string>, BulkTotal> totals;  // by scenario and sponsor
  // Acts that were picked and cannot be adjusted: partly taken back or, by rules, corrected before.
  std::uint64_t left_out = 0;
};

// InvalidArgument for a filter that names what the ledger does not know.
absl::StatusOr<BulkDraft> PlanBulk(const BulkPlanning& planning);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_BULK_BULK_PLANNING_H_
