// A text as a QR code: on a terminal, and as a picture to print.
#ifndef TANHUI_SERVICES_CLI_SCREEN_QR_CODE_H_
#define TANHUI_SERVICES_CLI_SCREEN_QR_CODE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace tanhui::cli {

class QrCode {
 public:
  // With a quarter to spare for dirt and folds (level Q). An error for a text that does not fit.
  static absl::StatusOr<QrCode> Of(const std::string& text);

  // Modules a side, without the quiet zone.
  std::size_t side() const { return side_; }
  // False outside.
  bool IsDark(std::size_t row, std::size_t column) const {
    return row < side_ && column < side_ && dark_[row * side_ + column];
  }

  // Lines of half blocks with the quiet zone around; dark modules are in the foreground. With
  // `colours` black on white is set for each line, so that it can be scanned off any terminal.
  std::string TerminalText(bool colours) const;
  // SVG, 90 mm wide, with the lines of the caption under the code, the first in bold.
  std::string Svg(const std::vector<std::string>& caption) const;

 private:
  QrCode(std::size_t side, std::vector<bool> dark) : side_(side), dark_(std::move(dark)) {}
  // With the quiet zone before it.
  bool IsDarkInFrame(std::size_t row, std::size_t column) const;

  std::size_t side_;
  std::vector<bool> dark_;
};

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_SCREEN_QR_CODE_H_
