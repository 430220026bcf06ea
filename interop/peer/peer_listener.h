// Hears other cities over gRPC with mutual TLS, on a port of its own.
#ifndef TANHUI_INTEROP_PEER_PEER_LISTENER_H_
#define TANHUI_INTEROP_PEER_PEER_LISTENER_H_

#include <grpcpp/server.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "interop/peer/certificates.h"
#include "tanhui/peer/v1/peer.grpc.pb.h"

namespace tanhui::peer {

class PeerListener {
 public:
  using Answer = std::function<void(absl::StatusOr<v1::SignedMessage>)>;
  // Told what a city said, by the name of its log as its certificate shows; calls `answer` once,
  // from any thread. Must not block.
  using Hear =
      std::function<void(const std::string& log, const v1::SignedMessage& message, Answer answer)>;

  // Listens on host:port; port 0 takes any free one. FailedPrecondition when it cannot.
  static absl::StatusOr<std::unique_ptr<PeerListener>> Start(
      const std::string& listen, const OwnCertificate& own,
      const std::vector<PeerEndpoint>& endpoints, Hear hear);
  // Stop, if it was not called.
  ~PeerListener();

  // host:port, with the port that was really taken.
  const std::string& address() const { return address_; }
  // Hears nothing new; waits so long for answers that are due.
  void Stop(std::chrono::milliseconds grace);

 private:
  class Service;
  PeerListener(std::unique_ptr<Service> service, std::unique_ptr<grpc::Server> server,
               std::string address);

  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace tanhui::peer

#endif  // TANHUI_INTEROP_PEER_PEER_LISTENER_H_
