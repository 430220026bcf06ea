// Reads a small import file and says in one line what became of each of its lines.
#ifndef TANHUI_TESTS_SERVICES_CLI_READ_CLAIMS_H_
#define TANHUI_TESTS_SERVICES_CLI_READ_CLAIMS_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "services/cli/import/claims.h"
#include "services/cli/import/evidence.h"
#include "services/cli/import/rates.h"

namespace tanhui::cli {

inline const std::string& TestKey() {
  static const std::string key = "0123456789abcdef0123456789abcdef";
  return key;
}

inline bool GoOn(std::size_t) { return true; }

// `2 metro_ride, 4 orphan_in`: line and scenario or reason, in order of line.
inline std::string Outcomes(const ClaimFile& file) {
  std::vector<std::pair<std::uint32_t, std::string>> outcomes;
  for (const Claim& claim : file.claims) {
    outcomes.emplace_back(claim.line, file.scenarios[claim.scenario]);
  }
  for (const RefusedLine& refused : file.refused) {
    outcomes.emplace_back(refused.line, file.reasons[refused.reason]);
  }
  std::sort(outcomes.begin(), outcomes.end());
  std::string text;
  for (const auto& [line, what] : outcomes) {
    text += (text.empty() ? "" : ", ") + std::to_string(line) + " " + what;
  }
  return text;
}

}  // namespace tanhui::cli

#endif  // TANHUI_TESTS_SERVICES_CLI_READ_CLAIMS_H_
