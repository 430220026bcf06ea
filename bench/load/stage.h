// Everything that load needs in a ledger before it starts: a scheme, an asset, budgets with points
// and citizens. All of it has fixed names and request ids, so that a second run finds what the
// first one made.
#ifndef TANHUI_BENCH_LOAD_STAGE_H_
#define TANHUI_BENCH_LOAD_STAGE_H_

#include <grpcpp/channel.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tanhui::bench {

struct StageOptions {
  int citizens = 10'000;
  int budgets = 1;
};

struct Stage {
  std::string asset;                  // assets/…
  std::vector<std::string> budgets;   // budgets/…
  std::vector<std::string> accounts;  // accounts/…, one for each citizen
};

// Creates what is missing. The caller needs the roles admin and platform, as a loopback server with
// trust_loopback gives them.
absl::StatusOr<Stage> SetStage(const std::shared_ptr<grpc::Channel>& channel,
                               const StageOptions& options);

// Writes the names into a file, so that the next run need not ask for them again; one a line.
bool WriteStage(const std::string& path, const Stage& stage);

// The first names of such a file, as many as the options say; nothing when it is missing or holds
// fewer.
std::optional<Stage> ReadStage(const std::string& path, const StageOptions& options);

// Names that no ledger knows, for an echo that does not look.
Stage MadeUpStage(const StageOptions& options);

// What went wrong, with the reason that the ledger gave.
std::string Describe(const grpc::Status& status);

}  // namespace tanhui::bench

#endif  // TANHUI_BENCH_LOAD_STAGE_H_
