// `tanhui balance`: what an account had at a past entry or time.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "services/cli/commands.h"
#include "services/cli/commands/which_account.h"
#include "tanhui/v1/accounts.grpc.pb.h"

namespace tanhui::cli {

void AddBalanceCommand(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("balance", "Show what an account had at a past time or entry, exactly");
  command->footer(
      "Examples:\n"
      "  tanhui balance ACCOUNT --at \"2026-01-02 15:04:05\"\n"
      "  tanhui balance --user citizen-00001 --asset cq-points --entry 42");
  const auto who = std::make_shared<v1::GetAccountRequest>();
  const auto request = std::make_shared<v1::GetBalanceRequest>();
  AddWhichAccount(command, who);
  CLI::Option_group* moment = command->add_option_group("moment", "As of when; one of");
  moment
      ->add_option_function<std::string>(
          "--at",
          [request](const std::string& text) {
            *request->mutable_time() = ToTimestamp(*ParseTime(text));
          },
          "A time that has passed")
      ->check(TimeValidator());
  moment->add_option_function<std::uint64_t>(
      "--entry", [request](std::uint64_t index) { request->set_entry_index(index); },
      "Right after the log entry with this index");
  moment->require_option(1);
  command->callback([&session, who, request] {
    if (const std::optional<std::string> name = ResolveAccount(&session, *who)) {
      request->set_name(*name);
      Ask(&session, &v1::AccountsService::Stub::GetBalance, *request);
    }
  });
}

}  // namespace tanhui::cli
