#include "ledger/rules/rulebook.h"

#include <gtest/gtest.h>

#include "tests/ledger/rules/documents.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;

std::string CheckText(const Rulebook& book, const pb::RuleSet& set) {
  return Text(book.Check(pb::DOCUMENT_KIND_RULE_SET, set.SerializeAsString()));
}

TEST(RulebookTest, AnEmptyOneKnowsNothing) {
  const Rulebook& book = RulebookOf(Registry());
  EXPECT_EQ(book.InForce(500103, Day("2027-01-01")), nullptr);
  EXPECT_EQ(book.Find(DocumentNo(1)), nullptr);
  EXPECT_EQ(book.Find(LimitNo(0)), nullptr);
  EXPECT_EQ(book.Find(VenueNo(1)), nullptr);
  EXPECT_EQ(book.FindVenue("x"), nullptr);
  EXPECT_EQ(book.StationsInForce(Day("2027-01-01")), nullptr);
  EXPECT_EQ(book.CatalogueInForce("green", Day("2027-01-01")), nullptr);
  EXPECT_FALSE(book.KnowsScenario("demo", ScenarioNo(1)));
  EXPECT_FALSE(book.IsOver(Tally{LimitNo(1), 0, Day("2020-01-01"), 1}, Day("2027-01-01")));
}

TEST(RulebookTest, TheVersionInForceFollowsTheDate) {
  Rulebook book;
  Publish(book, DemoSet());
  pb::RuleSet second = DemoSet(2, "2027-07-01");
  second.mutable_districts()->RemoveLast();  // 500103
  Publish(book, second);
  EXPECT_EQ(book.InForce(500112, Day("2026-12-31")), nullptr);
  EXPECT_EQ(book.InForce(500112, Day("2027-01-01"))->version, 1u);
  EXPECT_EQ(book.InForce(500112, Day("2027-06-30"))->version, 1u);
  EXPECT_EQ(book.InForce(500112, Day("2027-07-01"))->version, 2u);
  EXPECT_EQ(book.InForce(500112, Day("2040-01-01"))->version, 2u);
  EXPECT_EQ(book.InForce(500103, Day("2027-06-30"))->version, 1u);
  EXPECT_EQ(book.InForce(500103, Day("2027-07-01")), nullptr) << "left out";
  EXPECT_TRUE(book.KnowsDistrict(500103));
  EXPECT_FALSE(book.KnowsDistrict(500104));
  EXPECT_EQ(book.SetInForce("demo", Day("2027-07-01"))->document, DocumentNo(2));
  EXPECT_EQ(book.Find(DocumentNo(1))->version, 1u);
  EXPECT_EQ(book.Find(DocumentNo(3)), nullptr);
  EXPECT_EQ(book.VersionsOf(pb::DOCUMENT_KIND_RULE_SET, "demo").size(), 2u);
  EXPECT_EQ(book.VersionsOf(pb::DOCUMENT_KIND_CATALOGUE, "demo").size(), 0u);
}

TEST(RulebookTest, ARuleSetIsRead) {
  Rulebook book;
  Publish(book, DemoSet());
  const RuleSet& set = *book.SetInForce("demo", Day("2027-01-01"));
  EXPECT_EQ(set.districts, (std::vector<std::uint32_t>{500103, 500112}));
  EXPECT_EQ(book.scenarios().NameOf(1), "metro_ride");
  EXPECT_EQ(book.scenarios().NameOf(4), "walking");
  EXPECT_EQ(book.materials().Find("glass"), 3u);
  EXPECT_EQ(book.categories().Find("refrigerator"), 1u);
  const Rule& metro = *set.Find(ScenarioNo(1));
  EXPECT_EQ(metro.percents, (std::array<std::uint32_t, kGrades>{100, 100, 0, 50}));
  EXPECT_EQ(metro.asset, "points");
  EXPECT_EQ(metro.step, 1);
  EXPECT_EQ(metro.late_days, 7u);
  EXPECT_EQ(metro.rates.at(0).material, MaterialNo(0));
  EXPECT_EQ(metro.caps, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(metro.bonuses, (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(metro.goals, (std::vector<std::uint32_t>{0})) << "a goal of all scenarios";
  const Rule& recycling = *set.Find(ScenarioNo(2));
  EXPECT_EQ(recycling.percents, (std::array<std::uint32_t, kGrades>{0, 0, 80, 0}));
  EXPECT_EQ(recycling.asset, "deposit");
  EXPECT_EQ(recycling.step, 10);
  EXPECT_EQ(recycling.late_days, 3u);
  EXPECT_EQ(recycling.rates.at(2).off, "no source");
  EXPECT_EQ(recycling.bonuses.size(), 0u);
  EXPECT_EQ(set.Find(ScenarioNo(4))->off, "no source");
  EXPECT_EQ(set.Find(ScenarioNo(5)), nullptr);
  EXPECT_EQ(set.Find(ScenarioNo(0)), nullptr);
  EXPECT_TRUE(set.caps.at(0).refuses) << "acts are never cut";
  EXPECT_EQ(set.caps.at(1).most, 2000 * kMillion);
  EXPECT_EQ(set.caps.at(2).most, 3);
  EXPECT_FALSE(set.caps.at(2).refuses);
  EXPECT_EQ(set.goals.at(0).target, 5000 * kMillion);
  EXPECT_EQ(set.goals.at(0).limit, LimitNo(5));
}

TEST(RulebookTest, NumbersStayFromVersionToVersion) {
  Rulebook book;
  Publish(book, DemoSet());
  pb::RuleSet second = DemoSet(2, "2027-07-01");
  second.mutable_caps()->SwapElements(0, 2);
  second.mutable_rules()->SwapElements(0, 3);
  *second.add_caps() = second.caps(0);
  second.mutable_caps(3)->set_code("new");
  Publish(book, second);
  const RuleSet& set = *book.SetInForce("demo", Day("2027-07-01"));
  EXPECT_EQ(book.scenarios().size(), 4u);
  EXPECT_EQ(set.rules.at(0).scenario, ScenarioNo(1)) << "in order of the numbers";
  ASSERT_EQ(set.caps.size(), 4u);
  EXPECT_EQ(set.caps[0].code, "rides");
  EXPECT_EQ(set.caps[2].code, "things");
  EXPECT_EQ(set.caps[3].limit, LimitNo(6)) << "after the first version's bonus and goal";
  EXPECT_EQ(set.Find(ScenarioNo(3))->caps, (std::vector<std::uint32_t>{2, 3}));
}

TEST(RulebookTest, WhatALaterVersionMustKeep) {
  Rulebook book;
  Publish(book, DemoSet());
  const std::string other = "was another in an earlier version; take another code";
  const auto with = [&](auto change) {
    pb::RuleSet set = DemoSet(2, "2027-07-01");
    change(set);
    return CheckText(book, set);
  };
  EXPECT_EQ(with([](pb::RuleSet& s) { s.mutable_caps(0)->set_most(9); }), "OK");
  EXPECT_EQ(with([](pb::RuleSet& s) { s.mutable_caps(0)->set_period(pb::PERIOD_WEEK); }),
            "caps[0].period: " + other);
  EXPECT_EQ(with([](pb::RuleSet& s) { s.mutable_caps(1)->set_counted(pb::COUNTED_POINTS); }),
            "caps[1].counted: " + other);
  EXPECT_EQ(with([](pb::RuleSet& s) { s.mutable_caps(2)->set_per_category(false); }),
            "caps[2].per_category: " + other);
  EXPECT_EQ(with([](pb::RuleSet& s) {
              s.mutable_caps(2)->set_per_category(false);
              s.mutable_caps(2)->set_scenarios(0, "metro_ride");
            }),
            "caps[2].scenarios: were measured in another unit; take another code");
  EXPECT_EQ(with([](pb::RuleSet& s) { s.mutable_goals(0)->set_first_date("2027-03-02"); }),
            "goals[0].first_date: " + other);
  EXPECT_EQ(with([](pb::RuleSet& s) {
              s.mutable_bonuses(0)->set_code("family");
              s.clear_goals();
            }),
            "bonuses[0].code: was the code of a cap, bonus or goal of another kind; take another "
            "code");
  EXPECT_EQ(with([](pb::RuleSet& s) { s.set_code("twin"); }),
            "districts[0].code: belongs to rule set demo");
}

TEST(RulebookTest, ATallyIsOverWhenNothingCanBeCountedInIt) {
  Rulebook book;
  Publish(book, DemoSet());
  const auto over = [&](std::uint32_t limit, std::string_view first, std::string_view today) {
    return book.IsOver(Tally{LimitNo(limit), 0, Day(first), 1}, Day(today));
  };
  // Cap of a day, 60 days of age.
  EXPECT_FALSE(over(1, "2027-01-01", "2027-03-02"));
  EXPECT_TRUE(over(1, "2027-01-01", "2027-03-03"));
  // Of a month: from its last day.
  EXPECT_FALSE(over(2, "2027-01-01", "2027-04-01"));
  EXPECT_TRUE(over(2, "2027-01-01", "2027-04-02"));
  // A bonus to 2027-06-07, and a goal to 2027-05-31 that is claimed for 90 days.
  EXPECT_FALSE(over(4, "2027-06-01", "2027-08-06"));
  EXPECT_TRUE(over(4, "2027-06-01", "2027-08-07"));
  EXPECT_FALSE(over(5, "2027-03-01", "2027-08-29"));
  EXPECT_TRUE(over(5, "2027-03-01", "2027-08-30"));
  // The longest of all versions, whichever comes first.
  pb::RuleSet longer = DemoSet(2, "2027-07-01");
  longer.set_max_age_days(100);
  Publish(book, longer);
  Publish(book, DemoSet(3, "2028-01-01"));
  EXPECT_FALSE(over(1, "2027-01-01", "2027-04-11"));
  EXPECT_TRUE(over(1, "2027-01-01", "2027-04-12"));
  EXPECT_FALSE(over(5, "2027-03-01", "2027-09-08"));
  EXPECT_FALSE(over(99, "2027-01-01", "2040-01-01")) << "of no known limit";
}

TEST(RulebookTest, CataloguesAndTables) {
  Rulebook book;
  Publish(book, pb::DOCUMENT_KIND_CATALOGUE, DemoCatalogue().SerializeAsString());
  Publish(book, pb::DOCUMENT_KIND_STATION_TABLE, DemoStations().SerializeAsString());
  Publish(book, pb::DOCUMENT_KIND_MATERIAL_TABLE, DemoMaterials().SerializeAsString());
  const CatalogueVersion& catalogue = *book.CatalogueInForce("green", Day("2027-01-01"));
  EXPECT_EQ(book.products().NameOf(1), "green/A 1");
  const Listing& listing = catalogue.listings.at(ProductNo(1));
  EXPECT_EQ(listing.category, CategoryNo(1));
  EXPECT_EQ(listing.saving_watt_hours, 51'500u);
  EXPECT_EQ(listing.first, BusinessDate(0));
  EXPECT_EQ(listing.last, Day("2028-12-31"));
  EXPECT_EQ(book.StationsInForce(Day("2026-12-31")), nullptr);
  EXPECT_EQ(book.StationsInForce(Day("2027-01-01"))->stations.Metres(0, 2), 1500u);
  EXPECT_EQ(book.MaterialsInForce(Day("2027-01-01"))->materials.find("报纸")->second, "paper");
  EXPECT_EQ(book.Find(DocumentNo(1)), nullptr) << "no rule set";
  pb::StationTable other = DemoStations();
  other.set_code("bus");
  EXPECT_EQ(Text(book.Check(pb::DOCUMENT_KIND_STATION_TABLE, other.SerializeAsString())),
            "code: must be metro: there is one table of this kind");
  EXPECT_EQ(Text(book.Check(pb::DOCUMENT_KIND_UNSPECIFIED, "")), ": is of no known kind");
  EXPECT_EQ(Text(book.Check(pb::DOCUMENT_KIND_CATALOGUE, "\xff")),
            ": is not a document of this kind and format");
  EXPECT_FALSE(HeadingOf(pb::DOCUMENT_KIND_CATALOGUE, "").has_value());
}

TEST(RulebookTest, ACopyChangesAlone) {
  Rulebook book;
  Publish(book, DemoSet());
  Rulebook copy(book);
  pb::RuleSet second = DemoSet(2, "2027-07-01");
  second.mutable_rules(3)->set_scenario("cycling");
  Publish(copy, second);
  copy.Switch("demo", ScenarioNo(1), true, Day("2027-01-05"));
  EXPECT_EQ(book.InForce(500112, Day("2027-07-01"))->version, 1u);
  EXPECT_EQ(book.scenarios().Find("cycling"), 0u);
  EXPECT_EQ(copy.scenarios().Find("cycling"), 5u);
  EXPECT_FALSE(book.SuspensionOf("demo", ScenarioNo(1)).suspended);
  EXPECT_EQ(book.documents().size(), 1u);
}

TEST(RulebookTest, TheLastSpellOfASuspensionCounts) {
  Rulebook book;
  Publish(book, DemoSet());
  const auto is = [&](bool suspended, BusinessDate first, BusinessDate last) {
    const Suspension spell = book.SuspensionOf("demo", ScenarioNo(1));
    return spell.suspended == suspended && spell.first == first && spell.last == last;
  };
  EXPECT_TRUE(is(false, BusinessDate(0), BusinessDate(0)));
  book.Switch("demo", ScenarioNo(1), true, Day("2027-01-05"));
  EXPECT_TRUE(is(true, Day("2027-01-05"), BusinessDate(0)));
  book.Switch("demo", ScenarioNo(1), false, Day("2027-01-09"));
  EXPECT_TRUE(is(false, Day("2027-01-05"), Day("2027-01-09")));
  book.Switch("demo", ScenarioNo(1), true, Day("2027-01-09"));
  EXPECT_TRUE(is(true, Day("2027-01-05"), BusinessDate(0))) << "on the same day it goes on";
  book.Switch("demo", ScenarioNo(1), false, Day("2027-01-10"));
  book.Switch("demo", ScenarioNo(1), true, Day("2027-02-01"));
  EXPECT_TRUE(is(true, Day("2027-02-01"), BusinessDate(0)));
  EXPECT_FALSE(book.SuspensionOf("demo", ScenarioNo(2)).suspended);
}

}  // namespace
}  // namespace tanhui::rules
