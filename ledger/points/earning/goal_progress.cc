#include "ledger/points/earning/goal_progress.h"

#include "ledger/rules/tallies.h"

namespace tanhui::points {

namespace pb = entry::v1;

GoalProgress ProgressOf(const rules::Goal& goal, const Account& member, const Account* household) {
  const bool in_millionths =
      goal.counted == pb::COUNTED_GRAMS || goal.counted == pb::COUNTED_POINTS;
  const std::int64_t unit = in_millionths ? rules::kMillion : 1;
  const std::int64_t reached =
      household == nullptr ? 0 : rules::CountedOf(household->tallies, goal.limit, 0, goal.first);
  const std::int64_t own = rules::CountedOf(member.tallies, goal.limit, 0, goal.first);
  GoalProgress out;
  out.target = goal.target / unit;
  out.reached = reached / unit;
  out.own = own / unit;
  out.reached_target = reached >= goal.target;
  out.took_part = own > 0;
  out.rewarded = rules::CountedOf(member.tallies, goal.limit, kRewarded, goal.first) != 0;
  return out;
}

BusinessDate LastClaimOf(const rules::Goal& goal) {
  return BusinessDate(goal.last.value() + static_cast<std::int32_t>(goal.claim_days));
}

}  // namespace tanhui::points
