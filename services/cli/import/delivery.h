// Sends a batch until every item has a final answer.
#ifndef TANHUI_SERVICES_CLI_IMPORT_DELIVERY_H_
#define TANHUI_SERVICES_CLI_IMPORT_DELIVERY_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <future>
#include <optional>
#include <utility>
#include <vector>

#include "grpcpp/support/status.h"
#include "services/cli/client/refusal_details.h"

namespace tanhui::cli {

struct DeliveryPolicy {
  std::size_t chunk = 1000;   // requests in one call; the ledger takes at most 8,192 and 4 MiB
  std::size_t in_flight = 4;  // calls at a time; more only fills the ledger's queue
  // Tries, and time in pauses, without any progress before giving up. So a restart of the ledger of
  // about 40 seconds is waited for, and a ledger that needs an operator (it asks to wait for half a
  // minute) soon says so on the screen.
  int tries = 10;
  std::chrono::milliseconds patience{80'000};
  std::chrono::milliseconds first_pause{200};  // doubled each time, up to the longest
  std::chrono::milliseconds longest_pause{10'000};
};

// Set from a signal handler; a delivery in a pause notices it within a twentieth of a second.
using StopFlag = std::atomic<bool>;

// How long to pause before try number `failures` + 1: what the ledger asked for, at least the
// backed-off pause, half of which is drawn at random so that importers do not come back at once.
std::chrono::milliseconds PauseAfter(int failures, const DeliveryPolicy& policy,
                                     std::optional<std::chrono::milliseconds> asked);
// Waits so long; false when the flag was set meanwhile.
bool PauseFor(std::chrono::milliseconds pause, const StopFlag& stop);

inline grpc::Status StoppedStatus() { return grpc::Status(grpc::StatusCode::CANCELLED, "stopped"); }
inline bool IsStopped(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::CANCELLED && status.error_message() == "stopped";
}

// One call: sends these requests and fills in one result for each. `Result` is AwardResult or
// OpenAccountResult.
template <typename Request, typename Result>
using SendBatch =
    std::function<grpc::Status(const std::vector<const Request*>&, std::vector<Result>*)>;

template <typename Result>
struct Delivery {
  grpc::Status failure;  // when not OK, nothing may be said of the results
  std::vector<Result> results;
  // Some request went out more than once: a `replayed` result may be the answer to our own first
  // try, whose answer was lost.
  bool repeated = false;
};

// A batch on its way: which requests still need an answer, and what was heard last.
template <typename Request, typename Result>
class Consignment {
 public:
  explicit Consignment(const std::vector<Request>& requests) : requests_(requests) {
    delivery_.results.resize(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
      pending_.push_back(i);
    }
  }

  bool done() const { return pending_.empty(); }
  // Why the last try left something pending, and how long the ledger asked to wait.
  const grpc::Status& trouble() const { return trouble_; }
  std::optional<std::chrono::milliseconds> asked() const { return asked_; }
  Delivery<Result> Take() && { return std::move(delivery_); }
  Delivery<Result> Fail(const grpc::Status& why) && {
    delivery_.failure = why;
    return std::move(delivery_);
  }

  // Sends what is pending once; answers how many requests got their final answer.
  std::size_t Try(const SendBatch<Request, Result>& send) {
    std::vector<const Request*> batch;
    for (const std::size_t i : pending_) {
      batch.push_back(&requests_[i]);
    }
    std::vector<Result> results;
    trouble_ = send(batch, &results);
    if (trouble_.ok() && results.size() != batch.size()) {
      trouble_ = grpc::Status(grpc::StatusCode::INTERNAL, "not as many results as requests");
    }
    asked_ = DetailsOf(trouble_).retry_after;
    return trouble_.ok() ? Sort(std::move(results)) : 0;
  }
  void MarkRepeated() { delivery_.repeated = true; }

 private:
  // Keeps final results; what the ledger was too busy for stays pending.
  std::size_t Sort(std::vector<Result> results) {
    std::vector<std::size_t> again;
    for (std::size_t i = 0; i < results.size(); ++i) {
      const RefusalDetails details = DetailsOf(results[i].error());
      if (!results[i].has_error() || !RetryHelps(details.code)) {
        delivery_.results[pending_[i]] = std::move(results[i]);
        continue;
      }
      again.push_back(pending_[i]);
      asked_ = std::max(asked_, details.retry_after);
      trouble_ =
          grpc::Status(details.code, details.message, results[i].error().SerializeAsString());
    }
    const std::size_t answered = pending_.size() - again.size();
    pending_ = std::move(again);
    return answered;
  }

  const std::vector<Request>& requests_;
  std::vector<std::size_t> pending_;
  grpc::Status trouble_;
  std::optional<std::chrono::milliseconds> asked_;
  Delivery<Result> delivery_;
};

// Sends until every request has an answer that a retry would not change. Requests keep their ids,
// so that one that was accepted unheard is not done twice.
template <typename Request, typename Result>
Delivery<Result> Deliver(const std::vector<Request>& requests,
                         const SendBatch<Request, Result>& send, const DeliveryPolicy& policy,
                         const StopFlag& stop) {
  Consignment<Request, Result> consignment(requests);
  int failures = 0;
  std::chrono::milliseconds waited{0};
  while (!consignment.done()) {
    if (consignment.Try(send) > 0) {
      failures = 0;
      waited = std::chrono::milliseconds(0);
    }
    if (consignment.done()) {
      break;
    }
    ++failures;
    const std::chrono::milliseconds pause = PauseAfter(failures, policy, consignment.asked());
    waited += pause;
    if (!RetryHelps(consignment.trouble().error_code()) || failures >= policy.tries ||
        waited > policy.patience) {
      return std::move(consignment).Fail(consignment.trouble());
    }
    consignment.MarkRepeated();
    if (!PauseFor(pause, stop)) {
      return std::move(consignment).Fail(StoppedStatus());
    }
  }
  return std::move(consignment).Take();
}

// Runs work(0) to work(count - 1), `in_flight` of them at a time, and hands each outcome in order
// to `consume` on this thread. When that returns false no more work is started, what runs is
// waited for, and its outcomes are dropped.
template <typename Outcome>
void RunInOrder(std::size_t count, std::size_t in_flight,
                const std::function<Outcome(std::size_t)>& work,
                const std::function<bool(std::size_t, Outcome)>& consume) {
  std::deque<std::future<Outcome>> running;
  std::size_t started = 0;
  for (std::size_t consumed = 0; consumed < count; ++consumed) {
    while (started < count && running.size() < in_flight) {
      running.push_back(std::async(std::launch::async, work, started++));
    }
    Outcome outcome = running.front().get();
    running.pop_front();
    if (!consume(consumed, std::move(outcome))) {
      return;  // the futures' destructors wait
    }
  }
}

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_DELIVERY_H_
