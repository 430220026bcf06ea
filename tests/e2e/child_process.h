// A program that a test starts, signals by its own pid and waits for.
#ifndef TANHUI_TESTS_E2E_CHILD_PROCESS_H_
#define TANHUI_TESTS_E2E_CHILD_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace tanhui::e2e {

// Ends with this object (SIGKILL), and with the thread that started it. One thread.
class ChildProcess {
 public:
  // Runs `command` (the first is the program's path) with its output appended to `output_file`.
  // Aborts when no process can be made.
  ChildProcess(const std::vector<std::string>& command, const std::string& output_file);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  // Does nothing once the process is over.
  void Signal(int signal);
  // The exit status, or 128 + the signal that ended it; nullopt when it still runs after `timeout`.
  std::optional<int> Wait(std::chrono::milliseconds timeout);

 private:
  pid_t pid_ = -1;
  int pid_fd_ = -1;  // readable when the process is over
  std::optional<int> status_;
};

struct ProgramResult {
  std::optional<int> status;  // nullopt: it had to be killed
  std::string output;         // both streams
};

// Runs a program of TANHUI_BIN_DIR to its end, for at most `timeout`.
ProgramResult RunProgram(const std::string& name, const std::vector<std::string>& arguments,
                         std::chrono::milliseconds timeout);

// The path of a program of TANHUI_BIN_DIR, which CTest sets.
std::string ProgramPath(const std::string& name);

// A new empty directory under the system's place for such; the caller removes it.
std::string NewDirectory();
std::string ReadWholeFile(const std::string& path);

}  // namespace tanhui::e2e

#endif  // TANHUI_TESTS_E2E_CHILD_PROCESS_H_
