// One server-streaming call from its bytes to its end: parse, authenticate, then write messages one
// after the other, each when the one before is on its way. Nothing queues up: who reads slowly is
// written to slowly, and who takes nothing of a message for too long is cut off.
#ifndef TANHUI_SERVICES_RPC_STREAMS_STREAM_CALL_H_
#define TANHUI_SERVICES_RPC_STREAMS_STREAM_CALL_H_

#include <google/protobuf/message.h>
#include <grpcpp/alarm.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "ledger/core/refusal.h"
#include "services/rpc/caller.h"
#include "services/rpc/context.h"
#include "services/rpc/refusal_status.h"
#include "services/rpc/unary_call.h"

namespace tanhui::rpc {

// What a source does with the message that it was given.
enum class Produced : std::uint8_t {
  kMessage,  // it is filled in
  kNothing,  // there is nothing now: ask again after Wake
  kEnd,      // there is nothing more
};
// Or why the stream ends before its end.
using Production = std::variant<Produced, Refusal, absl::Status>;

// Where the messages of a stream come from. Asked by one thread at a time; may read the disk.
class StreamSource {
 public:
  StreamSource() = default;
  virtual ~StreamSource() = default;
  StreamSource(const StreamSource&) = delete;
  StreamSource& operator=(const StreamSource&) = delete;
  // Fills `out`, which is empty and of the method's response type.
  virtual Production Next(google::protobuf::Message& out) = 0;
};

// Lives until gRPC is done with it. Wake may be called from any thread.
class StreamCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                         public std::enable_shared_from_this<StreamCall> {
 public:
  // `message` is an empty one of the method's response type. A message that is not taken within
  // `patience`, or half of it more, ends the call as cancelled; a stream that rests may rest for
  // ever.
  static std::shared_ptr<StreamCall> Make(grpc::CallbackServerContext& context,
                                          std::unique_ptr<google::protobuf::Message> message,
                                          std::chrono::milliseconds patience);

  // Ends a stream that never began.
  void Refuse(const Refusal& refusal);
  void Begin(std::unique_ptr<StreamSource> source);
  // Before Begin. Asked before each message: a stream whose caller may not go on ends with the
  // reason instead.
  using Admission = std::function<std::optional<Refusal>()>;
  void SetAdmission(Admission admission) { admission_ = std::move(admission); }
  // There may be something to write again.
  void Wake() { Produce(); }

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  using Moment = std::chrono::steady_clock::time_point;

  StreamCall(grpc::CallbackServerContext& context,
             std::unique_ptr<google::protobuf::Message> message, std::chrono::milliseconds patience)
      : context_(context),
        language_(LanguageOf(context)),
        patience_(patience),
        message_(std::move(message)) {}
  // Asks the source and writes, unless somebody does so already.
  void Produce();
  // Whether the caller of Produce is to ask the source now.
  bool Take();
  void End(const grpc::Status& status);
  // Looks twice in the time of its patience whether the reader has stalled.
  void LookLater();
  void Look();

  grpc::CallbackServerContext& context_;  // lives until OnDone
  const Language language_;
  const std::chrono::milliseconds patience_;
  std::shared_ptr<StreamCall> self_;  // until OnDone
  Admission admission_;  // null: whoever began may go on
  std::unique_ptr<StreamSource> source_;
  std::unique_ptr<google::protobuf::Message> message_;
  grpc::ByteBuffer bytes_;  // being written

  std::mutex mutex_;
  bool busy_ = false;   // the source is being asked, or a message being written
  bool again_ = false;  // Wake came meanwhile
  bool cancelled_ = false;
  bool ended_ = false;
  std::optional<Moment> writing_since_;
  // The call is being cancelled for its reader; its end waits until that is done.
  bool cancelling_ = false;
  std::optional<grpc::Status> waiting_end_;
  std::unique_ptr<grpc::Alarm> alarm_;  // for the next look
};

// A stream ends when its reader takes nothing for so long. Shorter would cut slow networks off;
// longer would keep what a stalled reader holds, such as one of the few places of day files.
inline constexpr std::chrono::seconds kStalledWrite{60};

// Runs `begin(call, request, caller)`, which begins or refuses the call, for a parsed and
// authenticated one whose caller has one of `roles` (0: any).
template <typename Request, typename Response, typename Begin>
grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeStream(const Context& context, std::uint8_t roles,
                                                        grpc::CallbackServerContext* server_context,
                                                        const grpc::ByteBuffer* in, Begin begin) {
  const auto call = StreamCall::Make(*server_context, std::make_unique<Response>(), kStalledWrite);
  auto caller = context.authenticator.Authenticate(*server_context, *context.engine.registry());
  Request request;
  if (const Refusal* refusal = std::get_if<Refusal>(&caller)) {
    call->Refuse(*refusal);
  } else if (roles != 0 && (std::get<Caller>(caller).roles.bits & roles) == 0) {
    call->Refuse(Refusal(Reason::kPermissionDenied));
  } else if (auto malformed = ParseRequest(*in, request)) {
    call->Refuse(*malformed);
  } else {
    // Streams may last for weeks.
    call->SetAdmission([&context, server_context, caller = std::get<Caller>(caller)] {
      return context.authenticator.AuthenticateAgain(*server_context, *context.engine.registry(),
                                                     caller);
    });
    begin(call, std::move(request), std::move(std::get<Caller>(caller)));
  }
  return call.get();
}

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_STREAMS_STREAM_CALL_H_
