#include "ledger/rules/rule_set_document.h"

#include <set>
#include <string>
#include <vector>

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;
using Texts = google::protobuf::RepeatedPtrField<std::string>;

constexpr std::uint32_t kMostExchange = 1'000'000;  // of points for grams, and of a payout step
constexpr std::uint32_t kMostBonusPercent = 1'000;
constexpr std::uint32_t kMostEvidence = 16;
constexpr std::uint64_t kMostQuantity = kMostOfRatio;

std::string_view Self(const std::string& text) { return text; }

Found CheckExchange(const pb::PointsForGrams& exchange) {
  const auto fits = [](std::uint32_t number) { return number > 0 && number <= kMostExchange; };
  return Collected({Want(fits(exchange.points()), "points", "must be 1 to 1000000"),
                    Want(fits(exchange.grams()), "grams", "must be 1 to 1000000")});
}

Found CheckGrades(const google::protobuf::RepeatedPtrField<pb::GradeRate>& grades) {
  if (Found found = Each("grades", grades, [](const pb::GradeRate& rate) {
        return Collected(
            {Want(rate.grade() >= pb::EVIDENCE_GRADE_RECORDED &&
                      rate.grade() <= pb::EVIDENCE_GRADE_DECLARED,
                  "grade", "must be a grade of evidence"),
             Want(rate.percent() >= 1 && rate.percent() <= 100, "percent", "must be 1 to 100")});
      })) {
    return found;
  }
  return Unique("grades", grades, "grade",
                [](const pb::GradeRate& rate) { return static_cast<int>(rate.grade()); });
}

Found CheckOff(std::string_view off) {
  return off.empty() ? std::nullopt : WantText(off, kMaxDisplayName, "off");
}

Found CheckRate(const pb::RuleSet& set, const pb::Rule& rule, const pb::Rate& rate) {
  const auto decimal = [](std::string_view text, std::string_view path) {
    return Want(text.empty() || ParseDecimal(text).has_value(), path,
                "must be a decimal such as 46.7, of at most 9 digits on each side");
  };
  if (Found found =
          Collected({Want(!rate.code().empty() || rule.rates_size() == 1, "code",
                          "is missing: only a rule's only rate can be without"),
                     rate.code().empty() ? std::nullopt : WantCode(rate.code(), "code"),
                     rate.display_name().empty()
                         ? std::nullopt
                         : WantText(rate.display_name(), kMaxDisplayName, "display_name"),
                     decimal(rate.grams(), "grams"), decimal(rate.points(), "points"),
                     WantAtMost(rate.per(), kMostQuantity, "per"), CheckOff(rate.off()),
                     rate.has_source() ? WantSource(rate.source(), "source") : std::nullopt})) {
    return found;
  }
  if (!rate.off().empty()) {
    return std::nullopt;
  }
  const pb::PointsForGrams& by_grams = PointsForGramsOf(set, rule);
  if (Found found =
          Collected({Want(!rate.grams().empty() || !rate.points().empty(), "grams",
                          "is missing, and so are points: say why in off if it earns nothing"),
                     Want(!rate.points().empty() || by_grams.grams() > 0, "points",
                          "is missing, and nothing says how many points there are for grams"),
                     WantSource(rate.source(), "source")})) {
    return found;
  }
  const auto earnings = EarningsOf(rate, by_grams);
  const std::string_view path = rate.points().empty() ? "grams" : "points";
  return Collected({Want(earnings.has_value(), path, "is too large or too fine"),
                    Want(!earnings.has_value() || earnings->micropoints.over > 0, path,
                         "earns nothing: say why in off")});
}

Found CheckQuantities(const pb::Rule& rule) {
  return Collected({WantAtMost(rule.min_quantity(), kMostQuantity, "min_quantity"),
                    WantAtMost(rule.max_quantity(), kMostQuantity, "max_quantity"),
                    Want(rule.max_quantity() == 0 || rule.min_quantity() <= rule.max_quantity(),
                         "max_quantity", "is less than min_quantity"),
                    WantAtMost(rule.payout_step(), kMostExchange, "payout_step"),
                    WantAtMost(rule.min_evidence(), kMostEvidence, "min_evidence"),
                    WantAtMost(rule.first_share_percent(), 99, "first_share_percent")});
}

Found CheckMeasure(const pb::RuleSet& set, const pb::Rule& rule) {
  const bool stations = rule.measure() == pb::MEASURE_STATIONS;
  const bool saving = rule.measure() == pb::MEASURE_PRODUCT_SAVING;
  return Collected(
      {Want(rule.unit() >= pb::UNIT_TIME && rule.unit() <= pb::UNIT_WATT_HOUR, "unit",
            "must be a unit"),
       Want(rule.measure() >= pb::MEASURE_UNSPECIFIED &&
                rule.measure() <= pb::MEASURE_PRODUCT_SAVING,
            "measure", "is unknown"),
       Want(!stations || rule.unit() == pb::UNIT_METRE, "unit", "must be metres between stations"),
       Want(!stations || !set.city().empty(), "measure", "needs the city of the set"),
       Want(!saving || rule.unit() == pb::UNIT_ITEM, "unit",
            "must be item: pieces of a product, each saving what the catalogue says"),
       Want(!saving || !rule.catalogue().empty(), "catalogue",
            "is missing: savings stand in a catalogue")});
}

// Windows of a rule, or with the set's own late days of the set.
Found CheckWindows(const pb::RuleSet& set, std::uint32_t late_days, std::string_view unclaimed) {
  // Sums of two 32-bit numbers.
  const std::uint64_t late = late_days;
  return Collected({Want(late <= set.max_age_days(), "late_days", "is more than max_age_days"),
                    Want(late + set.unclaimed_days() <= set.max_age_days(), unclaimed,
                         "late_days and unclaimed_days together are more than max_age_days")});
}

Found CheckWeighing(const pb::RuleSet& set, const pb::Rule& rule) {
  if (rule.weigh_days() == 0) {
    return std::nullopt;
  }
  const std::uint64_t late = rule.late_days() == 0 ? set.late_days() : rule.late_days();
  return Collected({Want(late + rule.weigh_days() <= set.max_age_days(), "weigh_days",
                         "late_days and weigh_days together are more than max_age_days"),
                    Want(rule.first_share_percent() == 0, "first_share_percent",
                         "an act of two parties is not booked")});
}

Found CheckPlaces(const pb::Rule& rule) {
  return Collected(
      {rule.asset().empty() ? std::nullopt : WantCode(rule.asset(), "asset"),
       rule.catalogue().empty() ? std::nullopt : WantCode(rule.catalogue(), "catalogue"),
       rule.venue_kind().empty() ? std::nullopt : WantWord(rule.venue_kind(), "venue_kind"),
       Want(rule.categories().empty() || !rule.catalogue().empty(), "catalogue",
            "is missing: categories are of a catalogue"),
       Want(!rule.check_in() || !rule.venue_kind().empty(), "venue_kind",
            "is missing: one checks in at a venue"),
       Each("categories", rule.categories(),
            [](const std::string& word) { return WantWord(word, ""); }),
       Unique("categories", rule.categories(), "", Self)});
}

Found CheckRule(const pb::RuleSet& set, const pb::Rule& rule) {
  const bool on = rule.off().empty();
  Found found = Collected(
      {WantWord(rule.scenario(), "scenario"),
       WantText(rule.display_name(), kMaxDisplayName, "display_name"), CheckOff(rule.off()),
       CheckMeasure(set, rule),
       rule.has_points_for_grams()
           ? Inside("points_for_grams", CheckExchange(rule.points_for_grams()))
           : std::nullopt,
       CheckGrades(rule.grades()), CheckQuantities(rule), CheckPlaces(rule),
       rule.late_days() == 0 ? std::nullopt : CheckWindows(set, rule.late_days(), "late_days"),
       CheckWeighing(set, rule),
       rule.has_condition_source() ? WantSource(rule.condition_source(), "condition_source")
                                   : std::nullopt,
       Want(!on || !rule.rates().empty(), "rates", "is missing: say why in off"),
       Want(!on || !rule.grades().empty() || !set.grades().empty(), "grades",
            "is missing here and in the set: every act would be refused")});
  const Found rates =
      Each("rates", rule.rates(), [&](const pb::Rate& rate) { return CheckRate(set, rule, rate); });
  found.Add(rates ? rates : Unique("rates", rule.rates(), "code", [](const pb::Rate& rate) {
    return std::string_view(rate.code());
  }));
  return found;
}

const pb::Rule* RuleOf(const pb::RuleSet& set, std::string_view scenario) {
  const auto found =
      std::find_if(set.rules().begin(), set.rules().end(),
                   [scenario](const pb::Rule& rule) { return rule.scenario() == scenario; });
  return found == set.rules().end() ? nullptr : &*found;
}

Found CheckScenarios(const pb::RuleSet& set, const Texts& scenarios) {
  return Collected({Each("scenarios", scenarios,
                         [&](const std::string& scenario) {
                           return Want(RuleOf(set, scenario) != nullptr, "",
                                       "is no scenario of the set");
                         }),
                    Unique("scenarios", scenarios, "", Self)});
}

// `counted` and the number that it is measured by.
Found CheckCounted(const pb::RuleSet& set, const Texts& scenarios, pb::Counted counted,
                   std::uint64_t number, std::string_view path) {
  const bool millionths = counted == pb::COUNTED_GRAMS || counted == pb::COUNTED_POINTS;
  return Collected(
      {Want(counted >= pb::COUNTED_ACTS && counted <= pb::COUNTED_POINTS, "counted",
            "must be acts, quantity, grams or points"),
       Want(counted != pb::COUNTED_QUANTITY || UnitOf(set, scenarios) != pb::UNIT_UNSPECIFIED,
            "scenarios", "have different units, so their quantity is no sum"),
       Want(number > 0, path, "must be above zero"),
       WantAtMost(number, millionths ? kMostPoints : kMostQuantity, path)});
}

Found CheckCap(const pb::RuleSet& set, const pb::Cap& cap) {
  if (Found found = Collected(
          {WantCode(cap.code(), "code"), Want(!cap.scenarios().empty(), "scenarios", "is missing"),
           CheckScenarios(set, cap.scenarios()),
           Want(cap.period() >= pb::PERIOD_DAY && cap.period() <= pb::PERIOD_YEAR, "period",
                "must be a day, a week, a month or a year"),
           CheckCounted(set, cap.scenarios(), cap.counted(), cap.most(), "most"),
           cap.has_source() ? WantSource(cap.source(), "source") : std::nullopt})) {
    return found;
  }
  const bool categories = std::all_of(
      cap.scenarios().begin(), cap.scenarios().end(),
      [&](const std::string& scenario) { return !RuleOf(set, scenario)->catalogue().empty(); });
  return Want(!cap.per_category() || categories, "per_category",
              "needs scenarios with a catalogue: only products have a category");
}

Found CheckBonus(const pb::RuleSet& set, const pb::Bonus& bonus) {
  return Collected({WantCode(bonus.code(), "code"),
                    WantText(bonus.display_name(), kMaxDisplayName, "display_name"),
                    WantDates(bonus.first_date(), bonus.last_date(), "first_date", "last_date"),
                    CheckScenarios(set, bonus.scenarios()),
                    Want(bonus.percent() > 0, "percent", "must be above zero"),
                    WantAtMost(bonus.percent(), kMostBonusPercent, "percent"),
                    WantAtMost(bonus.most(), kMostPoints, "most"),
                    WantCode(bonus.budget(), "budget"),
                    bonus.has_source() ? WantSource(bonus.source(), "source") : std::nullopt});
}

Found CheckGoal(const pb::RuleSet& set, const pb::Goal& goal) {
  return Collected({WantCode(goal.code(), "code"),
                    WantText(goal.display_name(), kMaxDisplayName, "display_name"),
                    WantDates(goal.first_date(), goal.last_date(), "first_date", "last_date"),
                    CheckScenarios(set, goal.scenarios()),
                    CheckCounted(set, goal.scenarios(), goal.counted(), goal.target(), "target"),
                    Want(goal.reward() > 0, "reward", "must be above zero"),
                    WantAtMost(goal.reward(), kMostPoints, "reward"),
                    WantCode(goal.budget(), "budget"),
                    WantAtMost(goal.claim_days(), kMaxAgeDays, "claim_days"),
                    goal.has_source() ? WantSource(goal.source(), "source") : std::nullopt});
}

// Codes of caps, bonuses and goals are of one kind: a tally has the number of any of them.
Found CheckLimitCodes(const pb::RuleSet& set) {
  std::set<std::string_view> codes;
  const auto add = [&codes](const auto& limit) {
    return Want(codes.insert(limit.code()).second, "code",
                "stands twice: caps, bonuses and goals need codes of their own");
  };
  return Collected({Each("caps", set.caps(), add), Each("bonuses", set.bonuses(), add),
                    Each("goals", set.goals(), add)});
}

Found CheckDistricts(const pb::RuleSet& set) {
  if (set.districts().empty()) {
    return Problem{"districts", "is missing: the rules would be asked nowhere"};
  }
  if (Found found = Each("districts", set.districts(), [](const pb::District& district) {
        return Collected({Want(district.code() >= 100'000 && district.code() <= 999'999, "code",
                               "must be six digits"),
                          WantText(district.name(), kMaxDisplayName, "name")});
      })) {
    return found;
  }
  return Unique("districts", set.districts(), "code",
                [](const pb::District& district) { return district.code(); });
}

Found CheckSources(const pb::RuleSet& set) {
  if (Found found =
          Each("evidence_sources", set.evidence_sources(), [](const pb::EvidenceSource& source) {
            return Collected(
                {WantCode(source.code(), "code"),
                 WantText(source.display_name(), kMaxDisplayName, "display_name"),
                 Want(source.kind() >= pb::EVIDENCE_KIND_RECORD &&
                          source.kind() <= pb::EVIDENCE_KIND_MOMENT,
                      "kind", "must be a kind of evidence: record, serial or moment")});
          })) {
    return found;
  }
  return Unique("evidence_sources", set.evidence_sources(), "code",
                [](const pb::EvidenceSource& source) { return std::string_view(source.code()); });
}

constexpr int kMostRules = 256;
constexpr int kMostLimits = 256;

Found CheckSet(const pb::RuleSet& set) {
  return Collected({WantHeading(set.code(), set.version(), set.first_date(), set.display_name()),
                    set.city().empty() ? std::nullopt : WantCode(set.city(), "city"),
                    CheckDistricts(set),
                    set.asset().empty() ? std::nullopt : WantCode(set.asset(), "asset"),
                    set.has_points_for_grams()
                        ? Inside("points_for_grams", CheckExchange(set.points_for_grams()))
                        : std::nullopt,
                    WantAtMost(set.max_age_days(), kMaxAgeDays, "max_age_days"),
                    WantAtMost(set.resubmit_days(), kMaxAgeDays, "resubmit_days"),
                    CheckWindows(set, set.late_days(), "unclaimed_days"), CheckGrades(set.grades()),
                    CheckSources(set), Want(!set.rules().empty(), "rules", "is missing")});
}

}  // namespace

Found CheckRuleSet(const pb::RuleSet& set) {
  // A rule set is asked for every act, and an account holds a tally of each limit.
  if (set.rules_size() > kMostRules ||
      set.caps_size() + set.bonuses_size() + set.goals_size() > kMostLimits) {
    return Problem{"rules", "at most 256 rules, and 256 caps, bonuses and goals together"};
  }
  const Found limits = Collected(
      {Each("caps", set.caps(), [&](const pb::Cap& cap) { return CheckCap(set, cap); }),
       Each("bonuses", set.bonuses(), [&](const pb::Bonus& row) { return CheckBonus(set, row); }),
       Each("goals", set.goals(), [&](const pb::Goal& goal) { return CheckGoal(set, goal); })});
  return Collected(
      {CheckSet(set),
       Each("rules", set.rules(), [&](const pb::Rule& rule) { return CheckRule(set, rule); }),
       Unique("rules", set.rules(), "scenario",
              [](const pb::Rule& rule) { return std::string_view(rule.scenario()); }),
       limits ? limits : CheckLimitCodes(set)});
}

pb::Unit UnitOf(const pb::RuleSet& set, const Texts& scenarios) {
  std::set<pb::Unit> units;
  for (const pb::Rule& rule : set.rules()) {
    if (scenarios.empty() ||
        std::find(scenarios.begin(), scenarios.end(), rule.scenario()) != scenarios.end()) {
      units.insert(rule.unit());
    }
  }
  return units.size() == 1 ? *units.begin() : pb::UNIT_UNSPECIFIED;
}

}  // namespace tanhui::rules
