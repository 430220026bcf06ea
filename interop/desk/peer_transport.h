// How a city reaches another one.
#ifndef TANHUI_INTEROP_DESK_PEER_TRANSPORT_H_
#define TANHUI_INTEROP_DESK_PEER_TRANSPORT_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tanhui/peer/v1/peer.pb.h"

namespace tanhui::desk {

// Over gRPC in interop/peer; a lossy one in tests.
class PeerTransport {
 public:
  using Done = std::function<void(absl::StatusOr<peer::v1::SignedMessage>)>;
  virtual ~PeerTransport() = default;

  // Delivers to the city with that log and calls `done` once, on any thread, maybe before it
  // returns: with the answer (empty when there is none), or with why there is none. NotFound: no
  // way to that city is configured.
  virtual void Deliver(const std::string& log, const peer::v1::SignedMessage& message,
                       Done done) = 0;
};

// Whether an error is the city's own no, and not of the way to it.
inline bool IsThere(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kUnimplemented:
      return true;
    default:
      return false;
  }
}

}  // namespace tanhui::desk

#endif  // TANHUI_INTEROP_DESK_PEER_TRANSPORT_H_
