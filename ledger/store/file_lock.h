// An exclusive lock on a file, so that one process at a time has what the file stands for.
#ifndef TANHUI_LEDGER_STORE_FILE_LOCK_H_
#define TANHUI_LEDGER_STORE_FILE_LOCK_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tanhui::store {

// Holds flock on a file while it lives; a crash frees it. The file stays and holds the process id.
class FileLock {
 public:
  // Makes the file when it is missing. FailedPrecondition when it cannot be opened, or when another
  // process has it: then the message begins with `what` and ends with `advice`.
  static absl::StatusOr<std::unique_ptr<FileLock>> Take(const std::string& path,
                                                        std::string_view what,
                                                        std::string_view advice);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_FILE_LOCK_H_
