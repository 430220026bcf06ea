// The commands of rules and acts, in parts; AddRulesCommands puts them together.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_RULES_RULES_COMMANDS_H_
#define TANHUI_SERVICES_CLI_COMMANDS_RULES_RULES_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <memory>

#include "services/cli/session.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::cli {

// rules check; `app` has the option --address.
void AddRulesCheck(CLI::App& app, CLI::App* rules, Session& session);
// rules sign.
void AddRulesSign(CLI::App* rules, Session& session);
// rules publish; also product publish, whose kind is fixed: then there is no option --kind.
void AddPublish(CLI::App* group, const std::shared_ptr<entry::v1::DocumentKind>& kind,
                bool kind_is_fixed, Session& session);
// venue code.
void AddVenueCode(CLI::App* venue, Session& session);
// product reverse.
void AddProductReverse(CLI::App* product, Session& session);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_RULES_RULES_COMMANDS_H_
