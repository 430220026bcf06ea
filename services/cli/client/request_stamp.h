// What a client puts on a mutating request so that it can be retried: an id of its own, and a time
// after which a late duplicate is refused.
#ifndef TANHUI_SERVICES_CLI_CLIENT_REQUEST_STAMP_H_
#define TANHUI_SERVICES_CLI_CLIENT_REQUEST_STAMP_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/timestamp.pb.h"
#include "ledger/core/business_time.h"

namespace tanhui::cli {

// The machine's clock.
LedgerTime WallClock();

google::protobuf::Timestamp ToTimestamp(LedgerTime time);
LedgerTime FromTimestamp(const google::protobuf::Timestamp& timestamp);

// The UUIDv7 (RFC 9562 section 5.7) with this time and these 10 random bytes, in lower case.
std::string UuidV7(LedgerTime time, std::string_view random);
// A fresh one.
std::string NewRequestId();

// RFC 3339 with an offset (2026-01-02T15:04:05+08:00), or `YYYY-MM-DD HH:MM:SS` of Shanghai.
absl::StatusOr<LedgerTime> ParseTime(std::string_view text);
// As ParseTime, or a duration from `now`: 90s, 10m, 24h, 7d.
absl::StatusOr<LedgerTime> ParseNotAfter(std::string_view text, LedgerTime now);

inline constexpr std::int64_t kDefaultNotAfterMicros = kMicrosPerDay;

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_CLIENT_REQUEST_STAMP_H_
