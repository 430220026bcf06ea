#include "services/cli/command_line.h"

int main(int argc, char** argv) { return tanhui::cli::RunCommandLine(argc, argv); }
