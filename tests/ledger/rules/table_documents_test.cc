#include "ledger/rules/table_documents.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/ledger/rules/documents.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;

template <typename Message>
struct Row {
  std::function<void(Message&)> spoil;
  std::string problem;
};

TEST(TableDocumentsTest, Catalogues) {
  EXPECT_EQ(Text(CheckCatalogue(DemoCatalogue())), "OK");
  using C = pb::Catalogue;
  const std::string date = "must be a date, YYYY-MM-DD";
  const Row<C> rows[] = {
      {[](C& c) { c.set_code("Green"); }, "code: must be 1 to 40 of a-z, 0-9, - and _"},
      {[](C& c) { c.set_version(0); }, "version: must be at least 1"},
      {[](C& c) { c.set_first_date("2027-02-29"); }, "first_date: " + date},
      {[](C& c) { c.clear_display_name(); }, "display_name: is missing"},
      {[](C& c) { c.clear_products(); }, "products: is missing"},
      {[](C& c) { c.mutable_products(1)->clear_code(); }, "products[1].code: is missing"},
      {[](C& c) { c.mutable_products(1)->set_code(std::string(81, 'a')); },
       "products[1].code: must be at most 80 bytes"},
      {[](C& c) { c.mutable_products(1)->set_code("a\nb"); },
       "products[1].code: must be one line without control characters"},
      {[](C& c) { c.mutable_products(1)->set_code("A 1"); }, "products[1].code: stands twice"},
      {[](C& c) { c.mutable_products(0)->set_category("Lamp"); },
       "products[0].category: must be 1 to 32 of a-z, 0-9 and _"},
      {[](C& c) { c.mutable_products(0)->set_saving_watt_hours(1'000'000'000'000'001); },
       "products[0].saving_watt_hours: must be at most 1000000000000000"},
      {[](C& c) { c.mutable_products(0)->set_valid_from("2027"); },
       "products[0].valid_from: " + date},
      {[](C& c) { c.mutable_products(0)->set_valid_from("2029-01-01"); },
       "products[0].valid_to: is before the first date"},
  };
  for (const auto& row : rows) {
    C catalogue = DemoCatalogue();
    row.spoil(catalogue);
    EXPECT_EQ(Text(CheckCatalogue(catalogue)), row.problem);
  }
}

TEST(TableDocumentsTest, TablesOfStations) {
  EXPECT_EQ(Text(CheckStationTable(DemoStations())), "OK");
  using T = pb::StationTable;
  const Row<T> rows[] = {
      {[](T& t) { t.clear_stations(); }, "stations: is missing"},
      {[](T& t) { t.mutable_stations(1)->set_name("甲"); }, "stations[1].name: stands twice"},
      {[](T& t) { t.mutable_stations(1)->clear_city(); },
       "stations[1].city: must be 1 to 40 of a-z, 0-9, - and _"},
      {[](T& t) { t.mutable_tracks(0)->set_from(6); },
       "tracks[0].from: is not the index of a station"},
      {[](T& t) { t.mutable_tracks(0)->set_to(4'000'000'000); },
       "tracks[0].to: is not the index of a station"},
      {[](T& t) { t.mutable_tracks(0)->set_to(0); },
       "tracks[0].to: is the station where the track begins"},
      {[](T& t) { t.mutable_tracks(2)->set_metres(0); }, "tracks[2].metres: must be 1 to 1000000"},
      {[](T& t) { t.mutable_tracks(2)->set_metres(1'000'001); },
       "tracks[2].metres: must be 1 to 1000000"},
      {[](T& t) { t.mutable_source()->clear_text(); }, "source.text: is missing"},
  };
  for (const auto& row : rows) {
    T table = DemoStations();
    row.spoil(table);
    EXPECT_EQ(Text(CheckStationTable(table)), row.problem);
  }
}

TEST(TableDocumentsTest, TablesOfMaterials) {
  EXPECT_EQ(Text(CheckMaterialTable(DemoMaterials())), "OK");
  using T = pb::MaterialTable;
  const Row<T> rows[] = {
      {[](T& t) { t.clear_items(); }, "items: is missing"},
      {[](T& t) { t.mutable_items(1)->set_item("塑料瓶"); }, "items[1].item: stands twice"},
      {[](T& t) { t.mutable_items(0)->set_material("塑料"); },
       "items[0].material: must be 1 to 40 of a-z, 0-9, - and _"},
  };
  for (const auto& row : rows) {
    T table = DemoMaterials();
    row.spoil(table);
    EXPECT_EQ(Text(CheckMaterialTable(table)), row.problem);
  }
}

}  // namespace
}  // namespace tanhui::rules
