#include "interop/peer/certificates.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"

namespace tanhui::peer {
namespace {

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kEnd = "-----END CERTIFICATE-----";

}  // namespace

absl::StatusOr<std::string> OneCertificate(const std::string& pem) {
  const std::size_t begin = pem.find(kBegin);
  const std::size_t end = begin == std::string::npos ? begin : pem.find(kEnd, begin);
  if (end == std::string::npos || pem.find(kBegin, end) != std::string::npos) {
    return absl::InvalidArgumentError("it takes a file with one certificate in PEM");
  }
  std::string body = pem.substr(begin, end + kEnd.size() - begin);
  std::erase(body, '\r');
  return body + "\n";
}

absl::Status CheckEndpoints(const std::vector<PeerEndpoint>& endpoints) {
  std::set<std::string> logs;
  std::set<std::string> certificates;
  for (const PeerEndpoint& endpoint : endpoints) {
    if (!logs.insert(endpoint.log).second) {
      return absl::InvalidArgumentError(absl::StrCat("the log ", endpoint.log, " twice"));
    }
    if (!certificates.insert(endpoint.certificate).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("the certificate of ", endpoint.log, " is another city's, too"));
    }
  }
  return absl::OkStatus();
}

}  // namespace tanhui::peer
