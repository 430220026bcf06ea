// A self-signed certificate for a test, made by the openssl program.
#ifndef TANHUI_TESTS_INTEROP_PEER_MADE_CERTIFICATE_H_
#define TANHUI_TESTS_INTEROP_PEER_MADE_CERTIFICATE_H_

#include <cstdlib>
#include <string>

#include "interop/peer/certificates.h"
#include "ledger/core/check.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::peer {

// For the DNS name `name`, good for two days.
inline OwnCertificate MakeCertificate(const ScratchDirectory& directory, const std::string& name) {
  const std::string key = directory / (name + ".key");
  const std::string certificate = directory / (name + ".crt");
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout "
      "'" +
      key + "' -out '" + certificate + "' -subj '/CN=" + name +
      "' -addext 'subjectAltName=DNS:" + name + "' 2>/dev/null";
  Check(std::system(command.c_str()) == 0, "openssl makes a certificate");
  return {*OneCertificate(ReadBytes(certificate)), ReadBytes(key)};
}

}  // namespace tanhui::peer

#endif  // TANHUI_TESTS_INTEROP_PEER_MADE_CERTIFICATE_H_
