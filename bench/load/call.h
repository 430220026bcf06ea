// One call that sets a stage, waited for.
#ifndef TANHUI_BENCH_LOAD_CALL_H_
#define TANHUI_BENCH_LOAD_CALL_H_

#include <grpcpp/client_context.h>

#include <chrono>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "bench/load/stage.h"

namespace tanhui::bench {

// `what` is for the error's reader.
template <typename Stub, typename Request, typename Response>
absl::Status Call(Stub& stub,
                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, Response& response, const char* what) {
  constexpr auto kTimeout = std::chrono::seconds(60);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kTimeout);
  context.set_wait_for_ready(true);
  const grpc::Status status = (stub.*method)(&context, request, &response);
  return status.ok() ? absl::OkStatus()
                     : absl::InternalError(absl::StrCat(what, ": ", Describe(status)));
}

}  // namespace tanhui::bench

#endif  // TANHUI_BENCH_LOAD_CALL_H_
