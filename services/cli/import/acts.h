// Reads acts that a platform exports itself.
#ifndef TANHUI_SERVICES_CLI_IMPORT_ACTS_H_
#define TANHUI_SERVICES_CLI_IMPORT_ACTS_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "services/cli/import/as_acts/reading_options.h"
#include "services/cli/import/claims.h"
#include "services/cli/import/evidence.h"
#include "services/cli/import/rates.h"
#include "services/cli/import/reading_progress.h"

namespace tanhui::cli {

// `text` is the whole file. Columns user_id, scenario, act_time (YYYY-MM-DD HH:MM:SS of Shanghai),
// evidence, and optionally points and reference. A claim for each line, by these rules, the first
// that holds:
//   malformed         the line cannot be read, or lacks a user, a scenario, a readable time or its
//                     evidence, or has points that are no whole number from 1 to 10^12
//   duplicate         a line before it that is not malformed has the same evidence, whoever's
//   unknown_scenario  neither the line nor the rates say how many points
//
// With options.acts the ledger finds the points, a column points is refused, and there may be more
// columns: quantity, unit (time, metre, step, gram, item, watt_hour), district, material, product
// ({catalogue}/{code}), origin, destination (stations) and duration_s. A way between stations needs
// no quantity; anything else is 1 time when neither is given. The evidence is a record of
// options.acts->evidence_source about what the column says.
//
// A column `weighing` says booked or weighed. With weighed, `booking` holds the request id of the
// booking, or `line` for the booking that was imported with the same evidence.
//
// With a column `corrects` every line corrects an act: the column holds the request id of the
// award, `line` for the act that was imported with the same evidence, or `weighing` for the
// weighing that was imported for `booking`; and `revision` the one that the line is about (empty:
// 0, the act itself).
//
// A line that names by a request id what it weighs or corrects may leave out the evidence.
absl::StatusOr<ClaimFile> ReadActs(std::string_view text, const Rates& rates,
                                   const EvidenceIds& ids, const ReadingProgress& progress,
                                   const ReadingOptions& options = {});

// Whether the header names a column that only acts have: then the file means acts.
bool HasActColumns(std::string_view text);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_ACTS_H_
