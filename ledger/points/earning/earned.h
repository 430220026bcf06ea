// What the rules say of an act, as its entry tells it: of acts and of what corrects them.
#ifndef TANHUI_LEDGER_POINTS_EARNING_EARNED_H_
#define TANHUI_LEDGER_POINTS_EARNING_EARNED_H_

#include <cstdint>
#include <span>
#include <vector>

#include "ledger/core/book.h"
#include "ledger/points/party.h"
#include "ledger/rules/evaluation.h"

namespace tanhui::points {

// Appends the budgets of bonuses that an act of the district and date may get.
void NamesOfBonuses(const State& state, std::uint32_t district, BusinessDate date,
                    std::vector<AccountNo>& out);

// That the rule of the act pays in the citizen's asset. `set` is null where none is in force.
void WantAssetOfRule(const rules::RuleSet* set, const entry::v1::Earning& act, const Party& citizen,
                     Verdict& verdict);

// That what the act counts for has room on the citizen's account, which stood as `standing` says,
// and on the household's; null: there is none.
void WantRoom(const rules::Rulebook& book, const rules::Earned& earned,
              const rules::Standing& standing, const Account* household, BusinessDate date,
              Verdict& verdict);

// The budget of the bonus when it is of the citizen's asset and pays for the date; nullptr
// otherwise. What it holds is not looked at.
const Budget* BudgetOfBonus(const State& state, const rules::Earned& earned, const Party& citizen,
                            BusinessDate date);

// Sets the effects of an act without a bonus but `carried` and the household.
void FillEarned(const rules::Earned& earned, entry::v1::Earning& act);
// Adds the bonus.
void FillBonus(const rules::Earned& earned, const Budget& budget, entry::v1::Earning& act);

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_EARNING_EARNED_H_
