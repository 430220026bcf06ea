// A directory of a test's own, removed with everything in it.
#ifndef TANHUI_TESTS_LEDGER_STORE_SCRATCH_DIRECTORY_H_
#define TANHUI_TESTS_LEDGER_STORE_SCRATCH_DIRECTORY_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "ledger/core/check.h"

namespace tanhui {

class ScratchDirectory {
 public:
  ScratchDirectory() : path_((std::filesystem::temp_directory_path() / "tanhui.XXXXXX").string()) {
    Check(::mkdtemp(path_.data()) != nullptr, "a scratch directory");
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

inline std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Check(file.good(), "cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void WriteBytes(const std::string& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  Check(file.good(), "cannot write " + path);
}

// The first file of the directory whose name ends so; empty when there is none.
inline std::string FileEndingIn(const std::string& directory, std::string_view end) {
  std::string first;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    const std::string path = file.path().string();
    if (std::string_view(path).ends_with(end) && (first.empty() || path < first)) {
      first = path;
    }
  }
  return first;
}

}  // namespace tanhui

#endif  // TANHUI_TESTS_LEDGER_STORE_SCRATCH_DIRECTORY_H_
