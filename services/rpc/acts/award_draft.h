// From a request for an award to what the ledger decides, and back to the answer.
#ifndef TANHUI_SERVICES_RPC_ACTS_AWARD_DRAFT_H_
#define TANHUI_SERVICES_RPC_ACTS_AWARD_DRAFT_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "ledger/core/registry.h"
#include "ledger/sequencer/submission.h"
#include "services/rpc/context.h"
#include "services/rpc/draft.h"
#include "tanhui/v1/points.pb.h"

namespace tanhui::rpc {

// Grams of CO2e that a caller may state.
inline constexpr std::int64_t kMaxGrams = 1'000'000'000'000;

// For an act, or for points that the caller states.
Draft ReadAward(const Context& context, const Caller& caller,
                std::shared_ptr<const Registry> registry, const v1::AwardRequest& request);

// The same of an act whose citizen is not known yet: account, platform_user_id and not_after are
// left alone. To be looked at, not to be decided.
Draft ReadAwardOfNobody(const Context& context, const Caller& caller,
                        std::shared_ptr<const Registry> registry, const v1::AwardRequest& request);

// Of an act of two parties, `party` 1 or 2; request_id is that of the pair.
Draft ReadAwardOfParty(const Context& context, const Caller& caller,
                       std::shared_ptr<const Registry> registry, const v1::AwardRequest& request,
                       std::uint32_t party);

// The answer to a request that was accepted. An error when the store cannot be read.
absl::Status FillAward(const Context& context, const Caller& caller,
                       const v1::AwardRequest& request, const sequencer::Accepted& accepted,
                       bool validate_only, v1::AwardResponse& out);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_ACTS_AWARD_DRAFT_H_
