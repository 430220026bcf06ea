// Options that several commands share: whose points, which, how many, and who acts.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_CITIZEN_OPTIONS_H_
#define TANHUI_SERVICES_CLI_COMMANDS_CITIZEN_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "services/cli/session.h"

namespace tanhui::cli {

// --account or --user.
template <typename Request>
void AddCitizen(CLI::App* command, const std::shared_ptr<Request>& request) {
  CLI::Option_group* citizen = command->add_option_group("citizen", "Whose points; one of");
  AddNameOption(
      citizen, "--account", "accounts",
      [request](const std::string& name) { request->set_account(name); }, "The account's name");
  citizen->add_option_function<std::string>(
      "--user,--platform-user-id",
      [request](const std::string& id) { request->set_platform_user_id(id); },
      "Your platform's own user id");
  citizen->require_option(1);
}

// --asset, needed.
template <typename Request>
void AddAsset(CLI::App* command, const std::shared_ptr<Request>& request) {
  AddNameOption(
      command, "--asset", "assets",
      [request](const std::string& name) { request->set_asset(name); }, "Which points")
      ->required();
}

// --points, needed.
template <typename Request>
void AddPoints(CLI::App* command, const std::shared_ptr<Request>& request) {
  command
      ->add_option_function<std::int64_t>(
          "--points", [request](std::int64_t points) { request->set_points(points); },
          "How many points")
      ->required();
}

// --store and --till, of a merchant.
template <typename Request>
void AddStoreAndTill(CLI::App* command, const std::shared_ptr<Request>& request) {
  CLI::Option* store = command->add_option_function<std::string>(
      "--store", [request](const std::string& code) { request->set_store(code); },
      "Code of the merchant's store");
  command
      ->add_option_function<std::string>(
          "--till", [request](const std::string& code) { request->set_till(code); },
          "Code of the store's till")
      ->needs(store);
}

// --acting.
template <typename Request>
CLI::Option* AddActing(CLI::App* command, const std::shared_ptr<Request>& request,
                       const std::string& description) {
  return AddNameOption(
      command, "--acting", "accounts",
      [request](const std::string& name) { request->set_acting_account(name); }, description);
}

// --reason, needed.
template <typename Request>
void AddReason(CLI::App* command, const std::shared_ptr<Request>& request,
               const std::string& example) {
  command
      ->add_option_function<std::string>(
          "--reason", [request](const std::string& code) { request->set_reason(code); },
          "Why, as a code such as " + example)
      ->required();
}

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_CITIZEN_OPTIONS_H_
