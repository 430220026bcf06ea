#include "ledger/rules/table_documents.h"

#include <utility>

#include "ledger/rules/ratio.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;

constexpr std::size_t kMaxProductCode = 80;
constexpr std::uint32_t kMaxTrackMetres = 1'000'000;

// A text that may be empty.
Found WantShort(std::string_view text, std::string_view path) {
  return text.empty() ? std::nullopt : WantText(text, kMaxDisplayName, path);
}

Found CheckProduct(const pb::Product& product) {
  const auto date = [](std::string_view text, std::string_view path) {
    return text.empty() ? std::nullopt : WantDate(text, path);
  };
  if (Found found = Collected({
          WantText(product.code(), kMaxProductCode, "code"),
          WantWord(product.category(), "category"),
          WantShort(product.brand(), "brand"),
          WantShort(product.display_name(), "display_name"),
          WantAtMost(product.saving_watt_hours(), static_cast<std::uint64_t>(kMostOfRatio),
                     "saving_watt_hours"),
          WantShort(product.certificate(), "certificate"),
          date(product.valid_from(), "valid_from"),
          date(product.valid_to(), "valid_to"),
      })) {
    return found;
  }
  return product.valid_from().empty() || product.valid_to().empty()
             ? std::nullopt
             : WantDates(product.valid_from(), product.valid_to(), "valid_from", "valid_to");
}

}  // namespace

Found CheckCatalogue(const pb::Catalogue& catalogue) {
  return Collected(
      {WantHeading(catalogue.code(), catalogue.version(), catalogue.first_date(),
                   catalogue.display_name()),
       WantShort(catalogue.publisher(), "publisher"),
       Want(!catalogue.products().empty(), "products", "is missing"),
       Each("products", catalogue.products(), CheckProduct),
       Unique("products", catalogue.products(), "code",
              [](const pb::Product& product) { return std::string_view(product.code()); })});
}

Found CheckStationTable(const pb::StationTable& table) {
  const auto stations = static_cast<std::uint32_t>(table.stations_size());
  const auto check_station = [](const pb::Station& station) {
    return Collected(
        {WantCode(station.city(), "city"), WantText(station.name(), kMaxDisplayName, "name")});
  };
  const auto check_track = [stations](const pb::Track& track) {
    return Collected(
        {Want(track.from() < stations, "from", "is not the index of a station"),
         Want(track.to() < stations, "to", "is not the index of a station"),
         Want(track.from() != track.to(), "to", "is the station where the track begins"),
         Want(track.metres() > 0 && track.metres() <= kMaxTrackMetres, "metres",
              "must be 1 to 1000000"),
         WantShort(track.line(), "line")});
  };
  return Collected(
      {WantHeading(table.code(), table.version(), table.first_date(), table.display_name()),
       Want(!table.stations().empty(), "stations", "is missing"),
       Each("stations", table.stations(), check_station),
       Unique("stations", table.stations(), "name",
              [](const pb::Station& station) {
                return std::pair(std::string_view(station.city()),
                                 std::string_view(station.name()));
              }),
       Each("tracks", table.tracks(), check_track),
       table.has_source() ? WantSource(table.source(), "source") : std::nullopt});
}

Found CheckMaterialTable(const pb::MaterialTable& table) {
  const auto check_item = [](const pb::Material& material) {
    return Collected({WantText(material.item(), kMaxDisplayName, "item"),
                      WantCode(material.material(), "material")});
  };
  return Collected(
      {WantHeading(table.code(), table.version(), table.first_date(), table.display_name()),
       Want(!table.items().empty(), "items", "is missing"),
       Each("items", table.items(), check_item),
       Unique("items", table.items(), "item",
              [](const pb::Material& material) { return std::string_view(material.item()); })});
}

}  // namespace tanhui::rules
