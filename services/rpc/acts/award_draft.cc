#include "services/rpc/acts/award_draft.h"

#include <array>
#include <utility>

#include "ledger/rules/rulebook.h"
#include "services/rpc/acts/act_draft.h"
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"

namespace tanhui::rpc {
namespace {

// Points that the caller states.
void ReadGrant(const v1::AwardRequest& request, Draft& draft) {
  entry::v1::Award& award = *draft.entry().mutable_award();
  award.set_points(draft.ReadAmount(request.points(), "points"));
  award.set_scenario(draft.ReadWord(request.scenario(), "scenario"));
  if (request.quantity() > 1) {  // one item is what an entry that says nothing means
    award.set_quantity(draft.ReadQuantity(request.quantity(), "quantity"));
  }
  award.set_grams(draft.ReadNumber(request.grams(), 0, kMaxGrams, "grams"));
  if (!request.reason().empty()) {
    award.set_reason(draft.ReadWord(request.reason(), "reason"));
  }
}

void SetCitizen(Entry& entry, AccountNo number) {
  if (entry.has_earning()) {
    entry.mutable_earning()->set_account(number.value());
  } else {
    entry.mutable_award()->set_account(number.value());
  }
}

// Everything but whose it is. Answers the asset; nullptr when the budget was refused.
const Asset* ReadMatter(const Context& context, const Caller& caller,
                        const v1::AwardRequest& request, Draft& draft) {
  draft.entry().set_act_micros(
      draft.ReadTime(request.has_act_time(), request.act_time(), request.has_act(), "act_time"));
  if (!caller.roles.Has(request.has_act() ? Role::kPlatform : Role::kGrantor)) {
    draft.Refuse(Refusal(Reason::kPermissionDenied)
                     .With("role", request.has_act() ? "platform" : "grantor"));
  }
  const Budget* budget = draft.ReadBudget(request.budget(), "budget");
  const Asset* asset = budget == nullptr ? nullptr : draft.registry().Find(budget->asset);
  const std::uint64_t paying = budget == nullptr ? 0 : budget->account.value();
  if (request.has_act()) {
    draft.entry().mutable_earning()->set_budget(paying);
    RefuseStatedPoints(request, draft);
    ReadAct(context, request.act(), draft);
  } else {
    draft.entry().mutable_award()->set_budget(paying);
    ReadGrant(request, draft);
  }
  return asset;
}

}  // namespace

Draft ReadAward(const Context& context, const Caller& caller,
                std::shared_ptr<const Registry> registry, const v1::AwardRequest& request) {
  Draft draft(context, caller, std::move(registry));
  ReadStamp(request, draft);
  const Asset* asset = ReadMatter(context, caller, request, draft);
  draft.ReadCitizen(request.account(), request.platform_user_id(), asset, SetCitizen);
  return draft;
}

Draft ReadAwardOfParty(const Context& context, const Caller& caller,
                       std::shared_ptr<const Registry> registry, const v1::AwardRequest& request,
                       std::uint32_t party) {
  Draft draft(context, caller, std::move(registry));
  ReadStamp(request, draft);
  if (party == 2) {
    draft.ReadPairId(request.request_id());
  }
  draft.entry().mutable_earning()->set_party(party);
  const Asset* asset = ReadMatter(context, caller, request, draft);
  draft.ReadCitizen(request.account(), request.platform_user_id(), asset, SetCitizen);
  return draft;
}

Draft ReadAwardOfNobody(const Context& context, const Caller& caller,
                        std::shared_ptr<const Registry> registry, const v1::AwardRequest& request) {
  Draft draft(context, caller, std::move(registry));
  draft.ReadRequestId(request.request_id());
  draft.ReadReference(request.reference());
  ReadMatter(context, caller, request, draft);
  return draft;
}

absl::Status FillAward(const Context& context, const Caller& caller,
                       const v1::AwardRequest& request, const sequencer::Accepted& accepted,
                       bool validate_only, v1::AwardResponse& out) {
  const auto outcome = FillMoved(context, accepted, validate_only, out);
  if (!outcome.ok()) {
    return outcome.status();
  }
  const Entry& entry = accepted.entry;
  if (entry.has_earning()) {
    const entry::v1::Earning& act = entry.earning();
    out.set_grams(act.grams());
    out.set_expected_points(act.expected_points());
    out.set_bonus_points(act.bonus_points());
    out.set_carry_millionths(act.carried());
    out.set_rule_set(
        RuleSetName(rules::RulebookOf(*context.engine.registry()), rules::DocumentNo(act.rules())));
  } else {
    out.set_grams(entry.award().grams());
  }
  const AccountNo number = outcome->after.account;
  const std::uint64_t named =
      entry.has_earning() ? entry.earning().account() : entry.award().account();
  if (!request.account().empty() && number.value() == named) {
    out.set_account(request.account());
    return absl::OkStatus();
  }
  const auto account = context.engine.store().ReadAccounts(std::array{number});
  if (account.ok() && account->front().has_value()) {
    out.set_account(AccountName(context, caller, *account->front()));
  }
  return account.status();
}

}  // namespace tanhui::rpc
