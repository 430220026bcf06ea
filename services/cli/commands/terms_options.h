// Options for the terms of an asset.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_TERMS_OPTIONS_H_
#define TANHUI_SERVICES_CLI_COMMANDS_TERMS_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <memory>

#include "tanhui/v1/admin.pb.h"

namespace tanhui::cli {

// Each option sets a field of `terms`, which `keeper` keeps alive as long as the command.
void AddTermsOptions(CLI::App* command, v1::Terms* terms, const std::shared_ptr<void>& keeper);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_TERMS_OPTIONS_H_
