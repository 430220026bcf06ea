#include "ledger/rules/station_map.h"

#include <functional>
#include <limits>
#include <queue>

#include "ledger/core/check.h"

namespace tanhui::rules {

StationMap::StationMap(const entry::v1::StationTable& table) : tracks_(table.stations().size()) {
  std::uint32_t index = 0;
  for (const entry::v1::Station& station : table.stations()) {
    stations_.emplace(std::pair(station.city(), station.name()), index++);
  }
  for (const entry::v1::Track& track : table.tracks()) {
    Check(track.from() < tracks_.size() && track.to() < tracks_.size(),
          "a table of stations was not checked");
    tracks_[track.from()].emplace_back(track.to(), track.metres());
    tracks_[track.to()].emplace_back(track.from(), track.metres());
  }
}

std::optional<std::uint32_t> StationMap::Find(std::string_view city, std::string_view name) const {
  const auto found = stations_.find({std::string(city), std::string(name)});
  return found == stations_.end() ? std::nullopt : std::optional(found->second);
}

// Dijkstra: there are a few hundred stations, and nothing needs to be kept between queries.
std::optional<std::uint64_t> StationMap::Metres(std::uint32_t from, std::uint32_t to) const {
  Check(from < tracks_.size() && to < tracks_.size(), "a station of another table");
  constexpr std::uint64_t kUnreached = std::numeric_limits<std::uint64_t>::max();
  std::vector<std::uint64_t> metres(tracks_.size(), kUnreached);
  using Reached = std::pair<std::uint64_t, std::uint32_t>;  // metres, station
  std::priority_queue<Reached, std::vector<Reached>, std::greater<>> next;
  metres[from] = 0;
  next.emplace(0, from);
  while (!next.empty()) {
    const auto [so_far, station] = next.top();
    next.pop();
    if (station == to) {
      return so_far;
    }
    if (so_far > metres[station]) {
      continue;  // a shorter way was found since
    }
    for (const auto& [neighbour, length] : tracks_[station]) {
      if (so_far + length < metres[neighbour]) {
        metres[neighbour] = so_far + length;
        next.emplace(metres[neighbour], neighbour);
      }
    }
  }
  return std::nullopt;
}

}  // namespace tanhui::rules
