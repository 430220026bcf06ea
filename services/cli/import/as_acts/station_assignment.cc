#include "services/cli/import/as_acts/station_assignment.h"

#include <array>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/import/as_acts/tap_fields.h"

namespace tanhui::cli {
namespace {

std::uint64_t Draw(std::uint64_t seed, std::string_view name) {
  const Hash256 hash = merkle::Sha256(absl::StrCat(seed, "\n", std::string(name)));
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    number = number << 8U | hash.bytes[i];
  }
  return number;
}

}  // namespace

absl::StatusOr<StationAssignment> AssignStations(std::string_view taps,
                                                 const entry::v1::StationTable& table,
                                                 std::string_view city, std::uint64_t seed) {
  std::vector<std::string> stations;
  for (const entry::v1::Station& station : table.stations()) {
    if (station.city() == city) {
      stations.push_back(station.name());
    }
  }
  if (stations.empty()) {
    return absl::NotFoundError(
        absl::StrCat("the table has no station of the city ", std::string(city)));
  }
  constexpr std::array<std::string_view, 2> kColumns = {"deal_type", "station"};
  CsvLines lines(taps);
  const absl::StatusOr<CsvColumns> columns = CsvColumns::Find(&lines, kColumns, {});
  if (!columns.ok()) {
    return columns.status();
  }
  StationAssignment assignment;
  while (const CsvLine* line = lines.Next()) {
    if (!columns->FaultOf(*line).empty()) {
      continue;  // the import says so
    }
    const std::optional<TapType> type = TapTypeOf(TrimmedField(columns->Get(*line, 0)));
    const std::string_view name = TrimmedField(columns->Get(*line, 1));
    if (type && *type != TapType::kBus && !name.empty()) {
      assignment.emplace(name, stations[Draw(seed, name) % stations.size()]);
    }
  }
  return assignment;
}

std::string StationAssignmentCsv(const StationAssignment& assignment) {
  std::string csv = "tap_station,station\n";
  for (const auto& [tap_station, station] : assignment) {
    absl::StrAppend(&csv, QuotedField(tap_station), ",", QuotedField(station), "\n");
  }
  return csv;
}

absl::StatusOr<StationAssignment> ReadStationAssignment(std::string_view csv) {
  constexpr std::array<std::string_view, 2> kColumns = {"tap_station", "station"};
  CsvLines lines(csv);
  const absl::StatusOr<CsvColumns> columns = CsvColumns::Find(&lines, kColumns, {});
  if (!columns.ok()) {
    return columns.status();
  }
  StationAssignment assignment;
  while (const CsvLine* line = lines.Next()) {
    std::string_view fault = columns->FaultOf(*line);
    if (fault.empty() && (columns->Get(*line, 0).empty() || columns->Get(*line, 1).empty())) {
      fault = "needs a tap_station and a station";
    }
    if (fault.empty() &&
        !assignment.emplace(columns->Get(*line, 0), columns->Get(*line, 1)).second) {
      fault = "names a tap_station again";
    }
    if (!fault.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", line->number, ": ", std::string(fault)));
    }
  }
  return assignment;
}

}  // namespace tanhui::cli
