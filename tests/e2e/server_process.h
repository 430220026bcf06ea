// A real tanhuid on loopback, in a directory of its own with its own key.
#ifndef TANHUI_TESTS_E2E_SERVER_PROCESS_H_
#define TANHUI_TESTS_E2E_SERVER_PROCESS_H_

#include <grpcpp/channel.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "ledger/signing/key.h"
#include "tests/e2e/child_process.h"

namespace tanhui::e2e {

struct TokenCaller {
  std::string participant;
  std::string token;
  std::vector<std::string> roles;
};

struct ServerOptions {
  bool trust_loopback = true;  // calls without a token are the operator's, with every role
  std::vector<TokenCaller> callers;
  std::string more_toml;  // further lines of the configuration
  std::string log = "e2e.example/ledger";  // name of the log's key
};

// Kills the server and removes its directory at the end. One thread.
class ServerProcess {
 public:
  // Writes key and configuration; starts nothing yet.
  explicit ServerProcess(const ServerOptions& options = {});
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Starts and waits until it listens; a failure tells what the server said.
  [[nodiscard]] testing::AssertionResult Start();
  // Starts and does not wait; nobody knows its address until a Start.
  void StartBlindly();
  // SIGKILL, from any state.
  void Kill();
  // Writes the configuration with these callers, and has the server read it again.
  [[nodiscard]] testing::AssertionResult ChangeCallers(std::vector<TokenCaller> callers);
  // SIGTERM without waiting.
  void AskToStop();
  // SIGTERM if it was not asked, and waits: its exit status, -1 when it had to be killed.
  int Stop();
  bool running() const { return process_ != nullptr; }
  // Of a server that runs.
  pid_t pid() const { return process_->pid(); }

  // A connection of its own. The server runs.
  std::shared_ptr<grpc::Channel> NewChannel() const;

  // HOST:PORT of a server that runs.
  const std::string& address() const { return address_; }
  const std::string& directory() const { return directory_; }
  std::string data_directory() const { return directory_ + "/data"; }
  std::string snapshot_directory() const { return directory_ + "/snapshots"; }
  std::string config_path() const { return directory_ + "/tanhuid.toml"; }
  // The verifier key, known from the key file and not from the server.
  const signing::NamedVerifier& verifier() const { return verifiers_.front(); }
  const std::vector<signing::NamedVerifier>& verifiers() const { return verifiers_; }
  // All that it has written to stdout and stderr.
  std::string Output() const { return ReadWholeFile(directory_ + "/output"); }

 private:
  ServerOptions options_;
  std::string directory_;
  std::string address_;
  std::vector<signing::NamedVerifier> verifiers_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace tanhui::e2e

#endif  // TANHUI_TESTS_E2E_SERVER_PROCESS_H_
