// What both fuzzers begin with: how long and from what seed they run, and the golden files.
#ifndef TANHUI_TESTS_FUZZ_GOLDEN_CHAIN_H_
#define TANHUI_TESTS_FUZZ_GOLDEN_CHAIN_H_

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace tanhui::fuzz {

inline std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// TANHUI_SOURCE_DIR is set.
inline std::filesystem::path GoldenFolder() {
  return std::filesystem::path(std::getenv("TANHUI_SOURCE_DIR")) / "tests/golden";
}

inline std::string GoldenFile(const std::filesystem::path& name) {
  std::ifstream file(GoldenFolder() / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The bytes of the golden entries, which make one log, in the order of their numbers: 9 before 10.
inline std::vector<std::string> GoldenEntries() {
  constexpr std::string_view kPrefix = "entry_v3_";
  std::map<int, std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(GoldenFolder())) {
    const std::string name = file.path().filename().string();
    if (name.starts_with(kPrefix)) {
      files.emplace(std::atoi(name.c_str() + kPrefix.size()), name);
    }
  }
  std::vector<std::string> entries;
  for (const auto& [number, name] : files) {
    std::string hex = GoldenFile(name);
    std::erase_if(hex, [](char letter) { return absl::ascii_isspace(letter); });
    entries.push_back(absl::HexStringToBytes(hex));
  }
  return entries;
}

}  // namespace tanhui::fuzz

#endif  // TANHUI_TESTS_FUZZ_GOLDEN_CHAIN_H_
