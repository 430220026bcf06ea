// Tables for people: columns line up on a terminal, Chinese text included.
#ifndef TANHUI_SERVICES_CLI_SCREEN_TABLE_H_
#define TANHUI_SERVICES_CLI_SCREEN_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tanhui::cli {

// Columns that a UTF-8 text takes on a terminal: 2 for a wide character (Chinese, fullwidth forms,
// kana, hangul, emoji), 0 for a combining mark, 1 for any other.
std::size_t DisplayWidth(std::string_view text);

// 1234567 as 1,234,567.
std::string Grouped(std::int64_t number);
// The same with a + in front of what is above zero.
std::string Signed(std::int64_t number);

class Table {
 public:
  // A name that starts with '>' makes a column of numbers, which stand to the right.
  explicit Table(const std::vector<std::string>& names);

  // One cell for each column.
  void Add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // The header in capitals, then the rows, two spaces between columns. Characters that would move
  // the cursor are replaced.
  std::string Text() const;

 private:
  std::vector<std::string> names_;
  std::vector<bool> numbers_;
  std::vector<std::vector<std::string>> rows_;
};

// Names and values in two columns, one pair a line, without a header.
class FactList {
 public:
  void Add(std::string name, std::string value);
  std::string Text() const;

 private:
  std::vector<std::pair<std::string, std::string>> facts_;
};

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_SCREEN_TABLE_H_
