// A plan to take back or adjust many acts: made once, looked at, and then run. The format is on the
// page ledger/points/CORRECTIONS.md.
#ifndef TANHUI_SERVICES_CLI_BULK_BULK_PLAN_H_
#define TANHUI_SERVICES_CLI_BULK_BULK_PLAN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/core/ids.h"

namespace tanhui::cli {

// An act, as the plan found it and as it shall be.
struct BulkRow {
  std::uint64_t entry = 0;     // index of the act or award
  std::uint64_t revision = 0;  // how many corrections it had
  std::uint64_t quantity = 0;  // of a reversal: how much of it
  std::int64_t before = 0;     // points, without a bonus
  std::int64_t after = 0;
  friend bool operator==(const BulkRow&, const BulkRow&) = default;
};

enum class BulkAction : std::uint8_t { kReverse, kAdjust };

// Holds no account, user or reference: whoever reads it learns indexes and points.
struct BulkPlan {
  std::string origin;             // of the log that it is for
  std::uint64_t as_of_index = 0;  // the last entry that was looked at
  BulkAction action = BulkAction::kReverse;
  std::string reason;
  std::vector<BulkRow> rows;  // in order of their entries, each once
};

// Points that it adds in all; below zero when it takes some back.
std::int64_t PointsOf(const BulkPlan& plan);

// SHA-256 of the whole plan but for itself, which names it: its requests have ids that begin with
// it.
Hash256 NameOf(const BulkPlan& plan);
// The same request in every run of the plan.
std::string BulkRequestId(const Hash256& name, const BulkRow& row);

// One line of JSON for the plan and one for each row.
std::string FormatBulkPlan(const BulkPlan& plan);
// InvalidArgument, naming the line, for anything that FormatBulkPlan does not make.
absl::StatusOr<BulkPlan> ParseBulkPlan(std::string_view text);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_BULK_BULK_PLAN_H_
