#include "services/reconciliation/line_blocks.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tanhui::reconciliation {
namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10;

}  // namespace

absl::StatusOr<LineBlocks> LineBlocks::Open(const std::string& path) {
  File file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  struct stat facts {};
  if (file == nullptr || ::fstat(::fileno(file.get()), &facts) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  }
  return LineBlocks(path, std::move(file), static_cast<std::uint64_t>(facts.st_size));
}

absl::StatusOr<std::string_view> LineBlocks::Next() {
  buffer_.erase(0, handed_out_);
  handed_out_ = 0;
  while (handed_out_ == 0) {
    const std::size_t have = buffer_.size();
    buffer_.resize(have + kBlock);
    const std::size_t got = std::fread(buffer_.data() + have, 1, kBlock, file_.get());
    buffer_.resize(have + got);
    if (std::ferror(file_.get()) != 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path_));
    }
    const std::size_t last = buffer_.rfind('\n');
    handed_out_ = got == 0 ? buffer_.size() : last == std::string::npos ? 0 : last + 1;
    if (got == 0) {
      break;
    }
    if (buffer_.size() - handed_out_ > kLongestLine) {
      const auto ends = std::count(buffer_.begin(), buffer_.end(), '\n');
      return absl::InvalidArgumentError(
          absl::StrCat(path_, ": line ", lines_ + static_cast<std::uint64_t>(ends) + 1,
                       " is longer than 1 MiB: this is no file of lines"));
    }
  }
  const std::string_view block = std::string_view(buffer_).substr(0, handed_out_);
  position_ += block.size();
  lines_ += static_cast<std::uint64_t>(std::count(block.begin(), block.end(), '\n'));
  return block;
}

}  // namespace tanhui::reconciliation
