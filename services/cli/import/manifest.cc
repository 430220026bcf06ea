#include "services/cli/import/manifest.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/import/as_acts/reading_options.h"
#include "services/cli/import/rates.h"

namespace tanhui::cli {
namespace {

using Json = nlohmann::json;

absl::Status Wrong(std::string_view field, std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("manifest field ", std::string(field), ": ", std::string(what)));
}

absl::Status OnlyKnown(const Json& object, std::initializer_list<std::string_view> known) {
  for (const auto& item : object.items()) {
    if (std::find(known.begin(), known.end(), item.key()) == known.end()) {
      return Wrong(item.key(), "is not known");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Text(const Json& object, const std::string& field) {
  const auto found = object.find(field);
  if (found == object.end() || !found->is_string()) {
    return Wrong(field, "a text is needed");
  }
  return found->get<std::string>();
}

absl::StatusOr<std::string> Date(const Json& period, const std::string& field) {
  absl::StatusOr<std::string> date = Text(period, field);
  if (!date.ok() || !ParseShanghai(*date + " 00:00:00")) {
    return Wrong("period." + field, "a date YYYY-MM-DD is needed");
  }
  return date;
}

absl::StatusOr<std::uint64_t> Count(const Json& object, const std::string& field) {
  const auto found = object.find(field);
  if (found == object.end() || !found->is_number_unsigned()) {
    return Wrong(field, "a whole number is needed");
  }
  return found->get<std::uint64_t>();
}

absl::StatusOr<Hash256> Sha256Field(const Json& object) {
  const absl::StatusOr<std::string> hex = Text(object, "sha256");
  const bool is_hex =
      hex.ok() && hex->size() == 2 * Hash256::kSize &&
      std::all_of(hex->begin(), hex->end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (!is_hex) {
    return Wrong("sha256", "64 hexadecimal digits are needed");
  }
  return Hash256::FromView(absl::HexStringToBytes(*hex));
}

absl::StatusOr<std::map<std::string, std::uint64_t>> Totals(const Json& totals) {
  std::map<std::string, std::uint64_t> counts;
  if (!totals.is_object()) {
    return Wrong("totals", "an object of counts by scenario is needed");
  }
  for (const auto& item : totals.items()) {
    const absl::StatusOr<std::uint64_t> count = Count(totals, item.key());
    if (!IsScenario(item.key()) || !count.ok()) {
      return Wrong("totals." + item.key(), "a scenario and a whole number are needed");
    }
    counts.emplace(item.key(), *count);
  }
  return counts;
}

absl::Status ReadPeriod(const Json& object, Manifest* manifest) {
  const auto period = object.find("period");
  if (period == object.end() || !period->is_object()) {
    return Wrong("period", "an object with start and end is needed");
  }
  if (absl::Status known = OnlyKnown(*period, {"start", "end"}); !known.ok()) {
    return known;
  }
  absl::StatusOr<std::string> start = Date(*period, "start");
  absl::StatusOr<std::string> end = Date(*period, "end");
  if (!start.ok() || !end.ok()) {
    return start.ok() ? end.status() : start.status();
  }
  if (*start > *end) {
    return Wrong("period", "its start is after its end");
  }
  manifest->period_start = *start;
  manifest->period_end = *end;
  return absl::OkStatus();
}

absl::Status ReadOptional(const Json& object, Manifest* manifest) {
  if (object.contains("totals")) {
    absl::StatusOr<std::map<std::string, std::uint64_t>> totals = Totals(object["totals"]);
    if (!totals.ok()) {
      return totals.status();
    }
    manifest->totals = *std::move(totals);
  }
  if (object.contains("supersedes")) {
    absl::StatusOr<std::string> supersedes = Text(object, "supersedes");
    if (!supersedes.ok()) {
      return supersedes.status();
    }
    manifest->supersedes = *std::move(supersedes);
  }
  if (const auto offset = object.find("device_clock_offset_seconds"); offset != object.end()) {
    if (!offset->is_number_integer() || offset->get<std::int64_t>() < -kMostClockOffsetSeconds ||
        offset->get<std::int64_t>() > kMostClockOffsetSeconds) {
      return Wrong("device_clock_offset_seconds", "a whole number of seconds is needed");
    }
    manifest->clock_offset_seconds = offset->get<std::int64_t>();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Manifest> Manifest::FromJson(std::string_view json) {
  const Json object = Json::parse(json, nullptr, false);
  if (object.is_discarded() || !object.is_object()) {
    return absl::InvalidArgumentError("the manifest is no JSON object");
  }
  if (absl::Status known = OnlyKnown(object, {"file_id", "period", "lines", "totals", "sha256",
                                              "supersedes", "device_clock_offset_seconds"});
      !known.ok()) {
    return known;
  }
  Manifest manifest;
  const absl::StatusOr<std::string> file_id = Text(object, "file_id");
  if (!file_id.ok() || file_id->empty() || file_id->size() > 59) {
    return Wrong("file_id", "a text of 1 to 59 bytes is needed");
  }
  manifest.file_id = *file_id;
  const absl::StatusOr<std::uint64_t> lines = Count(object, "lines");
  const absl::StatusOr<Hash256> sha256 = Sha256Field(object);
  if (!lines.ok() || !sha256.ok()) {
    return lines.ok() ? sha256.status() : lines.status();
  }
  manifest.lines = *lines;
  manifest.sha256 = *sha256;
  if (absl::Status read = ReadPeriod(object, &manifest); !read.ok()) {
    return read;
  }
  if (absl::Status read = ReadOptional(object, &manifest); !read.ok()) {
    return read;
  }
  return manifest;
}

std::vector<std::string> Manifest::Mismatches(const Hash256& file_sha256,
                                              const ClaimFile& file) const {
  std::vector<std::string> found;
  const auto hex = [](const Hash256& hash) {
    return absl::BytesToHexString(absl::string_view(hash.view().data(), hash.view().size()));
  };
  if (file_sha256 != sha256) {
    found.push_back(absl::StrCat("sha256: the manifest says ", hex(sha256), ", the file has ",
                                 hex(file_sha256)));
  }
  if (file.lines != lines) {
    found.push_back(
        absl::StrCat("lines: the manifest says ", lines, ", the file has ", file.lines));
  }
  if (!file.claims.empty()) {
    // Claims are in order of time.
    const std::string first = FormatDate(ShanghaiDate(ToLedgerTime(file.claims[0].act_time)));
    const std::string last = FormatDate(ShanghaiDate(ToLedgerTime(file.claims.back().act_time)));
    if (first < period_start || last > period_end) {
      found.push_back(absl::StrCat("period: the manifest says ", period_start, " to ", period_end,
                                   ", the file's acts are of ", first, " to ", last));
    }
  }
  if (totals) {
    const std::map<std::string, std::uint64_t> awards = TotalsOf(file).awarded;
    const auto count = [](const std::map<std::string, std::uint64_t>& counts,
                          const std::string& scenario) {
      const auto at = counts.find(scenario);
      return at == counts.end() ? 0 : at->second;
    };
    std::map<std::string, std::uint64_t> scenarios = awards;
    scenarios.insert(totals->begin(), totals->end());
    for (const auto& [scenario, unused] : scenarios) {
      if (count(awards, scenario) != count(*totals, scenario)) {
        found.push_back(absl::StrCat("totals.", scenario, ": the manifest says ",
                                     count(*totals, scenario), ", the file has ",
                                     count(awards, scenario)));
      }
    }
  }
  return found;
}

}  // namespace tanhui::cli
