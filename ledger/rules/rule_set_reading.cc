// A rule set that was checked as the ledger uses it: names as numbers, ratios exact.
#include <algorithm>
#include <utility>

#include "ledger/core/check.h"
#include "ledger/rules/rule_set_document.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;
using Texts = google::protobuf::RepeatedPtrField<std::string>;

std::array<std::uint32_t, kGrades> ReadGrades(
    const google::protobuf::RepeatedPtrField<pb::GradeRate>& grades) {
  std::array<std::uint32_t, kGrades> percents{};
  for (const pb::GradeRate& rate : grades) {
    percents.at(static_cast<std::size_t>(rate.grade())) = rate.percent();
  }
  // What is not stated is taken for recorded.
  percents[pb::EVIDENCE_GRADE_UNSPECIFIED] = percents[pb::EVIDENCE_GRADE_RECORDED];
  return percents;
}

Rate ReadRate(const pb::Rate& rate, const pb::PointsForGrams& by_grams,
              const Numbering& numbering) {
  const auto earnings = EarningsOf(rate, by_grams);
  Rate out;
  out.material = MaterialNo(rate.code().empty() ? 0 : numbering.materials.Add(rate.code()));
  out.off = rate.off();
  Check(earnings.has_value(), "a rate was not checked");
  out.micrograms = earnings->micrograms;
  out.micropoints = earnings->micropoints;
  return out;
}

Rule ReadRule(const pb::RuleSet& set, const pb::Rule& rule, const Numbering& numbering) {
  Rule out;
  out.scenario = ScenarioNo(numbering.scenarios.Add(rule.scenario()));
  out.off = rule.off();
  out.unit = rule.unit();
  out.measure = rule.measure();
  for (const pb::Rate& rate : rule.rates()) {
    out.rates.push_back(ReadRate(rate, PointsForGramsOf(set, rule), numbering));
  }
  out.percents = ReadGrades(rule.grades().empty() ? set.grades() : rule.grades());
  out.asset = rule.asset().empty() ? set.asset() : rule.asset();
  out.step = rule.payout_step() == 0 ? 1 : rule.payout_step();
  out.min_quantity = rule.min_quantity();
  out.max_quantity = rule.max_quantity();
  out.min_seconds = rule.min_seconds();
  out.weigh_days = rule.weigh_days();
  out.catalogue = rule.catalogue();
  for (const std::string& category : rule.categories()) {
    out.categories.emplace_back(numbering.categories.Add(category));
  }
  out.venue_kind = rule.venue_kind();
  out.first_share_percent = rule.first_share_percent();
  out.min_evidence = rule.min_evidence();
  out.needs_serial = rule.needs_serial();
  out.check_in = rule.check_in();
  out.late_days = rule.late_days() == 0 ? set.late_days() : rule.late_days();
  return out;
}

// As tallies count.
std::int64_t InTallies(std::uint64_t number, pb::Counted counted) {
  const bool millionths = counted == pb::COUNTED_GRAMS || counted == pb::COUNTED_POINTS;
  return static_cast<std::int64_t>(number) * (millionths ? kMillion : 1);
}

Cap ReadCap(const pb::Cap& cap, LimitNo limit) {
  Cap out;
  out.limit = limit;
  out.code = cap.code();
  out.period = cap.period();
  out.counted = cap.counted();
  out.most = InTallies(cap.most(), cap.counted());
  out.per_category = cap.per_category();
  out.refuses = cap.refuses() || cap.counted() == pb::COUNTED_ACTS;
  return out;
}

Bonus ReadBonus(const pb::Bonus& bonus, LimitNo limit) {
  Bonus out;
  out.limit = limit;
  out.first = CheckedDate(bonus.first_date());
  out.last = CheckedDate(bonus.last_date());
  out.percent = bonus.percent();
  out.most = static_cast<std::int64_t>(bonus.most());
  out.budget = bonus.budget();
  return out;
}

Goal ReadGoal(const pb::Goal& goal, LimitNo limit) {
  Goal out;
  out.limit = limit;
  out.code = goal.code();
  out.display_name = goal.display_name();
  out.first = CheckedDate(goal.first_date());
  out.last = CheckedDate(goal.last_date());
  out.counted = goal.counted();
  out.target = InTallies(goal.target(), goal.counted());
  out.reward = static_cast<std::int64_t>(goal.reward());
  out.budget = goal.budget();
  out.claim_days = goal.claim_days();
  return out;
}

// Reads the limits of one kind in order of their numbers, and tells each rule the indexes of those
// that are for its scenario.
template <typename Rows, typename Limits, typename Read>
void ReadLimits(const Rows& rows, const Numbering& numbering, Read read, RuleSet& set,
                Limits RuleSet::*limits, std::vector<std::uint32_t> Rule::*indexes) {
  std::vector<std::pair<LimitNo, int>> order;
  for (int i = 0; i < rows.size(); ++i) {
    order.emplace_back(numbering.limit(rows.Get(i).code()), i);
  }
  std::sort(order.begin(), order.end());
  for (const auto& [limit, i] : order) {
    const auto index = static_cast<std::uint32_t>((set.*limits).size());
    (set.*limits).push_back(read(rows.Get(i), limit));
    const Texts& scenarios = rows.Get(i).scenarios();
    for (Rule& rule : set.rules) {
      const std::string_view name = numbering.scenarios.NameOf(rule.scenario.value());
      if (scenarios.empty() ||
          std::find(scenarios.begin(), scenarios.end(), name) != scenarios.end()) {
        (rule.*indexes).push_back(index);
      }
    }
  }
}

}  // namespace

std::optional<UnitEarnings> EarningsOf(const pb::Rate& rate, const pb::PointsForGrams& by_grams) {
  if (!rate.off().empty()) {
    return UnitEarnings{};
  }
  const auto grams = ParseDecimal(rate.grams().empty() ? "0" : rate.grams());
  const auto points = ParseDecimal(rate.points().empty() ? "0" : rate.points());
  if (!grams.has_value() || !points.has_value() || rate.per() > std::uint64_t{kMostOfRatio}) {
    return std::nullopt;
  }
  const __int128 per = rate.per() == 0 ? 1 : rate.per();
  const auto micrograms = MakeRatio(static_cast<__int128>(grams->over) * kMillion,
                                    static_cast<__int128>(grams->under) * per);
  // At most 10^27 over 10^36.
  const auto micropoints =
      rate.points().empty()
          ? MakeRatio(static_cast<__int128>(grams->over) * kMillion * by_grams.points(),
                      static_cast<__int128>(grams->under) * per * by_grams.grams())
          : MakeRatio(static_cast<__int128>(points->over) * kMillion,
                      static_cast<__int128>(points->under) * per);
  if (!micrograms.has_value() || !micropoints.has_value()) {
    return std::nullopt;
  }
  return UnitEarnings{*micrograms, *micropoints};
}

const pb::PointsForGrams& PointsForGramsOf(const pb::RuleSet& set, const pb::Rule& rule) {
  return rule.has_points_for_grams() ? rule.points_for_grams() : set.points_for_grams();
}

RuleSet ReadRuleSet(const pb::RuleSet& set, DocumentNo document, const Numbering& numbering) {
  RuleSet out;
  out.document = document;
  out.code = set.code();
  out.version = set.version();
  out.first_date = CheckedDate(set.first_date());
  out.city = set.city();
  for (const pb::District& district : set.districts()) {
    out.districts.push_back(district.code());
  }
  std::sort(out.districts.begin(), out.districts.end());
  out.late_days = set.late_days();
  out.resubmit_days = set.resubmit_days();
  out.max_age_days = set.max_age_days();
  out.unclaimed_days = set.unclaimed_days();
  for (const pb::EvidenceSource& source : set.evidence_sources()) {
    out.sources.emplace(source.code(), source.kind());
  }
  // Scenarios first, all of them, then what their rates name: in the order that RULES.md tells.
  for (const pb::Rule& rule : set.rules()) {
    numbering.scenarios.Add(rule.scenario());
  }
  for (const pb::Rule& rule : set.rules()) {
    out.rules.push_back(ReadRule(set, rule, numbering));
  }
  std::sort(out.rules.begin(), out.rules.end(),
            [](const Rule& a, const Rule& b) { return a.scenario < b.scenario; });
  ReadLimits(set.caps(), numbering, ReadCap, out, &RuleSet::caps, &Rule::caps);
  ReadLimits(set.bonuses(), numbering, ReadBonus, out, &RuleSet::bonuses, &Rule::bonuses);
  ReadLimits(set.goals(), numbering, ReadGoal, out, &RuleSet::goals, &Rule::goals);
  return out;
}

}  // namespace tanhui::rules
