// The parts of `tanhui settle`.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_BOOKS_SETTLE_COMMANDS_H_
#define TANHUI_SERVICES_CLI_COMMANDS_BOOKS_SETTLE_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "services/cli/session.h"

namespace tanhui::cli {

void AddSettleRun(CLI::App* settle, Session& session);    // run
void AddSettleSteps(CLI::App* settle, Session& session);  // approve, pay, return

// 3/81 as settlementRuns/3/lines/81. A full name stays as it is.
std::string SettlementLineNamed(std::string_view text);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_BOOKS_SETTLE_COMMANDS_H_
