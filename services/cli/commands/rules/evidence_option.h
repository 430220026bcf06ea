// A piece of evidence as one writes it on a command line.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_RULES_EVIDENCE_OPTION_H_
#define TANHUI_SERVICES_CLI_COMMANDS_RULES_EVIDENCE_OPTION_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "tanhui/v1/acts.pb.h"

namespace tanhui::cli {

// `source=cq-metro,subject=8001,device=17,time=2027-01-02 08:00:00`: names and values of
// tanhui.v1.Evidence, each once; no value holds a comma. kind is record, serial or moment; left out
// it is a moment where there is a time. Fails with one sentence.
absl::StatusOr<v1::Evidence> ParseEvidence(std::string_view text);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_RULES_EVIDENCE_OPTION_H_
