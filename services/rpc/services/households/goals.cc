#include "services/rpc/services/households/goals.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/points/earning/goal_progress.h"
#include "ledger/rules/rulebook.h"
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services/reading.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

constexpr std::string_view kSets = "ruleSets/";
constexpr std::string_view kGoals = "/goals/";

std::string GoalName(std::string_view set, std::string_view code) {
  return std::string(kSets).append(set).append(kGoals).append(code);
}

// nullptr when refused.
const rules::Goal* ReadGoal(std::string_view name, Draft& draft) {
  if (name.empty()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, "goal"));
    return nullptr;
  }
  const std::size_t goals = name.find(kGoals);
  const bool is_name = name.starts_with(kSets) && goals != std::string_view::npos &&
                       goals > kSets.size() && goals + kGoals.size() < name.size();
  if (!is_name) {
    draft.Refuse(
        Refusal(Reason::kFieldInvalid, "goal").With("expected", "ruleSets/{code}/goals/{goal}"));
    return nullptr;
  }
  const rules::Rulebook& book = rules::RulebookOf(draft.registry());
  const rules::Goal* goal = book.FindGoal(book.FindLimit(
      name.substr(kSets.size(), goals - kSets.size()), name.substr(goals + kGoals.size())));
  if (goal == nullptr) {
    draft.Refuse(Refusal(Reason::kUnknownGoal, "goal"));
  }
  return goal;
}

absl::Status FillReward(const Context& context, const Caller& caller,
                        const v1::ClaimGoalRewardRequest& asked,
                        const sequencer::Accepted& accepted, v1::ClaimGoalRewardResponse& out) {
  const auto outcome = FillMoved(context, accepted, asked.validate_only(), out);
  if (!outcome.ok()) {
    return outcome.status();
  }
  const auto member = context.engine.store().ReadAccounts(std::array{outcome->after.account});
  if (member.ok() && member->front().has_value()) {
    out.set_account(AccountName(context, caller, *member->front()));
  }
  return member.status();
}

std::string_view CountedWord(pb::Counted counted) {
  switch (counted) {
    case pb::COUNTED_ACTS:
      return "acts";
    case pb::COUNTED_QUANTITY:
      return "quantity";
    case pb::COUNTED_GRAMS:
      return "grams";
    default:
      return "points";
  }
}

void FillGoal(const std::string& set, const rules::Goal& goal, const points::GoalProgress& progress,
              v1::Goal& out) {
  out.set_name(GoalName(set, goal.code));
  out.set_display_name(goal.display_name);
  out.set_first_date(FormatDate(goal.first));
  out.set_last_date(FormatDate(goal.last));
  out.set_claim_until(FormatDate(points::LastClaimOf(goal)));
  out.set_counted(std::string(CountedWord(goal.counted)));
  out.set_target(progress.target);
  out.set_reached(progress.reached);
  out.set_own(progress.own);
  out.set_reward(goal.reward);
  out.set_rewarded(progress.rewarded);
}

// The goals that can be worked for or claimed on a day and pay in an asset, by set, with the set's
// code.
std::vector<std::pair<std::string, const rules::Goal*>> GoalsOn(const Registry& registry,
                                                                AssetNo asset, BusinessDate today) {
  const rules::Rulebook& book = rules::RulebookOf(registry);
  std::vector<std::pair<std::string, const rules::Goal*>> out;
  for (std::size_t i = 0; i < book.limits().size(); ++i) {
    const rules::Goal* goal = book.FindGoal(LimitNo(static_cast<std::uint32_t>(i + 1)));
    const Budget* budget = goal == nullptr ? nullptr : registry.FindBudget(goal->budget);
    if (budget != nullptr && budget->asset == asset && goal->first <= today &&
        today <= points::LastClaimOf(*goal)) {
      out.emplace_back(book.limits()[i].set, goal);
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  return out;
}

}  // namespace

void StartClaimGoalReward(
    const Context& context,
    CallPointer<v1::ClaimGoalRewardRequest, v1::ClaimGoalRewardResponse> call) {
  const v1::ClaimGoalRewardRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  const rules::Goal* goal = ReadGoal(request.goal(), draft);
  const Budget* budget = goal == nullptr ? nullptr : draft.registry().FindBudget(goal->budget);
  if (goal != nullptr && budget == nullptr) {  // nobody opened the budget that would pay
    draft.Refuse(Refusal(Reason::kUnknownGoal, "goal"));
  }
  draft.entry().mutable_goal_reward()->set_goal(goal == nullptr ? 0 : goal->limit.value());
  draft.ReadCitizen(request.account(), request.platform_user_id(),
                    budget == nullptr ? nullptr : draft.registry().Find(budget->asset),
                    [](Entry& entry, AccountNo number) {
                      entry.mutable_goal_reward()->set_account(number.value());
                    });
  const Caller caller = call->caller();
  MutateOne(
      context, std::move(call), std::move(draft),
      [&context, caller](const v1::ClaimGoalRewardRequest& asked,
                         const sequencer::Accepted& accepted, v1::ClaimGoalRewardResponse& out) {
        return FillReward(context, caller, asked, accepted, out);
      });
}

void ListGoals(const Context& context,
               CallPointer<v1::ListGoalsRequest, v1::ListGoalsResponse> call) {
  const auto number = FindByName(context, call, call->request().account(), "account");
  if (!number.has_value()) {
    return;
  }
  auto member = ReadVisible(context, call, *number, "account");
  // What the old account counted is on the one that it was merged into.
  while (member.has_value() && member->account.merged_into != AccountNo(0)) {
    member = ReadVisible(context, call, member->account.merged_into, "account");
  }
  if (!member.has_value()) {
    return;
  }
  if (member->account.kind != AccountKind::kCitizen) {
    call->Refuse(Refusal(Reason::kWrongAccountKind, "account"));
    return;
  }
  std::optional<Visible> household;
  if (member->account.household != AccountNo(0)) {
    household = ReadVisible(context, call, member->account.household, "account");
    if (!household.has_value()) {
      return;
    }
  }
  const auto registry = context.engine.registry();
  for (const auto& [set, goal] :
       GoalsOn(*registry, member->account.asset, ShanghaiDate(member->time))) {
    FillGoal(set, *goal,
             points::ProgressOf(*goal, member->account,
                                household.has_value() ? &household->account : nullptr),
             *call->response().add_goals());
  }
  call->response().set_as_of_index(member->size - 1);
  call->Finish();
}

}  // namespace tanhui::rpc
