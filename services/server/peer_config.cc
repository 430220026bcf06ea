#include "services/server/peer_config.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/store/durable_file.h"

namespace tanhui::server {
namespace {

absl::StatusOr<std::string> ReadKey(std::string_view key, const std::string& path) {
  auto text = store::ReadFile(path);
  return text.ok() ? std::move(text)
                   : absl::FailedPreconditionError(
                         absl::StrCat(std::string(key), ": ", text.status().message()));
}

absl::StatusOr<std::string> ReadCertificate(std::string_view key, const std::string& path) {
  const auto text = ReadKey(key, path);
  if (!text.ok()) {
    return text.status();
  }
  auto certificate = peer::OneCertificate(*text);
  return certificate.ok() ? std::move(certificate)
                          : absl::FailedPreconditionError(absl::StrCat(
                                std::string(key), " ", path, ": ", certificate.status().message()));
}

}  // namespace

absl::Status Validate(const PeerConfig& config) {
  const bool any = !config.listen.empty() || !config.certificate.empty() ||
                   !config.private_key.empty() || !config.peers.empty();
  const bool all =
      !config.listen.empty() && !config.certificate.empty() && !config.private_key.empty();
  if (any && !all) {
    return absl::InvalidArgumentError(
        "configuration keys peer_listen, peer_certificate and peer_private_key go together: name "
        "all of them, or none and no [[peers]]");
  }
  for (const PeerConfig::Row& row : config.peers) {
    if (row.log.empty() || row.address.empty() || row.certificate.empty() ||
        row.server_name.empty()) {
      return absl::InvalidArgumentError(
          "configuration key peers: each needs log, address, certificate and server_name");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<PeerFiles> ReadPeerFiles(const PeerConfig& config) {
  PeerFiles files;
  auto own = ReadCertificate("peer_certificate", config.certificate);
  auto key = ReadKey("peer_private_key", config.private_key);
  if (!own.ok() || !key.ok()) {
    return own.ok() ? key.status() : own.status();
  }
  files.own = {*std::move(own), *std::move(key)};
  for (const PeerConfig::Row& row : config.peers) {
    auto certificate = ReadCertificate("peers.certificate", row.certificate);
    if (!certificate.ok()) {
      return certificate.status();
    }
    files.endpoints.push_back({row.log, row.address, *std::move(certificate), row.server_name});
  }
  if (absl::Status status = peer::CheckEndpoints(files.endpoints); !status.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("configuration key peers: ", status.message()));
  }
  return files;
}

}  // namespace tanhui::server
