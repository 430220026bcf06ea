// Files that are read or written as a whole.
#ifndef TANHUI_SERVICES_CLI_CLIENT_WHOLE_FILE_H_
#define TANHUI_SERVICES_CLI_CLIENT_WHOLE_FILE_H_

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tanhui::cli {

// For small files (keys, receipts, manifests): more than 64 MiB is refused.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

// Writes a new file and makes it durable; an existing one is never touched (AlreadyExists).
// `mode` as in open(2), such as 0600 for a secret.
absl::Status CreateFileDurably(const std::string& path, std::string_view text, unsigned mode);

// Replaces a file as a whole: text goes to PATH.tmp.PID, which Commit makes durable and renames.
// A reader or a crash sees the old file or the new one, never a half. Without Commit nothing stays.
class FileReplacement {
 public:
  static absl::StatusOr<FileReplacement> Begin(const std::string& path);
  FileReplacement(FileReplacement&& other) noexcept;
  FileReplacement& operator=(FileReplacement&&) = delete;
  ~FileReplacement();

  // A failed write is reported by Commit.
  void Append(std::string_view text);
  absl::Status Commit();

 private:
  FileReplacement(std::string path, std::string temporary, std::FILE* file);
  std::string path_;
  std::string temporary_;
  std::FILE* file_;
};

// FileReplacement for a text at hand.
absl::Status ReplaceFile(const std::string& path, std::string_view text);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_CLIENT_WHOLE_FILE_H_
