// A document made from lines of a CSV, and what became of the lines.
#ifndef TANHUI_SERVICES_CLI_DOCUMENTS_BUILT_DOCUMENT_H_
#define TANHUI_SERVICES_CLI_DOCUMENTS_BUILT_DOCUMENT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tanhui::cli {

// The longest name of anything in a document, in bytes.
inline constexpr std::size_t kLongestName = 200;

// Whether the ledger takes the text as a name; a line of a CSV has no other control characters.
inline bool IsName(std::string_view text) {
  return text.size() <= kLongestName && text.find('\t') == std::string_view::npos;
}

// A line that was left out or looks wrong.
struct OddLine {
  std::uint64_t number = 0;  // as an editor counts: the file's first line is 1
  std::string reason;        // a code, such as negative_saving
  std::string detail;        // for people, what exactly; names an earlier line where there is one
};

template <typename Document>
struct BuiltDocument {
  Document document;
  std::uint64_t lines = 0;                             // with data; the header is none of them
  std::vector<OddLine> odd;                            // by line
  std::map<std::string, std::uint64_t> odd_by_reason;  // how many of `odd`

  void Report(std::uint64_t number, std::string_view reason, std::string_view detail) {
    odd.push_back({number, std::string(reason), std::string(detail)});
    ++odd_by_reason[odd.back().reason];
  }
};

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_DOCUMENTS_BUILT_DOCUMENT_H_
