// What the sender of an import file says of it, so that a file cut short, mixed up or altered on
// its way is refused as a whole.
#ifndef TANHUI_SERVICES_CLI_IMPORT_MANIFEST_H_
#define TANHUI_SERVICES_CLI_IMPORT_MANIFEST_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/core/ids.h"
#include "services/cli/import/claims.h"

namespace tanhui::cli {

// {"file_id": "szt-20180831", "period": {"start": "2018-08-31", "end": "2018-09-01"},
//  "lines": 10000, "sha256": "<64 hexadecimal digits>",
//  "totals": {"metro_ride": 66, "bus_ride": 205},   optional: awards expected by scenario
//  "supersedes": "szt-20180831-draft",              optional: the file that this one replaces
//  "device_clock_offset_seconds": 90}               optional: the clock was so far ahead
struct Manifest {
  std::string file_id;       // 1 to 59 bytes
  std::string period_start;  // first and last business date of its acts, YYYY-MM-DD
  std::string period_end;
  std::uint64_t lines = 0;
  Hash256 sha256;
  std::optional<std::map<std::string, std::uint64_t>> totals;
  std::string supersedes;
  std::optional<std::int64_t> clock_offset_seconds;

  // Fails, naming the field, on what is missing, unknown or of a wrong form.
  static absl::StatusOr<Manifest> FromJson(std::string_view json);

  // What differs between this and the file, one sentence each; empty when nothing does.
  std::vector<std::string> Mismatches(const Hash256& file_sha256, const ClaimFile& file) const;
};

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_MANIFEST_H_
