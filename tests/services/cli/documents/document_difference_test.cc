// What changes between two versions, for people and for machines.
#include "services/cli/documents/document_difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "nlohmann/json.hpp"
#include "services/cli/documents/document_text.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::cli {
namespace {

using entry::v1::Catalogue;
using entry::v1::RuleSet;
using entry::v1::StationTable;

RuleSet Rules() {
  RuleSet rules;
  const absl::Status read = ReadDocumentText("rules.yaml", R"(
code: here
version: 1
points_for_grams: {points: 1, grams: 10}
grades: [{grade: recorded, percent: 100}]
rules:
  - scenario: metro_ride
    unit: metre
    rates: [{grams: 46.7, per: 1000, source: {mark: verified, text: old}}]
  - scenario: recycling
    rates: [{code: textiles, grams: 3600, per: 1000}, {code: glass, grams: 309, per: 1000}]
  - scenario: dining
    off: no source
caps:
  - {code: rides, scenarios: [metro_ride], period: day, counted: acts, most: 4}
)",
                                             &rules);
  EXPECT_TRUE(read.ok()) << read;
  return rules;
}

struct Case {
  std::function<void(RuleSet*)> change;
  std::string text;
};

TEST(DocumentDifference, SaysWhatChanged) {
  const Case cases[] = {
      {[](RuleSet*) {}, "no change\n"},
      {[](RuleSet* set) { set->set_version(2); }, "version 1 -> 2\n"},
      {[](RuleSet* set) { set->mutable_points_for_grams()->set_grams(20); },
       "points_for_grams points 1, grams 10 -> points 1, grams 20\n"},
      {[](RuleSet* set) {
         set->mutable_rules(0)->mutable_rates(0)->set_grams("45.0");
         set->mutable_rules(0)->mutable_rates(0)->mutable_source()->set_text("new");
       },
       "scenario metro_ride: grams 46.7 per 1000 -> 45.0 per 1000 (+ source)\n"},
      {[](RuleSet* set) { set->mutable_rules(0)->mutable_rates(0)->set_per(100); },
       "scenario metro_ride: per 1000 -> 100\n"},
      {[](RuleSet* set) {
         set->mutable_rules(0)->mutable_rates(0)->set_grams("1");
         set->mutable_rules(0)->mutable_rates(0)->clear_per();
       },
       "scenario metro_ride: grams 46.7 per 1000 -> 1 per 1\n"},
      {[](RuleSet* set) {
         set->mutable_rules(0)->mutable_rates(0)->mutable_source()->set_mark(
             entry::v1::SOURCE_MARK_WEAK);
       },
       "scenario metro_ride: source\n"},
      {[](RuleSet* set) { set->mutable_rules(1)->mutable_rates(1)->set_grams("310"); },
       "scenario recycling, rate glass: grams 309 per 1000 -> 310 per 1000\n"},
      {[](RuleSet* set) { set->mutable_rules(1)->mutable_rates()->RemoveLast(); },
       "scenario recycling, rate glass: removed\n"},
      {[](RuleSet* set) { set->mutable_rules(2)->clear_off(); }, "scenario dining: switched on\n"},
      {[](RuleSet* set) { set->mutable_rules(0)->set_off("fraud"); },
       "scenario metro_ride: switched off (fraud)\n"},
      {[](RuleSet* set) { set->mutable_rules(2)->set_off("later"); },
       "scenario dining: off: no source -> later\n"},
      {[](RuleSet* set) { set->mutable_caps(0)->set_most(6); }, "cap rides: most 4 -> 6\n"},
      {[](RuleSet* set) { set->mutable_caps(0)->set_period(entry::v1::PERIOD_WEEK); },
       "cap rides: period day -> week\n"},
      {[](RuleSet* set) { set->mutable_caps(0)->set_refuses(true); },
       "cap rides: refuses none -> true\n"},
      {[](RuleSet* set) { set->mutable_caps(0)->add_scenarios("bus_ride"); },
       "cap rides: scenarios metro_ride -> metro_ride, bus_ride\n"},
      {[](RuleSet* set) { set->mutable_grades(0)->set_percent(80); },
       "grade recorded: percent 100 -> 80\n"},
      {[](RuleSet* set) {
         entry::v1::Rule* rule = set->add_rules();
         rule->set_scenario("walking");
         rule->set_unit(entry::v1::UNIT_STEP);
         rule->add_rates()->set_grams("0.02");
       },
       "scenario walking: added: unit step\n"
       "scenario walking, rate: added: grams 0.02 per 1\n"},
      {[](RuleSet* set) { set->mutable_rules()->DeleteSubrange(1, 1); },
       "scenario recycling: removed\n"},
  };
  for (const Case& one : cases) {
    const RuleSet before = Rules();
    RuleSet after = before;
    one.change(&after);
    EXPECT_EQ(DifferenceText(DocumentDifference(before, after)), one.text);
  }
}

TEST(DocumentDifference, WhatMovedHasNotChanged) {
  const RuleSet before = Rules();
  RuleSet after = before;
  after.mutable_rules()->SwapElements(0, 2);
  after.mutable_rules(1)->mutable_rates()->SwapElements(0, 1);
  EXPECT_THAT(DocumentDifference(before, after), testing::IsEmpty());
}

TEST(DocumentDifference, AnItemThatStandsTwiceIsComparedInOrder) {
  RuleSet before = Rules();
  *before.add_caps() = before.caps(0);
  RuleSet after = before;
  after.mutable_caps(1)->set_most(9);
  EXPECT_EQ(DifferenceText(DocumentDifference(before, after)), "cap rides#2: most 4 -> 9\n");
}

TEST(DocumentDifference, Products) {
  Catalogue before;
  for (const char* code : {"a", "b"}) {
    entry::v1::Product* product = before.add_products();
    product->set_code(code);
    product->set_saving_watt_hours(1000);
  }
  Catalogue after = before;
  after.mutable_products(1)->set_saving_watt_hours(900);
  after.mutable_products()->DeleteSubrange(0, 1);
  after.add_products()->set_code("c");
  EXPECT_EQ(DifferenceText(DocumentDifference(before, after)),
            "product b: saving_watt_hours 1000 -> 900\nproduct c: added\nproduct a: removed\n");
}

TEST(DocumentDifference, TracksAreToldByTheirStationsNotByTheirNumbers) {
  StationTable before;
  for (const char* name : {"一", "二"}) {
    before.add_stations()->set_name(name);
    before.mutable_stations(before.stations_size() - 1)->set_city("x");
  }
  before.add_tracks()->set_to(1);
  before.mutable_tracks(0)->set_metres(500);
  before.mutable_tracks(0)->set_line("1号线");
  StationTable after = before;
  after.mutable_stations()->SwapElements(0, 1);
  after.mutable_tracks(0)->set_from(1);
  after.mutable_tracks(0)->set_to(0);
  EXPECT_THAT(DocumentDifference(before, after), testing::IsEmpty());
  after.mutable_tracks(0)->set_metres(600);
  EXPECT_EQ(DifferenceText(DocumentDifference(before, after)),
            "track x 一 - x 二 (1号线): metres 500 -> 600\n");
}

TEST(DocumentDifference, Json) {
  const RuleSet before = Rules();
  RuleSet after = before;
  after.mutable_rules(1)->mutable_rates(1)->set_grams("310");
  const auto json = nlohmann::json::parse(DifferenceJson(DocumentDifference(before, after)));
  EXPECT_EQ(json, nlohmann::json::parse(R"({"changes": [{
    "kind": "changed", "path": "rules[recycling].rates[glass]",
    "line": "scenario recycling, rate glass: grams 309 per 1000 -> 310 per 1000",
    "fields": [{"field": "grams", "before": "309", "after": "310"}]}]})"));
  EXPECT_EQ(DifferenceJson({}), R"({"changes":[]})");
}

}  // namespace
}  // namespace tanhui::cli
