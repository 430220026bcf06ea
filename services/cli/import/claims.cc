#include "services/cli/import/claims.h"

#include <algorithm>
#include <tuple>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace tanhui::cli {
namespace {

constexpr Seconds kEarliest = 662'659'200;       // 1991-01-01T00:00:00Z
constexpr std::int64_t kLatest = 4'291'747'199;  // 2105-12-31T23:59:59Z

// Names are a to z, 0 to 9 and _, so that nothing needs escaping.
void AppendCounts(const std::map<std::string, std::uint64_t>& counts, std::string* json) {
  std::string_view separator = "{";
  for (const auto& [name, count] : counts) {
    absl::StrAppend(json, std::string(separator), "\"", name, "\":", count);
    separator = ",";
  }
  json->append(counts.empty() ? "{}" : "}");
}

}  // namespace

std::optional<Seconds> ParseSeconds(std::string_view text) {
  const std::optional<LedgerTime> time = ParseShanghai(text);
  if (!time) {
    return std::nullopt;
  }
  const std::int64_t seconds = time->value() / kMicrosPerSecond;
  if (seconds < kEarliest || seconds > kLatest) {
    return std::nullopt;
  }
  return static_cast<Seconds>(seconds);
}

LedgerTime ToLedgerTime(Seconds seconds) {
  return LedgerTime(static_cast<std::int64_t>(seconds) * kMicrosPerSecond);
}

std::optional<Seconds> Corrected(Seconds seconds, std::int64_t clock_offset_seconds) {
  const std::int64_t corrected = static_cast<std::int64_t>(seconds) - clock_offset_seconds;
  if (corrected < kEarliest || corrected > kLatest) {
    return std::nullopt;
  }
  return static_cast<Seconds>(corrected);
}

ClaimFile::ClaimFile() {
  texts.Intern("");
  references.Intern("");
  details.Intern("");
}

void ClaimFile::Refuse(std::uint32_t line, std::string_view reason, std::string_view detail,
                       std::uint32_t other_line) {
  refused.push_back({.line = line,
                     .other_line = other_line,
                     .detail = details.Intern(detail),
                     .reason = static_cast<std::uint16_t>(reasons.Intern(reason))});
}

void ClaimFile::Settle() {
  std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) {
    return std::tie(a.act_time, a.line) < std::tie(b.act_time, b.line);
  });
  absl::flat_hash_set<EvidenceId> seen;
  seen.reserve(claims.size());
  std::erase_if(claims, [&](const Claim& claim) {
    const bool again = !seen.insert(claim.id).second;
    if (again) {
      Refuse(claim.line, kAlreadyAwarded, "an earlier line has the same evidence");
    }
    return again;
  });
}

std::string ImportTotals::Json() const {
  std::string json = absl::StrCat("{\"lines\":", lines, ",\"awarded\":");
  AppendCounts(awarded, &json);
  json.append(",\"refused\":");
  AppendCounts(refused, &json);
  absl::StrAppend(&json, ",\"points\":", points);
  if (grams) {
    absl::StrAppend(&json, ",\"grams\":", *grams);
  }
  json.push_back('}');
  return json;
}

ImportTotals TotalsOf(const ClaimFile& file) {
  ImportTotals totals;
  totals.lines = file.lines;
  if (file.has_acts) {
    totals.grams = 0;
  }
  for (std::uint32_t scenario = 0; scenario < file.scenarios.size(); ++scenario) {
    totals.awarded.emplace(file.scenarios[scenario], 0);
  }
  for (const Claim& claim : file.claims) {
    ++totals.awarded[std::string(file.scenarios[claim.scenario])];
    totals.points += claim.points;
  }
  for (const RefusedLine& line : file.refused) {
    ++totals.refused[std::string(file.reasons[line.reason])];
  }
  return totals;
}

}  // namespace tanhui::cli
