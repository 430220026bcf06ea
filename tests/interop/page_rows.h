// Rows of a page's table, to be compared with the program's own table.
#ifndef TANHUI_TESTS_INTEROP_PAGE_ROWS_H_
#define TANHUI_TESTS_INTEROP_PAGE_ROWS_H_

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace tanhui {

// Of the first table under the heading, without its two head lines; none when it is not there.
// `page` is its path in the source tree.
inline std::vector<std::string> RowsUnder(const std::string& page, const std::string& heading) {
  const char* source = std::getenv("TANHUI_SOURCE_DIR");
  std::ifstream file(std::string(source == nullptr ? "." : source) + "/" + page);
  std::vector<std::string> rows;
  bool in = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) {
      in = line == "## " + heading;
    } else if (in && line.starts_with("| ")) {
      rows.push_back(line);
    } else if (in && !rows.empty()) {
      break;
    }
  }
  rows.erase(rows.begin(), rows.begin() + (rows.size() < 2 ? 0 : 2));
  return rows;
}

}  // namespace tanhui

#endif  // TANHUI_TESTS_INTEROP_PAGE_ROWS_H_
