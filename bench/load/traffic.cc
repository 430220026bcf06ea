#include "bench/load/traffic.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <sys/prctl.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "tanhui/v1/accounts.grpc.pb.h"
#include "tanhui/v1/points.grpc.pb.h"

namespace tanhui::bench {
namespace {

using Time = std::chrono::steady_clock::time_point;

constexpr std::int64_t kPoints = 27;  // what a metro ride earns
constexpr auto kMoment = std::chrono::milliseconds(100);
constexpr std::size_t kMaxErrors = 100;  // different ones that are told apart

struct Stubs {
  explicit Stubs(const std::shared_ptr<grpc::Channel>& channel)
      : points(v1::PointsService::NewStub(channel)),
        accounts(v1::AccountsService::NewStub(channel)) {}
  std::unique_ptr<v1::PointsService::Stub> points;
  std::unique_ptr<v1::AccountsService::Stub> accounts;
};

// Fills requests in place: messages and their texts are used again, so that making them costs
// little.
class Writer {
 public:
  Writer(const Stage& stage, const TrafficOptions& options)
      : stage_(stage), options_(options), ids_(options.ids, options.seed), dice_(~options.seed) {}

  CallKind NextKind() {
    if (options_.award_percent == 100) {
      return CallKind::kAward;
    }
    const auto die = static_cast<int>(dice_.Below(100));
    if (die < options_.award_percent) {
      return CallKind::kAward;
    }
    return die < options_.award_percent + options_.batch_percent ? CallKind::kBatch
                                                                 : CallKind::kRead;
  }

  void Write(v1::AwardRequest& request) {
    ids_.Next(*request.mutable_request_id());
    request.set_account(OneOf(stage_.accounts));
    request.set_budget(OneOf(stage_.budgets));
    request.set_points(kPoints);
    request.set_scenario("metro_ride");
  }

  void Write(v1::BatchAwardRequest& request) {
    while (request.requests_size() < options_.batch) {
      request.add_requests();
    }
    for (v1::AwardRequest& one : *request.mutable_requests()) {
      Write(one);
    }
  }

  void Write(v1::GetAccountRequest& request) { request.set_name(OneOf(stage_.accounts)); }

 private:
  const std::string& OneOf(const std::vector<std::string>& names) {
    return names[dice_.Below(names.size())];
  }

  const Stage& stage_;
  const TrafficOptions& options_;
  RequestIds ids_;
  Dice dice_;
};

// A call of one kind with all that it needs until it ends.
template <typename Request, typename Response>
struct Exchange {
  Request request;
  Response response;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader;
};

struct Slot {
  CallKind kind = CallKind::kAward;
  Time start;  // latency counts from here
  std::optional<grpc::ClientContext> context;
  grpc::Status status;
  Exchange<v1::AwardRequest, v1::AwardResponse> award;
  Exchange<v1::BatchAwardRequest, v1::BatchAwardResponse> batch;
  Exchange<v1::GetAccountRequest, v1::GetAccountResponse> read;
};

class Run {
 public:
  Run(const std::shared_ptr<grpc::Channel>& channel, const Stage& stage,
      const TrafficOptions& options)
      : options_(options),
        stubs_(channel),
        writer_(stage, options_),
        slots_(static_cast<std::size_t>(options.in_flight)) {
    for (Slot& slot : slots_) {
      idle_.push_back(&slot);
    }
  }

  TrafficResult Go() {
    const Time now = std::chrono::steady_clock::now();
    begin_ = now + options_.warmup;
    end_ = begin_ + options_.time;
    if (options_.rate > 0) {
      std::thread sender([this, now] { SendOnTime(now); });
      ReceiveUntil([this] { return sender_done_; });
      sender.join();
    } else {
      SendWhileIdle();
    }
    result_.time =
        std::max(std::min(std::chrono::steady_clock::now(), end_) - begin_, Time::duration(1));
    queue_.Shutdown();
    DrainQueue();
    return std::move(result_);
  }

 private:
  // Closed loop: whoever ends is sent again, by this one thread.
  void SendWhileIdle() {
    while (std::chrono::steady_clock::now() < end_ && sent_ < options_.max_calls) {
      while (!idle_.empty() && sent_ < options_.max_calls) {
        Slot& slot = *idle_.back();
        idle_.pop_back();
        Send(slot, std::chrono::steady_clock::now());
      }
      AwaitOne();
    }
    ReceiveUntil([] { return true; });
  }

  // Open loop: a thread that only keeps time. The completion queue's own waiting is exact to a
  // millisecond, a sleeping thread to a few microseconds once the kernel is told not to round.
  void SendOnTime(Time due) {
    ::prctl(PR_SET_TIMERSLACK, 1);
    const auto interval = std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 / options_.rate));
    for (; due < end_ && sent_ < options_.max_calls; due += interval) {
      std::this_thread::sleep_until(due);
      Slot* slot = nullptr;
      {
        std::unique_lock lock(mutex_);
        slot_idle_.wait(lock, [this] { return !idle_.empty(); });
        slot = idle_.back();
        idle_.pop_back();
      }
      Send(*slot, due);
    }
    const std::lock_guard lock(mutex_);
    sender_done_ = true;
  }

  // Takes ends of calls until `done` says that no more will be sent, and none is under way.
  template <typename Done>
  void ReceiveUntil(Done done) {
    while (true) {
      {
        const std::lock_guard lock(mutex_);
        if (done() && idle_.size() == slots_.size()) {
          return;
        }
      }
      AwaitOne();
    }
  }

  void Send(Slot& slot, Time start) {
    ++sent_;
    slot.kind = writer_.NextKind();
    slot.start = start;
    slot.context.emplace();
    slot.context->set_deadline(std::chrono::system_clock::now() + options_.call_timeout);
    switch (slot.kind) {
      case CallKind::kAward:
        Send(slot, slot.award, [&](auto& request) {
          return stubs_.points->AsyncAward(&*slot.context, request, &queue_);
        });
        break;
      case CallKind::kBatch:
        Send(slot, slot.batch, [&](auto& request) {
          return stubs_.points->AsyncBatchAward(&*slot.context, request, &queue_);
        });
        break;
      case CallKind::kRead:
        Send(slot, slot.read, [&](auto& request) {
          return stubs_.accounts->AsyncGetAccount(&*slot.context, request, &queue_);
        });
        break;
    }
  }

  template <typename Exchange, typename Start>
  void Send(Slot& slot, Exchange& exchange, Start start) {
    writer_.Write(exchange.request);
    exchange.reader = start(exchange.request);
    exchange.reader->Finish(&exchange.response, &slot.status, &slot);
  }

  // Waits for the end of one call, for a moment.
  void AwaitOne() {
    void* tag = nullptr;
    bool ok = false;
    const auto until = std::chrono::system_clock::now() + kMoment;
    if (queue_.AsyncNext(&tag, &ok, until) != grpc::CompletionQueue::GOT_EVENT) {
      return;
    }
    Slot& slot = *static_cast<Slot*>(tag);
    Ended(slot, std::chrono::steady_clock::now());
    {
      const std::lock_guard lock(mutex_);
      idle_.push_back(&slot);
    }
    slot_idle_.notify_one();
  }

  void Ended(Slot& slot, Time now) {
    const std::uint64_t units = CountGood(slot);
    const Time belongs = options_.rate > 0 ? slot.start : now;
    if (belongs < begin_ || belongs >= end_ || units == 0) {
      return;
    }
    KindResult& result = result_.kinds[static_cast<std::size_t>(slot.kind)];
    result.latency.Add(now - slot.start);
    result.units += units;
    Time& last = last_end_[static_cast<std::size_t>(slot.kind)];
    result.gap = std::max<std::chrono::nanoseconds>(result.gap, now - std::max(last, begin_));
    last = now;
  }

  std::uint64_t CountGood(const Slot& slot) {
    if (!slot.status.ok()) {
      CountError(Describe(slot.status));
      return 0;
    }
    if (slot.kind != CallKind::kBatch) {
      return 1;
    }
    std::uint64_t good = 0;
    for (const v1::AwardResult& result : slot.batch.response.results()) {
      if (result.has_award()) {
        ++good;
      } else {
        CountError(result.error().message());
      }
    }
    return good;
  }

  void CountError(const std::string& what) {
    const bool known = result_.errors.contains(what) || result_.errors.size() < kMaxErrors;
    ++result_.errors[known ? what : "others"];
  }

  void DrainQueue() {
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  const TrafficOptions options_;
  Stubs stubs_;
  Writer writer_;
  grpc::CompletionQueue queue_;
  std::deque<Slot> slots_;
  std::mutex mutex_;
  std::condition_variable slot_idle_;
  std::vector<Slot*> idle_;
  bool sender_done_ = false;
  Time begin_;
  Time end_;
  std::array<Time, kCallKinds> last_end_{};
  std::uint64_t sent_ = 0;  // by the one thread that sends
  TrafficResult result_;
};

}  // namespace

std::uint64_t TrafficResult::failures() const {
  std::uint64_t sum = 0;
  for (const auto& [what, count] : errors) {
    sum += count;
  }
  return sum;
}

TrafficResult RunTraffic(const std::shared_ptr<grpc::Channel>& channel, const Stage& stage,
                         const TrafficOptions& options) {
  return Run(channel, stage, options).Go();
}

}  // namespace tanhui::bench
