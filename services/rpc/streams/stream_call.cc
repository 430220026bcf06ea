#include "services/rpc/streams/stream_call.h"

namespace tanhui::rpc {

std::shared_ptr<StreamCall> StreamCall::Make(grpc::CallbackServerContext& context,
                                             std::unique_ptr<google::protobuf::Message> message,
                                             std::chrono::milliseconds patience) {
  std::shared_ptr<StreamCall> call(new StreamCall(context, std::move(message), patience));
  call->self_ = call;
  return call;
}

void StreamCall::Refuse(const Refusal& refusal) { End(ToGrpcStatus(refusal, language_)); }

void StreamCall::Begin(std::unique_ptr<StreamSource> source) {
  {
    const std::lock_guard lock(mutex_);
    source_ = std::move(source);
  }
  LookLater();
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
      if (const auto refusal = admission_ ? admission_() : std::nullopt) {
        End(ToGrpcStatus(*refusal, language_));
        return;
      }
      WriteResponse(*message_, bytes_);
      {
        const std::lock_guard lock(mutex_);
        writing_since_ = std::chrono::steady_clock::now();
      }
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
    writing_since_.reset();
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
  std::unique_ptr<StreamSource> source;  // lets go of what it holds, whoever else has this call
  {
    const std::lock_guard lock(mutex_);
    source = std::move(source_);
  }
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
    if (cancelling_) {
      waiting_end_ = status;
      return;
    }
  }
  Finish(status);
}

void StreamCall::LookLater() {
  const gpr_timespec pause = gpr_time_from_millis(patience_.count() / 2, GPR_TIMESPAN);
  const std::lock_guard lock(mutex_);
  if (ended_) {
    return;
  }
  // A new one: this may run in the callback of the one before.
  alarm_ = std::make_unique<grpc::Alarm>();
  alarm_->Set(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), pause),
              [call = weak_from_this()](bool in_time) {
                const std::shared_ptr<StreamCall> alive = call.lock();
                if (in_time && alive != nullptr) {
                  alive->Look();
                }
              });
}

void StreamCall::Look() {
  bool stalled = false;
  {
    const std::lock_guard lock(mutex_);
    stalled = writing_since_.has_value() &&
              std::chrono::steady_clock::now() - *writing_since_ >= patience_;
    cancelling_ = stalled;
  }
  if (!stalled) {
    LookLater();
    return;
  }
  context_.TryCancel();  // may run OnWriteDone or OnCancel on this thread
  std::optional<grpc::Status> end;
  {
    const std::lock_guard lock(mutex_);
    cancelling_ = false;
    end = std::exchange(waiting_end_, std::nullopt);
  }
  if (end.has_value()) {
    Finish(*end);
  }
}

}  // namespace tanhui::rpc
