// Names of an enum's values, for pages and messages.
#ifndef TANHUI_INTEROP_NAME_TABLE_H_
#define TANHUI_INTEROP_NAME_TABLE_H_

#include <array>
#include <cstddef>
#include <string_view>

#include "ledger/core/check.h"

namespace tanhui {

// The name at the place of the value's number, which has one (Check).
template <typename Enum, std::size_t kSize>
std::string_view NameIn(const std::array<std::string_view, kSize>& names, Enum value) {
  const auto at = static_cast<std::size_t>(value);
  Check(at < kSize, "a number without a name");
  return names[at];
}

}  // namespace tanhui

#endif  // TANHUI_INTEROP_NAME_TABLE_H_
