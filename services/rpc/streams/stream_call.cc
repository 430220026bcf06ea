#include "services/rpc/streams/stream_call.h"

namespace tanhui::rpc {

std::shared_ptr<StreamCall> StreamCall::Make(const grpc::CallbackServerContext& context,
                                             std::unique_ptr<google::protobuf::Message> message) {
  std::shared_ptr<StreamCall> call(new StreamCall(context, std::move(message)));
  call->self_ = call;
  return call;
}

void StreamCall::Refuse(const Refusal& refusal) { End(ToGrpcStatus(refusal, language_)); }

void StreamCall::Begin(std::unique_ptr<StreamSource> source) {
  {
    const std::lock_guard lock(mutex_);
    source_ = std::move(source);
  }
  Produce();
}

bool StreamCall::Take() {
  const std::lock_guard lock(mutex_);
  // After a cancellation whoever noticed it ends the call: nothing may be written any more.
  if (ended_ || cancelled_ || source_ == nullptr) {
    return false;
  }
  if (busy_) {
    again_ = true;
    return false;
  }
  busy_ = true;
  again_ = false;
  return true;
}

void StreamCall::Produce() {
  const std::shared_ptr<StreamCall> alive = shared_from_this();
  while (Take()) {
    message_->Clear();
    const Production made = source_->Next(*message_);
    const auto* produced = std::get_if<Produced>(&made);
    if (produced == nullptr) {
      const auto* refusal = std::get_if<Refusal>(&made);
      End(refusal != nullptr ? ToGrpcStatus(*refusal, language_)
                             : Unavailable(std::get<absl::Status>(made)));
      return;
    }
    if (*produced == Produced::kEnd) {
      End(grpc::Status::OK);
      return;
    }
    if (*produced == Produced::kMessage) {
      WriteResponse(*message_, bytes_);
      StartWrite(&bytes_);  // stays busy until OnWriteDone
      return;
    }
    std::unique_lock lock(mutex_);
    busy_ = false;
    if (cancelled_) {
      lock.unlock();
      End(grpc::Status::CANCELLED);
      return;
    }
    if (!again_) {
      return;
    }
  }
}

void StreamCall::OnWriteDone(bool ok) {
  bool cancelled = false;
  {
    const std::lock_guard lock(mutex_);
    busy_ = false;
    cancelled_ = cancelled_ || !ok;
    cancelled = cancelled_;
  }
  if (cancelled) {
    End(grpc::Status::CANCELLED);
    return;
  }
  Produce();
}

void StreamCall::OnCancel() {
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    if (busy_) {
      return;  // whoever is busy ends it
    }
  }
  End(grpc::Status::CANCELLED);
}

void StreamCall::OnDone() {
  // May be the last owner: nothing of this object is touched afterwards.
  const std::shared_ptr<StreamCall> last = std::move(self_);
}

void StreamCall::End(const grpc::Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_) {
      return;
    }
    ended_ = true;
  }
  Finish(status);
}

}  // namespace tanhui::rpc
