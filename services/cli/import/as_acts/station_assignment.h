// Which station of a city stands for a station of raw taps.
//
// A trial with taps of another place needs stations that are in the table: each distinct name gets
// one, drawn by a seed and the name, so that it is the same whatever else the file holds.
#ifndef TANHUI_SERVICES_CLI_IMPORT_AS_ACTS_STATION_ASSIGNMENT_H_
#define TANHUI_SERVICES_CLI_IMPORT_AS_ACTS_STATION_ASSIGNMENT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::cli {

// Station of the city by station of the taps. Two of the taps' may share one.
using StationAssignment = std::map<std::string, std::string, std::less<>>;

// For each station that a metro tap of the file names: the station of the city, in the order of the
// table, with the number SHA-256(seed in decimal, line feed, name), its first 8 bytes read
// big-endian, modulo how many the city has. Fails when the city has none or columns are missing.
absl::StatusOr<StationAssignment> AssignStations(std::string_view taps,
                                                 const entry::v1::StationTable& table,
                                                 std::string_view city, std::uint64_t seed);

// A CSV with columns tap_station and station.
std::string StationAssignmentCsv(const StationAssignment& assignment);
// Fails, naming the line, on one that cannot be read or names a station of taps again.
absl::StatusOr<StationAssignment> ReadStationAssignment(std::string_view csv);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_AS_ACTS_STATION_ASSIGNMENT_H_
