// The certificates by which two cities know each other on the wire. What they say is signed by the
// keys of their logs besides, so that whoever took a certificate could listen and delay, and no
// more.
#ifndef TANHUI_INTEROP_PEER_CERTIFICATES_H_
#define TANHUI_INTEROP_PEER_CERTIFICATES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace tanhui::peer {

// Where another city is, and how it is known.
struct PeerEndpoint {
  std::string log;          // origin line of its log: its name
  std::string address;      // host:port
  std::string certificate;  // PEM text of its certificate, which both agreed on
  std::string server_name;  // a DNS name in that certificate
};

// This city's own.
struct OwnCertificate {
  std::string certificate;  // PEM text
  std::string private_key;  // PEM text
};

// One certificate in PEM, without what stands around it and with one spelling of its line ends, so
// that two can be compared. InvalidArgument when there is none, or more than one.
absl::StatusOr<std::string> OneCertificate(const std::string& pem);

// That endpoints can be told apart: each log, and each certificate, once. InvalidArgument
// otherwise.
absl::Status CheckEndpoints(const std::vector<PeerEndpoint>& endpoints);

}  // namespace tanhui::peer

#endif  // TANHUI_INTEROP_PEER_CERTIFICATES_H_
