#include "services/cli/documents/station_builder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/cli/csv/csv_lines.h"

namespace tanhui::cli {
namespace {

constexpr std::array<std::string_view, 6> kColumns = {"city",    "line",     "sequence",
                                                      "station", "latitude", "longitude"};
constexpr std::size_t kLongestCity = 40;
constexpr std::uint32_t kLongestTrackMetres = 1'000'000;
constexpr std::uint32_t kSamePlaceMetres = 1'000;

struct Point {
  double latitude = 0;  // degrees
  double longitude = 0;
};

// Great-circle distance in whole metres (haversine formula, mean radius of the earth).
std::uint32_t MetresBetween(const Point& a, const Point& b) {
  constexpr double kEarthRadiusMetres = 6'371'008.8;
  const auto radians = [](double degrees) { return degrees * std::numbers::pi / 180; };
  const double north = std::sin(radians(b.latitude - a.latitude) / 2);
  const double east = std::sin(radians(b.longitude - a.longitude) / 2);
  const double half_chord =
      north * north + std::cos(radians(a.latitude)) * std::cos(radians(b.latitude)) * east * east;
  const double metres = 2 * kEarthRadiusMetres * std::asin(std::sqrt(std::min(half_chord, 1.0)));
  return static_cast<std::uint32_t>(std::lround(metres));
}

// Also true of an empty text, which is reported as missing.
bool IsCity(const std::string& text) {
  return text.size() <= kLongestCity && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-' || c == '_';
         });
}

// A station of the table.
struct Known {
  std::uint32_t index = 0;
  Point point;
  std::uint64_t line = 0;  // of the file, that put it there
};

// A stop of a metro line, in order.
struct Stop {
  std::uint32_t station = 0;
  std::uint32_t sequence = 0;
  std::uint64_t line = 0;  // of the file
};

struct Row {
  std::string city;
  std::string line;
  std::uint32_t sequence = 0;
  std::string station;
  Point point;
};

class Builder {
 public:
  explicit Builder(BuiltDocument<entry::v1::StationTable>* built) : built_(built) {}

  void Read(const CsvColumns& columns, const CsvLine& line) {
    ++built_->lines;
    Row row;
    if (!ReadRow(columns, line, &row)) {
      return;
    }
    const std::uint32_t station = StationOf(row, line.number);
    std::vector<Stop>& stops = StopsOf(row);
    const Stop stop{.station = station, .sequence = row.sequence, .line = line.number};
    if (!stops.empty()) {
      Join(row, stops.back(), stop);
    }
    stops.push_back(stop);
  }

  // Reports stations that a line has twice, and puts what is odd in order.
  void Finish() {
    for (const auto& [line, stops] : lines_) {
      ReportRepeated(stops);
    }
    std::stable_sort(built_->odd.begin(), built_->odd.end(),
                     [](const OddLine& a, const OddLine& b) { return a.number < b.number; });
  }

 private:
  bool Odd(const CsvLine& line, std::string_view reason, std::string_view detail) {
    built_->Report(line.number, reason, detail);
    return false;
  }

  bool ReadRow(const CsvColumns& columns, const CsvLine& line, Row* row) {
    const std::string_view fault = columns.FaultOf(line);
    if (!fault.empty()) {
      return Odd(line, "malformed", fault);
    }
    row->city = columns.Get(line, 0);
    row->line = columns.Get(line, 1);
    row->station = columns.Get(line, 3);
    if (!IsCity(row->city) || !IsName(row->line) || !IsName(row->station)) {
      return Odd(line, "malformed",
                 "a city is 1 to 40 of a-z, 0-9, - and _; a name has no tab and at most 200 bytes");
    }
    for (const std::size_t column : {0U, 1U, 3U}) {
      if (columns.Get(line, column).empty()) {
        return Odd(line, "missing_field", absl::StrCat("no ", std::string(kColumns[column])));
      }
    }
    if (columns.Get(line, 4).empty() || columns.Get(line, 5).empty()) {
      return Odd(line, "missing_coordinates", row->station);
    }
    if (!absl::SimpleAtoi(std::string(columns.Get(line, 2)), &row->sequence) ||
        !absl::SimpleAtod(std::string(columns.Get(line, 4)), &row->point.latitude) ||
        !absl::SimpleAtod(std::string(columns.Get(line, 5)), &row->point.longitude)) {
      return Odd(line, "malformed", "sequence, latitude or longitude is no number");
    }
    // Written so that what is not a number is out of range, too.
    if (!(std::abs(row->point.latitude) <= 90 && std::abs(row->point.longitude) <= 180)) {
      return Odd(line, "out_of_range",
                 absl::StrCat(row->point.latitude, ", ", row->point.longitude));
    }
    return true;
  }

  std::uint32_t StationOf(const Row& row, std::uint64_t line) {
    const auto [found, is_new] = stations_.try_emplace({row.city, row.station});
    Known& known = found->second;
    if (is_new) {
      known = {.index = static_cast<std::uint32_t>(built_->document.stations_size()),
               .point = row.point,
               .line = line};
      entry::v1::Station* station = built_->document.add_stations();
      station->set_city(row.city);
      station->set_name(row.station);
      points_.push_back(row.point);
    } else if (const std::uint32_t moved = MetresBetween(known.point, row.point);
               moved >= kSamePlaceMetres) {
      built_->Report(
          line, "moved_station",
          absl::StrCat(row.station, " is ", moved, " m from where line ", known.line, " puts it"));
    }
    return known.index;
  }

  std::vector<Stop>& StopsOf(const Row& row) { return lines_[{row.city, row.line}]; }

  void Join(const Row& row, const Stop& from, const Stop& to) {
    if (to.sequence != from.sequence + 1) {
      built_->Report(to.line, "sequence_gap",
                     absl::StrCat(row.line, ": ", to.sequence, " comes after ", from.sequence));
      return;
    }
    if (from.station == to.station) {
      return;  // the repeated station is reported at the end
    }
    const std::uint32_t metres =
        std::max(MetresBetween(points_[from.station], points_[to.station]), 1U);
    if (metres > kLongestTrackMetres) {
      built_->Report(to.line, "too_far",
                     absl::StrCat(row.station, " is ", metres, " m from the station before"));
      return;
    }
    const auto ends = std::minmax(from.station, to.station);
    if (!tracks_.insert({ends.first, ends.second}).second) {
      return;  // a station has one place, so all tracks between two are of one length
    }
    entry::v1::Track* track = built_->document.add_tracks();
    track->set_from(from.station);
    track->set_to(to.station);
    track->set_metres(metres);
    track->set_line(row.line);
  }

  void ReportRepeated(const std::vector<Stop>& stops) {
    std::map<std::uint32_t, std::uint64_t> first;  // line of the file by station
    for (std::size_t i = 0; i < stops.size(); ++i) {
      const auto [found, is_new] = first.try_emplace(stops[i].station, stops[i].line);
      const bool closes_circle =
          i > 2 && i + 1 == stops.size() && stops[i].station == stops[0].station;
      if (!is_new && !closes_circle) {
        built_->Report(
            stops[i].line, "repeated_station",
            absl::StrCat(built_->document.stations(static_cast<int>(stops[i].station)).name(),
                         " is on line ", found->second, " already"));
      }
    }
  }

  BuiltDocument<entry::v1::StationTable>* built_;
  std::map<std::pair<std::string, std::string>, Known> stations_;  // by city and name
  std::vector<Point> points_;                                      // by index of the station
  std::map<std::pair<std::string, std::string>, std::vector<Stop>> lines_;  // by city and line
  std::set<std::pair<std::uint32_t, std::uint32_t>> tracks_;  // their ends, the lower one first
};

}  // namespace

absl::StatusOr<BuiltDocument<entry::v1::StationTable>> BuildStationTable(std::string_view csv,
                                                                         const DocumentHead& head) {
  CsvLines lines(csv);
  const absl::StatusOr<CsvColumns> columns = CsvColumns::Find(&lines, kColumns, {});
  if (!columns.ok()) {
    return columns.status();
  }
  BuiltDocument<entry::v1::StationTable> built;
  SetDocumentHead(head, &built.document);
  built.document.mutable_source()->set_mark(entry::v1::SOURCE_MARK_DERIVED);
  built.document.mutable_source()->set_text(
      "great-circle distances of neighbouring stations of a line, from their coordinates");
  Builder builder(&built);
  while (const CsvLine* line = lines.Next()) {
    builder.Read(*columns, *line);
  }
  builder.Finish();
  return built;
}

}  // namespace tanhui::cli
