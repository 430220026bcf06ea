// Stations, catalogues and materials from CSV, with small data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/cli/documents/catalogue_builder.h"
#include "services/cli/documents/material_builder.h"
#include "services/cli/documents/station_builder.h"

namespace tanhui::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const DocumentHead kHead{
    .code = "c", .version = 3, .first_date = "2027-01-01", .display_name = "n"};

// `LINE reason` of every odd line.
template <typename Document>
std::vector<std::string> Odd(const BuiltDocument<Document>& built) {
  std::vector<std::string> lines;
  std::uint64_t counted = 0;
  for (const OddLine& odd : built.odd) {
    lines.push_back(absl::StrCat(odd.number, " ", odd.reason));
  }
  for (const auto& [reason, count] : built.odd_by_reason) {
    counted += count;
  }
  EXPECT_EQ(counted, built.odd.size());
  return lines;
}

BuiltDocument<entry::v1::StationTable> Stations(const std::string& rows) {
  const auto built =
      BuildStationTable("city,line,sequence,station,latitude,longitude\n" + rows, kHead);
  EXPECT_TRUE(built.ok()) << built.status();
  return *built;
}

// `FROM-TO METRES` of every track.
std::vector<std::string> Tracks(const entry::v1::StationTable& table) {
  std::vector<std::string> tracks;
  for (const entry::v1::Track& track : table.tracks()) {
    tracks.push_back(absl::StrCat(table.stations(static_cast<int>(track.from())).name(), "-",
                                  table.stations(static_cast<int>(track.to())).name(), " ",
                                  track.metres()));
  }
  return tracks;
}

TEST(StationBuilder, JoinsNeighboursOfALineOnce) {
  // A degree of a meridian is 6,371,008.8 m * pi / 180 = 111,195.08 m.
  const auto built = Stations(
      "x,1,0,A,30,106\nx,1,1,B,30.01,106\nx,1,2,C,30.03,106\n"
      "x,2,0,C,30.03,106\nx,2,1,B,30.01,106\nx,2,2,D,30.01,106.00000001\n"
      "y,1,0,A,40,106\n");
  EXPECT_THAT(Odd(built), IsEmpty());
  EXPECT_EQ(built.lines, 7U);
  EXPECT_EQ(built.document.stations_size(), 5);
  EXPECT_EQ(built.document.code(), "c");
  EXPECT_EQ(built.document.version(), 3U);
  EXPECT_EQ(built.document.source().mark(), entry::v1::SOURCE_MARK_DERIVED);
  EXPECT_THAT(Tracks(built.document), ElementsAre("A-B 1112", "B-C 2224", "B-D 1"));
}

TEST(StationBuilder, ClosesACircle) {
  const auto built =
      Stations("x,o,0,A,30,106\nx,o,1,B,30.01,106\nx,o,2,C,30.01,106.01\nx,o,3,A,30,106\n");
  EXPECT_THAT(Odd(built), IsEmpty());
  EXPECT_THAT(Tracks(built.document), ElementsAre("A-B 1112", "B-C 963", "C-A 1471"));
}

TEST(StationBuilder, ReportsWhatLooksWrong) {
  const auto built = Stations(
      "x,1,0,A,30,106\n"
      "x,1,1,B,,106\n"
      "x,1,2,C,30.01,106\n"
      "x,1,3,A,30,106\n"
      "x,1,4,D,30.02,106\n"
      "x,1,five,E,30.02,106\n"
      "x,1,5,,30.02,106\n"
      "x,1,6,F,95,106\n"
      "x,1,7\n"
      "x,1,8,G,nan,106\n"
      "x,2,0,A,30.5,106\n"
      "x,2,1,H,50,106\n"
      "X Y,2,2,I,30,106\n");
  EXPECT_THAT(Odd(built),
              ElementsAre("3 missing_coordinates", "4 sequence_gap", "5 repeated_station",
                          "7 malformed", "8 missing_field", "9 out_of_range", "10 malformed",
                          "11 out_of_range", "12 moved_station", "13 too_far", "14 malformed"));
  EXPECT_THAT(Tracks(built.document), ElementsAre("C-A 1112", "A-D 2224"));
}

TEST(StationBuilder, NeedsItsColumns) {
  const auto built = BuildStationTable("city,line,sequence,station\n", kHead);
  EXPECT_THAT(std::string(built.status().message()), HasSubstr("latitude, longitude"));
}

TEST(CatalogueBuilder, NativeColumns) {
  const auto built = BuildCatalogue(
      "valid_to,code,category,brand,display_name,energy_grade,yearly_saving_kwh,certificate,"
      "valid_from\n"
      "2028-12-31, m1 ,refrigerator,b,n,1,51.125,z9,2027-01-01\n"
      ",m2,lamp,b,n,,,,\n"
      ",m3,lamp,b,n,,0.5,,\n",
      CatalogueLayout::kNative, kHead, "who");
  ASSERT_TRUE(built.ok()) << built.status();
  EXPECT_THAT(Odd(*built), IsEmpty());
  ASSERT_EQ(built->document.products_size(), 3);
  EXPECT_EQ(built->document.publisher(), "who");
  const entry::v1::Product& first = built->document.products(0);
  EXPECT_EQ(first.code(), "m1");
  EXPECT_EQ(first.energy_grade(), 1U);
  EXPECT_EQ(first.saving_watt_hours(), 51'125U);
  EXPECT_EQ(first.certificate(), "z9");
  EXPECT_EQ(first.valid_from(), "2027-01-01");
  EXPECT_EQ(first.valid_to(), "2028-12-31");
  EXPECT_EQ(built->document.products(1).saving_watt_hours(), 0U);
  EXPECT_EQ(built->document.products(2).saving_watt_hours(), 500U);
}

TEST(CatalogueBuilder, NativeLinesThatAreLeftOut) {
  const std::string long_code(81, 'x');
  const std::string long_name(201, 'x');
  const auto built = BuildCatalogue(
      absl::StrCat("code,category,brand,display_name,energy_grade,yearly_saving_kwh,valid_from,"
                   "valid_to\n",
                   "a,lamp,b,n,,1,,\n",                      // 2
                   "a,lamp,b,n,,1,,\n",                      // 3
                   ",lamp,b,n,,1,,\n",                       // 4
                   "c,Lamp,b,n,,1,,\n",                      // 5
                   "d,lamp,b,n,A,1,,\n",                     // 6
                   "e,lamp,b,n,,1.2345,,\n",                 // 7
                   "f,lamp,b,n,,1e3,,\n",                    // 8
                   "g,lamp,b,n,,-0.001,,\n",                 // 9
                   "h,lamp,b,n,,1,2027-02-30,\n",            // 10
                   "i,lamp,b,n,,1,2027-02-02,2027-02-01\n",  // 11
                   "j,lamp,b,n\n",                           // 12
                   long_code, ",lamp,b,n,,1,,\n",            // 13
                   "k,lamp,", long_name, ",n,,1,,\n",        // 14
                   "l,lamp,b,n,,.5,,\n",                     // 15
                   "m,lamp,b,n,,5.,,\n",                     // 16
                   "o,lamp,b,n,,12345678901234,,\n",         // 17
                   "p,lamp,b,n,,999999999999.999,,\n"),      // 18, the most
      CatalogueLayout::kNative, kHead, "who");
  ASSERT_TRUE(built.ok()) << built.status();
  EXPECT_THAT(Odd(*built),
              ElementsAre("3 repeated_model", "4 missing_field", "5 malformed_category",
                          "6 malformed_number", "7 malformed_number", "8 malformed_number",
                          "9 negative_saving", "10 malformed_date", "11 malformed_date",
                          "12 malformed", "13 malformed_code", "14 malformed_name",
                          "15 malformed_number", "16 malformed_number", "17 malformed_number"));
  EXPECT_THAT(built->odd[0].detail, HasSubstr("line 2 "));
  ASSERT_EQ(built->document.products_size(), 2);
  EXPECT_EQ(built->document.products(1).saving_watt_hours(), 999'999'999'999'999U);
}

TEST(CatalogueBuilder, EnergyStarColumns) {
  const auto built = BuildCatalogue(
      "ENERGY STAR Unique ID,Brand Name,Model Number,Annual Energy Use (kWh/yr),"
      "US Federal Standard (kWh/yr)\n"
      "1, Ice ,X*1 ,297,331\n"
      "2,Ice,X2,331.5,331\n"
      "3,Ice,X*1,290,331\n"
      "4,Ice,X4,331,331.0\n"
      "5,Ice,,1,2\n"
      "6,Ice,X6,1,two\n"
      "7,Ice,X7,297.1,331\n"
      "8,Ice\u3000,X8 \u00A0 \u00A0,297,331\n"
      "9,Ice,\u00A0X8,297,331\n",
      CatalogueLayout::kEnergyStar, kHead, "who");
  ASSERT_TRUE(built.ok()) << built.status();
  EXPECT_THAT(Odd(*built),
              ElementsAre("3 negative_saving", "4 repeated_model", "5 no_saving", "6 missing_field",
                          "7 malformed_number", "10 repeated_model"));
  ASSERT_EQ(built->document.products_size(), 3);
  EXPECT_EQ(built->document.products(0).code(), "Ice X*1");
  EXPECT_EQ(built->document.products(2).code(), "Ice X8") << "without spaces that nobody sees";
  EXPECT_EQ(built->document.products(0).category(), "refrigerator");
  EXPECT_EQ(built->document.products(0).certificate(), "1");
  EXPECT_EQ(built->document.products(0).saving_watt_hours(), 34'000U);
  EXPECT_EQ(built->document.products(1).saving_watt_hours(), 33'900U);
}

TEST(CatalogueBuilder, LayoutsHaveNames) {
  EXPECT_EQ(CatalogueLayoutNamed("native"), CatalogueLayout::kNative);
  EXPECT_EQ(CatalogueLayoutNamed("energy_star"), CatalogueLayout::kEnergyStar);
  EXPECT_EQ(CatalogueLayoutNamed("other"), std::nullopt);
}

const MaterialWords kWords = {{"glass", {"玻璃"}}, {"plastics", {"塑料", "PET"}}};

TEST(MaterialBuilder, TakesWhatIsOfOneMaterialAndGuessesNothing) {
  const auto built = BuildMaterialTable(
      "玻璃瓶,1\n塑料瓶,1\n玻璃塑料,1\n报纸,1\n电池,2\n塑料袋,8\npet桶,1\nPET桶,1\n"
      "玻璃盘,1\n玻璃盘,8\n玻璃桌,17\n,1\n玻璃,x\n玻璃,0\n玻璃,32\n玻璃\n剩饭,4\n剩饭,8\n",
      kWords, kHead);
  ASSERT_TRUE(built.ok()) << built.status();
  EXPECT_EQ(built->lines, 18U);
  std::vector<std::string> items;
  for (const entry::v1::Material& item : built->document.items()) {
    items.push_back(absl::StrCat(item.item(), " ", item.material()));
  }
  EXPECT_THAT(items, ElementsAre("玻璃瓶 glass", "塑料瓶 plastics", "pet桶 plastics"));
  EXPECT_THAT(Odd(*built),
              ElementsAre("3 several_materials", "4 no_material", "8 repeated_item",
                          "9 contradiction", "10 contradiction", "11 several_classes",
                          "12 malformed", "13 malformed", "14 malformed", "15 malformed",
                          "16 malformed", "17 contradiction", "18 contradiction"));
}

TEST(MaterialBuilder, ReadsKeyWords) {
  const auto words = ReadMaterialWords("w.yaml", "glass: [玻璃]\nplastics:\n  - 塑料\n  - PET\n");
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_EQ(*words, kWords);
  const std::pair<std::string, std::string> cases[] = {
      {"[a]\n", "w.yaml:1: needs materials"},
      {"a: b\n", "w.yaml:1: a: needs a list of key words"},
      {"a: []\n", "w.yaml:1: a: needs a list of key words"},
      {"a: [b]\na: [c]\n", "w.yaml:2: a: stands here twice"},
      {"a:\n  - {}\n", "w.yaml:2: a: a key word is a text"},
      {"a: ['']\n", "w.yaml:1: a: a key word is a text"},
      {"a: [\n", "w.yaml:1: is no YAML"},
      {"a: [\xff]\n", "w.yaml: is not UTF-8"},
  };
  for (const auto& [yaml, message] : cases) {
    EXPECT_THAT(std::string(ReadMaterialWords("w.yaml", yaml).status().message()),
                testing::StartsWith(message));
  }
}

}  // namespace
}  // namespace tanhui::cli
