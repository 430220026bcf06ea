// Signals that ask a long command to stop between two answers.
#ifndef TANHUI_SERVICES_CLI_IMPORT_SENDING_STOP_SIGNALS_H_
#define TANHUI_SERVICES_CLI_IMPORT_SENDING_STOP_SIGNALS_H_

#include "services/cli/import/delivery.h"

namespace tanhui::cli {

// Exit status of a run that was stopped by the flag.
inline constexpr int kStopped = -1;

// From now on the first SIGINT or SIGTERM sets the flag; the second one kills as usual.
const StopFlag& StopOnSignals();

// What the command answers: of a stopped run as a shell tells a signal, otherwise `code`.
int ExitStatus(int code);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_SENDING_STOP_SIGNALS_H_
