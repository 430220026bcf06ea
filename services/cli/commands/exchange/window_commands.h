// The parts of `tanhui window`, and `tanhui settle recompute`.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_EXCHANGE_WINDOW_COMMANDS_H_
#define TANHUI_SERVICES_CLI_COMMANDS_EXCHANGE_WINDOW_COMMANDS_H_

#include <CLI/CLI.hpp>

#include "services/cli/session.h"

namespace tanhui::cli {

void AddCompareWindows(CLI::App* window, Session& session);  // window compare
void AddRecompute(CLI::App* settle, Session& session);       // settle recompute

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_EXCHANGE_WINDOW_COMMANDS_H_
