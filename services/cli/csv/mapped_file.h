// A file seen as one text, without reading it into memory.
#ifndef TANHUI_SERVICES_CLI_CSV_MAPPED_FILE_H_
#define TANHUI_SERVICES_CLI_CSV_MAPPED_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tanhui::cli {

// An import goes over its file three times (SHA-256, acts, refused lines), so it must be a regular
// file, not a pipe. Pages come and go as the kernel likes: a file of any size takes no memory of
// ours. Whoever cuts the file short meanwhile kills the process (SIGBUS); running it again resumes.
class MappedFile {
 public:
  static absl::StatusOr<MappedFile> Open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  std::string_view text() const { return text_; }

 private:
  explicit MappedFile(std::string_view text) : text_(text) {}
  std::string_view text_;
};

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_CSV_MAPPED_FILE_H_
