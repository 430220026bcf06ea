#include "ledger/store/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"

namespace tanhui::store {
namespace {

absl::Status Failed(std::string_view what, const std::string& path) {
  return absl::InternalError(
      absl::StrCat("cannot ", std::string(what), " ", path, ": ", std::strerror(errno)));
}

class File {
 public:
  File(const std::string& path, int flags, mode_t mode = 0)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~File() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

absl::Status WriteAll(int descriptor, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return Failed("write", path);
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status SyncDirectory(const std::string& path) {
  const File directory(path, O_RDONLY | O_DIRECTORY);
  return directory.open() && ::fsync(directory.descriptor()) == 0
             ? absl::OkStatus()
             : Failed("fsync the directory", path);
}

}  // namespace

absl::Status WriteFileDurably(const std::string& path, std::string_view content, mode_t mode) {
  const std::string temporary = path + ".tmp";
  {
    const File file(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode);
    if (!file.open()) {
      return Failed("create", temporary);
    }
    if (absl::Status status = WriteAll(file.descriptor(), content, temporary); !status.ok()) {
      return status;
    }
    if (::fsync(file.descriptor()) != 0) {
      return Failed("fsync", temporary);
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    return Failed("rename to", path);
  }
  std::string directory = std::filesystem::path(path).parent_path().string();
  if (directory.empty()) {
    directory = ".";
  }
  return SyncDirectory(directory);
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const File file(path, O_RDONLY);
  if (!file.open()) {
    return errno == ENOENT ? absl::NotFoundError(absl::StrCat("there is no file ", path))
                           : Failed("open", path);
  }
  std::string content;
  char buffer[1 << 16];
  while (true) {
    const ssize_t got = ::read(file.descriptor(), buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return Failed("read", path);
    }
    if (got == 0) {
      return content;
    }
    content.append(buffer, static_cast<std::size_t>(got));
  }
}

absl::Status MakeDirectories(const std::string& path) {
  const std::filesystem::path whole = std::filesystem::absolute(path).lexically_normal();
  std::filesystem::path made;
  for (const auto& part : whole) {
    const std::filesystem::path parent = made;
    made /= part;
    std::error_code error;
    if (!std::filesystem::create_directory(made, error) || part.empty()) {
      if (error) {
        return absl::InternalError(
            absl::StrCat("cannot make the directory ", made.string(), ": ", error.message()));
      }
      continue;
    }
    // A new directory's name lies in its parent: without this a power cut may lose what is in it.
    if (absl::Status synced = SyncDirectory(parent.string()); !synced.ok()) {
      return synced;
    }
  }
  return absl::OkStatus();
}

}  // namespace tanhui::store
