// The rule sets that are shipped in deploy/rules, and documents built from the real data.
//
// The numbers of the real data were counted by other programs than ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "ledger/rules/rulebook.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/documents/catalogue_builder.h"
#include "services/cli/documents/document_text.h"
#include "services/cli/documents/material_builder.h"
#include "services/cli/documents/station_builder.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::cli {
namespace {

using entry::v1::RuleSet;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

const DocumentHead kHead{
    .code = "c", .version = 1, .first_date = "2018-01-01", .display_name = "n"};

std::filesystem::path SourceFolder() {
  const char* dir = std::getenv("TANHUI_SOURCE_DIR");
  return dir != nullptr ? dir : ".";
}

std::string ShippedFile(const std::string& name) {
  return (SourceFolder() / "deploy" / "rules" / name).string();
}

RuleSet Shipped(const std::string& name) {
  RuleSet rules;
  const absl::Status read = ReadDocumentFile(ShippedFile(name), &rules);
  EXPECT_TRUE(read.ok()) << read;
  return rules;
}

MaterialWords ShippedWords() {
  const auto text = ReadWholeFile(ShippedFile("materials.yaml"));
  EXPECT_TRUE(text.ok()) << text.status();
  const auto words = ReadMaterialWords("materials.yaml", *text);
  EXPECT_TRUE(words.ok()) << words.status();
  return *words;
}

// Of a file of the real data; empty when it is not here.
std::string RealData(const std::string& name) {
  const char* dir = std::getenv("TANHUI_DATA_DIR");
  const auto folder =
      dir != nullptr ? std::filesystem::path(dir) : SourceFolder() / "../shared/data";
  const auto text = ReadWholeFile((folder / name).string());
  return text.ok() ? *text : "";
}

const entry::v1::Rule& RuleOf(const RuleSet& rules, const std::string& scenario) {
  for (const entry::v1::Rule& rule : rules.rules()) {
    if (rule.scenario() == scenario) {
      return rule;
    }
  }
  ADD_FAILURE() << "no rule for " << scenario;
  return entry::v1::Rule::default_instance();
}

// `code grams/points per` of each rate that earns.
std::map<std::string, std::string> Figures(const RuleSet& rules, const std::string& scenario) {
  std::map<std::string, std::string> figures;
  for (const entry::v1::Rate& rate : RuleOf(rules, scenario).rates()) {
    if (rate.off().empty()) {
      figures[rate.code()] = rate.grams() + rate.points() + "/" + std::to_string(rate.per());
    }
  }
  return figures;
}

TEST(ShippedRules, HaveTheFiguresOfTheirSources) {
  const RuleSet chongqing = Shipped("chongqing.yaml");
  const RuleSet chengdu = Shipped("chengdu.yaml");
  for (const RuleSet* rules : {&chongqing, &chengdu}) {
    EXPECT_EQ(rules->code(), rules->city());
    EXPECT_EQ(Figures(*rules, "metro_ride")[""], "46.7/1000");
    EXPECT_EQ(Figures(*rules, "bus_ride")[""], "105/0");
    EXPECT_EQ(Figures(*rules, "walking")[""], "0.02/0");
    EXPECT_THAT(Figures(*rules, "recycling"),
                UnorderedElementsAre(Pair("textiles", "3600/1000"), Pair("plastics", "1550/1000"),
                                     Pair("glass", "309/1000")));
    EXPECT_EQ(Figures(*rules, "appliance_recycling")["appliances"], "4700/1000");
    EXPECT_TRUE(RuleOf(*rules, "appliance_recycling").needs_serial());
    EXPECT_THAT(
        Figures(*rules, "bottle_return"),
        UnorderedElementsAre(Pair("small", "5/0"), Pair("medium", "10/0"), Pair("large", "15/0")));
    EXPECT_EQ(Figures(*rules, "hotel_without_disposables")[""], "203.2/0");
    EXPECT_EQ(Figures(*rules, "second_hand_phone")[""], "25000/0");
  }
  EXPECT_EQ(Figures(chongqing, "ebike")[""], "43/1000");
  EXPECT_EQ(Figures(chengdu, "ebike")[""], "35.01/1000");
  EXPECT_EQ(Figures(chengdu, "cycling")[""], "33.88/1000");
  EXPECT_EQ(Figures(chongqing, "efficient_purchase")[""], "522.7/1000");
  EXPECT_EQ(Figures(chengdu, "efficient_purchase")[""], "140.4/1000");
}

TEST(ShippedRules, EveryFigureHasItsSourceAndWhatHasNoneIsOff) {
  for (const char* name : {"chongqing.yaml", "chengdu.yaml"}) {
    const RuleSet rules = Shipped(name);
    for (const entry::v1::Rule& rule : rules.rules()) {
      EXPECT_NE(rule.unit(), entry::v1::UNIT_UNSPECIFIED) << rule.scenario();
      EXPECT_EQ(rule.rates().empty(), !rule.off().empty()) << rule.scenario();
      for (const entry::v1::Rate& rate : rule.rates()) {
        EXPECT_EQ(rate.has_source(), rate.off().empty()) << rule.scenario() << rate.code();
        EXPECT_EQ(rate.source().text().empty(), !rate.off().empty());
      }
    }
    for (const entry::v1::Cap& cap : rules.caps()) {
      EXPECT_FALSE(cap.source().text().empty()) << cap.code();
    }
    for (const char* off :
         {"dining", "ev_charging", "off_peak_use", "green_power", "parcel_box_return", "trade_in",
          "paperless_office", "waste_sorting", "no_disposables"}) {
      EXPECT_EQ(RuleOf(rules, off).off(), "no source") << off;
    }
  }
}

TEST(ShippedRules, MaterialsAreThoseOfTheRates) {
  const RuleSet rules = Shipped("chongqing.yaml");
  std::set<std::string> codes;
  for (const char* scenario : {"recycling", "appliance_recycling"}) {
    for (const entry::v1::Rate& rate : RuleOf(rules, scenario).rates()) {
      codes.insert(rate.code());
    }
  }
  std::set<std::string> words;
  for (const auto& [material, list] : ShippedWords()) {
    words.insert(material);
  }
  EXPECT_EQ(words, codes);
}

// What the ledger finds wrong with a document; empty when it would take it.
std::string WrongWith(const google::protobuf::Message& document) {
  const auto problem = rules::Rulebook().Check(DocumentKindOf(document), DocumentBytes(document));
  return problem ? problem->path + ": " + problem->problem : "";
}

TEST(ShippedRules, TheLedgerTakesThem) {
  EXPECT_EQ(WrongWith(Shipped("chongqing.yaml")), "");
  EXPECT_EQ(WrongWith(Shipped("chengdu.yaml")), "");
}

TEST(RealData, EveryDistrictStandsInTheSetOfItsCity) {
  const std::string csv = RealData("districts.csv");
  if (csv.empty()) {
    GTEST_SKIP() << "districts.csv is not here; TANHUI_DATA_DIR names its folder";
  }
  std::map<std::string, std::map<std::string, std::string>> shipped;
  std::set<std::uint32_t> once;
  for (const char* city : {"chongqing", "chengdu"}) {
    const RuleSet rules = Shipped(std::string(city) + ".yaml");
    for (const entry::v1::District& district : rules.districts()) {
      EXPECT_TRUE(once.insert(district.code()).second) << district.code();
      shipped[city][std::to_string(district.code())] = district.name();
    }
  }
  constexpr std::array<std::string_view, 3> kColumns = {"code", "city", "district"};
  CsvLines lines(csv);
  const auto columns = CsvColumns::Find(&lines, kColumns, {});
  ASSERT_TRUE(columns.ok());
  int count = 0;
  while (const CsvLine* line = lines.Next()) {
    ++count;
    EXPECT_EQ(shipped[std::string(columns->Get(*line, 1))][std::string(columns->Get(*line, 0))],
              columns->Get(*line, 2));
  }
  EXPECT_EQ(count, 58);
  EXPECT_EQ(shipped["chongqing"].size(), 38U + 3);
  EXPECT_EQ(shipped["chengdu"].size(), 20U + 2);
}

TEST(RealData, Stations) {
  const std::string csv = RealData("metro_stations.csv");
  if (csv.empty()) {
    GTEST_SKIP() << "metro_stations.csv is not here; TANHUI_DATA_DIR names its folder";
  }
  const auto built = BuildStationTable(csv, kHead);
  ASSERT_TRUE(built.ok()) << built.status();
  EXPECT_THAT(built->odd, IsEmpty());
  EXPECT_EQ(built->lines, 765U);
  std::map<std::string, std::set<std::string>> cities;
  for (const entry::v1::Station& station : built->document.stations()) {
    EXPECT_TRUE(cities[station.city()].insert(station.name()).second) << station.name();
  }
  EXPECT_EQ(cities["chongqing"].size(), 281U);
  EXPECT_EQ(cities["chengdu"].size(), 353U);
  std::set<std::string> both;
  for (const std::string& name : cities["chongqing"]) {
    if (cities["chengdu"].contains(name)) {
      both.insert(name);
    }
  }
  EXPECT_THAT(both, UnorderedElementsAre("动物园", "双凤桥", "桐梓林", "莲花"));
  EXPECT_EQ(built->document.tracks_size(), 718);
  std::uint64_t metres = 0;
  for (const entry::v1::Track& track : built->document.tracks()) {
    metres += track.metres();
  }
  EXPECT_EQ(metres, 1'178'747U);
  EXPECT_EQ(built->document.tracks(0).metres(), 507U) << "朝天门 to 小什字";
  EXPECT_EQ(WrongWith(built->document), "");
}

TEST(RealData, Refrigerators) {
  const std::string csv = RealData("energy_star_refrigerators.csv");
  if (csv.empty()) {
    GTEST_SKIP() << "energy_star_refrigerators.csv is not here; TANHUI_DATA_DIR names its folder";
  }
  const auto built = BuildCatalogue(csv, CatalogueLayout::kEnergyStar, kHead, "EPA");
  ASSERT_TRUE(built.ok()) << built.status();
  // Of 2,962 records two go over several lines: five lines that cannot be read.
  EXPECT_EQ(built->lines, 2'960U + 5);
  EXPECT_THAT(built->odd_by_reason,
              UnorderedElementsAre(Pair("malformed", 5), Pair("negative_saving", 8),
                                   Pair("repeated_model", 168)));
  EXPECT_EQ(built->document.products_size(), 2'960 - 8 - 168);
  EXPECT_EQ(WrongWith(built->document), "");
}

TEST(RealData, Materials) {
  const std::string csv = RealData("waste_classification.csv");
  if (csv.empty()) {
    GTEST_SKIP() << "waste_classification.csv is not here; TANHUI_DATA_DIR names its folder";
  }
  const auto built = BuildMaterialTable(csv, ShippedWords(), kHead);
  ASSERT_TRUE(built.ok()) << built.status();
  EXPECT_EQ(built->lines, 3'986U);
  EXPECT_THAT(built->odd_by_reason,
              UnorderedElementsAre(Pair("contradiction", 2), Pair("no_material", 862),
                                   Pair("repeated_item", 3), Pair("several_materials", 11)));
  EXPECT_EQ(built->document.items_size(), 388);
  std::map<std::string, std::string> materials;
  for (const entry::v1::Material& item : built->document.items()) {
    materials[item.item()] = item.material();
  }
  EXPECT_EQ(materials["玻璃瓶"], "glass");
  EXPECT_EQ(materials["旧衣服"], "textiles");
  EXPECT_EQ(materials["电视机"], "appliances");
  EXPECT_FALSE(materials.contains("cd")) << "recyclable as cd, other as CD";
  EXPECT_FALSE(materials.contains("塑料袋")) << "not recyclable";
  EXPECT_EQ(WrongWith(built->document), "");
}

}  // namespace
}  // namespace tanhui::cli
