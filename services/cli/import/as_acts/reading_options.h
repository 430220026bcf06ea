// How a file is read: whose clock its times are of, and whether points come from rates or from the
// ledger's rules.
#ifndef TANHUI_SERVICES_CLI_IMPORT_AS_ACTS_READING_OPTIONS_H_
#define TANHUI_SERVICES_CLI_IMPORT_AS_ACTS_READING_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "services/cli/import/as_acts/station_assignment.h"

namespace tanhui::cli {

// Lines are acts: the ledger finds points and grams by the rules in force.
struct ActReading {
  std::string district = {};         // of lines that name none, such as 500103
  std::string evidence_source = {};  // whose records the lines are
  StationAssignment stations = {};   // of taps: which station stands for theirs
};

// Nobody's clock is wrong by more: 300 years.
inline constexpr std::int64_t kMostClockOffsetSeconds = 9'467'280'000;

struct ReadingOptions {
  // The device's clock was so many seconds ahead, at most kMostClockOffsetSeconds; taken off every
  // time. Request ids are made of times as the file has them, so that another offset cannot award
  // the same evidence again.
  std::int64_t clock_offset_seconds = 0;
  std::optional<ActReading> acts = {};  // not set: points by the rates
};

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_AS_ACTS_READING_OPTIONS_H_
