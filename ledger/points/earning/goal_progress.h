// How far a household is towards a goal, and what its members did of it.
#ifndef TANHUI_LEDGER_POINTS_EARNING_GOAL_PROGRESS_H_
#define TANHUI_LEDGER_POINTS_EARNING_GOAL_PROGRESS_H_

#include <cstdint>

#include "ledger/core/account.h"
#include "ledger/core/business_time.h"
#include "ledger/rules/rule_set.h"

namespace tanhui::points {

// Under which the tally stands, on a member's account, that says that the member was rewarded.
inline constexpr std::uint32_t kRewarded = 1;

// Acts, units, whole grams or whole points, as the goal counts.
struct GoalProgress {
  std::int64_t target = 0;
  std::int64_t reached = 0;  // by the household
  std::int64_t own = 0;      // by the member
  // By the exact counts, of which the numbers above may be rounded down.
  bool reached_target = false;
  bool took_part = false;
  bool rewarded = false;
};
// `household` is null of a citizen who is in none.
GoalProgress ProgressOf(const rules::Goal& goal, const Account& member, const Account* household);

// The last day on which the reward can be claimed.
BusinessDate LastClaimOf(const rules::Goal& goal);

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_EARNING_GOAL_PROGRESS_H_
