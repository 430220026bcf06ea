// The part of the server that exchanges with other cities: the desk, the outbox, and the wire.
#ifndef TANHUI_SERVICES_SERVER_CITIES_H_
#define TANHUI_SERVICES_SERVER_CITIES_H_

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "interop/desk/exchange_desk.h"
#include "interop/desk/outbox.h"
#include "interop/desk/windows/window_clerk.h"
#include "interop/peer/grpc_transport.h"
#include "interop/peer/peer_listener.h"
#include "ledger/sequencer/engine.h"
#include "ledger/signing/key.h"
#include "services/rpc/context.h"
#include "services/server/peer_config.h"

namespace tanhui::server {

// Without peers in the configuration nobody is heard or reached, and what is open waits.
class Cities {
 public:
  // Reads the certificates, goes on with what is open by the log, and listens. What is given
  // outlives it. FailedPrecondition when a file or the address cannot be used.
  static absl::StatusOr<std::unique_ptr<Cities>> Start(const PeerConfig& config,
                                                       rpc::Context& context,
                                                       const signing::NamedSigner& signer);
  // Stop, if it was not called.
  ~Cities();
  Cities(const Cities&) = delete;
  Cities& operator=(const Cities&) = delete;

  desk::ExchangeDesk& exchange_desk() { return *desk_; }
  desk::Outbox& outbox() { return *outbox_; }
  desk::WindowClerk& window_clerk() { return *window_clerk_; }
  // host:port where peers are heard, with the port that was really taken; empty: nowhere.
  const std::string& address() const { return address_; }

  // Hears nothing new and says nothing more; waits so long for answers that are due.
  void Stop(std::chrono::milliseconds grace);

 private:
  Cities() = default;

  // Each uses those before it.
  std::unique_ptr<desk::ExchangeDesk> desk_;
  std::unique_ptr<peer::GrpcTransport> transport_;
  std::unique_ptr<desk::Outbox> outbox_;
  std::unique_ptr<desk::WindowClerk> window_clerk_;
  std::unique_ptr<peer::PeerListener> listener_;
  std::string address_;
};

}  // namespace tanhui::server

#endif  // TANHUI_SERVICES_SERVER_CITIES_H_
