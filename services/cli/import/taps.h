// Reads rides from raw Shenzhen Tong taps.
#ifndef TANHUI_SERVICES_CLI_IMPORT_TAPS_H_
#define TANHUI_SERVICES_CLI_IMPORT_TAPS_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "services/cli/import/as_acts/reading_options.h"
#include "services/cli/import/claims.h"
#include "services/cli/import/evidence.h"
#include "services/cli/import/rates.h"
#include "services/cli/import/reading_progress.h"

namespace tanhui::cli {

// `text` is the whole file. A claim of scenario metro_ride or bus_ride for each ride, by these
// rules, the first that holds:
//   duplicate     the line equals an earlier one in all fields
//   malformed     the line cannot be read, or has no card, no readable time or an unknown type
//   no_station    a metro tap without a station
//   orphan_in     the card's next metro tap is no out tap at most 4 hours later
//   orphan_out    no in tap is open
//   same_station  a metro ride back to its station, of acts by the map; counted once, on the line
//   of its in tap unknown_station  of acts: the map has no station for one of a ride's; on the in
//   tap's line too_short     a metro ride shorter than 3 minutes; also on the line of its in tap
//   same_vehicle  the card had a bus ride on the same vehicle less than 15 minutes before
// Metro taps of one card count in order of time, in before out within one second, then file order.
// Every card on a line that can be read becomes a user, with rides or without.
//
// As acts, metro rides are ways between the stations that stand for theirs, of the time between
// the taps; bus rides are one time. Their evidence is {card, terminal, time} of the in tap, or of
// the bus tap; of a ride over midnight it is the out tap, since evidence must be of the act's date.
//
// Memory: 24 bytes for a tap, 16 to 32 for its digest, each distinct string once.
absl::StatusOr<ClaimFile> ReadTaps(std::string_view text, const Rates& rates,
                                   const EvidenceIds& ids, const ReadingProgress& progress,
                                   const ReadingOptions& options = {});

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_TAPS_H_
