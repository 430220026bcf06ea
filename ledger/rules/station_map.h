// How far stations are from each other over the tracks, in whole metres.
#ifndef TANHUI_LEDGER_RULES_STATION_MAP_H_
#define TANHUI_LEDGER_RULES_STATION_MAP_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::rules {

// Immutable; any thread.
class StationMap {
 public:
  StationMap() = default;
  // The table was checked: tracks name stations, lengths are 1 to 1,000,000 metres.
  explicit StationMap(const entry::v1::StationTable& table);

  // Index of the station; nullopt when the city has none of this name.
  std::optional<std::uint32_t> Find(std::string_view city, std::string_view name) const;
  // Metres of the shortest way; 0 from a station to itself; nullopt when no tracks lead there.
  std::optional<std::uint64_t> Metres(std::uint32_t from, std::uint32_t to) const;
  std::size_t size() const { return tracks_.size(); }

 private:
  std::map<std::pair<std::string, std::string>, std::uint32_t> stations_;     // by city and name
  std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> tracks_;  // to, metres
};

}  // namespace tanhui::rules

#endif  // TANHUI_LEDGER_RULES_STATION_MAP_H_
