// Strings as small numbers: millions of taps name few stations and each card many times.
#ifndef TANHUI_SERVICES_CLI_IMPORT_NAME_TABLE_H_
#define TANHUI_SERVICES_CLI_IMPORT_NAME_TABLE_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace tanhui::cli {

// Numbers count from 0 in the order in which names were first seen.
class NameTable {
 public:
  NameTable() = default;
  NameTable(NameTable&&) = default;
  NameTable& operator=(NameTable&&) = default;

  std::uint32_t Intern(std::string_view name) {
    const auto found = numbers_.find(absl::string_view(name.data(), name.size()));
    if (found != numbers_.end()) {
      return found->second;
    }
    const auto number = static_cast<std::uint32_t>(names_.size());
    const std::string& kept = names_.emplace_back(name);
    numbers_.emplace(kept, number);
    return number;
  }
  std::string_view operator[](std::uint32_t number) const { return names_[number]; }
  std::size_t size() const { return names_.size(); }

 private:
  std::deque<std::string> names_;  // a deque, because the keys of numbers_ point into it
  absl::flat_hash_map<absl::string_view, std::uint32_t> numbers_;
};

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_NAME_TABLE_H_
