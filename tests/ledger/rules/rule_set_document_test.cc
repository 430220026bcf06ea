#include "ledger/rules/rule_set_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/ledger/rules/documents.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;
using S = pb::RuleSet;

struct Row {
  std::function<void(S&)> spoil;
  std::string problem;
};

void ExpectProblems(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    S set = DemoSet();
    row.spoil(set);
    EXPECT_EQ(Text(CheckRuleSet(set)), row.problem);
  }
}

TEST(RuleSetDocumentTest, TheDemoIsFine) { EXPECT_EQ(Text(CheckRuleSet(DemoSet())), "OK"); }

TEST(RuleSetDocumentTest, OfTheSet) {
  ExpectProblems({
      {[](S& s) { s.clear_code(); }, "code: must be 1 to 40 of a-z, 0-9, - and _"},
      {[](S& s) { s.set_first_date("2027-1-1"); }, "first_date: must be a date, YYYY-MM-DD"},
      {[](S& s) { s.set_first_date("2027-01-01 "); }, "first_date: must be a date, YYYY-MM-DD"},
      {[](S& s) { s.set_city("重庆"); }, "city: must be 1 to 40 of a-z, 0-9, - and _"},
      {[](S& s) { s.clear_districts(); },
       "districts: is missing: the rules would be asked nowhere"},
      {[](S& s) { s.mutable_districts(1)->set_code(50010); },
       "districts[1].code: must be six digits"},
      {[](S& s) { s.mutable_districts(1)->set_code(500112); }, "districts[1].code: stands twice"},
      {[](S& s) { s.set_asset("Points"); }, "asset: must be 1 to 40 of a-z, 0-9, - and _"},
      {[](S& s) { s.mutable_points_for_grams()->set_grams(0); },
       "points_for_grams.grams: must be 1 to 1000000"},
      {[](S& s) { s.set_max_age_days(367); }, "max_age_days: must be at most 366"},
      {[](S& s) { s.set_late_days(61); }, "late_days: is more than max_age_days"},
      {[](S& s) { s.set_unclaimed_days(54); },
       "unclaimed_days: late_days and unclaimed_days together are more than max_age_days"},
      {[](S& s) { s.set_unclaimed_days(4'294'967'295); },
       "unclaimed_days: late_days and unclaimed_days together are more than max_age_days"},
      {[](S& s) { s.set_resubmit_days(400); }, "resubmit_days: must be at most 366"},
      {[](S& s) { s.mutable_grades(0)->set_percent(0); }, "grades[0].percent: must be 1 to 100"},
      {[](S& s) { s.mutable_grades(1)->set_percent(101); }, "grades[1].percent: must be 1 to 100"},
      {[](S& s) { s.mutable_grades(1)->set_grade(pb::EVIDENCE_GRADE_RECORDED); },
       "grades[1].grade: stands twice"},
      {[](S& s) { s.mutable_grades(1)->clear_grade(); },
       "grades[1].grade: must be a grade of evidence"},
      {[](S& s) { s.clear_rules(); }, "rules: is missing"},
  });
}

TEST(RuleSetDocumentTest, OfRules) {
  ExpectProblems({
      {[](S& s) { s.mutable_rules(1)->set_scenario("metro_ride"); },
       "rules[1].scenario: stands twice"},
      {[](S& s) { s.mutable_rules(0)->set_scenario("metro-ride"); },
       "rules[0].scenario: must be 1 to 32 of a-z, 0-9 and _"},
      {[](S& s) { s.mutable_rules(0)->clear_unit(); }, "rules[0].unit: must be a unit"},
      {[](S& s) { s.mutable_rules(0)->set_unit(pb::UNIT_TIME); },
       "rules[0].unit: must be metres between stations"},
      {[](S& s) { s.clear_city(); }, "rules[0].measure: needs the city of the set"},
      {[](S& s) { s.mutable_rules(2)->set_unit(pb::UNIT_WATT_HOUR); },
       "rules[2].unit: must be item: pieces of a product, each saving what the catalogue says"},
      {[](S& s) { s.mutable_rules(2)->clear_catalogue(); },
       "rules[2].catalogue: is missing: savings stand in a catalogue"},
      {[](S& s) { s.mutable_rules(1)->add_categories("lamp"); },
       "rules[1].catalogue: is missing: categories are of a catalogue"},
      {[](S& s) { s.mutable_rules(2)->add_categories("La"); },
       "rules[2].categories[1]: must be 1 to 32 of a-z, 0-9 and _"},
      {[](S& s) { s.mutable_rules(2)->add_categories("refrigerator"); },
       "rules[2].categories[1]: stands twice"},
      {[](S& s) { s.mutable_rules(3)->clear_off(); }, "rules[3].rates: is missing: say why in off"},
      {[](S& s) { s.clear_grades(); },
       "rules[0].grades: is missing here and in the set: every act would be refused"},
      {[](S& s) { s.mutable_rules(1)->set_min_quantity(50'001); },
       "rules[1].max_quantity: is less than min_quantity"},
      {[](S& s) { s.mutable_rules(0)->set_first_share_percent(100); },
       "rules[0].first_share_percent: must be at most 99"},
      {[](S& s) { s.mutable_rules(1)->set_first_share_percent(50); },
       "rules[1].first_share_percent: an act of two parties is not booked"},
      {[](S& s) { s.mutable_rules(1)->set_weigh_days(58); },
       "rules[1].weigh_days: late_days and weigh_days together are more than max_age_days"},
      {[](S& s) { s.mutable_rules(1)->set_late_days(31); },
       "rules[1].late_days: late_days and unclaimed_days together are more than max_age_days"},
      {[](S& s) { s.mutable_rules(0)->mutable_condition_source()->set_text("x"); },
       "rules[0].condition_source.mark: must say how sure the figure is"},
  });
}

// A rule set is asked for every act, and an account holds a tally of each limit.
TEST(RuleSetDocumentTest, AtMost256RulesAnd256Limits) {
  const std::string too_many = "rules: at most 256 rules, and 256 caps, bonuses and goals together";
  const auto with_rules = [](S& s, int rules) {
    while (s.rules_size() < rules) {
      pb::Rule& rule = *s.add_rules();
      rule = s.rules(0);
      rule.set_scenario("more_" + std::to_string(s.rules_size()));
    }
  };
  // Caps, bonuses and goals by turns, so that it is their sum that counts.
  const auto with_limits = [](S& s, int limits) {
    while (s.caps_size() + s.bonuses_size() + s.goals_size() < limits) {
      const int n = s.caps_size() + s.bonuses_size() + s.goals_size();
      const std::string code = "more-" + std::to_string(n);
      if (n % 3 == 0) {
        *s.add_caps() = s.caps(0);
        s.mutable_caps(s.caps_size() - 1)->set_code(code);
      } else if (n % 3 == 1) {
        *s.add_bonuses() = s.bonuses(0);
        s.mutable_bonuses(s.bonuses_size() - 1)->set_code(code);
      } else {
        *s.add_goals() = s.goals(0);
        s.mutable_goals(s.goals_size() - 1)->set_code(code);
      }
    }
  };
  ExpectProblems({
      {[&](S& s) { with_rules(s, 256); }, "OK"},
      {[&](S& s) { with_rules(s, 257); }, too_many},
      {[&](S& s) { with_limits(s, 256); }, "OK"},
      {[&](S& s) { with_limits(s, 257); }, too_many},
      {[&](S& s) {
         with_rules(s, 256);
         with_limits(s, 256);
       },
       "OK"},
  });
}

pb::Rate& RateOf(S& set, int rule, int rate) {
  return *set.mutable_rules(rule)->mutable_rates(rate);
}

TEST(RuleSetDocumentTest, OfRates) {
  const std::string decimal = "must be a decimal such as 46.7, of at most 9 digits on each side";
  ExpectProblems({
      {[](S& s) { RateOf(s, 0, 0).set_grams("46,7"); }, "rules[0].rates[0].grams: " + decimal},
      {[](S& s) { RateOf(s, 1, 0).set_points("-1"); }, "rules[1].rates[0].points: " + decimal},
      {[](S& s) { RateOf(s, 0, 0).set_grams("0.0"); },
       "rules[0].rates[0].grams: earns nothing: say why in off"},
      {[](S& s) { RateOf(s, 1, 0).set_points("0"); },
       "rules[1].rates[0].points: earns nothing: say why in off"},
      {[](S& s) { RateOf(s, 0, 0).clear_grams(); },
       "rules[0].rates[0].grams: is missing, and so are points: say why in off if it earns "
       "nothing"},
      {[](S& s) { s.clear_points_for_grams(); },
       "rules[0].rates[0].points: is missing, and nothing says how many points there are for "
       "grams"},
      {[](S& s) { RateOf(s, 0, 0).clear_source(); },
       "rules[0].rates[0].source.mark: must say how sure the figure is"},
      {[](S& s) { RateOf(s, 0, 0).mutable_source()->clear_text(); },
       "rules[0].rates[0].source.text: is missing"},
      {[](S& s) { RateOf(s, 1, 1).clear_code(); },
       "rules[1].rates[1].code: is missing: only a rule's only rate can be without"},
      {[](S& s) { RateOf(s, 1, 1).set_code("plastic"); }, "rules[1].rates[1].code: stands twice"},
      {[](S& s) { RateOf(s, 0, 0).set_per(1'000'000'000'000'001); },
       "rules[0].rates[0].per: must be at most 1000000000000000"},
      {[](S& s) {
         RateOf(s, 0, 0).set_grams("0.000000001");
         RateOf(s, 0, 0).set_per(1'000'000'000'000'000);
       },
       "rules[0].rates[0].grams: is too large or too fine"},
      // Nothing of a rate that is off needs to be known.
      {[](S& s) {
         RateOf(s, 0, 0).Clear();
         RateOf(s, 0, 0).set_off("no source");
       },
       "OK"},
  });
}

TEST(RuleSetDocumentTest, OfLimits) {
  ExpectProblems({
      {[](S& s) { s.mutable_caps(0)->set_most(0); }, "caps[0].most: must be above zero"},
      {[](S& s) { s.mutable_caps(1)->set_most(1'000'000'000'001); },
       "caps[1].most: must be at most 1000000000000"},
      {[](S& s) { s.mutable_caps(0)->clear_scenarios(); }, "caps[0].scenarios: is missing"},
      {[](S& s) { s.mutable_caps(1)->set_scenarios(1, "flying"); },
       "caps[1].scenarios[1]: is no scenario of the set"},
      {[](S& s) { s.mutable_caps(1)->set_scenarios(1, "metro_ride"); },
       "caps[1].scenarios[1]: stands twice"},
      {[](S& s) { s.mutable_caps(0)->clear_period(); },
       "caps[0].period: must be a day, a week, a month or a year"},
      {[](S& s) { s.mutable_caps(0)->clear_counted(); },
       "caps[0].counted: must be acts, quantity, grams or points"},
      {[](S& s) { s.mutable_caps(1)->set_counted(pb::COUNTED_QUANTITY); },
       "caps[1].scenarios: have different units, so their quantity is no sum"},
      {[](S& s) { s.mutable_goals(0)->set_counted(pb::COUNTED_QUANTITY); },
       "goals[0].scenarios: have different units, so their quantity is no sum"},
      {[](S& s) { s.mutable_caps(0)->set_per_category(true); },
       "caps[0].per_category: needs scenarios with a catalogue: only products have a category"},
      {[](S& s) { s.mutable_bonuses(0)->set_last_date("2027-05-31"); },
       "bonuses[0].last_date: is before the first date"},
      {[](S& s) { s.mutable_bonuses(0)->set_first_date("june"); },
       "bonuses[0].first_date: must be a date, YYYY-MM-DD"},
      {[](S& s) { s.mutable_bonuses(0)->set_percent(0); },
       "bonuses[0].percent: must be above zero"},
      {[](S& s) { s.mutable_bonuses(0)->clear_budget(); },
       "bonuses[0].budget: must be 1 to 40 of a-z, 0-9, - and _"},
      {[](S& s) { s.mutable_goals(0)->set_budget("Goals"); },
       "goals[0].budget: must be 1 to 40 of a-z, 0-9, - and _"},
      {[](S& s) { s.mutable_goals(0)->set_target(0); }, "goals[0].target: must be above zero"},
      {[](S& s) { s.mutable_goals(0)->set_reward(0); }, "goals[0].reward: must be above zero"},
      {[](S& s) { s.mutable_goals(0)->set_claim_days(367); },
       "goals[0].claim_days: must be at most 366"},
      {[](S& s) { s.mutable_goals(0)->set_code("rides"); },
       "goals[0].code: stands twice: caps, bonuses and goals need codes of their own"},
  });
}

TEST(RuleSetDocumentTest, AllProblemsAreTold) {
  S set = DemoSet();
  set.set_city("重庆");
  set.mutable_rules(0)->set_display_name("");
  RateOf(set, 0, 0).set_grams("x");
  set.mutable_rules(1)->set_scenario("A");
  set.mutable_caps(0)->set_code("");
  set.mutable_goals(0)->set_reward(0);
  set.mutable_goals(0)->set_last_date("");
  std::vector<std::string> paths;
  for (const Problem& problem : CheckRuleSet(set).all()) {
    paths.push_back(problem.path);
  }
  EXPECT_THAT(paths,
              testing::IsSupersetOf({"city", "rules[0].display_name", "rules[0].rates[0].grams",
                                     "rules[1].scenario", "caps[0].code", "goals[0].last_date",
                                     "goals[0].reward"}));
  EXPECT_EQ(paths.front(), "city") << "the one that the ledger refuses with";
  for (int i = 0; i < 100; ++i) {
    set.add_districts();
  }
  EXPECT_EQ(CheckRuleSet(set).all().size(), Found::kMost);
}

TEST(RuleSetDocumentTest, EarningsAreExact) {
  const S set = DemoSet();
  const auto of = [&](int rule, int rate) {
    return *EarningsOf(set.rules(rule).rates(rate), PointsForGramsOf(set, set.rules(rule)));
  };
  // 46.7 g a kilometre are 46,700 micrograms a metre; 10 g are a point.
  EXPECT_EQ(of(0, 0).micrograms, (Ratio{46'700, 1}));
  EXPECT_EQ(of(0, 0).micropoints, (Ratio{4'670, 1}));
  // 0.5 points for 100 g of plastic.
  EXPECT_EQ(of(1, 0).micrograms, (Ratio{0, 1}));
  EXPECT_EQ(of(1, 0).micropoints, (Ratio{5'000, 1}));
  // 1.25 g of CO2e a gram of paper, at 3 points for 2 g.
  EXPECT_EQ(of(1, 1).micrograms, (Ratio{1'250'000, 1}));
  EXPECT_EQ(of(1, 1).micropoints, (Ratio{1'875'000, 1}));
  EXPECT_EQ(of(1, 2).micropoints, (Ratio{0, 1})) << "it is off";
}

TEST(RuleSetDocumentTest, WhatHasNoFormIsNoDocument) {
  EXPECT_FALSE(ReadDocument<S>("\xff\xff").has_value());
  EXPECT_TRUE(ReadDocument<S>("").has_value());
  S set = DemoSet();
  EXPECT_TRUE(ReadDocument<S>(set.SerializeAsString()).has_value());
  // A field of a later format, deep inside, must not be read over.
  pb::Source& source = *RateOf(set, 1, 1).mutable_source();
  source.GetReflection()->MutableUnknownFields(&source)->AddVarint(900, 1);
  EXPECT_FALSE(ReadDocument<S>(set.SerializeAsString()).has_value());
}

}  // namespace
}  // namespace tanhui::rules
