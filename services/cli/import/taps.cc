#include "services/cli/import/taps.h"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/import/line_set.h"

namespace tanhui::cli {
namespace {

constexpr Seconds kLongestMetroRide = 4 * 3600;
constexpr Seconds kShortestMetroRide = 3 * 60;
constexpr Seconds kSameVehiclePause = 15 * 60;
constexpr std::size_t kLongestCard = 128;  // what the ledger takes as a platform's user id

enum Column : std::size_t { kDealDate, kCardNo, kDealType, kStation, kCarNo, kEquNo };
constexpr std::array<std::string_view, 6> kColumns = {"deal_date", "card_no", "deal_type",
                                                      "station",   "car_no",  "equ_no"};

// The order matters: within one second an in tap counts before an out tap.
enum class TapType : std::uint8_t { kMetroIn, kMetroOut, kBus };

struct Tap {
  std::uint32_t card = 0;
  Seconds time = 0;
  std::uint32_t place = 0;  // a metro tap's station, a bus tap's vehicle
  std::uint32_t terminal = 0;
  std::uint32_t line = 0;
  TapType type = TapType::kMetroIn;
};
static_assert(sizeof(Tap) == 24);

std::optional<TapType> TypeOf(std::string_view deal_type) {
  if (deal_type == "地铁入站") {
    return TapType::kMetroIn;
  }
  if (deal_type == "地铁出站") {
    return TapType::kMetroOut;
  }
  if (deal_type == "巴士") {
    return TapType::kBus;
  }
  return std::nullopt;
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

class TapReader {
 public:
  TapReader(const Rates& rates, const EvidenceIds& ids) : ids_(ids) {
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
  void AddClaim(const ScenarioRate& scenario, const EvidenceId& id, const Tap& evidence,
                Seconds act_time);

  const EvidenceIds& ids_;
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
  const std::string_view card = Trimmed(columns.Get(line, kCardNo));
  const std::optional<Seconds> time = ParseSeconds(Trimmed(columns.Get(line, kDealDate)));
  const std::optional<TapType> type = TypeOf(Trimmed(columns.Get(line, kDealType)));
  if (card.empty() || card.size() > kLongestCard) {
    return file_.Refuse(number, kMalformed, card.empty() ? "no card" : "card over 128 bytes");
  }
  if (!time) {
    return file_.Refuse(number, kMalformed, "deal_date is no YYYY-MM-DD HH:MM:SS");
  }
  if (!type) {
    return file_.Refuse(number, kMalformed, "unknown deal_type");
  }
  const std::string_view station = Trimmed(columns.Get(line, kStation));
  const std::string_view vehicle = Trimmed(columns.Get(line, kCarNo));
  const std::uint32_t user = file_.users.Intern(card);
  if (*type != TapType::kBus && station.empty()) {
    return file_.Refuse(number, kNoStation);
  }
  taps_.push_back({.card = user,
                   .time = *time,
                   .place = places_.Intern(*type == TapType::kBus ? vehicle : station),
                   .terminal = terminals_.Intern(Trimmed(columns.Get(line, kEquNo))),
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
  if (in.place == out.place) {
    return file_.Refuse(in.line, kSameStation, "the ride's out tap", out.line);
  }
  if (out.time - in.time < kShortestMetroRide) {
    return file_.Refuse(in.line, kTooShort, "the ride's out tap", out.line);
  }
  // The ride counts when it is completed; its evidence is the in tap.
  AddClaim(metro_, ids_.MetroRide(file_.users[in.card], in.time, terminals_[in.terminal]), in,
           out.time);
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
             tap.time);
  }
}

void TapReader::AddClaim(const ScenarioRate& scenario, const EvidenceId& id, const Tap& evidence,
                         Seconds act_time) {
  file_.claims.push_back({.id = id,
                          .points = scenario.points,
                          .user = evidence.card,
                          .line = evidence.line,
                          .act_time = act_time,
                          .scenario = scenario.number});
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
                                   const EvidenceIds& ids, const ReadingProgress& progress) {
  TapReader reader(rates, ids);
  const absl::Status read = reader.Read(text, progress);
  if (!read.ok()) {
    return read;
  }
  return std::move(reader).Finish();
}

}  // namespace tanhui::cli
