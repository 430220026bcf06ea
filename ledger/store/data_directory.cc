#include "ledger/store/data_directory.h"

#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/store/durable_file.h"

namespace tanhui::store {
namespace {

constexpr char kFormatWords[] = "tanhui data ";

// OK and whether there is a FORMAT; an error when this program must not touch the directory.
absl::StatusOr<bool> CheckFormat(const std::string& path) {
  const auto text = ReadFile(path + "/FORMAT");
  if (absl::IsNotFound(text.status())) {
    return false;
  }
  if (!text.ok()) {
    return text.status();
  }
  absl::string_view number(*text);
  int format = 0;
  if (!absl::ConsumePrefix(&number, kFormatWords) || !absl::SimpleAtoi(number, &format) ||
      format < 1) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, "/FORMAT is damaged: it should read \"", kFormatWords, kDataFormat,
                     "\". Compare it with a backup before you change it."));
  }
  if (format > kDataFormat) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " has data format ", format, ", this program knows only ", kDataFormat,
                     ". Start it with the newer tanhui that wrote it; nothing was changed."));
  }
  if (format < kDataFormat) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, " has data format ", format,
        ": an older tanhui wrote it, and this program knows only ", kDataFormat,
        ". There is no conversion. Keep the directory with the tanhui that wrote it, and start a "
        "new ledger in another one, importing again what is needed; nothing was changed."));
  }
  return true;
}

bool HoldsFiles(const std::string& path) {
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(path, error)) {
    if (file.path().filename() != "LOCK") {
      return true;
    }
  }
  return false;
}

}  // namespace

absl::StatusOr<std::unique_ptr<DataDirectory>> DataDirectory::Open(const std::string& path,
                                                                   Missing missing) {
  const bool exists = std::filesystem::is_directory(path);
  if (!exists && missing == Missing::kRefuse) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is no directory"));
  }
  if (!exists) {
    if (absl::Status status = MakeDirectories(path); !status.ok()) {
      return status;
    }
  }
  const absl::StatusOr<bool> formatted = CheckFormat(path);
  if (!formatted.ok()) {
    return formatted.status();
  }
  // A crash while a directory is made leaves db/ without FORMAT and nothing acknowledged; the
  // genesis commit is then simply done again by whoever opens it.
  const bool half_made = std::filesystem::is_directory(path + "/db");
  if (!*formatted && !half_made && (missing == Missing::kRefuse || HoldsFiles(path))) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, " holds no ledger: there is no FORMAT file. Is it the right directory?"));
  }
  auto lock = FileLock::Take(path + "/LOCK", path,
                             "Stop it first, or give this one another directory. To look while the "
                             "server runs, make a snapshot: tanhui snapshot NAME.");
  if (!lock.ok()) {
    return lock.status();
  }
  return std::unique_ptr<DataDirectory>(new DataDirectory(path, *std::move(lock), !*formatted));
}

absl::Status DataDirectory::MarkFormat() {
  absl::Status status =
      WriteFileDurably(path_ + "/FORMAT", absl::StrCat(kFormatWords, kDataFormat, "\n"));
  fresh_ = !status.ok();
  return status;
}

absl::StatusOr<std::uint64_t> DataDirectory::FreeBytes() const {
  struct statvfs info {};
  if (::statvfs(path_.c_str(), &info) != 0) {
    return absl::InternalError(absl::StrCat("statvfs ", path_, ": ", std::strerror(errno)));
  }
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace tanhui::store
