// Codes as they are shown and printed, read back by a decoder that is not ours.
#include "services/cli/screen/qr_code.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace tanhui::cli {
namespace {

using Picture = std::vector<std::vector<bool>>;  // dark modules by row, with the quiet zone

constexpr char kText[] = "tanhui:checkin:river-hotel:2027-01-05:0123456789abcdef0123456789abcdef";

Picture OfTerminal(const std::string& text) {
  Picture picture;
  std::size_t at = 0;
  while (at < text.size()) {
    picture.resize(picture.size() + 2);
    std::vector<bool>& upper = picture[picture.size() - 2];
    std::vector<bool>& lower = picture.back();
    for (; text[at] != '\n'; at += text[at] == ' ' ? 1 : 3) {
      const std::string block = text[at] == ' ' ? " " : text.substr(at, 3);
      upper.push_back(block == "█" || block == "▀");
      lower.push_back(block == "█" || block == "▄");
    }
    ++at;
  }
  return picture;
}

Picture OfSvg(const std::string& svg, std::size_t frame) {
  Picture picture(frame, std::vector<bool>(frame));
  const std::size_t end = svg.find('"', svg.find(" d=\"") + 4);
  for (std::size_t at = svg.find(" d=\"") + 4; at < end; at = svg.find('z', at) + 1) {
    std::size_t column = 0;
    std::size_t row = 0;
    std::size_t width = 0;
    EXPECT_EQ(std::sscanf(svg.c_str() + at, "M%zu %zuh%zu", &column, &row, &width), 3);
    for (std::size_t i = 0; i < width; ++i) {
      picture.at(row).at(column + i) = true;
    }
  }
  return picture;
}

// What a reader makes of the picture, each module 4 by 4 dots.
std::string Decoded(const Picture& picture) {
  constexpr std::size_t kDots = 4;
  const std::string path = testing::TempDir() + "/qr-" + std::to_string(getpid()) + ".pbm";
  {
    std::ofstream file(path);
    file << "P1\n" << picture[0].size() * kDots << " " << picture.size() * kDots << "\n";
    for (std::size_t i = 0; i < picture.size() * kDots; ++i) {
      for (std::size_t j = 0; j < picture[0].size() * kDots; ++j) {
        file << (picture[i / kDots][j / kDots] ? "1 " : "0 ");
      }
      file << "\n";
    }
  }
  std::FILE* reader = popen(("zbarimg --quiet --raw '" + path + "' 2>/dev/null").c_str(), "r");
  std::string out;
  char bytes[256];
  while (reader != nullptr && std::fgets(bytes, sizeof bytes, reader) != nullptr) {
    out += bytes;
  }
  EXPECT_NE(reader, nullptr);
  EXPECT_EQ(pclose(reader), 0) << "is zbarimg installed? deploy/install-deps";
  std::remove(path.c_str());
  return out;
}

TEST(QrCode, ADecoderReadsBothForms) {
  const auto code = QrCode::Of(kText);
  ASSERT_TRUE(code.ok()) << code.status();
  const std::size_t frame = code->side() + 8;
  const Picture shown = OfTerminal(code->TerminalText(false));
  ASSERT_EQ(shown.size(), frame + frame % 2);
  ASSERT_EQ(shown[0].size(), frame);
  EXPECT_EQ(Decoded(shown), std::string(kText) + "\n");
  const Picture printed = OfSvg(code->Svg({"临江酒店"}), frame);
  EXPECT_EQ(printed, Picture(shown.begin(), shown.begin() + static_cast<std::ptrdiff_t>(frame)));
  for (std::size_t i = 0; i < frame; ++i) {
    for (const std::size_t edge : {std::size_t{0}, std::size_t{3}, frame - 4, frame - 1}) {
      EXPECT_FALSE(printed[edge][i] || printed[i][edge]) << "the quiet zone is not quiet";
    }
  }
}

TEST(QrCode, ColoursAndCaption) {
  const auto code = QrCode::Of(kText);
  ASSERT_TRUE(code.ok());
  const std::string shown = code->TerminalText(true);
  EXPECT_TRUE(shown.starts_with("\x1b[30;107m"));
  EXPECT_TRUE(shown.ends_with("\x1b[0m\n"));
  const std::string svg = code->Svg({"甲 <A & B>", "second"});
  EXPECT_NE(svg.find(">甲 &lt;A &amp; B&gt;</text>"), std::string::npos);
  EXPECT_NE(svg.find("font-weight=\"bold\""), std::string::npos);
  EXPECT_NE(svg.find(">second</text>"), std::string::npos);
  EXPECT_EQ(QrCode::Of(std::string(4'000, 'x')).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tanhui::cli
