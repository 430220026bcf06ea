// The file of refused lines, for whoever made the import file.
#ifndef TANHUI_SERVICES_CLI_IMPORT_REJECT_FILE_H_
#define TANHUI_SERVICES_CLI_IMPORT_REJECT_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/cli/import/claims.h"

namespace tanhui::cli {

// Replaces `path` by a CSV with the columns line, reason, detail and raw (the line as it is in
// `text`, the import file), one row for each refused line in order of line. Written even when no
// line was refused, so that an older one never passes for this run's.
absl::Status WriteRejectFile(const std::string& path, std::string_view text, ClaimFile* file);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_REJECT_FILE_H_
