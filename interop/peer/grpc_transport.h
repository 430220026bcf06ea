// Says things to other cities over gRPC with mutual TLS.
#ifndef TANHUI_INTEROP_PEER_GRPC_TRANSPORT_H_
#define TANHUI_INTEROP_PEER_GRPC_TRANSPORT_H_

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "interop/desk/peer_transport.h"
#include "interop/peer/certificates.h"
#include "tanhui/peer/v1/peer.grpc.pb.h"

namespace tanhui::peer {

// Thread-safe. The other city must show the very certificate of its endpoint, by the name that is
// in it.
class GrpcTransport final : public desk::PeerTransport {
 public:
  // How long one answer is waited for.
  static constexpr std::chrono::seconds kDeadline{10};

  GrpcTransport(const OwnCertificate& own, const std::vector<PeerEndpoint>& endpoints);
  // Stop, if it was not called.
  ~GrpcTransport() override;
  // Ends the calls under way and waits until each was told; later ones are told at once.
  void Stop();

  void Deliver(const std::string& log, const peer::v1::SignedMessage& message, Done done) override;

 private:
  struct Call;
  void Finish(Call* call, const grpc::Status& status);

  std::map<std::string, std::unique_ptr<peer::v1::PeerService::Stub>, std::less<>> stubs_;
  std::mutex mutex_;
  std::condition_variable idle_;
  bool stopping_ = false;
  std::map<Call*, std::unique_ptr<Call>> calls_;  // under way
};

}  // namespace tanhui::peer

#endif  // TANHUI_INTEROP_PEER_GRPC_TRANSPORT_H_
