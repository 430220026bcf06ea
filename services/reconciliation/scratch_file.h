// A file without a name: records are written to it one after the other, and then read. It is gone
// when the process ends, however it ends.
#ifndef TANHUI_SERVICES_RECONCILIATION_SCRATCH_FILE_H_
#define TANHUI_SERVICES_RECONCILIATION_SCRATCH_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tanhui::reconciliation {

// First all is written, then all is read. Takes 64 KiB of memory, or the longest record. One
// thread.
class ScratchFile {
 public:
  // In `directory`; empty: in the system's directory for such files. The error says where.
  static absl::StatusOr<ScratchFile> Create(const std::string& directory);
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&& other) noexcept;
  ~ScratchFile();

  absl::Status Write(std::string_view bytes);
  // Ends writing; reading begins at the front.
  absl::Status Rewind();
  // Exactly so many bytes, good until the next call; DataLoss when there are fewer.
  absl::StatusOr<std::string_view> Read(std::size_t size);
  bool AtEnd() const { return read_ == written_; }

 private:
  ScratchFile(int descriptor, std::string place)
      : descriptor_(descriptor), place_(std::move(place)) {}
  absl::Status Flush();

  int descriptor_;
  std::string place_;  // for errors
  std::string buffer_;
  std::size_t begin_ = 0;       // of what is unread in the buffer
  std::uint64_t written_ = 0;   // bytes
  std::uint64_t read_ = 0;      // bytes handed out
  std::uint64_t buffered_ = 0;  // bytes of the file that went through the buffer while reading
};

}  // namespace tanhui::reconciliation

#endif  // TANHUI_SERVICES_RECONCILIATION_SCRATCH_FILE_H_
