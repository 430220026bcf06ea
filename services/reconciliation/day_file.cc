#include "services/reconciliation/day_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/core/amount.h"
#include "ledger/signing/encoding.h"

namespace tanhui::reconciliation {
namespace {

constexpr std::string_view kFormat = "1";
constexpr std::string_view kHeader =
    "entry_index,request_id,reference,kind,about,store,till,state,points,fen";
constexpr std::size_t kColumns = 10;
constexpr std::size_t kTitleFields = 8;
constexpr std::size_t kEndFields = 5;
constexpr std::size_t kDateSize = 10;
constexpr std::string_view kNoteTitle = "tanhui recon v1\n";
constexpr std::uint32_t kMinutesOfHour = 60;
constexpr std::uint32_t kMinutesOfDay = 24 * kMinutesOfHour;

constexpr std::array<std::pair<RowState, std::string_view>, 3> kStates = {
    {{RowState::kDone, "done"}, {RowState::kPart, "part"}, {RowState::kUndone, "undone"}}};

std::string Text(std::string_view text) { return std::string(text); }

// The fields of a line, unquoted. What is not well quoted is found out by writing it again.
std::vector<std::string> FieldsOf(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
        fields.back().push_back('"');
        ++i;
      } else {
        quoted = !quoted;
      }
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back().push_back(c);
    }
  }
  return fields;
}

// What codes of participants and schemes are made of.
bool IsCode(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::optional<std::uint32_t> ParseMinute(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') {
    return std::nullopt;
  }
  std::uint32_t parts[2] = {};
  for (const std::size_t part : {0U, 1U}) {
    const char* begin = text.data() + 3 * part;
    if (std::from_chars(begin, begin + 2, parts[part]).ptr != begin + 2) {
      return std::nullopt;
    }
  }
  const std::uint32_t minute = parts[0] * kMinutesOfHour + parts[1];
  return parts[1] < kMinutesOfHour && minute < kMinutesOfDay ? std::optional(minute) : std::nullopt;
}

}  // namespace

std::string_view NameOf(RowState state) {
  for (const auto& [known, name] : kStates) {
    if (known == state) {
      return name;
    }
  }
  return {};
}

std::optional<RowState> ParseState(std::string_view text) {
  for (const auto& [state, name] : kStates) {
    if (name == text) {
      return state;
    }
  }
  return std::nullopt;
}

bool DayTotals::Count(const DayRow& row) {
  const auto more_points = Add(Amount(points), Amount(row.points));
  const auto more_fen = Add(Amount(fen), Amount(row.fen));
  if (!more_points.has_value() || !more_fen.has_value()) {
    return false;
  }
  ++rows;
  points = more_points->units();
  fen = more_fen->units();
  return true;
}

std::string TitleLine(const DayTitle& title) {
  const bool empty = title.first == title.end;
  return absl::StrCat(Text(kTitleStart), Text(kFormat), ",", title.participant, ",", title.scheme,
                      ",", FormatDate(title.day), ",", CsvField(title.origin), ",",
                      empty ? "" : absl::StrCat(title.first), ",",
                      empty ? "" : absl::StrCat(title.end - 1), ",",
                      FormatMinute(title.cutoff_minute));
}

std::string_view HeaderLine() { return kHeader; }

std::string RowLine(const DayRow& row) {
  return absl::StrCat(row.index.value(), ",", CsvField(row.request_id), ",",
                      CsvField(row.reference), ",", row.kind, ",",
                      row.about.has_value() ? absl::StrCat(row.about->value()) : std::string(), ",",
                      CsvField(row.store), ",", CsvField(row.till), ",", Text(NameOf(row.state)),
                      ",", row.points, ",", row.fen);
}

std::string EndLine(const DayTotals& totals) {
  const std::string_view hash = totals.sha256.view();
  return absl::StrCat(Text(kEndStart), totals.rows, ",", totals.points, ",", totals.fen, ",",
                      absl::BytesToHexString(absl::string_view(hash.data(), hash.size())));
}

std::optional<DayTitle> ParseTitle(std::string_view line) {
  const auto fields = FieldsOf(line);
  if (fields.size() != kTitleFields || fields[0] != Text(kTitleStart) + Text(kFormat)) {
    return std::nullopt;
  }
  const auto day = ParseDay(fields[3]);
  const auto minute = ParseMinute(fields[7]);
  const bool empty = fields[5].empty();
  const auto first = empty ? 0 : signing::DecodeDecimal(fields[5]);
  const auto last = empty ? 0 : signing::DecodeDecimal(fields[6]);
  if (!IsCode(fields[1]) || !IsCode(fields[2]) || !day || !minute || !first || !last ||
      *last < *first || *last == std::numeric_limits<std::uint64_t>::max()) {
    return std::nullopt;
  }
  DayTitle title{fields[1], fields[2], *day, fields[4], *first, empty ? 0 : *last + 1, *minute};
  return TitleLine(title) == line ? std::optional(std::move(title)) : std::nullopt;
}

std::optional<DayRow> ParseRow(std::string_view line) {
  auto fields = FieldsOf(line);
  if (fields.size() != kColumns) {
    return std::nullopt;
  }
  const auto index = signing::DecodeDecimal(fields[0]);
  const auto about = signing::DecodeDecimal(fields[4]);
  const auto state = ParseState(fields[7]);
  const auto points = ParseNumber(fields[8]);
  const auto fen = ParseNumber(fields[9]);
  if (!index || (!about && !fields[4].empty()) || !state || !points || !fen) {
    return std::nullopt;
  }
  DayRow row;
  row.index = EntryIndex(*index);
  row.request_id = std::move(fields[1]);
  row.reference = std::move(fields[2]);
  row.kind = std::move(fields[3]);
  row.about = about.has_value() ? std::optional(EntryIndex(*about)) : std::nullopt;
  row.store = std::move(fields[5]);
  row.till = std::move(fields[6]);
  row.state = *state;
  row.points = *points;
  row.fen = *fen;
  return RowLine(row) == line ? std::optional(std::move(row)) : std::nullopt;
}

std::optional<DayTotals> ParseEnd(std::string_view line) {
  const auto fields = FieldsOf(line);
  if (fields.size() != kEndFields || fields[4].size() != 2 * Hash256::kSize) {
    return std::nullopt;
  }
  const auto rows = signing::DecodeDecimal(fields[1]);
  const auto points = ParseNumber(fields[2]);
  const auto fen = ParseNumber(fields[3]);
  if (!rows || !points || !fen) {
    return std::nullopt;
  }
  const DayTotals totals{*rows, *points, *fen,
                         Hash256::FromView(absl::HexStringToBytes(fields[4]))};
  return EndLine(totals) == line ? std::optional(totals) : std::nullopt;
}

std::string NoteText(const DayTitle& title, const DayTotals& totals) {
  return absl::StrCat(Text(kNoteTitle), TitleLine(title), "\n", EndLine(totals), "\n");
}

std::string FileName(const DayTitle& title) {
  return absl::StrCat(title.participant, ".", title.scheme, ".", FormatDate(title.day), ".csv");
}

std::string CsvField(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string field = "\"";
  for (const char c : text) {
    field.append(c == '"' ? 2 : 1, c);
  }
  field.push_back('"');
  return field;
}

std::string FormatMinute(std::uint32_t minute) {
  const auto two = [](std::uint32_t number) {
    return absl::StrCat(number < 10 ? "0" : "", number);
  };
  return absl::StrCat(two(minute / kMinutesOfHour), ":", two(minute % kMinutesOfHour));
}

std::optional<BusinessDate> ParseDay(std::string_view text) {
  if (text.size() != kDateSize) {
    return std::nullopt;
  }
  const auto midnight = ParseShanghai(absl::StrCat(Text(text), " 00:00:00"));
  return midnight.has_value() ? std::optional(ShanghaiDate(*midnight)) : std::nullopt;
}

std::optional<std::int64_t> ParseNumber(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && absl::StrCat(number) == text ? std::optional(number) : std::nullopt;
}

}  // namespace tanhui::reconciliation
