#include "services/cli/import/acts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "ledger/core/amount.h"
#include "ledger/core/request_id.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/import/as_acts/act_request.h"
#include "services/rpc/personal/personal_text.h"

namespace tanhui::cli {
namespace {

constexpr std::size_t kLongestText = 128;  // what the ledger takes as user id and as reference

enum Column : std::size_t {
  kUser,
  kScenario,
  kActTime,
  kEvidence,
  kPoints,
  kReference,
  kQuantity,
  kUnit,
  kDistrict,
  kMaterial,
  kProduct,
  kOrigin,
  kDestination,
  kDuration,
  kCorrects,
  kRevision,
  kWeighing,
  kBooking
};
constexpr std::array<std::string_view, 4> kRequired = {"user_id", "scenario", "act_time",
                                                       "evidence"};
constexpr std::array<std::string_view, 14> kOptional = {
    "points", "reference",   "quantity",   "unit",     "district", "material", "product",
    "origin", "destination", "duration_s", "corrects", "revision", "weighing", "booking"};
constexpr std::size_t kFirstOfActs = 2;  // of kOptional

// A whole number from 1 to `most`.
std::optional<std::int64_t> ParseNumber(std::string_view text, std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > most) {
    return std::nullopt;
  }
  return number;
}

std::optional<std::int64_t> ParsePoints(std::string_view text) {
  return ParseNumber(text, kMaxPostingAmount.units());
}

constexpr std::int64_t kLongestAct = 366 * 86'400;  // seconds
constexpr std::int64_t kMostRevision = 1'000'000;
// In the columns `corrects` and `booking`: the act that was imported with the same evidence.
constexpr std::string_view kThisLine = "line";
// In the column `corrects`: the weighing, which was imported, of the booking that the line names.
constexpr std::string_view kItsWeighing = "weighing";
constexpr std::string_view kBooked = "booked";
constexpr std::string_view kWeighed = "weighed";
constexpr std::int64_t kMostQuantity = 1'000'000'000'000;  // what the ledger takes

bool IsAboutBooking(const CsvLine& line, const CsvColumns& columns) {
  return columns.Get(line, kWeighing) == kWeighed || columns.Get(line, kCorrects) == kItsWeighing;
}

// A line that names the request id of what it weighs or corrects needs no evidence: a weighing has
// none.
bool NamesARequest(const CsvLine& line, const CsvColumns& columns) {
  const std::string_view named =
      columns.Get(line, IsAboutBooking(line, columns) ? kBooking : kCorrects);
  return !named.empty() && named != kThisLine;
}

// What is wrong with a field of its own, empty when nothing is.
std::string_view FieldFault(const CsvLine& line, const CsvColumns& columns) {
  const std::string_view user = columns.Get(line, kUser);
  const std::string_view evidence = columns.Get(line, kEvidence);
  const std::string_view points = columns.Get(line, kPoints);
  if (user.empty() || user.size() > kLongestText) {
    return "user_id needs 1 to 128 bytes";
  }
  if (!IsScenario(columns.Get(line, kScenario))) {
    return "scenario needs 1 to 32 of a-z, 0-9 and _";
  }
  if (!ParseSeconds(columns.Get(line, kActTime))) {
    return "act_time is no YYYY-MM-DD HH:MM:SS";
  }
  if (evidence.empty() && !NamesARequest(line, columns)) {
    return "no evidence";
  }
  if (!points.empty() && !ParsePoints(points)) {
    return "points is no whole number from 1 to 1000000000000";
  }
  if (columns.Get(line, kReference).size() > kLongestText) {
    return "reference over 128 bytes";
  }
  if (HoldsPersonalNumber(columns.Get(line, kReference))) {
    return "reference holds a phone or identity number";
  }
  return {};
}

// The same of bookings and weighings.
std::string_view BookingFault(const CsvLine& line, const CsvColumns& columns) {
  const std::string_view weighing = columns.Get(line, kWeighing);
  const std::string_view booking = columns.Get(line, kBooking);
  if (!weighing.empty() && weighing != kBooked && weighing != kWeighed) {
    return "weighing is neither booked nor weighed";
  }
  if (!weighing.empty() && columns.Has(kCorrects)) {
    return "a correction is booked or weighed as its act: leave weighing empty";
  }
  if (!IsAboutBooking(line, columns)) {
    return booking.empty() ? "" : "a booking goes with weighed, or with a correction of a weighing";
  }
  return RequestId::FromText(booking).has_value()
             ? ""
             : "booking needs the request id of the booking, or line";
}

// The same of the fields that only acts have.
std::string_view ActFault(const CsvLine& line, const CsvColumns& columns, const ActReading& acts) {
  const auto field = [&](Column column) { return columns.Get(line, column); };
  if (!field(kPoints).empty()) {
    return "points are found by the rules: leave the column out, or import without --acts";
  }
  if (field(kEvidence).size() > kLongestText) {
    return "evidence over 128 bytes";
  }
  if (!field(kQuantity).empty() && !ParseNumber(field(kQuantity), kMostQuantity)) {
    return "quantity is no whole number from 1 to 1000000000000";
  }
  if (!field(kUnit).empty() && UnitsByName().count(field(kUnit)) == 0) {
    return "unit is none of time, metre, step, gram, item, watt_hour";
  }
  if (!field(kQuantity).empty() && field(kUnit).empty()) {
    return "a quantity needs a unit";
  }
  if (field(kDistrict).empty() && acts.district.empty()) {
    return "no district, and no --district";
  }
  if (field(kOrigin).empty() != field(kDestination).empty()) {
    return "a way needs both origin and destination";
  }
  if (!field(kDuration).empty() && !ParseNumber(field(kDuration), kLongestAct)) {
    return "duration_s is no whole number from 1 to 31622400";
  }
  if (columns.Has(kCorrects) && !RequestId::FromText(field(kCorrects)).has_value()) {
    return "corrects needs the request id of the act, or line, or weighing";
  }
  if (!field(kRevision).empty() && field(kRevision) != "0" &&
      !ParseNumber(field(kRevision), kMostRevision)) {
    return "revision is no whole number from 0 to 1000000";
  }
  return BookingFault(line, columns);
}

class ActReader {
 public:
  ActReader(const Rates& rates, const EvidenceIds& ids, const ReadingOptions& options)
      : rates_(rates), ids_(ids), options_(options) {
    if (options_.acts) {
      file_.has_acts = true;
      file_.evidence_source = options_.acts->evidence_source;
    }
  }

  void ReadLine(const CsvLine& line, const CsvColumns& columns) {
    ++file_.lines;
    file_.has_corrections = columns.Has(kCorrects);
    const auto number = static_cast<std::uint32_t>(line.number);
    std::string_view fault = columns.FaultOf(line);
    if (fault.empty()) {
      fault = FieldFault(line, columns);
    }
    if (fault.empty() && options_.acts) {
      fault = ActFault(line, columns, *options_.acts);
    }
    if (fault.empty() && !TimeOf(line, columns)) {
      fault = "act_time is out of range with the clock offset";
    }
    if (!fault.empty()) {
      return file_.Refuse(number, kMalformed, fault);
    }
    const EvidenceId id = IdOf(line, columns);
    if (!seen_.insert(id).second) {
      return file_.Refuse(number, kDuplicate,
                          file_.has_corrections ? "an earlier line corrects the same revision"
                          : IsAboutBooking(line, columns)
                              ? "an earlier line weighs the same booking"
                              : "an earlier line has the same evidence");
    }
    const std::string_view scenario = columns.Get(line, kScenario);
    const std::string_view stated = columns.Get(line, kPoints);
    const auto points = options_.acts    ? std::optional<std::int64_t>(0)
                        : stated.empty() ? rates_.PointsFor(scenario)
                                         : ParsePoints(stated);
    if (!points) {
      return file_.Refuse(number, kUnknownScenario, scenario);
    }
    file_.claims.push_back(
        {.id = id,
         .points = *points,
         .user = file_.users.Intern(columns.Get(line, kUser)),
         .line = number,
         .reference = file_.references.Intern(columns.Get(line, kReference)),
         .act_time = *TimeOf(line, columns),
         .act = static_cast<std::uint32_t>(file_.acts.size()),
         .scenario = static_cast<std::uint16_t>(file_.scenarios.Intern(scenario))});
    if (options_.acts) {
      file_.acts.push_back(ActOfLine(line, columns));
    }
  }

  // More scenarios than a claim can number would be no file of acts.
  bool full() const { return file_.scenarios.size() > 1000; }

  ClaimFile Finish() && {
    file_.Settle();
    return std::move(file_);
  }

 private:
  // Request id of the act that the column names: by itself, or by the line's evidence.
  std::string NamedBy(Column column, const CsvLine& line, const CsvColumns& columns) const {
    const std::string_view named = columns.Get(line, column);
    return named == kThisLine ? RequestIdText(ids_.Act(columns.Get(line, kEvidence)))
                              : std::string(named);
  }
  // Request id of the act that the line corrects, or of the booking that it weighs; empty: neither.
  std::string SubjectOf(const CsvLine& line, const CsvColumns& columns) const {
    if (columns.Get(line, kCorrects) == kItsWeighing) {
      return RequestIdText(ids_.Weighing(NamedBy(kBooking, line, columns)));
    }
    return NamedBy(file_.has_corrections ? kCorrects : kBooking, line, columns);
  }
  static std::uint32_t RevisionOf(const CsvLine& line, const CsvColumns& columns) {
    return static_cast<std::uint32_t>(
        ParseNumber(columns.Get(line, kRevision), kMostRevision).value_or(0));
  }
  EvidenceId IdOf(const CsvLine& line, const CsvColumns& columns) const {
    if (file_.has_corrections) {
      return ids_.Correction(SubjectOf(line, columns), RevisionOf(line, columns));
    }
    return IsAboutBooking(line, columns) ? ids_.Weighing(SubjectOf(line, columns))
                                         : ids_.Act(columns.Get(line, kEvidence));
  }

  std::optional<Seconds> TimeOf(const CsvLine& line, const CsvColumns& columns) const {
    return Corrected(*ParseSeconds(columns.Get(line, kActTime)), options_.clock_offset_seconds);
  }

  ActLine ActOfLine(const CsvLine& line, const CsvColumns& columns) {
    const auto field = [&](Column column) { return columns.Get(line, column); };
    const auto number = [&](Column column) { return file_.texts.Intern(field(column)); };
    ActLine act;
    const bool way = !field(kOrigin).empty();
    const auto quantity = ParseNumber(field(kQuantity), kMostQuantity).value_or(way ? 0 : 1);
    act.quantity = static_cast<std::uint64_t>(quantity);
    const auto unit = UnitsByName().find(field(kUnit));
    act.unit = static_cast<std::uint16_t>(unit != UnitsByName().end() ? unit->second
                                          : way                       ? v1::UNIT_METRE
                                                                      : v1::UNIT_TIME);
    act.weighing = field(kWeighing).empty()       ? v1::WEIGHING_UNSPECIFIED
                   : field(kWeighing) == kWeighed ? v1::WEIGHING_WEIGHED
                                                  : v1::WEIGHING_BOOKED;
    act.duration_seconds =
        static_cast<std::uint32_t>(ParseNumber(field(kDuration), kLongestAct).value_or(0));
    act.district =
        field(kDistrict).empty() ? file_.texts.Intern(options_.acts->district) : number(kDistrict);
    act.material = number(kMaterial);
    act.product = number(kProduct);
    act.origin = number(kOrigin);
    act.destination = number(kDestination);
    // The evidence of a booking names it and is claimed already.
    act.subject = field(kBooking) == kThisLine ? 0 : number(kEvidence);
    act.about = file_.texts.Intern(SubjectOf(line, columns));
    act.revision = file_.has_corrections ? RevisionOf(line, columns) : 0;
    return act;
  }

  const Rates& rates_;
  const EvidenceIds& ids_;
  const ReadingOptions& options_;
  ClaimFile file_;
  absl::flat_hash_set<EvidenceId> seen_;
};

}  // namespace

absl::StatusOr<ClaimFile> ReadActs(std::string_view text, const Rates& rates,
                                   const EvidenceIds& ids, const ReadingProgress& progress,
                                   const ReadingOptions& options) {
  CsvLines lines(text);
  const absl::StatusOr<CsvColumns> columns = CsvColumns::Find(&lines, kRequired, kOptional);
  if (!columns.ok()) {
    return columns.status();
  }
  ActReader reader(rates, ids, options);
  while (const CsvLine* line = lines.Next()) {
    if (line->number > kMostLines || reader.full()) {
      return absl::InvalidArgumentError(
          "more than 4,294,967,295 lines or 1,000 scenarios: split the file");
    }
    if (line->number % kLinesBetweenReports == 0 && !progress(lines.position())) {
      return absl::CancelledError("stopped while reading");
    }
    reader.ReadLine(*line, *columns);
  }
  return std::move(reader).Finish();
}

bool HasActColumns(std::string_view text) {
  CsvLines lines(text);
  const CsvLine* header = lines.Next();
  return header != nullptr &&
         std::any_of(header->fields.begin(), header->fields.end(), [](std::string_view name) {
           return std::find(kOptional.begin() + kFirstOfActs, kOptional.end(), name) !=
                  kOptional.end();
         });
}

}  // namespace tanhui::cli
