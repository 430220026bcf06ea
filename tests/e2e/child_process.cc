#include "tests/e2e/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "ledger/core/check.h"

namespace tanhui::e2e {

ChildProcess::ChildProcess(const std::vector<std::string>& command,
                           const std::string& output_file) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const int output =
      open(output_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
  Check(output >= 0, "the output file of a child cannot be opened: " + output_file);
  pid_ = fork();
  if (pid_ == 0) {
    // Only what is safe between fork and exec in a process with threads.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(output);
  Check(pid_ > 0, "no process can be made");
  pid_fd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  Check(pid_fd_ >= 0, "pidfd_open failed");
}

ChildProcess::~ChildProcess() {
  Signal(SIGKILL);
  Wait(std::chrono::minutes(1));
  close(pid_fd_);
}

void ChildProcess::Signal(int signal) {
  if (!status_.has_value()) {
    kill(pid_, signal);
  }
}

std::optional<int> ChildProcess::Wait(std::chrono::milliseconds timeout) {
  if (status_.has_value()) {
    return status_;
  }
  pollfd over{pid_fd_, POLLIN, 0};
  if (poll(&over, 1, static_cast<int>(timeout.count())) != 1) {
    return std::nullopt;
  }
  int status = 0;
  Check(waitpid(pid_, &status, 0) == pid_, "a child that nobody can wait for");
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return status_;
}

ProgramResult RunProgram(const std::string& name, const std::vector<std::string>& arguments,
                         std::chrono::milliseconds timeout) {
  const std::string directory = NewDirectory();
  std::vector<std::string> command = {ProgramPath(name)};
  command.insert(command.end(), arguments.begin(), arguments.end());
  ProgramResult out;
  {
    ChildProcess child(command, directory + "/output");
    out.status = child.Wait(timeout);
  }
  out.output = ReadWholeFile(directory + "/output");
  std::filesystem::remove_all(directory);
  return out;
}

std::string ProgramPath(const std::string& name) {
  const char* directory = getenv("TANHUI_BIN_DIR");
  Check(directory != nullptr, "TANHUI_BIN_DIR is not set: run the tests with ctest");
  return std::string(directory) + "/" + name;
}

std::string NewDirectory() {
  std::string path = (std::filesystem::temp_directory_path() / "tanhui-XXXXXX").string();
  Check(mkdtemp(path.data()) != nullptr, "no temporary directory can be made");
  return path;
}

std::string ReadWholeFile(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace tanhui::e2e
