// From drafts to the sequencer and back to the call.
#ifndef TANHUI_SERVICES_RPC_MUTATION_H_
#define TANHUI_SERVICES_RPC_MUTATION_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "services/rpc/context.h"
#include "services/rpc/draft.h"
#include "services/rpc/unary_call.h"

namespace tanhui::rpc {

inline constexpr int kMaxBatch = 8'192;

// Why a call with so many requests is refused; nullopt when it is not.
std::optional<Refusal> RefusedBySize(int requests);

struct MutationOptions {
  bool atomic = false;
  bool validate_only = false;
  std::size_t bytes = 0;
  std::chrono::steady_clock::time_point deadline;
};

// Resolves, seals and submits; `done` gets one outcome per draft, in order, from whichever thread
// ends it, exactly once. Drafts that were refused are answered without going further; in an atomic
// batch they refuse the rest with kBatchRefused. A store that cannot be read answers its status.
void Mutate(const Context& context, std::vector<Draft> drafts, const MutationOptions& options,
            std::function<void(absl::StatusOr<std::vector<sequencer::Outcome>>)> done);

// Runs a `fill`, which answers nothing or the failure of a read.
template <typename Fill, typename... Arguments>
absl::Status RunFill(const Fill& fill, Arguments&&... arguments) {
  if constexpr (std::is_void_v<std::invoke_result_t<const Fill&, Arguments...>>) {
    fill(std::forward<Arguments>(arguments)...);
    return absl::OkStatus();
  } else {
    return fill(std::forward<Arguments>(arguments)...);
  }
}

// A call with one draft: refusals end it, and `fill(request, accepted, response)` turns what was
// accepted into the response. When it cannot, the call fails, and a retry is answered.
template <typename Request, typename Response, typename Fill>
void MutateOne(const Context& context, CallPointer<Request, Response> call, Draft draft,
               Fill fill) {
  MutationOptions options;
  options.validate_only = call->request().validate_only();
  options.bytes = call->request().ByteSizeLong();
  options.deadline = DeadlineOf(call->context());
  std::vector<Draft> drafts;
  drafts.push_back(std::move(draft));
  Mutate(context, std::move(drafts), options,
         [call = std::move(call), fill](absl::StatusOr<std::vector<sequencer::Outcome>> outcomes) {
           if (!outcomes.ok()) {
             call->Fail(outcomes.status());
           } else if (auto* refusal = std::get_if<Refusal>(&outcomes->front())) {
             call->Refuse(*refusal);
           } else {
             const absl::Status filled =
                 RunFill(fill, call->request(), std::get<sequencer::Accepted>(outcomes->front()),
                         call->response());
             filled.ok() ? call->Finish() : call->Fail(filled);
           }
         });
}

// A call with many drafts: each request is read by `read` and each accepted one turned into its
// result by `fill(request, accepted, validate_only, result)`; a refused one becomes the result's
// error.
template <typename Request, typename Response, typename Read, typename Fill>
void MutateBatch(const Context& context, CallPointer<Request, Response> call, Read read,
                 Fill fill) {
  const Request& request = call->request();
  if (auto refusal = RefusedBySize(request.requests_size())) {
    call->Refuse(*refusal);
    return;
  }
  const auto registry = context.engine.registry();
  std::vector<Draft> drafts;
  drafts.reserve(static_cast<std::size_t>(request.requests_size()));
  for (const auto& one : request.requests()) {
    drafts.push_back(read(call->caller(), registry, one));
    if (one.validate_only()) {
      drafts.back().Refuse(Refusal(Reason::kFieldInvalid, "validate_only")
                               .With("problem", "set it on the batch, not on its requests"));
    }
  }
  MutationOptions options;
  options.atomic = request.atomic();
  options.validate_only = request.validate_only();
  options.bytes = request.ByteSizeLong();
  options.deadline = DeadlineOf(call->context());
  Mutate(context, std::move(drafts), options,
         [call = std::move(call), fill, validate_only = options.validate_only](
             absl::StatusOr<std::vector<sequencer::Outcome>> outcomes) {
           if (!outcomes.ok()) {
             call->Fail(outcomes.status());
             return;
           }
           for (std::size_t i = 0; i < outcomes->size(); ++i) {
             const sequencer::Outcome& outcome = (*outcomes)[i];
             auto& result = *call->response().add_results();
             if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
               *result.mutable_error() = ToRpcStatus(*refusal, call->language());
             } else if (const absl::Status filled =
                            RunFill(fill, call->request().requests(static_cast<int>(i)),
                                    std::get<sequencer::Accepted>(outcome), validate_only, result);
                        !filled.ok()) {
               call->Fail(filled);
               return;
             }
           }
           call->Finish();
         });
}

// Of drafts that were accepted together or not at all: whose refusal took the others along; nullopt
// when all were accepted.
std::optional<std::size_t> CulpritOf(const std::vector<sequencer::Outcome>& outcomes);

// A call with several drafts, of which all are accepted or none. A refusal ends it, as
// `tell(draft, refusal)` puts it in the request's words; each accepted draft is told by
// `fill(draft, accepted, validate_only, response)`. `draft` is its place, from 0.
template <typename Request, typename Response, typename Tell, typename Fill>
void MutateTogether(const Context& context, CallPointer<Request, Response> call,
                    std::vector<Draft> drafts, Tell tell, Fill fill) {
  MutationOptions options;
  options.atomic = true;
  options.validate_only = call->request().validate_only();
  options.bytes = call->request().ByteSizeLong();
  options.deadline = DeadlineOf(call->context());
  Mutate(context, std::move(drafts), options,
         [call = std::move(call), tell, fill, validate_only = options.validate_only](
             absl::StatusOr<std::vector<sequencer::Outcome>> outcomes) {
           if (!outcomes.ok()) {
             call->Fail(outcomes.status());
             return;
           }
           if (const auto culprit = CulpritOf(*outcomes)) {
             call->Refuse(tell(*culprit, std::get<Refusal>((*outcomes)[*culprit])));
             return;
           }
           absl::Status filled;
           for (std::size_t i = 0; i < outcomes->size() && filled.ok(); ++i) {
             filled = RunFill(fill, i, std::get<sequencer::Accepted>((*outcomes)[i]), validate_only,
                              call->response());
           }
           filled.ok() ? call->Finish() : call->Fail(filled);
         });
}

// The fields that every mutating request has in common.
template <typename Request>
void ReadStamp(const Request& request, Draft& draft) {
  draft.ReadRequestId(request.request_id());
  draft.ReadNotAfter(request.has_not_after(), request.not_after());
  draft.ReadReference(request.reference());
}

// Index and replay mark of what was accepted; a validated request has no index.
template <typename Response>
void FillOutcome(const sequencer::Accepted& accepted, bool validate_only, Response& out) {
  if (!validate_only || accepted.replayed) {
    out.set_entry_index(accepted.index.value());
  }
  out.set_replayed(accepted.replayed);
}

template <typename Response>
void FillRecordTime(const sequencer::Accepted& accepted, Response& out) {
  *out.mutable_record_time() = ToTimestamp(LedgerTime(accepted.entry.recorded_micros()));
}

// The whole answer of a method that moves no points.
template <typename Request, typename Response>
void FillDone(const Request& request, const sequencer::Accepted& accepted, Response& out) {
  FillOutcome(accepted, request.validate_only(), out);
  FillRecordTime(accepted, out);
}

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_MUTATION_H_
