// A text file of any size, some lines at a time.
#ifndef TANHUI_SERVICES_RECONCILIATION_LINE_BLOCKS_H_
#define TANHUI_SERVICES_RECONCILIATION_LINE_BLOCKS_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tanhui::reconciliation {

// Takes little more memory than the longest line. One thread.
class LineBlocks {
 public:
  // Errors name the file.
  static absl::StatusOr<LineBlocks> Open(const std::string& path);

  // Whole lines with their line ends, good until the next call; empty after the last one. Only the
  // file's last line may lack its end. InvalidArgument for a line longer than kLongestLine.
  absl::StatusOr<std::string_view> Next();

  const std::string& path() const { return path_; }
  std::uint64_t position() const { return position_; }  // bytes handed out
  std::uint64_t file_size() const { return file_size_; }

  static constexpr std::size_t kLongestLine = std::size_t{1} << 20;

 private:
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
  LineBlocks(std::string path, File file, std::uint64_t file_size)
      : path_(std::move(path)), file_(std::move(file)), file_size_(file_size) {}

  std::string path_;
  File file_;
  std::uint64_t file_size_;
  std::string buffer_;
  std::size_t handed_out_ = 0;  // of the buffer
  std::uint64_t position_ = 0;
  std::uint64_t lines_ = 0;
};

}  // namespace tanhui::reconciliation

#endif  // TANHUI_SERVICES_RECONCILIATION_LINE_BLOCKS_H_
