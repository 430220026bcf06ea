// Reads acts that a platform exports itself.
#ifndef TANHUI_SERVICES_CLI_IMPORT_ACTS_H_
#define TANHUI_SERVICES_CLI_IMPORT_ACTS_H_

#include <string_view>

#include "absl/status/statusor.h"
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
absl::StatusOr<ClaimFile> ReadActs(std::string_view text, const Rates& rates,
                                   const EvidenceIds& ids, const ReadingProgress& progress);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_ACTS_H_
