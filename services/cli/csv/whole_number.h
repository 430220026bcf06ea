// Whole numbers as fields and options write them.
#ifndef TANHUI_SERVICES_CLI_CSV_WHOLE_NUMBER_H_
#define TANHUI_SERVICES_CLI_CSV_WHOLE_NUMBER_H_

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace tanhui::cli {

// All of the text as decimal digits, after a minus sign where Number has one; nullopt for anything
// else and for what Number cannot hold.
template <typename Number>
std::optional<Number> WholeNumber(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                  : std::nullopt;
}

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_CSV_WHOLE_NUMBER_H_
