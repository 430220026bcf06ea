#include "services/cli/import/rates.h"

#include <toml++/toml.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/core/amount.h"

namespace tanhui::cli {

bool IsScenario(std::string_view name) {
  return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Rates::Rates()
    : points_{{"metro_ride", 27},
              {"bus_ride", 10},
              {"cycling", 8},
              {"recycling", 30},
              {"efficient_purchase", 50}} {}

absl::StatusOr<Rates> Rates::FromToml(std::string_view toml) {
  Rates rates;
  try {
    const toml::table document = toml::parse(toml);
    for (const auto& [section, node] : document) {
      if (section.str() != "points" || !node.is_table()) {
        return absl::InvalidArgumentError(absl::StrCat(
            "unknown entry '", std::string(section.str()), "'; only a table [points] is known"));
      }
      for (const auto& [scenario, value] : *node.as_table()) {
        const auto points = value.value_exact<std::int64_t>();
        if (!IsScenario(scenario.str()) || !points || *points < 1 ||
            *points > kMaxPostingAmount.units()) {
          return absl::InvalidArgumentError(
              absl::StrCat("[points] ", std::string(scenario.str()),
                           ": needs a scenario of a-z, 0-9 and _ and a whole number of points "
                           "from 1 to 1000000000000"));
        }
        rates.points_.insert_or_assign(std::string(scenario.str()), *points);
      }
    }
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(
        absl::StrCat("line ", error.source().begin.line, ": ", std::string(error.description())));
  }
  return rates;
}

std::optional<std::int64_t> Rates::PointsFor(std::string_view scenario) const {
  const auto found = points_.find(scenario);
  if (found == points_.end()) {
    return std::nullopt;
  }
  return found->second;
}

}  // namespace tanhui::cli
