// What `tanhui load` does with a file: checks it, begins a load of it, states and credits it.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_BOOKS_LOAD_RUN_H_
#define TANHUI_SERVICES_CLI_COMMANDS_BOOKS_LOAD_RUN_H_

#include <optional>
#include <string>

#include "services/cli/import/balances/balance_file.h"
#include "services/cli/import/sending/stop_signals.h"
#include "services/cli/session.h"
#include "tanhui/v1/loads.pb.h"

namespace tanhui::cli {

// Each answers the exit status. Whatever is wrong with the file ends it before anything is sent.

// Needs no server. `today`: YYYY-MM-DD; empty: by the machine's clock.
struct LoadCheck {
  std::string file;
  std::string today;
  std::optional<BalanceTotals> want;
};
int CheckLoadFile(Session* session, const LoadCheck& check);

// `request` lacks the file's SHA-256; its control totals must be the file's.
int OpenLoadOf(Session* session, const std::string& file, v1::OpenLoadRequest* request);

// States or credits the balances of a file, which must be the one that the load was begun with.
enum class LoadStage { kState, kCredit };
struct LoadRunOptions {
  std::string file;
  std::string load;  // loads/{load}
  bool dry_run = false;
};
int RunLoad(Session* session, LoadStage stage, const LoadRunOptions& options, const StopFlag& stop);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_BOOKS_LOAD_RUN_H_
