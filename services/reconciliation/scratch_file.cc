#include "services/reconciliation/scratch_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tanhui::reconciliation {
namespace {

constexpr std::size_t kBlock = std::size_t{64} << 10;

absl::Status WriteAll(int descriptor, std::string_view bytes, const std::string& place) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(descriptor, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) {
      continue;
    }
    if (done < 0) {
      return absl::ErrnoToStatus(
          errno, absl::StrCat("cannot write to a scratch file in ", place,
                              "; make room there, or set TMPDIR to a directory with more"));
    }
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ScratchFile> ScratchFile::Create(const std::string& directory) {
  std::error_code none;
  const std::string place =
      directory.empty() ? std::filesystem::temp_directory_path(none).string() : directory;
  std::string path = absl::StrCat(place.empty() ? "/tmp" : place, "/tanhui-scratch-XXXXXX");
  const int descriptor = ::mkstemp(path.data());
  if (descriptor < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot make a scratch file in ", place,
                                                   "; set TMPDIR to a directory that can be "
                                                   "written"));
  }
  ::unlink(path.c_str());
  return ScratchFile(descriptor, place);
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      place_(std::move(other.place_)),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      written_(other.written_),
      read_(other.read_),
      buffered_(other.buffered_) {}

ScratchFile& ScratchFile::operator=(ScratchFile&& other) noexcept {
  if (this != &other) {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
    descriptor_ = std::exchange(other.descriptor_, -1);
    place_ = std::move(other.place_);
    buffer_ = std::move(other.buffer_);
    begin_ = other.begin_;
    written_ = other.written_;
    read_ = other.read_;
    buffered_ = other.buffered_;
  }
  return *this;
}

ScratchFile::~ScratchFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

absl::Status ScratchFile::Write(std::string_view bytes) {
  written_ += bytes.size();
  buffer_.append(bytes);
  return buffer_.size() < kBlock ? absl::OkStatus() : Flush();
}

absl::Status ScratchFile::Flush() {
  const absl::Status status = WriteAll(descriptor_, buffer_, place_);
  buffer_.clear();
  return status;
}

absl::Status ScratchFile::Rewind() {
  if (absl::Status status = Flush(); !status.ok()) {
    return status;
  }
  return ::lseek(descriptor_, 0, SEEK_SET) == 0
             ? absl::OkStatus()
             : absl::ErrnoToStatus(errno, absl::StrCat("cannot read a scratch file in ", place_));
}

absl::StatusOr<std::string_view> ScratchFile::Read(std::size_t size) {
  if (size > written_ - read_) {
    return absl::DataLossError(absl::StrCat("a scratch file in ", place_, " ends too early"));
  }
  if (buffer_.size() - begin_ < size) {
    buffer_.erase(0, begin_);
    begin_ = 0;
    std::size_t have = buffer_.size();
    const std::uint64_t left = written_ - buffered_;
    buffer_.resize(have +
                   static_cast<std::size_t>(std::min<std::uint64_t>(std::max(kBlock, size), left)));
    while (have < buffer_.size()) {
      const ssize_t got = ::read(descriptor_, buffer_.data() + have, buffer_.size() - have);
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got <= 0) {
        return got == 0 ? absl::DataLossError("a scratch file is shorter than what was written")
                        : absl::ErrnoToStatus(errno, "cannot read a scratch file");
      }
      have += static_cast<std::size_t>(got);
      buffered_ += static_cast<std::uint64_t>(got);
    }
  }
  const std::string_view bytes = std::string_view(buffer_).substr(begin_, size);
  begin_ += size;
  read_ += size;
  return bytes;
}

}  // namespace tanhui::reconciliation
