// The options by which an act is told.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_RULES_ACT_OPTIONS_H_
#define TANHUI_SERVICES_CLI_COMMANDS_RULES_ACT_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <memory>

#include "tanhui/v1/points.pb.h"

namespace tanhui::cli {

// What, where, when, how much, by which evidence and from which budget; not whose.
void AddActOptions(CLI::App* command, const std::shared_ptr<v1::AwardRequest>& request);
// Fills in what the options left open.
void CompleteAct(v1::AwardRequest* request);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_RULES_ACT_OPTIONS_H_
