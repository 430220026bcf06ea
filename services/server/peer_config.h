// The part of tanhuid's configuration that is about other cities.
#ifndef TANHUI_SERVICES_SERVER_PEER_CONFIG_H_
#define TANHUI_SERVICES_SERVER_PEER_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "interop/peer/certificates.h"

namespace tanhui::server {

// As the file says it: paths, not yet what is in them.
struct PeerConfig {
  struct Row {
    std::string log;
    std::string address;
    std::string certificate;
    std::string server_name;
  };
  std::string listen;  // host:port where peers are heard; empty: nothing is exchanged
  std::string certificate;
  std::string private_key;
  std::vector<Row> peers;
};

// InvalidArgument when a part is named without what it needs.
absl::Status Validate(const PeerConfig& config);

// What is in the files. FailedPrecondition naming the key and the file when one cannot be read.
struct PeerFiles {
  peer::OwnCertificate own;
  std::vector<peer::PeerEndpoint> endpoints;
};
absl::StatusOr<PeerFiles> ReadPeerFiles(const PeerConfig& config);

}  // namespace tanhui::server

#endif  // TANHUI_SERVICES_SERVER_PEER_CONFIG_H_
