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
inline constexpr std::string_view kUnknownStation = "unknown_station";
inline constexpr std::string_view kUnknownScenario = "unknown_scenario";
inline constexpr std::string_view kAlreadyAwarded = "already_awarded";

// Seconds since 1970-01-01T00:00:00Z; a tap needs no more, and millions of them are kept.
using Seconds = std::uint32_t;
// nullopt for what is no `YYYY-MM-DD HH:MM:SS` of Shanghai from 1991 (when its summer time ended)
// to 2105.
std::optional<Seconds> ParseSeconds(std::string_view text);
LedgerTime ToLedgerTime(Seconds seconds);
// What a clock that was right would have shown; nullopt when that is out of range.
std::optional<Seconds> Corrected(Seconds seconds, std::int64_t clock_offset_seconds);

// What is the same for the same act on every machine and in every run: a request id in the making.
using EvidenceId = std::array<std::uint8_t, 16>;

// What an act says of itself, where the ledger's rules find the points. Texts are numbers in
// ClaimFile::texts.
struct ActLine {
  std::uint64_t quantity = 0;  // 0: the ledger finds it
  std::uint16_t unit = 0;      // of tanhui.v1.Unit
  std::uint16_t weighing = 0;  // of tanhui.v1.Weighing; of corrections: as the act's
  std::uint32_t duration_seconds = 0;
  std::uint32_t district = 0;
  std::uint32_t material = 0;
  std::uint32_t product = 0;
  std::uint32_t origin = 0;
  std::uint32_t destination = 0;
  std::uint32_t subject = 0;  // of the evidence, as device and time; 0: it shows no evidence
  std::uint32_t device = 0;
  Seconds evidence_time = 0;   // 0: none
  std::uint32_t about = 0;     // request id of what is corrected, or of the booking that is weighed
  std::uint32_t revision = 0;  // of a correction: which the line is about
};

// One act to be awarded.
struct Claim {
  EvidenceId id{};
  std::int64_t points = 0;      // by the rates; 0 for acts
  std::uint32_t user = 0;       // in ClaimFile::users
  std::uint32_t line = 0;       // where its evidence stands
  std::uint32_t reference = 0;  // in ClaimFile::references, which holds "" as 0
  Seconds act_time = 0;
  std::uint32_t act = 0;       // in ClaimFile::acts, when there are any
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
  NameTable texts;  // of acts; holds "" as 0
  NameTable reasons;
  NameTable details;
  bool has_acts = false;         // then each claim has one
  bool has_corrections = false;  // then each act corrects one that was imported before
  std::string evidence_source;   // of all acts
  std::vector<ActLine> acts;
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
  std::optional<std::int64_t> grams = {};  // of CO2e; of acts only

  // {"lines":N,"awarded":{...},"refused":{...},"points":N}, keys inside in order; of acts also
  // "grams".
  std::string Json() const;
};

// Every claim counted as awarded, every refused line by its reason. A scenario of the file is there
// even when nothing was awarded for it.
ImportTotals TotalsOf(const ClaimFile& file);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_CLAIMS_H_
