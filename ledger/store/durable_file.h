// Small files that must survive a crash whole: keys, checkpoints, format marks.
#ifndef TANHUI_LEDGER_STORE_DURABLE_FILE_H_
#define TANHUI_LEDGER_STORE_DURABLE_FILE_H_

#include <sys/types.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tanhui::store {

// Replaces `path` by `content`: written to a temporary file beside it, fsynced, renamed, and the
// directory fsynced. A crash leaves the old file or the new one, never a mixture; it may leave
// `path`.tmp, which the next call overwrites. Internal error when any step fails: after a failed
// fsync nothing is known of the file, and the caller must not try again.
absl::Status WriteFileDurably(const std::string& path, std::string_view content,
                              mode_t mode = 0644);

// NotFound when there is no such file; Internal for every other failure.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// mkdir -p, with every new name durable; OK when it exists.
absl::Status MakeDirectories(const std::string& path);

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_DURABLE_FILE_H_
