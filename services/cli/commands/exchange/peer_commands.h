// The parts of `tanhui peer`.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_EXCHANGE_PEER_COMMANDS_H_
#define TANHUI_SERVICES_CLI_COMMANDS_EXCHANGE_PEER_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "services/cli/session.h"

namespace tanhui::cli {

void AddRateCommands(CLI::App* peer, Session& session);  // sign-rates, agree-rates

// Which one: its code.
template <typename Request>
void AddPeer(CLI::App* command, const std::shared_ptr<Request>& request) {
  AddNameOption(
      command, "PEER", "peers", [request](const std::string& name) { request->set_name(name); },
      "The other city's code")
      ->required();
}

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_EXCHANGE_PEER_COMMANDS_H_
