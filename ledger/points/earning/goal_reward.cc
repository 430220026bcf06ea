// Rewards of members for what their household reached together.
#include <array>

#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/points/budget_period.h"
#include "ledger/points/earning/counting.h"
#include "ledger/points/earning/goal_progress.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"
#include "ledger/points/rows.h"
#include "ledger/rules/rulebook.h"
#include "ledger/rules/tallies.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

void NamesOfReward(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  out.emplace_back(draft.goal_reward().account());
  const rules::Goal* goal =
      rules::RulebookOf(state.registry()).FindGoal(LimitNo(draft.goal_reward().goal()));
  const Budget* budget = goal == nullptr ? nullptr : state.registry().FindBudget(goal->budget);
  if (budget != nullptr) {
    out.push_back(budget->account);
  }
}

void WantReached(const State& state, const rules::Goal& goal, const Party& member,
                 BusinessDate today, Verdict& verdict) {
  const Account& account = member.account();
  const Account* household =
      account.household == AccountNo(0) ? nullptr : state.FindAccount(account.household);
  const GoalProgress progress = ProgressOf(goal, account, household);
  if (household == nullptr) {
    verdict.Add(Refusal(Reason::kNotInHousehold, "account"));
  } else if (today > LastClaimOf(goal) || !progress.reached_target || !progress.took_part) {
    verdict.Add(Refusal(Reason::kGoalNotReached, "goal")
                    .With("reached", progress.reached)
                    .With("target", progress.target));
  }
  verdict.Want(!progress.rewarded, Reason::kAlreadyRewarded, "goal");
  verdict.Want(account.tallies.size() < kMaxTallies, Reason::kCapReached, "account");
}

std::optional<Refusal> DecideReward(const State& state, const DecideInput& input, Entry& entry) {
  pb::GoalReward& reward = *entry.mutable_goal_reward();
  const rules::Goal* goal = rules::RulebookOf(state.registry()).FindGoal(LimitNo(reward.goal()));
  const Budget* row = goal == nullptr ? nullptr : state.registry().FindBudget(goal->budget);
  if (row == nullptr) {
    return Refusal(Reason::kUnknownGoal, "goal");
  }
  reward.set_budget(row->account.value());
  reward.set_points(goal->reward);
  const Party member(state, reward.account(), input.now);
  const Party budget(state, reward.budget(), input.now);
  Verdict verdict;
  WantKind(member, AccountKind::kCitizen, "account", verdict);
  WantOneAsset(member, budget, "account", verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  WantCredits(member, "account", verdict);
  verdict.Want(!member.account().minor || member.account().guardian != AccountNo(0),
               Reason::kConsentRequired, "account");
  verdict.Want(PaysOn(*row, RecordDate(entry)), Reason::kBudgetOutOfPeriod, "goal");
  WantReached(state, *goal, member, RecordDate(entry), verdict);
  WantWithinAssetLimit(member, goal->reward, verdict);
  WantAvailable(budget, goal->reward, "goal", verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  const Lots lots{{KeyOfLot(entry, member, row->sponsor), Amount(goal->reward), 0}};
  const std::array<Leg, 2> legs = {Plain(budget.number(), Amount(-goal->reward)),
                                   Credit(member.number(), member.account(), lots)};
  return Post(state, legs, "goal", entry);
}

Fault ApplyReward(State& state, EntryIndex, const Entry& entry) {
  const pb::GoalReward& reward = entry.goal_reward();
  if (Fault fault = WantPostings(state, entry, {reward.budget(), reward.account()})) {
    return fault;
  }
  const rules::Limit* limit = rules::RulebookOf(state.registry()).Find(LimitNo(reward.goal()));
  const AccountNo member(entry.postings(1).account());
  if (limit == nullptr || !limit->goal || reward.points() <= 0 ||
      entry.postings(1).amount() != reward.points() ||
      state.FindAccount(AccountNo(entry.postings(0).account()))->kind != AccountKind::kBudget ||
      state.FindAccount(member)->kind != AccountKind::kCitizen) {
    return "a reward that cannot be";
  }
  NoteSpent(state, AccountNo(entry.postings(0).account()), RecordDate(entry));
  Account& account = state.ChangeAccount(member);
  const Tally rewarded{LimitNo(reward.goal()), kRewarded, limit->first, 1};
  return rules::AddTally(account.tallies, rewarded) ? std::nullopt
                                                    : Fault("a tally leaves its range");
}

constexpr BookRow kRows[] = {
    {.body = Entry::kGoalReward,
     .decide = DecideReward,
     .apply = ApplyReward,
     .names = NamesOfReward,
     .moves = true},
};

}  // namespace

std::span<const BookRow> GoalRows() { return kRows; }

}  // namespace tanhui::points
