#include "ledger/rules/rule_set.h"

#include <algorithm>

namespace tanhui::rules {

const Rule* RuleSet::Find(ScenarioNo scenario) const {
  const auto found =
      std::lower_bound(rules.begin(), rules.end(), scenario,
                       [](const Rule& rule, ScenarioNo no) { return rule.scenario < no; });
  return found == rules.end() || found->scenario != scenario ? nullptr : &*found;
}

}  // namespace tanhui::rules
