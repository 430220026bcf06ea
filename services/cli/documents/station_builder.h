// A table of stations from the stations of metro lines in order.
#ifndef TANHUI_SERVICES_CLI_DOCUMENTS_STATION_BUILDER_H_
#define TANHUI_SERVICES_CLI_DOCUMENTS_STATION_BUILDER_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "services/cli/documents/built_document.h"
#include "services/cli/documents/document_text.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::cli {

// `csv` is a whole file with the columns city, line, sequence, station, latitude and longitude
// (degrees); the lines of the file that belong to one metro line stand in order. A station is a
// name in a city. Neighbours on a line are joined by a track of the great-circle distance in whole
// metres, at least 1: shorter than the rails, never longer. Two stations are joined once, for the
// first line that joins them: a station has one place, so all such tracks are of one length. A
// circle line repeats its first station at its end.
//
// Odd lines. Left out; the sequence then has a gap over which no track leads:
//   malformed            cannot be read, or a field is no number, name or code of a city
//   missing_field        no city, line or station
//   missing_coordinates  no latitude or no longitude
//   out_of_range         no place on earth
// Kept, but looks wrong:
//   moved_station        1 km or more from where an earlier line of the file puts the station; the
//                        earlier place is kept
//   too_far              more than 1,000 km from the station before; no track joins the two
//   sequence_gap         not one more than the sequence before; no track joins the two
//   repeated_station     the line has the station already, and it is not the end of a circle
absl::StatusOr<BuiltDocument<entry::v1::StationTable>> BuildStationTable(std::string_view csv,
                                                                         const DocumentHead& head);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_DOCUMENTS_STATION_BUILDER_H_
