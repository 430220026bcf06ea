// The program `tanhui` as a function.
#ifndef TANHUI_SERVICES_CLI_COMMAND_LINE_H_
#define TANHUI_SERVICES_CLI_COMMAND_LINE_H_

namespace tanhui::cli {

// Runs one command; answers the exit status: 0 done, 1 refused, 2 wrong usage, 3 server
// unreachable, 130 or 143 when an import was interrupted.
int RunCommandLine(int argc, const char* const* argv);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMAND_LINE_H_
