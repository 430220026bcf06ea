#include "tests/ledger/rules/documents.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;

template <typename Message>
Message Parse(const char* text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

}  // namespace

pb::RuleSet DemoSet() {
  return Parse<pb::RuleSet>(R"(
    code: "demo" version: 1 first_date: "2027-01-01" display_name: "示例" city: "chongqing"
    districts { code: 500112 name: "渝北" } districts { code: 500103 name: "渝中" }
    asset: "points" points_for_grams { points: 1 grams: 10 }
    late_days: 7 resubmit_days: 10 max_age_days: 60 unclaimed_days: 30
    grades { grade: EVIDENCE_GRADE_RECORDED percent: 100 }
    grades { grade: EVIDENCE_GRADE_DECLARED percent: 50 }
    rules {
      scenario: "metro_ride" display_name: "metro" unit: UNIT_METRE measure: MEASURE_STATIONS
      rates { grams: "46.7" per: 1000 source { mark: SOURCE_MARK_VERIFIED text: "a study" } }
    }
    rules {
      scenario: "recycling" display_name: "recycling" unit: UNIT_GRAM late_days: 3 weigh_days: 14
      rates { code: "plastic" points: "0.5" per: 100
              source { mark: SOURCE_MARK_ASSUMED text: "us" } }
      rates { code: "paper" grams: "1.25" source { mark: SOURCE_MARK_WEAK text: "a talk" } }
      rates { code: "glass" off: "no source" }
      points_for_grams { points: 3 grams: 2 }
      grades { grade: EVIDENCE_GRADE_CHECKED percent: 80 }
      asset: "deposit" payout_step: 10 min_quantity: 5 max_quantity: 50000
    }
    rules {
      scenario: "green_buy" display_name: "products" unit: UNIT_ITEM
      measure: MEASURE_PRODUCT_SAVING catalogue: "green" categories: "refrigerator"
      rates { grams: "0.5" source { mark: SOURCE_MARK_DERIVED text: "a grid factor" } }
    }
    rules { scenario: "walking" display_name: "walking" unit: UNIT_STEP off: "no source" }
    caps { code: "rides" scenarios: "metro_ride" period: PERIOD_DAY counted: COUNTED_ACTS most: 4 }
    caps { code: "all" scenarios: "metro_ride" scenarios: "recycling" period: PERIOD_MONTH
           counted: COUNTED_GRAMS most: 2000 refuses: true }
    caps { code: "things" scenarios: "green_buy" period: PERIOD_YEAR counted: COUNTED_QUANTITY
           most: 3 per_category: true }
    bonuses { code: "day" display_name: "day" first_date: "2027-06-01" last_date: "2027-06-07"
              scenarios: "metro_ride" percent: 20 most: 100 budget: "extra" }
    goals { code: "family" display_name: "family" first_date: "2027-03-01" last_date: "2027-05-31"
            counted: COUNTED_GRAMS target: 5000 reward: 50 budget: "goals" claim_days: 90 })");
}

pb::RuleSet DemoSet(std::uint32_t version, std::string_view first_date) {
  pb::RuleSet set = DemoSet();
  set.set_version(version);
  set.set_first_date(std::string(first_date));
  return set;
}

pb::Catalogue DemoCatalogue() {
  return Parse<pb::Catalogue>(R"(
    code: "green" version: 1 first_date: "2027-01-01" display_name: "list" publisher: "the city"
    products { code: "A 1" category: "refrigerator" brand: "A" display_name: "A 1"
               saving_watt_hours: 51500 certificate: "c1" valid_to: "2028-12-31" }
    products { code: "B/2" category: "lamp" brand: "B" display_name: "B 2" energy_grade: 1 })");
}

pb::StationTable DemoStations() {
  return Parse<pb::StationTable>(R"(
    code: "metro" version: 1 first_date: "2027-01-01" display_name: "stations"
    stations { city: "chongqing" name: "甲" } stations { city: "chongqing" name: "乙" }
    stations { city: "chongqing" name: "丙" } stations { city: "chongqing" name: "丁" }
    stations { city: "chengdu" name: "甲" } stations { city: "chengdu" name: "乙" }
    tracks { from: 0 to: 1 metres: 1000 line: "circle" }
    tracks { from: 1 to: 2 metres: 1000 line: "circle" }
    tracks { from: 2 to: 3 metres: 1000 line: "circle" }
    tracks { from: 3 to: 0 metres: 500 line: "circle" }
    tracks { from: 4 to: 5 metres: 777 line: "1" }
    source { mark: SOURCE_MARK_DERIVED text: "beelines" })");
}

pb::MaterialTable DemoMaterials() {
  return Parse<pb::MaterialTable>(R"(
    code: "things" version: 1 first_date: "2027-01-01" display_name: "things"
    items { item: "塑料瓶" material: "plastic" } items { item: "报纸" material: "paper" })");
}

BusinessDate Day(std::string_view text) {
  const auto date = ReadDate(text);
  EXPECT_TRUE(date.has_value()) << text;
  return date.value_or(BusinessDate());
}

std::string Text(const Found& found) {
  return found.has_value() ? found->path + ": " + found->problem : "OK";
}

void Publish(Rulebook& book, pb::DocumentKind kind, std::string_view bytes) {
  EXPECT_EQ(Text(book.Check(kind, bytes)), "OK");
  const auto heading = HeadingOf(kind, bytes);
  ASSERT_TRUE(heading.has_value());
  Document document;
  document.number = DocumentNo(static_cast<std::uint32_t>(book.documents().size() + 1));
  document.kind = kind;
  document.code = heading->code;
  document.version = heading->version;
  document.first_date = heading->first_date;
  book.Publish(document, bytes);
}

}  // namespace tanhui::rules
