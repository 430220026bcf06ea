#include "tests/property/earning_model.h"

#include <algorithm>

#include "ledger/core/check.h"
#include "tests/ledger/points/earning/acts.h"
#include "tests/ledger/points/words.h"

namespace tanhui::property {
namespace {

enum class Measure { kActs, kQuantity, kGrams, kPoints };

// A scenario in one version: what a unit earns, in millionths, and its only cap.
struct Row {
  std::string scenario;
  int version;
  std::int64_t micrograms;
  std::int64_t micropoints;
  char period;  // d, w, m, y
  Measure measure;
  std::int64_t most;  // in units, grams or points
  bool refuses;
  std::int64_t least;
};

const std::vector<Row> kRows = {
    {"ride", 1, 46'700, 4'670, 'd', Measure::kActs, 3, true, 1},
    {"ride", 2, 46'700, 4'670, 'd', Measure::kActs, 2, true, 1},
    {"walk", 1, 0, 1'000, 'd', Measure::kQuantity, 10'000, false, 100},
    {"walk", 2, 0, 1'000, 'd', Measure::kQuantity, 6'000, false, 100},
    {"bike", 1, 100'000, 10'000, 'w', Measure::kGrams, 500, false, 1},
    {"bike", 2, 150'000, 15'000, 'w', Measure::kGrams, 400, false, 1},
    {"bottle", 1, 0, 300'000, 'm', Measure::kPoints, 10, false, 1},
    {"bottle", 2, 0, 300'000, 'm', Measure::kPoints, 10, false, 1},
    {"post", 1, 0, 7'000'000, 'y', Measure::kPoints, 20, true, 1},
    {"post", 2, 0, 8'000'000, 'y', Measure::kPoints, 90, true, 1},
};

const Row& RowOfAct(const ModelAct& act) {
  const int version = FormatDate(act.date) < std::string(kNextFirstDate) ? 1 : 2;
  for (const Row& row : kRows) {
    if (row.scenario == act.scenario && row.version == version) {
      return row;
    }
  }
  Check(false, "a scenario of the model");
  return kRows.front();
}

std::string PeriodOf(char period, BusinessDate date) {
  const std::string text = FormatDate(date);
  switch (period) {
    case 'w':
      return std::to_string((date.value() + 3) / 7);  // 1970-01-05 was a Monday
    case 'm':
      return text.substr(0, 7);
    case 'y':
      return text.substr(0, 4);
    default:
      return text;
  }
}

std::int64_t AmountOf(Measure measure, const ModelAct& act) {
  switch (measure) {
    case Measure::kQuantity:
      return act.taken;
    case Measure::kGrams:
      return act.micrograms;
    case Measure::kPoints:
      return act.micropoints;
    default:
      return 1;
  }
}

std::int64_t MostOf(const Row& row) {
  const bool millionths = row.measure == Measure::kGrams || row.measure == Measure::kPoints;
  return row.most * (millionths ? 1'000'000 : 1);
}

}  // namespace

entry::v1::RuleSet NextTownSet() {
  entry::v1::RuleSet set = world::TownSet();
  set.set_version(2);
  set.set_first_date(std::string(kNextFirstDate));
  set.mutable_rules(2)->mutable_rates(0)->set_grams("150");
  set.mutable_rules(4)->mutable_rates(0)->set_points("8");
  set.mutable_caps(0)->set_most(2);
  set.mutable_caps(1)->set_most(6'000);
  set.mutable_caps(2)->set_most(400);
  set.mutable_caps(4)->set_most(90);
  return set;
}

std::int64_t EarningModel::Used(const ModelAct& like) const {
  const Row& row = RowOfAct(like);
  std::int64_t used = 0;
  for (const ModelAct& act : acts_) {
    if (act.stands && act.citizen == like.citizen && act.scenario == like.scenario &&
        PeriodOf(row.period, act.date) == PeriodOf(row.period, like.date)) {
      used += AmountOf(row.measure, act);
    }
  }
  return used;
}

std::string EarningModel::Judge(ModelAct& act, BusinessDate today) const {
  const Row& row = RowOfAct(act);
  const auto found = spells_.find(act.scenario);
  const Spell spell = found == spells_.end() ? Spell{} : found->second;
  if (spell.suspended) {
    return "SCENARIO_SUSPENDED";
  }
  const int age = today.value() - act.date.value();
  const bool kept_out = spell.first.has_value() && spell.last.has_value() &&
                        spell.first->value() <= act.date.value() + kLateDays &&
                        spell.last->value() >= act.date.value() &&
                        today.value() <= spell.last->value() + kResubmitDays;
  if (age > kMaxAgeDays || (age > kLateDays && !kept_out)) {
    return "ACT_TOO_LATE";
  }
  if (act.quantity < row.least) {
    return "QUANTITY_OUT_OF_RANGE";
  }
  for (const ModelAct& other : acts_) {
    if (!act.evidence.empty() && other.claims && other.evidence == act.evidence &&
        other.date == act.date) {
      return "ALREADY_CLAIMED";
    }
  }
  return Measured(act);
}

std::string EarningModel::JudgeCorrection(ModelAct& act, std::size_t index, BusinessDate today) {
  if (act.scenario != acts_[index].scenario && Suspended(act.scenario)) {
    return "SCENARIO_SUSPENDED";
  }
  if (today.value() - act.date.value() > kMaxAgeDays) {
    return "ACT_TOO_LATE";
  }
  if (act.quantity < RowOfAct(act).least) {
    return "QUANTITY_OUT_OF_RANGE";
  }
  acts_[index].stands = false;
  std::string told = Measured(act);
  acts_[index].stands = true;
  return told;
}

// By rates and caps; the name of the reason or "OK".
std::string EarningModel::Measured(ModelAct& act) const {
  const Row& row = RowOfAct(act);
  const std::int64_t left = std::max<std::int64_t>(MostOf(row) - Used(act), 0);
  act.taken = act.quantity;
  if (row.measure == Measure::kQuantity) {
    act.taken = std::min(act.taken, left);
  }
  act.micrograms = act.taken * row.micrograms;
  act.micropoints = act.taken * row.micropoints;
  const std::int64_t whole_grams = act.micrograms;
  const std::int64_t whole_points = act.micropoints;
  if (row.measure == Measure::kGrams && act.micrograms > left) {
    act.micrograms = left;
    act.micropoints =
        static_cast<std::int64_t>(static_cast<__int128>(whole_points) * left / whole_grams);
  }
  if (row.measure == Measure::kPoints && act.micropoints > left) {
    if (row.refuses) {
      return "CAP_REACHED";
    }
    act.micropoints = left;
    act.micrograms =
        static_cast<std::int64_t>(static_cast<__int128>(whole_grams) * left / whole_points);
  }
  if (left == 0) {
    return "CAP_REACHED";
  }
  const std::int64_t carried = CarryOf(act.citizen) + act.micropoints;
  act.points = carried > 0 ? carried / 1'000'000 : 0;
  return "OK";
}

std::size_t EarningModel::Take(const ModelAct& act) {
  acts_.push_back(act);
  return acts_.size() - 1;
}

void EarningModel::Switch(const std::string& scenario, bool suspended, BusinessDate today) {
  Spell& spell = spells_[scenario];
  spell.suspended = suspended;
  if (!suspended) {
    spell.last = today;
    return;
  }
  // What ended today goes on.
  if (!(spell.last.has_value() && *spell.last == today)) {
    spell.first = today;
  }
  spell.last.reset();
}

bool EarningModel::Suspended(const std::string& scenario) const {
  const auto found = spells_.find(scenario);
  return found != spells_.end() && found->second.suspended;
}

std::int64_t EarningModel::CarryOf(int citizen) const {
  std::int64_t carry = 0;
  for (const ModelAct& act : acts_) {
    if (act.stands && act.citizen == citizen) {
      carry += act.micropoints - act.points * 1'000'000;
    }
  }
  return carry;
}

std::string EarningModel::Exceeded() const {
  // By the most that any version of the acts in the period allows.
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> sums;
  for (const ModelAct& act : acts_) {
    if (!act.stands) {
      continue;
    }
    const Row& row = RowOfAct(act);
    auto& [sum, most] = sums[std::to_string(act.citizen) + " " + act.scenario + " " +
                             PeriodOf(row.period, act.date)];
    sum += AmountOf(row.measure, act);
    most = std::max(most, MostOf(row));
  }
  for (const auto& [name, pair] : sums) {
    if (pair.first > pair.second) {
      return name;
    }
  }
  return {};
}

}  // namespace tanhui::property
