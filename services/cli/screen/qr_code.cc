#include "services/cli/screen/qr_code.h"

#include <qrencode.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/cli/screen/table.h"

namespace tanhui::cli {
namespace {

constexpr std::size_t kQuiet = 4;    // modules, as ISO/IEC 18004 asks
constexpr double kLineHeight = 3.4;  // of a caption, in modules
constexpr double kTextSize = 2.6;
constexpr double kMargin = 1.5;       // under the caption
constexpr double kColumnWidth = 0.6;  // of a narrow character, in text sizes
constexpr std::string_view kBlackOnWhite = "\x1b[30;107m";
constexpr std::string_view kReset = "\x1b[0m";

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

std::string Decimal(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", number);
  return text;
}

std::string XmlText(const std::string& text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

// One line of the caption, smaller when it would be wider than the picture.
std::string CaptionLine(const std::string& text, double width, double baseline, bool bold) {
  const double columns = static_cast<double>(std::max<std::size_t>(DisplayWidth(text), 1));
  const double size = std::min(kTextSize, (width - 2 * kQuiet) / (columns * kColumnWidth));
  return absl::StrCat("<text x=\"", Decimal(width / 2), "\" y=\"", Decimal(baseline),
                      "\" font-size=\"", Decimal(size), "\"", bold ? " font-weight=\"bold\"" : "",
                      ">", XmlText(text), "</text>\n");
}

}  // namespace

absl::StatusOr<QrCode> QrCode::Of(const std::string& text) {
  const std::unique_ptr<QRcode, FreeCode> code(
      QRcode_encodeData(static_cast<int>(text.size()),
                        reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_Q));
  if (code == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("a text of ", text.size(), " bytes does not fit into a QR code"));
  }
  const auto side = static_cast<std::size_t>(code->width);
  std::vector<bool> dark(side * side);
  for (std::size_t i = 0; i < dark.size(); ++i) {
    dark[i] = (code->data[i] & 1) != 0;
  }
  return QrCode(side, std::move(dark));
}

bool QrCode::IsDarkInFrame(std::size_t row, std::size_t column) const {
  return row >= kQuiet && column >= kQuiet && IsDark(row - kQuiet, column - kQuiet);
}

std::string QrCode::TerminalText(bool colours) const {
  const std::size_t frame = side_ + 2 * kQuiet;
  std::string out;
  for (std::size_t row = 0; row < frame; row += 2) {
    absl::StrAppend(&out, colours ? std::string(kBlackOnWhite) : "");
    for (std::size_t column = 0; column < frame; ++column) {
      const bool upper = IsDarkInFrame(row, column);
      const bool lower = IsDarkInFrame(row + 1, column);
      out += upper ? (lower ? "█" : "▀") : (lower ? "▄" : " ");
    }
    absl::StrAppend(&out, colours ? std::string(kReset) : "", "\n");
  }
  return out;
}

std::string QrCode::Svg(const std::vector<std::string>& caption) const {
  const auto width = static_cast<double>(side_ + 2 * kQuiet);
  const double height = width + kLineHeight * static_cast<double>(caption.size()) + kMargin;
  constexpr double kMillimetres = 90;
  std::string out = absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"",
      Decimal(kMillimetres), "mm\" height=\"", Decimal(kMillimetres * height / width),
      "mm\" viewBox=\"0 0 ", Decimal(width), " ", Decimal(height), "\">\n<rect width=\"",
      Decimal(width), "\" height=\"", Decimal(height),
      "\" fill=\"#fff\"/>\n<path shape-rendering=\"crispEdges\" fill=\"#000\" d=\"");
  for (std::size_t row = 0; row < side_; ++row) {
    for (std::size_t column = 0; column < side_; ++column) {
      std::size_t end = column;
      while (IsDark(row, end)) {
        ++end;
      }
      if (end > column) {
        absl::StrAppend(&out, "M", column + kQuiet, " ", row + kQuiet, "h", end - column, "v1H",
                        column + kQuiet, "z");
        column = end;
      }
    }
  }
  absl::StrAppend(&out,
                  "\"/>\n<g font-family=\"Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, "
                  "PingFang SC, sans-serif\" text-anchor=\"middle\">\n");
  for (std::size_t i = 0; i < caption.size(); ++i) {
    absl::StrAppend(&out,
                    CaptionLine(caption[i], width,
                                width + kTextSize + kLineHeight * static_cast<double>(i), i == 0));
  }
  return absl::StrCat(out, "</g>\n</svg>\n");
}

}  // namespace tanhui::cli
