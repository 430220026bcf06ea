// The directory that holds one ledger: who may open it, and which format it has.
//
//   FORMAT      one line, "tanhui data 6": written last when a directory is made
//   LOCK        held (flock) by the process that has the directory open; holds its process id
//   checkpoint  the last signed checkpoint, replaced at least once a second while the log grows
//   db/         RocksDB; see SCHEMA.md
#ifndef TANHUI_LEDGER_STORE_DATA_DIRECTORY_H_
#define TANHUI_LEDGER_STORE_DATA_DIRECTORY_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/store/file_lock.h"

namespace tanhui::store {

inline constexpr int kDataFormat = 6;

// Holds the lock of a directory while it lives. Not copied; any thread.
class DataDirectory {
 public:
  enum class Missing { kCreate, kRefuse };
  // Locks `path`. Makes a new directory when it is missing or empty and `missing` allows it.
  // FailedPrecondition, with what to do, when another process has it, when its format is older or
  // newer than this program's, or when it holds files but no FORMAT.
  static absl::StatusOr<std::unique_ptr<DataDirectory>> Open(const std::string& path,
                                                             Missing missing);
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string database_path() const { return path_ + "/db"; }
  std::string checkpoint_path() const { return path_ + "/checkpoint"; }
  // True until MarkFormat: the directory is new and holds no ledger yet.
  bool fresh() const { return fresh_; }
  // Writes FORMAT: from now on the directory holds a ledger.
  absl::Status MarkFormat();
  // Bytes that an unprivileged process may still write on this file system.
  absl::StatusOr<std::uint64_t> FreeBytes() const;

 private:
  DataDirectory(std::string path, std::unique_ptr<FileLock> lock, bool fresh)
      : path_(std::move(path)), lock_(std::move(lock)), fresh_(fresh) {}
  std::string path_;
  std::unique_ptr<FileLock> lock_;
  bool fresh_;
};

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_DATA_DIRECTORY_H_
