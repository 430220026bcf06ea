// Flat figures: how many points an act of a scenario earns.
#ifndef TANHUI_SERVICES_CLI_IMPORT_RATES_H_
#define TANHUI_SERVICES_CLI_IMPORT_RATES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tanhui::cli {

// 1 to 32 of a-z, 0-9 and _.
bool IsScenario(std::string_view name);

class Rates {
 public:
  // The built-in figures: metro_ride 27, bus_ride 10, cycling 8, recycling 30, efficient_purchase
  // 50.
  Rates();
  // The built-in figures with those of a TOML text put over them:
  //   [points]
  //   metro_ride = 27
  static absl::StatusOr<Rates> FromToml(std::string_view toml);

  std::optional<std::int64_t> PointsFor(std::string_view scenario) const;

 private:
  std::map<std::string, std::int64_t, std::less<>> points_;
};

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_RATES_H_
