#include "services/cli/client/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tanhui::cli {
namespace {

constexpr std::size_t kLargestWholeFile = 64U << 20U;

// A rename or a creation is durable only when the folder that holds the name is.
absl::Status SyncFolderOf(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) {
    folder = ".";
  }
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open the folder ", folder));
  }
  const int failed = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  // Some file systems do not sync folders; they answer EINVAL and there is nothing better to do.
  return failed != 0 && error != EINVAL
             ? absl::ErrnoToStatus(error, absl::StrCat("cannot make durable ", folder))
             : absl::OkStatus();
}

absl::Status WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return absl::ErrnoToStatus(errno, "cannot write");
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(fd) == 0 ? absl::OkStatus() : absl::ErrnoToStatus(errno, "cannot fsync");
}

}  // namespace

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                       &std::fclose);
  if (file == nullptr) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  }
  std::string text;
  char block[1U << 16U];
  while (const std::size_t got = std::fread(block, 1, sizeof(block), file.get())) {
    text.append(block, got);
    if (text.size() > kLargestWholeFile) {
      return absl::InvalidArgumentError(absl::StrCat(path, " is larger than 64 MiB"));
    }
  }
  if (std::ferror(file.get()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
  }
  return text;
}

absl::Status CreateFileDurably(const std::string& path, std::string_view text, unsigned mode) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", path));
  }
  const absl::Status written = WriteAll(fd, text);
  ::close(fd);
  if (!written.ok()) {
    ::unlink(path.c_str());
    return absl::Status(written.code(), absl::StrCat(path, ": ", written.message()));
  }
  return SyncFolderOf(path);
}

absl::StatusOr<FileReplacement> FileReplacement::Begin(const std::string& path) {
  std::string temporary = absl::StrCat(path, ".tmp.", ::getpid());
  std::FILE* file = std::fopen(temporary.c_str(), "wbe");
  if (file == nullptr) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", temporary));
  }
  return FileReplacement(path, std::move(temporary), file);
}

FileReplacement::FileReplacement(std::string path, std::string temporary, std::FILE* file)
    : path_(std::move(path)), temporary_(std::move(temporary)), file_(file) {}

FileReplacement::FileReplacement(FileReplacement&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      file_(std::exchange(other.file_, nullptr)) {}

FileReplacement::~FileReplacement() {
  if (file_ != nullptr) {
    std::fclose(file_);
    ::unlink(temporary_.c_str());
  }
}

void FileReplacement::Append(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file_);
}

absl::Status FileReplacement::Commit() {
  const bool written =
      std::ferror(file_) == 0 && std::fflush(file_) == 0 && ::fsync(::fileno(file_)) == 0;
  if (!written) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", temporary_));
  }
  std::fclose(std::exchange(file_, nullptr));
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary_.c_str());
    return absl::ErrnoToStatus(error, absl::StrCat("cannot rename to ", path_));
  }
  return SyncFolderOf(path_);
}

absl::Status ReplaceFile(const std::string& path, std::string_view text) {
  absl::StatusOr<FileReplacement> replacement = FileReplacement::Begin(path);
  if (!replacement.ok()) {
    return replacement.status();
  }
  replacement->Append(text);
  return replacement->Commit();
}

}  // namespace tanhui::cli
