// tanhuid: the ledger's server.
#include <google/protobuf/stubs/logging.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>

#include "absl/synchronization/mutex.h"
#include "ledger/store/durable_file.h"
#include "services/server/config.h"
#include "services/server/server.h"

namespace {

constexpr auto kGrace = std::chrono::seconds(20);

// Blocks the signals that the server obeys, in this thread and in all that it starts, so that they
// are taken by sigwait below and by nobody else.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Protobuf complains on stderr about every malformed request; the caller gets that as a refusal.
void LogProtobuf(google::protobuf::LogLevel, const char*, int, const std::string& message) {
  spdlog::debug("protobuf: {}", message);
}

// Tokens are given and withdrawn without a stop.
void ReadCallersAgain(const std::string& config_path, tanhui::server::Server& server) {
  const auto config = tanhui::server::LoadConfig(config_path);
  if (!config.ok()) {
    spdlog::error("the callers stay as they are: {}", std::string(config.status().message()));
    return;
  }
  server.SetCallers(*config);
  spdlog::info("the callers were read again: {} tokens", config->callers.size());
}

int Run(const std::string& config_path, const std::string& address_file, bool accept_missing) {
  const sigset_t signals = BlockSignals();
  auto config = tanhui::server::LoadConfig(config_path);
  if (!config.ok()) {
    spdlog::error("{}", std::string(config.status().message()));
    return 2;
  }
  config->engine.accept_missing_checkpoint_copy = accept_missing;
  const auto server = tanhui::server::Server::Start(*config);
  if (!server.ok()) {
    spdlog::error("{}", std::string(server.status().message()));
    return 1;
  }
  spdlog::info("listening on {}; {} entries; key {}", (*server)->address(),
               (*server)->engine().durable_size(), (*server)->engine().verifier_key());
  if (!(*server)->peer_address().empty()) {
    spdlog::info("other cities are heard on {}", (*server)->peer_address());
  }
  const std::string stopped = (*server)->engine().writes_stopped();
  if (!stopped.empty()) {
    spdlog::error("writes are stopped: {}. Check the clock, then: tanhui clock confirm", stopped);
  }
  if (!address_file.empty()) {
    const absl::Status written =
        tanhui::store::WriteFileDurably(address_file, (*server)->address() + "\n");
    if (!written.ok()) {
      spdlog::error("{}", std::string(written.message()));
      return 1;
    }
  }
  int signal = 0;
  for (sigwait(&signals, &signal); signal == SIGHUP; sigwait(&signals, &signal)) {
    ReadCallersAgain(config_path, **server);
  }
  spdlog::info("stopping: what was taken is still answered");
  (*server)->Stop(kGrace);
  spdlog::info("stopped");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The server of tanhui, a ledger of green points.", "tanhuid");
  std::string config;
  std::string address_file;
  bool accept_missing = false;
  app.add_option("--config", config, "TOML file; deploy/tanhuid.toml shows every key")->required();
  app.add_option("--address-file", address_file,
                 "Write HOST:PORT into this file when the server listens");
  app.add_flag("--accept-missing-checkpoint-copy", accept_missing,
               "Start although the second place lost its checkpoint; use once, knowingly");
  app.footer("Example: tanhuid --config deploy/tanhuid.toml");
  CLI11_PARSE(app, argc, argv);
  google::protobuf::SetLogHandler(LogProtobuf);
  // Debian's absl looks for cycles of locks at every lock, gRPC's among them: 4 % of an award.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return Run(config, address_file, accept_missing);
}
