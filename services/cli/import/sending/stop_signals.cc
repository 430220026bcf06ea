#include "services/cli/import/sending/stop_signals.h"

#include <csignal>

namespace tanhui::cli {
namespace {

// What a signal handler may touch.
StopFlag stop_asked(false);
volatile std::sig_atomic_t stop_signal = 0;

extern "C" void AskToStop(int signal) {
  stop_signal = signal;
  stop_asked.store(true);
}

}  // namespace

const StopFlag& StopOnSignals() {
  struct sigaction action {};
  action.sa_handler = &AskToStop;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return stop_asked;
}

int ExitStatus(int code) { return code == kStopped ? 128 + stop_signal : code; }

}  // namespace tanhui::cli
