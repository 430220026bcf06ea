#include "services/cli/commands/which_account.h"

#include "tanhui/v1/accounts.grpc.pb.h"

namespace tanhui::cli {

void AddWhichAccount(CLI::App* command, const std::shared_ptr<v1::GetAccountRequest>& who) {
  CLI::Option_group* which = command->add_option_group("account", "Which; one of");
  AddNameOption(
      which, "ACCOUNT", "accounts", [who](const std::string& name) { who->set_name(name); },
      "Its name");
  which->add_option_function<std::string>(
      "--user,--platform-user-id", [who](const std::string& id) { who->set_platform_user_id(id); },
      "Your platform's own user id, with --asset");
  which->require_option(1);
  AddNameOption(
      command, "--asset", "assets", [who](const std::string& name) { who->set_asset(name); },
      "Needed with --user");
}

std::optional<std::string> ResolveAccount(Session* session, const v1::GetAccountRequest& who) {
  if (!who.name().empty()) {
    return who.name();
  }
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return std::nullopt;
  }
  v1::GetAccountResponse account;
  const grpc::Status status =
      connection->Call(&v1::AccountsService::Stub::GetAccount, who, &account);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return std::nullopt;
  }
  return account.account().name();
}

}  // namespace tanhui::cli
