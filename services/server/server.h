// A running tanhuid: engine and gRPC server, from start to drained stop.
#ifndef TANHUI_SERVICES_SERVER_SERVER_H_
#define TANHUI_SERVICES_SERVER_SERVER_H_

#include <grpcpp/server.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/core/ledger.h"
#include "ledger/sequencer/clock.h"
#include "ledger/sequencer/engine.h"
#include "ledger/signing/key.h"
#include "services/rpc/acts/evidence_keys.h"
#include "services/rpc/cases/case_desk.h"
#include "services/rpc/context.h"
#include "services/rpc/links/link_codes.h"
#include "services/rpc/unclaimed/unclaimed_acts.h"
#include "services/server/cities.h"
#include "services/server/config.h"

namespace tanhui::server {

class Server {
 public:
  // Opens the ledger and listens. Errors say what to do.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Config& config);
  // Stop, if it was not called.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // host:port, with the port that was really taken.
  const std::string& address() const { return address_; }
  // Likewise where other cities are heard; empty: nowhere.
  const std::string& peer_address() const { return cities_->address(); }
  const sequencer::Engine& engine() const { return *engine_; }

  // Who may call from now on; nothing else of the configuration changes while the server runs.
  void SetCallers(const Config& config);

  // Refuses new writes, answers what was taken (for `grace` at most), closes.
  void Stop(std::chrono::milliseconds grace);

 private:
  explicit Server(const Config& config);
  absl::Status Open(const Config& config);
  void OpenUnclaimedActs();
  void OpenLinkCodes();
  absl::Status OpenCaseDesk(const Config& config);
  absl::Status OpenCities(const Config& config);
  absl::Status Listen(const Config& config);
  // Destroys the evidence keys of months of which nothing can be recorded any more; once a day.
  absl::Status DestroyOldKeys();
  void KeepKeys(const std::stop_token& stop);

  Ledger ledger_;
  sequencer::SystemClock clock_;
  std::optional<signing::NamedSigner> signer_;
  rpc::Authenticator authenticator_;
  std::unique_ptr<sequencer::Engine> engine_;
  std::unique_ptr<rpc::Secrets> secrets_;
  std::unique_ptr<rpc::EvidenceKeys> evidence_keys_;
  std::jthread key_keeper_;
  std::unique_ptr<rpc::Context> context_;
  std::unique_ptr<rpc::UnclaimedActs> unclaimed_acts_;
  std::unique_ptr<rpc::LinkCodes> link_codes_;
  std::unique_ptr<rpc::CaseDesk> case_desk_;
  std::unique_ptr<Cities> cities_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace tanhui::server

#endif  // TANHUI_SERVICES_SERVER_SERVER_H_
