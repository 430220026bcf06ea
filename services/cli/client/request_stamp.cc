#include "services/cli/client/request_stamp.h"

#include <sys/random.h>

#include <array>
#include <charconv>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "ledger/core/check.h"
#include "ledger/core/request_id.h"

namespace tanhui::cli {

LedgerTime WallClock() {
  return LedgerTime(std::chrono::duration_cast<std::chrono::microseconds>(
                        std::chrono::system_clock::now().time_since_epoch())
                        .count());
}

google::protobuf::Timestamp ToTimestamp(LedgerTime time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(time.value());
}

LedgerTime FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  return LedgerTime(timestamp.seconds() * kMicrosPerSecond + timestamp.nanos() / 1000);
}

std::string UuidV7(LedgerTime time, std::string_view random) {
  Check(random.size() == 10, "a UUIDv7 takes 10 random bytes");
  std::string stored("\x01", 1);
  const auto millis = static_cast<std::uint64_t>(time.value() / 1000);
  for (int shift = 40; shift >= 0; shift -= 8) {
    stored.push_back(static_cast<char>(millis >> static_cast<unsigned>(shift)));
  }
  stored.append(random);
  stored[7] = static_cast<char>((static_cast<unsigned char>(stored[7]) & 0x0fU) | 0x70U);
  stored[9] = static_cast<char>((static_cast<unsigned char>(stored[9]) & 0x3fU) | 0x80U);
  return RequestId::FromStored(stored)->text();
}

std::string NewRequestId() {
  std::array<char, 10> random{};
  const ssize_t got = ::getrandom(random.data(), random.size(), 0);
  Check(got == static_cast<ssize_t>(random.size()), "the kernel gives random bytes");
  return UuidV7(WallClock(), {random.data(), random.size()});
}

absl::StatusOr<LedgerTime> ParseTime(std::string_view text) {
  if (const auto shanghai = ParseShanghai(text)) {
    return *shanghai;
  }
  google::protobuf::Timestamp timestamp;
  if (!google::protobuf::util::TimeUtil::FromString(std::string(text), &timestamp)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", std::string(text),
                     "' is no time: write 2026-01-02T15:04:05+08:00 or '2026-01-02 15:04:05' "
                     "(Asia/Shanghai)"));
  }
  return FromTimestamp(timestamp);
}

absl::StatusOr<LedgerTime> ParseNotAfter(std::string_view text, LedgerTime now) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error == std::errc() && unit.size() == 1 && count > 0 && count <= 1'000'000) {
    switch (unit[0]) {
      case 's':
        return LedgerTime(now.value() + count * kMicrosPerSecond);
      case 'm':
        return LedgerTime(now.value() + count * kMicrosPerMinute);
      case 'h':
        return LedgerTime(now.value() + count * 60 * kMicrosPerMinute);
      case 'd':
        return LedgerTime(now.value() + count * kMicrosPerDay);
      default:
        break;
    }
  }
  absl::StatusOr<LedgerTime> time = ParseTime(text);
  if (!time.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(time.status().message(), "; or a duration such as 90s, 10m, 24h or 7d"));
  }
  return time;
}

}  // namespace tanhui::cli
