// A participant's own rows of a day: CSV with the columns request_id, points, fen and state, and
// maybe reference and time, in any order.
#ifndef TANHUI_SERVICES_CLI_RECONCILE_OWN_FILE_H_
#define TANHUI_SERVICES_CLI_RECONCILE_OWN_FILE_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "services/reconciliation/comparison.h"
#include "services/reconciliation/day_reader.h"

namespace tanhui::cli {

using OwnRowVisitor = std::function<absl::Status(const reconciliation::OwnRow&)>;

// Visits the rows in the order of the file, which may be of any size. InvalidArgument, one sentence
// with file and line, for the first thing that is wrong.
absl::Status ReadOwnFile(const std::string& path, const OwnRowVisitor& visit,
                         const reconciliation::ReadingProgress& progress = {});

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_RECONCILE_OWN_FILE_H_
