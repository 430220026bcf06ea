// `tanhui audit`: recomputes everything from the log of a stopped server or a snapshot.
#ifndef TANHUI_SERVICES_CLI_AUDIT_COMMAND_H_
#define TANHUI_SERVICES_CLI_AUDIT_COMMAND_H_

#include <CLI/CLI.hpp>

#include "services/cli/session.h"

namespace tanhui::cli {

void AddAuditCommand(CLI::App& app, Session& session);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_AUDIT_COMMAND_H_
