#include "services/cli/screen/table.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ledger/core/check.h"

namespace tanhui::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// East Asian Wide and Fullwidth (Unicode Standard Annex 11), in the blocks that occur.
constexpr std::array<Range, 14> kWide = {{{0x1100, 0x115F},
                                          {0x231A, 0x231B},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0x33FF},
                                          {0x3400, 0x4DBF},
                                          {0x4E00, 0x9FFF},
                                          {0xA000, 0xA4CF},
                                          {0xA960, 0xA97F},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE6F},
                                          {0xFF00, 0xFF60},
                                          {0xFFE0, 0xFFE6},
                                          {0x1F300, 0x3FFFD}}};
constexpr std::array<Range, 5> kZero = {
    {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}}};

bool InAny(char32_t c, const auto& ranges) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](const Range& range) { return c >= range.first && c <= range.last; });
}

// The character at `*at`, which moves behind it; a byte that starts none counts as one character.
char32_t NextCharacter(std::string_view text, std::size_t* at) {
  const auto first = static_cast<unsigned char>(text[(*at)++]);
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  char32_t c = more == 0 ? first : first & (0x3FU >> static_cast<unsigned>(more));
  for (int i = 0; i < more && *at < text.size(); ++i) {
    const auto next = static_cast<unsigned char>(text[*at]);
    if ((next & 0xC0U) != 0x80U) {
      break;
    }
    c = (c << 6U) | (next & 0x3FU);
    ++*at;
  }
  return c;
}

std::string Harmless(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      c = '?';
    }
  }
  return text;
}

void AppendPadded(std::string_view cell, std::size_t width, bool to_the_right, std::string* out) {
  const std::size_t own = DisplayWidth(cell);
  const std::string padding(width > own ? width - own : 0, ' ');
  if (to_the_right) {
    out->append(padding);
  }
  out->append(cell);
  if (!to_the_right) {
    out->append(padding);
  }
}

void EndLine(std::string* out) {
  while (out->ends_with(' ')) {
    out->pop_back();
  }
  out->push_back('\n');
}

}  // namespace

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = NextCharacter(text, &at);
    width += InAny(c, kZero) ? 0 : InAny(c, kWide) ? 2 : 1;
  }
  return width;
}

std::string Grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t sign = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > sign + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string Signed(std::int64_t number) {
  return absl::StrCat(number > 0 ? "+" : "", Grouped(number));
}

Table::Table(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    numbers_.push_back(name.starts_with('>'));
    names_.push_back(absl::AsciiStrToUpper(name.substr(numbers_.back() ? 1 : 0)));
  }
}

void Table::Add(std::vector<std::string> cells) {
  Check(cells.size() == names_.size(), "a table row has one cell for each column");
  for (std::string& cell : cells) {
    cell = Harmless(std::move(cell));
  }
  rows_.push_back(std::move(cells));
}

std::string Table::Text() const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < names_.size(); ++column) {
    std::size_t width = DisplayWidth(names_[column]);
    for (const std::vector<std::string>& row : rows_) {
      width = std::max(width, DisplayWidth(row[column]));
    }
    widths.push_back(width);
  }
  std::string text;
  const auto append = [&](const std::vector<std::string>& row) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      text.append(column == 0 ? "" : "  ");
      AppendPadded(row[column], widths[column], numbers_[column], &text);
    }
    EndLine(&text);
  };
  append(names_);
  for (const std::vector<std::string>& row : rows_) {
    append(row);
  }
  return text;
}

void FactList::Add(std::string name, std::string value) {
  facts_.emplace_back(Harmless(std::move(name)), Harmless(std::move(value)));
}

std::string FactList::Text() const {
  std::size_t width = 0;
  for (const auto& [name, value] : facts_) {
    width = std::max(width, DisplayWidth(name));
  }
  std::string text;
  for (const auto& [name, value] : facts_) {
    AppendPadded(name, width, false, &text);
    text.append("  ").append(value);
    EndLine(&text);
  }
  return text;
}

}  // namespace tanhui::cli
