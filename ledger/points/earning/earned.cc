#include "ledger/points/earning/earned.h"

#include <algorithm>

#include "ledger/points/budget_period.h"
#include "ledger/rules/tallies.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

// Far from where sums of 64 bits end: an account that came so far earns nothing more.
constexpr std::int64_t kMostCounted = std::int64_t{4'000'000'000'000'000'000};

bool FitsCarry(std::int64_t carry, std::int64_t change) {
  const __int128 sum = static_cast<__int128>(carry) + change;
  return sum <= kMostCounted && sum >= -kMostCounted;
}

bool FitsTallies(const rules::Rulebook& book, const rules::Earned& earned,
                 std::span<const Tally> tallies, BusinessDate date) {
  return std::all_of(earned.counts.begin(), earned.counts.end(), [&](const rules::Count& count) {
    const auto first = rules::PeriodOf(book, count.limit, date);
    return first.has_value() &&
           FitsCarry(rules::CountedOf(tallies, count.limit, count.category, *first), count.amount);
  });
}

}  // namespace

void NamesOfBonuses(const State& state, std::uint32_t district, BusinessDate date,
                    std::vector<AccountNo>& out) {
  const rules::RuleSet* set = rules::RulebookOf(state.registry()).InForce(district, date);
  if (set == nullptr) {
    return;
  }
  for (const rules::Bonus& bonus : set->bonuses) {
    const Budget* budget = state.registry().FindBudget(bonus.budget);
    if (budget != nullptr) {
      out.push_back(budget->account);
    }
  }
}

void WantAssetOfRule(const rules::RuleSet* set, const pb::Earning& act, const Party& citizen,
                     Verdict& verdict) {
  const rules::Rule* rule = set == nullptr ? nullptr : set->Find(rules::ScenarioNo(act.scenario()));
  verdict.Want(rule == nullptr || rule->asset.empty() || rule->asset == citizen.asset().code,
               Reason::kAssetMismatch, "budget");
}

void WantRoom(const rules::Rulebook& book, const rules::Earned& earned,
              const rules::Standing& standing, const Account* household, BusinessDate date,
              Verdict& verdict) {
  const std::size_t most_tallies =
      std::max(standing.tallies.size(), household == nullptr ? 0 : household->tallies.size());
  verdict.Want(most_tallies + earned.counts.size() < kMaxTallies, Reason::kCapReached, "account");
  verdict.Want(FitsCarry(standing.carry, earned.carry) &&
                   FitsCarry(standing.gram_carry, earned.gram_carry) &&
                   FitsTallies(book, earned, standing.tallies, date) &&
                   (household == nullptr || FitsTallies(book, earned, household->tallies, date)),
               Reason::kBalanceLimit, "act.quantity");
}

const Budget* BudgetOfBonus(const State& state, const rules::Earned& earned, const Party& citizen,
                            BusinessDate date) {
  const Budget* budget =
      earned.bonus == nullptr ? nullptr : state.registry().FindBudget(earned.bonus->budget);
  const bool pays = budget != nullptr && budget->asset == citizen.account().asset &&
                    PaysOn(*budget, date) && state.FindAccount(budget->account) != nullptr;
  return pays ? budget : nullptr;
}

void FillEarned(const rules::Earned& earned, pb::Earning& act) {
  act.set_rules(earned.set->document.value());
  act.set_points(earned.points);
  act.set_grams(earned.grams);
  act.set_carry(earned.carry);
  act.set_gram_carry(earned.gram_carry);
  for (const rules::Count& count : earned.counts) {
    pb::Tally& tally = *act.add_counted();
    tally.set_number(count.limit.value());
    tally.set_amount(count.amount);
    tally.set_category(count.category);
  }
}

void FillBonus(const rules::Earned& earned, const Budget& budget, pb::Earning& act) {
  act.set_bonus_points(earned.bonus_points);
  act.set_bonus_budget(budget.account.value());
  pb::Tally& tally = *act.add_counted();
  tally.set_number(earned.bonus->limit.value());
  tally.set_amount(earned.bonus_points);
}

}  // namespace tanhui::points
