#include "services/rpc/services/pairs.h"

#include <array>
#include <utility>
#include <vector>

#include "services/rpc/acts/award_draft.h"
#include "services/rpc/mutation.h"

namespace tanhui::rpc {
namespace {

constexpr std::array<std::string_view, 2> kParties = {"first_", "second_"};

// What one party would ask for alone.
v1::AwardRequest AwardOf(const v1::AwardPairRequest& pair, bool second) {
  v1::AwardRequest out;
  out.set_request_id(pair.request_id());
  out.set_account(second ? pair.second_account() : pair.first_account());
  out.set_platform_user_id(second ? pair.second_platform_user_id() : pair.first_platform_user_id());
  out.set_budget(pair.budget());
  *out.mutable_act() = pair.act();
  out.set_reference(pair.reference());
  if (pair.has_act_time()) {
    *out.mutable_act_time() = pair.act_time();
  }
  if (pair.has_not_after()) {
    *out.mutable_not_after() = pair.not_after();
  }
  return out;
}

// A refusal of one party's award, in the names of the pair's fields.
Refusal OfParty(Refusal refusal, std::string_view party) {
  if (refusal.field == "account" || refusal.field == "platform_user_id") {
    refusal.field = std::string(party) + refusal.field;
  }
  return refusal;
}

}  // namespace

void StartAwardPair(const Context& context,
                    CallPointer<v1::AwardPairRequest, v1::AwardPairResponse> call) {
  const v1::AwardPairRequest& request = call->request();
  if (!request.has_act()) {
    call->Refuse(Refusal(Reason::kFieldRequired, "act"));
    return;
  }
  const auto registry = context.engine.registry();
  const std::array<v1::AwardRequest, 2> awards = {AwardOf(request, false), AwardOf(request, true)};
  std::vector<Draft> drafts;
  for (std::size_t i = 0; i < awards.size(); ++i) {
    drafts.push_back(ReadAwardOfParty(context, call->caller(), registry, awards[i],
                                      static_cast<std::uint32_t>(i + 1)));
  }
  const Caller caller = call->caller();
  MutateTogether(
      context, std::move(call), std::move(drafts),
      [](std::size_t party, const Refusal& refusal) { return OfParty(refusal, kParties[party]); },
      [&context, caller, awards](std::size_t party, const sequencer::Accepted& accepted,
                                 bool validate_only, v1::AwardPairResponse& out) {
        return FillAward(context, caller, awards[party], accepted, validate_only,
                         party == 0 ? *out.mutable_first() : *out.mutable_second());
      });
}

}  // namespace tanhui::rpc
