// What an import file turns into: claims to be awarded and refused lines, in compact memory.
#ifndef TANHUI_SERVICES_CLI_IMPORT_CLAIMS_H_
#define TANHUI_SERVICES_CLI_IMPORT_CLAIMS_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/business_time.h"
#include "services/cli/import/name_table.h"

namespace tanhui::cli {

// Reasons that the importer itself gives; a refusal of the ledger keeps its own, in lower case.
inline constexpr std::string_view kDuplicate = "duplicate";
inline constexpr std::string_view kMalformed = "malformed";
inline constexpr std::string_view kNoStation = "no_station";
inline constexpr std::string_view kOrphanIn = "orphan_in";
inline constexpr std::string_view kOrphanOut = "orphan_out";
inline constexpr std::string_view kSameStation = "same_station";
inline constexpr std::string_view kTooShort = "too_short";
inline constexpr std::string_view kSameVehicle = "same_vehicle";
inline constexpr std::string_view kUnknownScenario = "unknown_scenario";
inline constexpr std::string_view kAlreadyAwarded = "already_awarded";

// Seconds since 1970-01-01T00:00:00Z; a tap needs no more, and millions of them are kept.
using Seconds = std::uint32_t;
// nullopt for what is no `YYYY-MM-DD HH:MM:SS` of Shanghai from 1991 (when its summer time ended)
// to 2105.
std::optional<Seconds> ParseSeconds(std::string_view text);
LedgerTime ToLedgerTime(Seconds seconds);

// What is the same for the same act on every machine and in every run: a request id in the making.
using EvidenceId = std::array<std::uint8_t, 16>;

// One act to be awarded.
struct Claim {
  EvidenceId id{};
  std::int64_t points = 0;
  std::uint32_t user = 0;       // in ClaimFile::users
  std::uint32_t line = 0;       // where its evidence stands
  std::uint32_t reference = 0;  // in ClaimFile::references, which holds "" as 0
  Seconds act_time = 0;
  std::uint16_t scenario = 0;  // in ClaimFile::scenarios
};

struct RefusedLine {
  std::uint32_t line = 0;
  std::uint32_t other_line = 0;  // the other line concerned; 0 when there is none
  std::uint32_t detail = 0;      // in ClaimFile::details, which holds "" as 0
  std::uint16_t reason = 0;      // in ClaimFile::reasons
};

struct ClaimFile {
  ClaimFile();

  NameTable users;
  NameTable scenarios;
  NameTable references;
  NameTable reasons;
  NameTable details;
  std::vector<Claim> claims;  // in order of time of the act, then of line
  std::vector<RefusedLine> refused;
  std::uint64_t lines = 0;  // without the header and blank lines

  void Refuse(std::uint32_t line, std::string_view reason, std::string_view detail = {},
              std::uint32_t other_line = 0);
  // Brings the claims into their order, and refuses as already awarded what claims evidence that
  // an earlier claim has.
  void Settle();
};

// What became of a file; `points` are those awarded in this run.
struct ImportTotals {
  std::uint64_t lines = 0;
  std::map<std::string, std::uint64_t> awarded;  // by scenario
  std::map<std::string, std::uint64_t> refused;  // by reason
  std::int64_t points = 0;

  // {"lines":N,"awarded":{...},"refused":{...},"points":N}, keys inside in order.
  std::string Json() const;
};

// Every claim counted as awarded, every refused line by its reason. A scenario of the file is there
// even when nothing was awarded for it.
ImportTotals TotalsOf(const ClaimFile& file);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_CLAIMS_H_
