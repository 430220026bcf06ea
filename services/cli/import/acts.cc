#include "services/cli/import/acts.h"

#include <array>
#include <charconv>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "ledger/core/amount.h"
#include "services/cli/csv/csv_lines.h"

namespace tanhui::cli {
namespace {

constexpr std::size_t kLongestText = 128;  // what the ledger takes as user id and as reference

enum Column : std::size_t { kUser, kScenario, kActTime, kEvidence, kPoints, kReference };
constexpr std::array<std::string_view, 4> kRequired = {"user_id", "scenario", "act_time",
                                                       "evidence"};
constexpr std::array<std::string_view, 2> kOptional = {"points", "reference"};

std::optional<std::int64_t> ParsePoints(std::string_view text) {
  std::int64_t points = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), points);
  if (error != std::errc() || end != text.data() + text.size() || points < 1 ||
      points > kMaxPostingAmount.units()) {
    return std::nullopt;
  }
  return points;
}

// What is wrong with a field of its own, empty when nothing is.
std::string_view FieldFault(const CsvLine& line, const CsvColumns& columns) {
  const std::string_view user = columns.Get(line, kUser);
  const std::string_view evidence = columns.Get(line, kEvidence);
  const std::string_view points = columns.Get(line, kPoints);
  if (user.empty() || user.size() > kLongestText) {
    return "user_id needs 1 to 128 bytes";
  }
  if (!IsScenario(columns.Get(line, kScenario))) {
    return "scenario needs 1 to 32 of a-z, 0-9 and _";
  }
  if (!ParseSeconds(columns.Get(line, kActTime))) {
    return "act_time is no YYYY-MM-DD HH:MM:SS";
  }
  if (evidence.empty()) {
    return "no evidence";
  }
  if (!points.empty() && !ParsePoints(points)) {
    return "points is no whole number from 1 to 1000000000000";
  }
  if (columns.Get(line, kReference).size() > kLongestText) {
    return "reference over 128 bytes";
  }
  return {};
}

class ActReader {
 public:
  ActReader(const Rates& rates, const EvidenceIds& ids) : rates_(rates), ids_(ids) {}

  void ReadLine(const CsvLine& line, const CsvColumns& columns) {
    ++file_.lines;
    const auto number = static_cast<std::uint32_t>(line.number);
    std::string_view fault = columns.FaultOf(line);
    if (fault.empty()) {
      fault = FieldFault(line, columns);
    }
    if (!fault.empty()) {
      return file_.Refuse(number, kMalformed, fault);
    }
    const EvidenceId id = ids_.Act(columns.Get(line, kEvidence));
    if (!seen_.insert(id).second) {
      return file_.Refuse(number, kDuplicate, "an earlier line has the same evidence");
    }
    const std::string_view scenario = columns.Get(line, kScenario);
    const std::string_view stated = columns.Get(line, kPoints);
    const auto points = stated.empty() ? rates_.PointsFor(scenario) : ParsePoints(stated);
    if (!points) {
      return file_.Refuse(number, kUnknownScenario, scenario);
    }
    file_.claims.push_back(
        {.id = id,
         .points = *points,
         .user = file_.users.Intern(columns.Get(line, kUser)),
         .line = number,
         .reference = file_.references.Intern(columns.Get(line, kReference)),
         .act_time = *ParseSeconds(columns.Get(line, kActTime)),
         .scenario = static_cast<std::uint16_t>(file_.scenarios.Intern(scenario))});
  }

  // More scenarios than a claim can number would be no file of acts.
  bool full() const { return file_.scenarios.size() > 1000; }

  ClaimFile Finish() && {
    file_.Settle();
    return std::move(file_);
  }

 private:
  const Rates& rates_;
  const EvidenceIds& ids_;
  ClaimFile file_;
  absl::flat_hash_set<EvidenceId> seen_;
};

}  // namespace

absl::StatusOr<ClaimFile> ReadActs(std::string_view text, const Rates& rates,
                                   const EvidenceIds& ids, const ReadingProgress& progress) {
  CsvLines lines(text);
  const absl::StatusOr<CsvColumns> columns = CsvColumns::Find(&lines, kRequired, kOptional);
  if (!columns.ok()) {
    return columns.status();
  }
  ActReader reader(rates, ids);
  while (const CsvLine* line = lines.Next()) {
    if (line->number > kMostLines || reader.full()) {
      return absl::InvalidArgumentError(
          "more than 4,294,967,295 lines or 1,000 scenarios: split the file");
    }
    if (line->number % kLinesBetweenReports == 0 && !progress(lines.position())) {
      return absl::CancelledError("stopped while reading");
    }
    reader.ReadLine(*line, *columns);
  }
  return std::move(reader).Finish();
}

}  // namespace tanhui::cli
