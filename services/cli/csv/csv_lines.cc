#include "services/cli/csv/csv_lines.h"

#include <csv.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/core/check.h"

namespace tanhui::cli {
namespace {

constexpr std::size_t kLongestLine = 1U << 20U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Length of the UTF-8 sequence at the front of `text`, 0 when it is none.
std::size_t SequenceLength(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) {
    return 1;
  }
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) {
      return 0;
    }
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F;
  const bool beyond = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    if (length == 0) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

std::string QuotedField(std::string_view text) {
  std::string field = "\"";
  for (const char c : text) {
    field.push_back(c);
    if (c == '"') {
      field.push_back('"');
    }
  }
  field.push_back('"');
  return field;
}

// libcsv's parser and what it has found on the line at hand.
struct CsvLines::Parser {
  csv_parser csv{};
  std::string unquoted;           // the fields one after the other
  std::vector<std::size_t> ends;  // where each ends in `unquoted`
  bool row_done = false;

  static void OnField(void* data, std::size_t size, void* self) {
    auto* parser = static_cast<Parser*>(self);
    parser->unquoted.append(static_cast<const char*>(data), size);
    parser->ends.push_back(parser->unquoted.size());
  }
  static void OnRow(int, void* self) { static_cast<Parser*>(self)->row_done = true; }
};

CsvLines::CsvLines(std::string_view text) : text_(text), parser_(std::make_unique<Parser>()) {
  Check(csv_init(&parser_->csv, CSV_STRICT) == 0, "libcsv starts");
  if (text_.starts_with(kByteOrderMark)) {
    position_ = kByteOrderMark.size();
  }
}

CsvLines::~CsvLines() { csv_free(&parser_->csv); }

const CsvLine* CsvLines::Next() {
  while (position_ < text_.size()) {
    const std::size_t end = std::min(text_.find('\n', position_), text_.size());
    line_.raw = text_.substr(position_, end - position_);
    position_ = std::min(end + 1, text_.size());
    ++line_.number;
    if (line_.raw.ends_with('\r')) {
      line_.raw.remove_suffix(1);
    }
    if (!IsBlank(line_.raw)) {
      Parse();
      return &line_;
    }
  }
  return nullptr;
}

void CsvLines::Parse() {
  Parser& parser = *parser_;
  parser.unquoted.clear();
  parser.ends.clear();
  parser.row_done = false;
  line_.fields.clear();
  line_.fault = {};
  if (line_.raw.size() > kLongestLine) {
    line_.fault = "line longer than 1 MiB";
  } else if (HasControlCharacter(line_.raw)) {
    line_.fault = "control character";
  } else if (!IsUtf8(line_.raw)) {
    line_.fault = "not UTF-8 text";
  }
  if (!line_.fault.empty()) {
    return;
  }
  const std::size_t parsed =
      csv_parse(&parser.csv, line_.raw.data(), line_.raw.size(), &Parser::OnField, &Parser::OnRow,
                &parser) +
      csv_parse(&parser.csv, "\n", 1, &Parser::OnField, &Parser::OnRow, &parser);
  if (parsed != line_.raw.size() + 1 || !parser.row_done) {
    line_.fault = "quotes do not match";
    csv_fini(&parser.csv, nullptr, nullptr, nullptr);  // forget the half field
    return;
  }
  std::size_t start = 0;
  for (const std::size_t end : parser.ends) {
    line_.fields.push_back(std::string_view(parser.unquoted).substr(start, end - start));
    start = end;
  }
}

absl::StatusOr<CsvColumns> CsvColumns::Find(CsvLines* lines,
                                            std::span<const std::string_view> required,
                                            std::span<const std::string_view> optional) {
  const CsvLine* header = lines->Next();
  if (header == nullptr) {
    return absl::InvalidArgumentError("the file is empty; its first line must name the columns");
  }
  if (!header->fault.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the header line cannot be read: ", std::string(header->fault)));
  }
  CsvColumns columns;
  columns.header_fields_ = header->fields.size();
  std::vector<std::string> missing;
  std::vector<std::string_view> names(required.begin(), required.end());
  names.insert(names.end(), optional.begin(), optional.end());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = std::find(header->fields.begin(), header->fields.end(), names[i]);
    if (found != header->fields.end() &&
        std::find(found + 1, header->fields.end(), names[i]) != header->fields.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the header names the column ", std::string(names[i]), " twice"));
    }
    if (found == header->fields.end() && i < required.size()) {
      missing.emplace_back(names[i]);
    }
    columns.places_.push_back(static_cast<std::size_t>(found - header->fields.begin()));
  }
  if (!missing.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("the header lacks the column",
                                                   missing.size() > 1 ? "s " : " ",
                                                   absl::StrJoin(missing, ", ")));
  }
  return columns;
}

std::string_view CsvColumns::FaultOf(const CsvLine& line) const {
  if (line.fault.empty() && line.fields.size() != header_fields_) {
    return "another number of fields than the header";
  }
  return line.fault;
}

std::string_view CsvColumns::Get(const CsvLine& line, std::size_t column) const {
  const std::size_t place = places_[column];
  return place < line.fields.size() ? line.fields[place] : std::string_view();
}

}  // namespace tanhui::cli
