#include "services/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/cli/audit_command.h"
#include "services/cli/commands.h"

namespace tanhui::cli {
namespace {

constexpr const char* kFooter =
    "A first look at a running server:\n"
    "  export TANHUI_ADDRESS=127.0.0.1:7341 TANHUI_TOKEN_FILE=token\n"
    "  tanhui status\n"
    "Exit status: 0 done, 1 refused, 2 wrong usage, 3 server unreachable.";

struct GlobalOptions {
  std::string lang;
  int timeout_seconds = 10;
};

void AddGlobalOptions(CLI::App& app, Session& session, GlobalOptions& global) {
  app.add_option("--address", session.connection.address, "HOST:PORT of tanhuid")
      ->envname("TANHUI_ADDRESS")
      ->capture_default_str();
  app.add_option("--token-file", session.connection.token_file,
                 "File that holds your token, on one line")
      ->envname("TANHUI_TOKEN_FILE");
  app.add_flag("--json", session.json, "Print the answer as one line of JSON");
  app.add_option("--lang", global.lang,
                 "Language of refusals, zh or en; default: by the environment's LANG")
      ->check(CLI::IsMember({"zh", "en"}));
  app.add_option("--timeout", global.timeout_seconds, "Seconds to wait for an answer")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  // Before any subcommand's callback runs, all options are known.
  app.parse_complete_callback([&session, &global] {
    const char* lang = std::getenv("LANG");
    session.connection.locale = LocaleFor(global.lang, lang == nullptr ? "" : lang);
    session.connection.timeout = std::chrono::seconds(global.timeout_seconds);
  });
}

void AddCommands(CLI::App& app, Session& session) {
  AddCatalogueCommands(app, session);
  AddBudgetCommands(app, session);
  AddAccountCommands(app, session);
  AddBalanceCommand(app, session);
  AddHouseholdCommands(app, session);
  AddPointsCommands(app, session);
  AddActCommand(app, session);
  AddUnclaimedCommands(app, session);
  AddLinkCommands(app, session);
  AddEventCommands(app, session);
  AddBulkCommands(app, session);
  AddMerchantCommands(app, session);
  AddSettleCommands(app, session);
  AddCampaignCommands(app, session);
  AddCouponCommands(app, session);
  AddPeerCommands(app, session);
  AddExchangeCommands(app, session);
  AddWindowCommands(app, session);
  AddRulesCommands(app, session);
  AddProductCommands(app, session);
  AddStationCommands(app, session);
  AddVenueCommands(app, session);
  AddHoldCommands(app, session);
  AddUndoingCommands(app, session);
  AddCorrectCommand(app, session);
  AddRequestCommands(app, session);
  AddReportCommands(app, session);
  AddReconcileCommands(app, session);
  AddPeriodCommands(app, session);
  AddVoucherCommands(app, session);
  AddCaseCommands(app, session);
  AddImportCommand(app, session);
  AddLoadCommands(app, session);
  AddDayCommand(app, session);
  AddLogCommands(app, session);
  AddKeyCommands(app, session);
  AddAuditCommand(app, session);
  AddOperatorCommands(app, session);
}

}  // namespace

int RunCommandLine(int argc, const char* const* argv) {
  Session session;
  GlobalOptions global;
  CLI::App app("tanhui: green points on a signed ledger", "tanhui");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough();  // global options may stand behind the command; subcommands inherit this
  AddGlobalOptions(app, session, global);
  AddCommands(app, session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  } catch (const std::exception& error) {
    PrintError(absl::StrCat("failed: ", error.what()));
    return kRefused;
  }
  return session.exit_code;
}

}  // namespace tanhui::cli
