#include "services/rpc/corrections/corrections.h"

#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "services/rpc/corrections/correction_draft.h"
#include "services/rpc/mutation.h"

namespace tanhui::rpc {

void StartCorrect(const Context& context,
                  CallPointer<v1::CorrectRequest, v1::CorrectResponse> call) {
  const auto corrected = ReadCorrected(context, call->caller(), std::array{&call->request()});
  if (!corrected.ok()) {
    call->Fail(corrected.status());
    return;
  }
  Draft draft = ReadCorrection(context, call->caller(), context.engine.registry(), call->request(),
                               corrected->front());
  MutateOne(context, std::move(call), std::move(draft),
            [&context](const v1::CorrectRequest& asked, const sequencer::Accepted& accepted,
                       v1::CorrectResponse& out) {
              return FillCorrection(context, accepted, asked.validate_only(), out);
            });
}

void StartBatchCorrect(const Context& context,
                       CallPointer<v1::BatchCorrectRequest, v1::BatchCorrectResponse> call) {
  // Too many are refused before anything is read.
  std::vector<const v1::CorrectRequest*> requests;
  if (call->request().requests_size() <= kMaxBatch) {
    for (const v1::CorrectRequest& request : call->request().requests()) {
      requests.push_back(&request);
    }
  }
  auto corrected = ReadCorrected(context, call->caller(), requests);
  if (!corrected.ok()) {
    call->Fail(corrected.status());
    return;
  }
  MutateBatch(
      context, std::move(call),
      [&context, &corrected, next = std::size_t{0}](const Caller& caller,
                                                    const std::shared_ptr<const Registry>& registry,
                                                    const v1::CorrectRequest& request) mutable {
        return ReadCorrection(context, caller, registry, request, (*corrected)[next++]);
      },
      [&context](const v1::CorrectRequest&, const sequencer::Accepted& accepted, bool validate_only,
                 v1::CorrectResult& result) {
        return FillCorrection(context, accepted, validate_only, *result.mutable_correction());
      });
}

}  // namespace tanhui::rpc
