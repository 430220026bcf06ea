#include "services/cli/import/taps.h"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/import/as_acts/tap_fields.h"
#include "services/cli/import/line_set.h"
#include "tanhui/v1/acts.pb.h"

namespace tanhui::cli {
namespace {

constexpr Seconds kLongestMetroRide = 4 * 3600;
constexpr Seconds kShortestMetroRide = 3 * 60;
constexpr Seconds kSameVehiclePause = 15 * 60;
constexpr std::size_t kLongestCard = 128;  // what the ledger takes as a platform's user id

enum Column : std::size_t { kDealDate, kCardNo, kDealType, kStation, kCarNo, kEquNo };
constexpr std::array<std::string_view, 6> kColumns = {"deal_date", "card_no", "deal_type",
                                                      "station",   "car_no",  "equ_no"};

struct Tap {
  std::uint32_t card = 0;
  Seconds time = 0;
  std::uint32_t place = 0;  // a metro tap's station, a bus tap's vehicle
  std::uint32_t terminal = 0;
  std::uint32_t line = 0;
  TapType type = TapType::kMetroIn;
};
static_assert(sizeof(Tap) == 24);

class TapReader {
 public:
  TapReader(const Rates& rates, const EvidenceIds& ids, const ReadingOptions& options)
      : ids_(ids), options_(options) {
    if (options_.acts) {
      file_.has_acts = true;
      file_.evidence_source = options_.acts->evidence_source;
    }
    // Interned first, so that a file without rides still says so of both.
    metro_ = Scenario("metro_ride", rates);
    bus_ = Scenario("bus_ride", rates);
  }

  absl::Status Read(std::string_view text, const ReadingProgress& progress);
  ClaimFile Finish() &&;

 private:
  struct ScenarioRate {
    std::uint16_t number = 0;
    std::int64_t points = 0;
  };

  ScenarioRate Scenario(std::string_view name, const Rates& rates) {
    return {static_cast<std::uint16_t>(file_.scenarios.Intern(name)),
            rates.PointsFor(name).value_or(0)};
  }
  void ReadLine(const CsvLine& line, const CsvColumns& columns);
  void PairMetroTaps(std::span<const Tap> card);
  void EndRide(const Tap& in, const Tap& out);
  void FilterBusTaps(std::span<const Tap> card);
  // Which station stands for that of a tap; empty when the map has none.
  std::string_view StationOf(const Tap& tap) const;
  // `begin` and `end` are the same tap of a bus ride.
  void AddClaim(const ScenarioRate& scenario, const EvidenceId& id, const Tap& begin,
                const Tap& end);
  ActLine ActOfRide(const Tap& begin, const Tap& end);
  Seconds TimeOf(const Tap& tap) const {
    return *Corrected(tap.time, options_.clock_offset_seconds);
  }

  const EvidenceIds& ids_;
  const ReadingOptions& options_;
  ClaimFile file_;
  ScenarioRate metro_;
  ScenarioRate bus_;
  NameTable places_;
  NameTable terminals_;
  LineSet seen_;
  std::vector<Tap> taps_;
};

absl::Status TapReader::Read(std::string_view text, const ReadingProgress& progress) {
  CsvLines lines(text);
  const absl::StatusOr<CsvColumns> columns = CsvColumns::Find(&lines, kColumns, {});
  if (!columns.ok()) {
    return columns.status();
  }
  while (const CsvLine* line = lines.Next()) {
    if (line->number > kMostLines) {
      return absl::InvalidArgumentError("more than 4,294,967,295 lines: split the file");
    }
    if (++file_.lines % kLinesBetweenReports == 0 && !progress(lines.position())) {
      return absl::CancelledError("stopped while reading");
    }
    ReadLine(*line, *columns);
  }
  return absl::OkStatus();
}

void TapReader::ReadLine(const CsvLine& line, const CsvColumns& columns) {
  const auto number = static_cast<std::uint32_t>(line.number);
  if (!seen_.Insert(line)) {
    return file_.Refuse(number, kDuplicate);
  }
  if (const std::string_view fault = columns.FaultOf(line); !fault.empty()) {
    return file_.Refuse(number, kMalformed, fault);
  }
  const std::string_view card = TrimmedField(columns.Get(line, kCardNo));
  const std::optional<Seconds> time = ParseSeconds(TrimmedField(columns.Get(line, kDealDate)));
  const std::optional<TapType> type = TapTypeOf(TrimmedField(columns.Get(line, kDealType)));
  if (card.empty() || card.size() > kLongestCard) {
    return file_.Refuse(number, kMalformed, card.empty() ? "no card" : "card over 128 bytes");
  }
  if (!time) {
    return file_.Refuse(number, kMalformed, "deal_date is no YYYY-MM-DD HH:MM:SS");
  }
  if (!Corrected(*time, options_.clock_offset_seconds)) {
    return file_.Refuse(number, kMalformed, "deal_date is out of range with the clock offset");
  }
  if (!type) {
    return file_.Refuse(number, kMalformed, "unknown deal_type");
  }
  const std::string_view station = TrimmedField(columns.Get(line, kStation));
  const std::string_view vehicle = TrimmedField(columns.Get(line, kCarNo));
  const std::uint32_t user = file_.users.Intern(card);
  if (*type != TapType::kBus && station.empty()) {
    return file_.Refuse(number, kNoStation);
  }
  taps_.push_back({.card = user,
                   .time = *time,
                   .place = places_.Intern(*type == TapType::kBus ? vehicle : station),
                   .terminal = terminals_.Intern(TrimmedField(columns.Get(line, kEquNo))),
                   .line = number,
                   .type = *type});
}

// `card`: the metro taps of one card in their order.
void TapReader::PairMetroTaps(std::span<const Tap> card) {
  const Tap* open = nullptr;
  for (const Tap& tap : card) {
    const bool ends_ride = tap.type == TapType::kMetroOut && open != nullptr &&
                           tap.time - open->time <= kLongestMetroRide;
    if (ends_ride) {
      EndRide(*open, tap);
      open = nullptr;
      continue;
    }
    if (open != nullptr) {
      file_.Refuse(open->line, kOrphanIn);
      open = nullptr;
    }
    if (tap.type == TapType::kMetroIn) {
      open = &tap;
    } else {
      file_.Refuse(tap.line, kOrphanOut);
    }
  }
  if (open != nullptr) {
    file_.Refuse(open->line, kOrphanIn);
  }
}

void TapReader::EndRide(const Tap& in, const Tap& out) {
  const std::string_view origin = StationOf(in);
  const std::string_view destination = StationOf(out);
  if (origin.empty() || destination.empty()) {
    return file_.Refuse(in.line, kUnknownStation, "the map has no station for the ride's",
                        out.line);
  }
  if (origin == destination) {
    return file_.Refuse(in.line, kSameStation, "the ride's out tap", out.line);
  }
  if (out.time - in.time < kShortestMetroRide) {
    return file_.Refuse(in.line, kTooShort, "the ride's out tap", out.line);
  }
  // The ride counts when it is completed; what it is known by is the in tap.
  AddClaim(metro_, ids_.MetroRide(file_.users[in.card], in.time, terminals_[in.terminal]), in, out);
}

// `card`: the bus taps of one card in order of time, then of line.
void TapReader::FilterBusTaps(std::span<const Tap> card) {
  absl::flat_hash_map<std::uint32_t, const Tap*> last_ride;  // by vehicle
  for (const Tap& tap : card) {
    const Tap*& last = last_ride[tap.place];
    if (last != nullptr && tap.time - last->time < kSameVehiclePause) {
      file_.Refuse(tap.line, kSameVehicle, "the bus ride before", last->line);
      continue;  // what is no ride does not start the pause again
    }
    last = &tap;
    AddClaim(bus_, ids_.BusRide(file_.users[tap.card], tap.time, terminals_[tap.terminal]), tap,
             tap);
  }
}

std::string_view TapReader::StationOf(const Tap& tap) const {
  const std::string_view place = places_[tap.place];
  if (!options_.acts) {
    return place;
  }
  const auto found = options_.acts->stations.find(place);
  return found == options_.acts->stations.end() ? std::string_view() : found->second;
}

ActLine TapReader::ActOfRide(const Tap& begin, const Tap& end) {
  const bool bus = begin.type == TapType::kBus;
  const auto date = [this](const Tap& tap) { return ShanghaiDate(ToLedgerTime(TimeOf(tap))); };
  const Tap& evidence = date(begin) == date(end) ? begin : end;
  ActLine act;
  act.quantity = bus ? 1 : 0;
  act.unit = static_cast<std::uint16_t>(bus ? v1::UNIT_TIME : v1::UNIT_METRE);
  act.duration_seconds = end.time - begin.time;
  act.district = file_.texts.Intern(options_.acts->district);
  act.origin = file_.texts.Intern(bus ? std::string_view() : StationOf(begin));
  act.destination = file_.texts.Intern(bus ? std::string_view() : StationOf(end));
  act.subject = file_.texts.Intern(file_.users[evidence.card]);
  act.device = file_.texts.Intern(terminals_[evidence.terminal]);
  act.evidence_time = TimeOf(evidence);
  return act;
}

void TapReader::AddClaim(const ScenarioRate& scenario, const EvidenceId& id, const Tap& begin,
                         const Tap& end) {
  file_.claims.push_back({.id = id,
                          .points = options_.acts ? 0 : scenario.points,
                          .user = begin.card,
                          .line = begin.line,
                          .act_time = TimeOf(end),
                          .act = static_cast<std::uint32_t>(file_.acts.size()),
                          .scenario = scenario.number});
  if (options_.acts) {
    file_.acts.push_back(ActOfRide(begin, end));
  }
}

ClaimFile TapReader::Finish() && {
  std::sort(taps_.begin(), taps_.end(), [](const Tap& a, const Tap& b) {
    const bool a_bus = a.type == TapType::kBus;
    const bool b_bus = b.type == TapType::kBus;
    return std::tie(a.card, a_bus, a.time, a.type, a.line) <
           std::tie(b.card, b_bus, b.time, b.type, b.line);
  });
  for (auto first = taps_.begin(); first != taps_.end();) {
    const auto end =
        std::find_if(first, taps_.end(), [&](const Tap& tap) { return tap.card != first->card; });
    const auto bus =
        std::find_if(first, end, [](const Tap& tap) { return tap.type == TapType::kBus; });
    PairMetroTaps({first, bus});
    FilterBusTaps({bus, end});
    first = end;
  }
  taps_ = {};
  file_.Settle();
  return std::move(file_);
}

}  // namespace

absl::StatusOr<ClaimFile> ReadTaps(std::string_view text, const Rates& rates,
                                   const EvidenceIds& ids, const ReadingProgress& progress,
                                   const ReadingOptions& options) {
  TapReader reader(rates, ids, options);
  const absl::Status read = reader.Read(text, progress);
  if (!read.ok()) {
    return read;
  }
  return std::move(reader).Finish();
}

}  // namespace tanhui::cli
