// One unary call from its bytes to its end, the same for every method: parse, authenticate, hand to
// the method, answer. Methods take raw bytes so that a malformed request gets an error that names
// the field, which gRPC's own parsing cannot give.
#ifndef TANHUI_SERVICES_RPC_UNARY_CALL_H_
#define TANHUI_SERVICES_RPC_UNARY_CALL_H_

#include <google/protobuf/arena.h>
#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "ledger/core/refusal.h"
#include "services/rpc/caller.h"
#include "services/rpc/context.h"
#include "services/rpc/refusal_status.h"

namespace tanhui::rpc {

// Requests larger than this are refused before they are parsed.
inline constexpr std::size_t kMaxRequestBytes = std::size_t{4} << 20;

// Fills `request`; kBatchTooLarge, or kMalformedRequest or kFieldInvalid with the field's path.
std::optional<Refusal> ParseRequest(const grpc::ByteBuffer& bytes,
                                    google::protobuf::Message& request);
// The message as a gRPC buffer.
void WriteResponse(const google::protobuf::Message& response, grpc::ByteBuffer& bytes);
// The call's deadline on the steady clock; max() when it has none.
std::chrono::steady_clock::time_point DeadlineOf(const grpc::CallbackServerContext& context);

// Shared between the method and whoever finishes the call later. Finish or Refuse exactly once,
// from any thread; a call that is dropped without either is answered as an internal error.
template <typename Request, typename Response>
class UnaryCall {
 public:
  UnaryCall(grpc::CallbackServerContext& context, grpc::ByteBuffer& out)
      : context_(context),
        reactor_(context.DefaultReactor()),
        out_(out),
        request_(*google::protobuf::Arena::CreateMessage<Request>(&arena_)),
        response_(*google::protobuf::Arena::CreateMessage<Response>(&arena_)) {}
  ~UnaryCall() {
    if (!finished_) {
      End(grpc::Status(grpc::StatusCode::INTERNAL, "The call was dropped."));
    }
  }
  UnaryCall(const UnaryCall&) = delete;
  UnaryCall& operator=(const UnaryCall&) = delete;

  grpc::ServerUnaryReactor* reactor() const { return reactor_; }
  const grpc::CallbackServerContext& context() const { return context_; }
  const Request& request() const { return request_; }
  Request& mutable_request() { return request_; }
  Response& response() { return response_; }
  const Caller& caller() const { return caller_; }
  void set_caller(Caller caller) { caller_ = std::move(caller); }
  Language language() const { return LanguageOf(context_); }

  void Finish() {
    WriteResponse(response_, out_);
    End(grpc::Status::OK);
  }
  void Refuse(const Refusal& refusal) { End(ToGrpcStatus(refusal, language())); }
  void Fail(const absl::Status& status) { End(Unavailable(status)); }

 private:
  void End(const grpc::Status& status) {
    finished_ = true;
    reactor_->Finish(status);
  }

  grpc::CallbackServerContext& context_;
  grpc::ServerUnaryReactor* reactor_;
  grpc::ByteBuffer& out_;
  google::protobuf::Arena arena_;  // of both messages: thousands of parts are freed at once
  Request& request_;
  Response& response_;
  Caller caller_;
  bool finished_ = false;
};

template <typename Request, typename Response>
using CallPointer = std::shared_ptr<UnaryCall<Request, Response>>;

// Runs `method(call)` for a parsed and authenticated call whose caller has one of `roles` (0: any).
template <typename Request, typename Response, typename Method>
grpc::ServerUnaryReactor* ServeUnary(const Context& context, std::uint8_t roles,
                                     grpc::CallbackServerContext* server_context,
                                     const grpc::ByteBuffer* in, grpc::ByteBuffer* out,
                                     Method method) {
  auto call = std::make_shared<UnaryCall<Request, Response>>(*server_context, *out);
  grpc::ServerUnaryReactor* reactor = call->reactor();
  auto caller = context.authenticator.Authenticate(*server_context, *context.engine.registry());
  if (const Refusal* refusal = std::get_if<Refusal>(&caller)) {
    call->Refuse(*refusal);
  } else if (roles != 0 && (std::get<Caller>(caller).roles.bits & roles) == 0) {
    call->Refuse(Refusal(Reason::kPermissionDenied));
  } else if (auto malformed = ParseRequest(*in, call->mutable_request())) {
    call->Refuse(*malformed);
  } else {
    call->set_caller(std::move(std::get<Caller>(caller)));
    method(std::move(call));
  }
  return reactor;
}

// The same for a method that is a function.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* Serve(const Context& context, std::uint8_t roles,
                                grpc::CallbackServerContext* server_context,
                                const grpc::ByteBuffer* in, grpc::ByteBuffer* out,
                                void (*method)(const Context&, CallPointer<Request, Response>)) {
  return ServeUnary<Request, Response>(context, roles, server_context, in, out,
                                       [&context, method](CallPointer<Request, Response> call) {
                                         method(context, std::move(call));
                                       });
}

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_UNARY_CALL_H_
