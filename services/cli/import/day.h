// A day of a city that does not exist: input for a first look, and for tests that must not need
// anybody's real data.
#ifndef TANHUI_SERVICES_CLI_IMPORT_DAY_H_
#define TANHUI_SERVICES_CLI_IMPORT_DAY_H_

#include <cstdint>
#include <string>

namespace tanhui::cli {

struct DayOptions {
  std::uint64_t seed = 1;
  std::uint32_t citizens = 2000;    // about five lines each
  std::string date = "2025-06-05";  // YYYY-MM-DD; the World Environment Day of that year
};

// A CSV in the acts format, in order of time: metro, bus and bicycle in two rush hours, trips in
// between, recycling in the evening, efficient purchases in the shops' hours; about one line in a
// hundred repeats an earlier one's evidence and one in two hundred is bad. The same options give
// the same bytes on every machine: std::mt19937_64 is specified to the bit, and everything drawn
// from it is integer arithmetic of ours.
std::string MakeDay(const DayOptions& options);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_DAY_H_
