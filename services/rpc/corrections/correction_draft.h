// From a request for a correction to what the ledger decides, and back to the answer.
#ifndef TANHUI_SERVICES_RPC_CORRECTIONS_CORRECTION_DRAFT_H_
#define TANHUI_SERVICES_RPC_CORRECTIONS_CORRECTION_DRAFT_H_

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/core/registry.h"
#include "ledger/sequencer/submission.h"
#include "services/rpc/context.h"
#include "services/rpc/draft.h"
#include "tanhui/v1/corrections.pb.h"

namespace tanhui::rpc {

// The entry that a request asks to correct; none that the caller may correct: nullopt.
struct Corrected {
  EntryIndex index;
  Entry entry;
};

// One for each request, in order. An error when the store cannot be read.
absl::StatusOr<std::vector<std::optional<Corrected>>> ReadCorrected(
    const Context& context, const Caller& caller,
    std::span<const v1::CorrectRequest* const> requests);

// What the act does not say is taken from `corrected`, the entry that it is about.
Draft ReadCorrection(const Context& context, const Caller& caller,
                     std::shared_ptr<const Registry> registry, const v1::CorrectRequest& request,
                     const std::optional<Corrected>& corrected);

// The answer to a request that was accepted. An error when the store cannot be read.
absl::Status FillCorrection(const Context& context, const sequencer::Accepted& accepted,
                            bool validate_only, v1::CorrectResponse& out);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_CORRECTIONS_CORRECTION_DRAFT_H_
