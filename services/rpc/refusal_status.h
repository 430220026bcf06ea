// Refusals as gRPC statuses: the one place where they are mapped.
#ifndef TANHUI_SERVICES_RPC_REFUSAL_STATUS_H_
#define TANHUI_SERVICES_RPC_REFUSAL_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "ledger/core/refusal.h"
#include "services/rpc/caller.h"

namespace tanhui::rpc {

// ErrorInfo{reason, domain "tanhui", metadata: field and facts}, a LocalizedMessage fit for a
// till's screen, and RetryInfo where the same call may succeed later.
google::rpc::Status ToRpcStatus(const Refusal& refusal, Language language);
grpc::Status ToGrpcStatus(const Refusal& refusal, Language language);

// A failure of the world under a read. The text stays in the server's log: it may name paths.
grpc::Status Unavailable(const absl::Status& status);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_REFUSAL_STATUS_H_
