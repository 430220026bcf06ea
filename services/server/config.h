// tanhuid's configuration: one TOML file, read once, validated once.
#ifndef TANHUI_SERVICES_SERVER_CONFIG_H_
#define TANHUI_SERVICES_SERVER_CONFIG_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/core/ids.h"
#include "ledger/sequencer/engine.h"
#include "services/rpc/caller.h"
#include "services/rpc/cases/case_desk.h"
#include "services/server/peer_config.h"

namespace tanhui::server {

// deploy/tanhuid.toml shows every key with its default and what raising and lowering it does.
struct Config {
  std::string listen = "127.0.0.1:7341";  // host:port; port 0 takes any free one
  std::string signing_key;                // file made by `tanhui keygen`
  // File with 32 secret bytes in hexadecimal; made at the first start of a new ledger.
  std::string personal_key;
  // File with the secret keys under which evidence is claimed; made at the first start.
  std::string evidence_keys;
  std::string snapshot_directory;
  // A caller without a token has all roles as the ledger's operator. Loopback only.
  bool trust_loopback = false;
  std::vector<std::pair<Hash256, rpc::CallerConfig>> callers;
  sequencer::EngineOptions engine;
  rpc::CaseDeskOptions cases;
  PeerConfig peers;
};

// InvalidArgument naming the key and what to do; unknown keys are refused, so that a misspelt one
// is not taken for its default. Paths that are not absolute are relative to the file's directory.
absl::StatusOr<Config> LoadConfig(const std::string& path);

}  // namespace tanhui::server

#endif  // TANHUI_SERVICES_SERVER_CONFIG_H_
