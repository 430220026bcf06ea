// A line of an import file as the act of an award.
#ifndef TANHUI_SERVICES_CLI_IMPORT_AS_ACTS_ACT_REQUEST_H_
#define TANHUI_SERVICES_CLI_IMPORT_AS_ACTS_ACT_REQUEST_H_

#include <map>
#include <string>
#include <string_view>

#include "services/cli/import/claims.h"
#include "tanhui/v1/acts.pb.h"

namespace tanhui::cli {

// time, metre, step, gram, item and watt_hour.
const std::map<std::string, v1::Unit, std::less<>>& UnitsByName();

// What a piece of evidence is taken for when nobody says it: what has a time of its own is a
// moment.
v1::EvidenceKind KindOfEvidence(bool has_time);

// The act of a claim that has one.
v1::Act ActOf(const ClaimFile& file, const Claim& claim);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_AS_ACTS_ACT_REQUEST_H_
