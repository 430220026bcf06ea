// CSV (RFC 4180) line by line: columns by name in any order, quoted fields, CRLF, a UTF-8 BOM.
//
// One line of the file is one record: a quoted field cannot hold a line break. So a quote that is
// never closed costs the line that it is on and not the rest of the file.
#ifndef TANHUI_SERVICES_CLI_CSV_CSV_LINES_H_
#define TANHUI_SERVICES_CLI_CSV_CSV_LINES_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace tanhui::cli {

struct CsvLine {
  std::uint64_t number = 0;  // as an editor counts: the file's first line is 1
  std::string_view raw;      // without its line end
  std::vector<std::string_view> fields;
  std::string_view fault;  // why the line cannot be read; empty when it can
};

// Reads `text` from front to back.
class CsvLines {
 public:
  explicit CsvLines(std::string_view text);
  ~CsvLines();
  CsvLines(const CsvLines&) = delete;
  CsvLines& operator=(const CsvLines&) = delete;

  // The next line that is not blank, or nullptr at the end. Valid until the next call.
  const CsvLine* Next();

  // Bytes read so far, for a progress bar.
  std::size_t position() const { return position_; }

 private:
  struct Parser;
  void Parse();

  std::string_view text_;
  std::size_t position_ = 0;
  CsvLine line_;
  std::unique_ptr<Parser> parser_;
};

// Which field of a line is which column.
class CsvColumns {
 public:
  // Reads the header. Fails, naming every column of `required` that is missing, or a column that
  // comes twice.
  static absl::StatusOr<CsvColumns> Find(CsvLines* lines,
                                         std::span<const std::string_view> required,
                                         std::span<const std::string_view> optional);

  // Whether the line has a fault or another number of fields than the header; the reason then.
  std::string_view FaultOf(const CsvLine& line) const;

  // Whether the file has the column.
  bool Has(std::size_t column) const { return places_[column] < header_fields_; }

  // Field of the column that is number `column` in required followed by optional; empty when the
  // file lacks the column. Needs FaultOf(line) to be empty.
  std::string_view Get(const CsvLine& line, std::size_t column) const;

 private:
  std::size_t header_fields_ = 0;
  std::vector<std::size_t> places_;  // place in the line by column; header_fields_ when absent
};

// Whether `text` is valid UTF-8 (RFC 3629): no overlong form, no surrogate.
bool IsUtf8(std::string_view text);

// A text as one CSV field, always quoted.
std::string QuotedField(std::string_view text);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_CSV_CSV_LINES_H_
