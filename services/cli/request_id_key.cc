#include "services/cli/request_id_key.h"

#include "ledger/signing/keyed_hash.h"
#include "tanhui/v1/requests.grpc.pb.h"

namespace tanhui::cli {

int AskRequestIdKey(const Session& session, const Connection& connection, std::string* key) {
  v1::GetRequestIdKeyResponse answer;
  const grpc::Status status = connection.Call(&v1::RequestsService::Stub::GetRequestIdKey,
                                              v1::GetRequestIdKeyRequest(), &answer);
  if (!status.ok()) {
    return ReportFailure(session, status);
  }
  if (answer.key().size() != signing::KeyedHash::kKeySize) {
    PrintError("the server's request id key does not have 32 bytes");
    return kRefused;
  }
  *key = answer.key();
  return kDone;
}

}  // namespace tanhui::cli
