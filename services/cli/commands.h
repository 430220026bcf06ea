// The commands of `tanhui`, by subject. Each function adds its subcommands to the program; they run
// after the whole command line was parsed and leave the exit status in the session, which must
// outlive the app.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_H_
#define TANHUI_SERVICES_CLI_COMMANDS_H_

#include <CLI/CLI.hpp>

#include "services/cli/session.h"

namespace tanhui::cli {

void AddCatalogueCommands(CLI::App& app, Session& session);  // scheme, participant, asset, budget
void AddAccountCommands(CLI::App& app, Session& session);  // account open, open-many, show, entries
void AddPointsCommands(CLI::App& app, Session& session);   // award, award-batch, redeem, transfer
void AddRequestCommands(CLI::App& app, Session& session);  // outcome, cancel, request-id-key
void AddLogCommands(CLI::App& app,
                    Session& session);  // checkpoint, receipt, consistency, entry, log
void AddOperatorCommands(CLI::App& app, Session& session);  // status, clock, snapshot
void AddKeyCommands(CLI::App& app, Session& session);       // keygen, verify
void AddImportCommand(CLI::App& app, Session& session);
void AddDayCommand(CLI::App& app, Session& session);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_H_
