// The day file (对账单) of a participant: what the ledger says of one ledger day (日切), as text.
// RECONCILIATION.md has the grammar. Every text here has exactly one spelling.
#ifndef TANHUI_SERVICES_RECONCILIATION_DAY_FILE_H_
#define TANHUI_SERVICES_RECONCILIATION_DAY_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"

namespace tanhui::reconciliation {

// What became of an entry by the end of its ledger day, by that day's entries alone.
enum class RowState : std::uint8_t { kDone, kPart, kUndone };
// done, part, undone; and back.
std::string_view NameOf(RowState state);
std::optional<RowState> ParseState(std::string_view text);

// Whose file it is, and of which day: its first line.
struct DayTitle {
  std::string participant;  // codes
  std::string scheme;
  BusinessDate day;
  std::string origin;               // of the log
  std::uint64_t first = 0;          // index of the day's first entry, of whatever scheme
  std::uint64_t end = 0;            // one after its last; both 0 when the day has none
  std::uint32_t cutoff_minute = 0;  // of the scheme, see BeginOfLedgerDay
  friend bool operator==(const DayTitle&, const DayTitle&) = default;
};

// An entry as the participant sees it.
struct DayRow {
  EntryIndex index;
  std::string request_id;  // these two are empty unless the participant made the entry
  std::string reference;
  std::string kind;                 // the name of its body
  std::optional<EntryIndex> about;  // the entry that it is about
  std::string store;                // where points were spent, held or given back
  std::string till;
  RowState state = RowState::kDone;
  std::int64_t points = 0;  // with the citizens' sign
  std::int64_t fen = 0;     // that the merchant's claim got
  friend bool operator==(const DayRow&, const DayRow&) = default;
};

// What stands in the last line.
struct DayTotals {
  std::uint64_t rows = 0;
  std::int64_t points = 0;
  std::int64_t fen = 0;
  Hash256 sha256;  // of all before the last line
  // False, and nothing is changed, when the sums would be too large.
  [[nodiscard]] bool Count(const DayRow& row);
  friend bool operator==(const DayTotals&, const DayTotals&) = default;
};

// Lines without their line ends.
std::string TitleLine(const DayTitle& title);
std::string_view HeaderLine();
std::string RowLine(const DayRow& row);
std::string EndLine(const DayTotals& totals);
// nullopt unless the line is what the function above writes.
std::optional<DayTitle> ParseTitle(std::string_view line);
std::optional<DayRow> ParseRow(std::string_view line);
std::optional<DayTotals> ParseEnd(std::string_view line);
inline constexpr std::string_view kTitleStart = "#tanhui-recon ";
inline constexpr std::string_view kEndStart = "#end,";

// What the note beside a file signs.
std::string NoteText(const DayTitle& title, const DayTotals& totals);

// The names of a file and of the note beside it.
std::string FileName(const DayTitle& title);
inline constexpr std::string_view kNoteSuffix = ".note";

// A field of a CSV line (RFC 4180), quoted only where it must be.
std::string CsvField(std::string_view text);
// HH:MM.
std::string FormatMinute(std::uint32_t minute);
// YYYY-MM-DD; nullopt for anything else and for dates that cannot be.
std::optional<BusinessDate> ParseDay(std::string_view text);
// Decimal digits with a minus sign below zero, in the one spelling of it.
std::optional<std::int64_t> ParseNumber(std::string_view text);

}  // namespace tanhui::reconciliation

#endif  // TANHUI_SERVICES_RECONCILIATION_DAY_FILE_H_
