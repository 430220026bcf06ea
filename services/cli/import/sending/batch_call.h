// Batches of requests through a generated stub's method.
#ifndef TANHUI_SERVICES_CLI_IMPORT_SENDING_BATCH_CALL_H_
#define TANHUI_SERVICES_CLI_IMPORT_SENDING_BATCH_CALL_H_

#include <vector>

#include "services/cli/client/connection.h"
#include "services/cli/import/delivery.h"

namespace tanhui::cli {

// A batch of a thousand may wait behind others in a busy ledger's queue.
inline constexpr std::chrono::seconds kBatchTimeout{60};

// Sends each batch through the method, which only tries when `validate_only`. The connection must
// outlive it.
template <typename Request, typename Result, typename Batch, typename Answer, typename Stub>
SendBatch<Request, Result> SendThrough(const Connection& connection,
                                       grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                    const Batch&, Answer*),
                                       bool validate_only = false) {
  return [&connection, method, validate_only](const std::vector<const Request*>& requests,
                                              std::vector<Result>* results) {
    Batch batch;
    batch.set_validate_only(validate_only);
    for (const Request* request : requests) {
      *batch.add_requests() = *request;
    }
    Answer answer;
    const grpc::Status status = connection.Call(method, batch, &answer);
    results->assign(answer.results().begin(), answer.results().end());
    return status;
  };
}

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_SENDING_BATCH_CALL_H_
