// Commands about one account: by its name, or by the platform's own user id.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_WHICH_ACCOUNT_H_
#define TANHUI_SERVICES_CLI_COMMANDS_WHICH_ACCOUNT_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "services/cli/session.h"
#include "tanhui/v1/accounts.pb.h"

namespace tanhui::cli {

// ACCOUNT or --user, and --asset.
void AddWhichAccount(CLI::App* command, const std::shared_ptr<v1::GetAccountRequest>& who);

// The account's name; a user id is looked up. nullopt after it has reported why and set the exit
// status.
std::optional<std::string> ResolveAccount(Session* session, const v1::GetAccountRequest& who);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_WHICH_ACCOUNT_H_
