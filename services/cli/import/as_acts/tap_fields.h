// Fields of raw Shenzhen Tong taps.
#ifndef TANHUI_SERVICES_CLI_IMPORT_AS_ACTS_TAP_FIELDS_H_
#define TANHUI_SERVICES_CLI_IMPORT_AS_ACTS_TAP_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace tanhui::cli {

// The order matters: within one second an in tap counts before an out tap.
enum class TapType : std::uint8_t { kMetroIn, kMetroOut, kBus };

inline std::optional<TapType> TapTypeOf(std::string_view deal_type) {
  if (deal_type == "地铁入站") {
    return TapType::kMetroIn;
  }
  if (deal_type == "地铁出站") {
    return TapType::kMetroOut;
  }
  if (deal_type == "巴士") {
    return TapType::kBus;
  }
  return std::nullopt;
}

// Without blanks and tabs at both ends.
inline std::string_view TrimmedField(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_AS_ACTS_TAP_FIELDS_H_
