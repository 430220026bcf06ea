#include "tests/interop/exchange/simulated_cities.h"

#include <algorithm>
#include <type_traits>

#include "absl/strings/str_cat.h"

namespace tanhui::exchange {
namespace {

constexpr std::int64_t kLifetime = 60;
constexpr std::int64_t kMostOffset = 200;  // of a clock: longer than a request lives
constexpr int kHealingRounds = 50;

std::optional<OriginEvent> OriginEventOf(Message message) {
  switch (message) {
    case Message::kFulfil:
      return OriginEvent::kFulfil;
    case Message::kReject:
      return OriginEvent::kReject;
    case Message::kBusy:
      return OriginEvent::kBusy;
    case Message::kConfirmed:
      return OriginEvent::kConfirmed;
    case Message::kCancelled:
      return OriginEvent::kCancelled;
    case Message::kLookup:
      return OriginEvent::kLookup;
    case Message::kUnknown:
      return OriginEvent::kUnknown;
    default:
      return std::nullopt;  // what only an origin says
  }
}

std::string ItemText(ExchangeNo id, OriginState origin, DestinationState destination) {
  return absl::StrCat("exchange ", id, ": ", std::string(NameOf(origin)), " and ",
                      std::string(NameOf(destination)));
}

template <typename State>
State Of(const std::map<ExchangeNo, State>& states, ExchangeNo id) {
  const auto found = states.find(id);
  return found == states.end() ? State::kNone : found->second;
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, const World& world) : world_(world), dice_(seed) {
  cities_.resize(world.cities);
  for (City& city : cities_) {
    city.free = kPointsOfCity;
    city.clock_offset = static_cast<std::int64_t>(Below(2 * kMostOffset)) - kMostOffset;
    rates_.push_back(
        {static_cast<std::int64_t>(1 + Below(9)), static_cast<std::int64_t>(1 + Below(50))});
  }
}

std::size_t Simulation::InState(OriginState state) const {
  std::size_t count = 0;
  for (const auto& [id, terms] : terms_) {
    count += Of(cities_[terms.origin].origin, id) == state ? 1 : 0;
  }
  return count;
}

std::string Simulation::Run() {
  for (int step = 0; step < world_.steps; ++step) {
    Step();
    if (std::string wrong = Wrong(); !wrong.empty()) {
      return absl::StrCat("step ", step, ": ", wrong);
    }
  }
  Heal();
  std::string wrong = Wrong();
  return wrong.empty() ? WrongAtEnd() : wrong;
}

void Simulation::Step() {
  ++now_;
  while (const auto letter = network_.Take(now_)) {
    Deliver(*letter);
  }
  const CityNo city = Below(cities_.size());
  if (!cities_[city].up) {
    if (Chance(20)) {
      Restart(city);
    }
    return;
  }
  if (Lies(city)) {
    Lie();
  }
  const auto what = static_cast<int>(Below(100));
  if (what < 35) {
    Ask();
  } else if (what < 75) {
    Resend(city);
  } else if (what < 97) {
    Expire(city);
  } else {
    Crash(city);
  }
}

void Simulation::Ask() {
  const CityNo origin = Below(cities_.size());
  const CityNo destination = (origin + 1 + Below(cities_.size() - 1)) % cities_.size();
  City& city = cities_[origin];
  const auto points =
      Convert(static_cast<std::int64_t>(1 + Below(3'000)), rates_[origin], rates_[destination]);
  if (!city.up || Lies(origin) || !points.has_value() || city.free < points->from) {
    return;
  }
  const ExchangeNo id = terms_.size() + 1;
  terms_[id] = {origin, destination, *points, ClockOf(origin) + kLifetime};
  AtOrigin(origin, id, OriginEvent::kAsk, {destination, origin, id, Message::kNone});
}

void Simulation::Send(const Letter& letter) {
  if (letter.message != Message::kNone) {
    network_.Send(now_, letter);
  }
}

void Simulation::Deliver(const Letter& letter) {
  if (!cities_[letter.to].up || Lies(letter.to)) {
    return;
  }
  const Terms& terms = terms_.at(letter.id);
  if (terms.origin == letter.to && terms.destination == letter.from) {
    if (const auto event = OriginEventOf(letter.message)) {
      AtOrigin(letter.to, letter.id, *event, letter);
    }
    return;
  }
  if (terms.destination != letter.to || terms.origin != letter.from) {
    return;  // a city that is no party of it
  }
  switch (letter.message) {
    case Message::kPrepare:
      AtDestination(letter.to, letter.id, PrepareOf(letter.to, terms), letter);
      break;
    case Message::kCommitted:
      AtDestination(letter.to, letter.id, DestinationEvent::kCommitted, letter);
      break;
    case Message::kAborted:
      AtDestination(letter.to, letter.id, DestinationEvent::kAborted, letter);
      break;
    case Message::kLookup:
      AtDestination(letter.to, letter.id, DestinationEvent::kLookup, letter);
      break;
    case Message::kUnknown:
      AtDestination(letter.to, letter.id, DestinationEvent::kUnknown, letter);
      break;
    default:
      break;
  }
}

// The books of the destination say no for ever to some, and for now to others.
DestinationEvent Simulation::PrepareOf(CityNo city, const Terms& terms) {
  if (MadeFor(city, terms.origin) + terms.points.to > kCap) {
    return DestinationEvent::kPrepareLater;
  }
  if (terms.points.to % 11 == 0 || ClockOf(city) > terms.expires + kMostOffset) {
    return DestinationEvent::kPrepareBad;
  }
  return Chance(10) ? DestinationEvent::kPrepareLater : DestinationEvent::kPrepareGood;
}

// Any message of its own about any exchange that it has a part in, or made up.
void Simulation::Lie() {
  for (int i = 0; i < 3; ++i) {
    Letter letter;
    letter.from = 1;
    letter.message = static_cast<Message>(1 + Below(10));
    if (terms_.empty() || Chance(20)) {
      letter.id = terms_.size() + 1;
      const auto points =
          Convert(static_cast<std::int64_t>(1 + Below(3'000)), rates_[1], rates_[0]);
      if (!points.has_value()) {
        continue;
      }
      terms_[letter.id] = {1, 0, *points, now_ + kLifetime};
    } else {
      letter.id = 1 + Below(terms_.size());
    }
    const Terms& terms = terms_.at(letter.id);
    if (terms.origin != 1 && terms.destination != 1) {
      continue;
    }
    letter.to = terms.origin == 1 ? terms.destination : terms.origin;
    Send(letter);
  }
}

void Simulation::Resend(CityNo number) {
  City& city = cities_[number];
  if (Lies(number)) {
    return;
  }
  for (const auto& [id, state] : city.origin) {
    if (!city.followed.contains(id)) {
      Send({number, terms_.at(id).destination, id, ToResend(state)});
    }
  }
  for (const auto& [id, state] : city.destination) {
    Send({number, terms_.at(id).origin, id, ToResend(state)});
  }
}

void Simulation::Expire(CityNo number) {
  std::vector<ExchangeNo> over;
  for (const auto& [id, state] : cities_[number].origin) {
    if (state == OriginState::kPrepared && ClockOf(number) > terms_.at(id).expires) {
      over.push_back(id);
    }
  }
  for (const ExchangeNo id : over) {
    if (!AtOrigin(number, id, OriginEvent::kExpire,
                  {terms_.at(id).destination, number, id, Message::kNone})) {
      return;
    }
  }
}

template <typename State, typename Row>
bool Simulation::Take(CityNo number, ExchangeNo id, State state, const Row& row,
                      const Letter& letter) {
  if (row.contradiction != Contradiction::kNone) {
    cities_[number].evidence.emplace_back(letter, row.contradiction);
  }
  if (row.next == state) {
    return true;
  }
  if (!network_.healed() && Chance(3)) {
    Crash(number);
    return false;
  }
  Write(number, {id, std::is_same_v<State, OriginState>, static_cast<int>(row.next)});
  if (!network_.healed() && Chance(3)) {
    Crash(number);
    return false;
  }
  return true;
}

bool Simulation::AtOrigin(CityNo number, ExchangeNo id, OriginEvent event, const Letter& letter) {
  const OriginState state = Of(cities_[number].origin, id);
  const OriginRow& row = exchange::Step(state, event);
  if (!Take(number, id, state, row, letter)) {
    return false;
  }
  const bool obeyed = (row.next == OriginState::kCommitted && event == OriginEvent::kConfirmed) ||
                      (row.next == OriginState::kAborted && event == OriginEvent::kCancelled);
  if (obeyed) {
    cities_[number].followed.insert(id);
  }
  Send({number, terms_.at(id).destination, id, row.answer});
  return true;
}

bool Simulation::AtDestination(CityNo number, ExchangeNo id, DestinationEvent event,
                               const Letter& letter) {
  const DestinationState state = Of(cities_[number].destination, id);
  const DestinationRow& row = exchange::Step(state, event);
  if (!Take(number, id, state, row, letter)) {
    return false;
  }
  Send({number, terms_.at(id).origin, id, row.answer});
  return true;
}

void Simulation::Write(CityNo number, const Written& written) {
  cities_[number].log.push_back(written);
  Apply(cities_[number], written, terms_.at(written.id));
}

void Simulation::Apply(City& city, const Written& written, const Terms& terms) {
  if (written.as_origin) {
    OriginState& state = city.origin[written.id];
    const auto next = static_cast<OriginState>(written.state);
    const std::int64_t points = terms.points.from;
    if (next == OriginState::kPrepared) {
      city.free -= points;
      city.held += points;
    } else if (state == OriginState::kPrepared) {
      city.held -= points;
      (next == OriginState::kCommitted ? city.gone : city.free) += points;
    }
    state = next;
    return;
  }
  DestinationState& state = city.destination[written.id];
  const auto next = static_cast<DestinationState>(written.state);
  const std::int64_t points = terms.points.to;
  if (next == DestinationState::kAccepted) {
    city.made += points;
  } else if (state == DestinationState::kAccepted) {
    city.made -= points;
    city.spendable += next == DestinationState::kConfirmed ? points : 0;
  }
  state = next;
}

void Simulation::Crash(CityNo number) {
  if (!Lies(number)) {
    cities_[number].up = false;
    cities_[number].followed.clear();
  }
}

// All from the log, on another machine with another clock.
void Simulation::Restart(CityNo number) {
  City fresh;
  City& city = cities_[number];
  fresh.free = kPointsOfCity;
  fresh.clock_offset = static_cast<std::int64_t>(Below(2 * kMostOffset)) - kMostOffset;
  fresh.evidence = std::move(city.evidence);
  fresh.log = std::move(city.log);
  for (const Written& written : fresh.log) {
    Apply(fresh, written, terms_.at(written.id));
  }
  city = std::move(fresh);
}

std::int64_t Simulation::MadeFor(CityNo city, CityNo peer) const {
  std::int64_t sum = 0;
  for (const auto& [id, state] : cities_[city].destination) {
    const Terms& terms = terms_.at(id);
    if (terms.origin == peer &&
        (state == DestinationState::kAccepted || state == DestinationState::kConfirmed)) {
      sum += terms.points.to;
    }
  }
  return sum;
}

// Messages pass again and everybody is there: all that is open must come to its end.
void Simulation::Heal() {
  network_.Heal();
  for (CityNo city = 0; city < cities_.size(); ++city) {
    if (!cities_[city].up) {
      Restart(city);
    }
  }
  for (int round = 0; round < kHealingRounds; ++round) {
    now_ += BadNetwork<Letter>::kMostDelay + kLifetime;
    for (CityNo city = 0; city < cities_.size(); ++city) {
      Resend(city);
      Expire(city);
    }
    while (const auto letter = network_.TakeAny()) {
      Deliver(*letter);
    }
  }
}

std::string Simulation::WrongSums(CityNo number) const {
  const City& city = cities_[number];
  std::int64_t held = 0;
  std::int64_t gone = 0;
  for (const auto& [id, state] : city.origin) {
    const std::int64_t points = terms_.at(id).points.from;
    held += state == OriginState::kPrepared ? points : 0;
    gone += state == OriginState::kCommitted ? points : 0;
  }
  std::int64_t made = 0;
  std::int64_t spendable = 0;
  for (const auto& [id, state] : city.destination) {
    const std::int64_t points = terms_.at(id).points.to;
    made += state == DestinationState::kAccepted ? points : 0;
    spendable += state == DestinationState::kConfirmed ? points : 0;
  }
  const bool right = city.held == held && city.gone == gone && city.made == made &&
                     city.spendable == spendable && city.free >= 0 &&
                     city.free + held + gone == kPointsOfCity;
  return right ? "" : absl::StrCat("the points of city ", number, " do not add up");
}

// What must hold at every moment.
std::string Simulation::Wrong() const {
  for (const auto& [id, terms] : terms_) {
    const OriginState origin = Of(cities_[terms.origin].origin, id);
    const DestinationState destination = Of(cities_[terms.destination].destination, id);
    if (Lies(terms.origin) || Lies(terms.destination)) {
      continue;
    }
    if ((destination == DestinationState::kConfirmed && origin != OriginState::kCommitted) ||
        (origin == OriginState::kCommitted && destination != DestinationState::kAccepted &&
         destination != DestinationState::kConfirmed) ||
        (destination == DestinationState::kCancelled && origin != OriginState::kAborted)) {
      return ItemText(id, origin, destination);
    }
  }
  for (CityNo number = 0; number < cities_.size(); ++number) {
    const City& city = cities_[number];
    if (std::string wrong = WrongSums(number); !wrong.empty()) {
      return wrong;
    }
    for (CityNo peer = 0; peer < cities_.size(); ++peer) {
      if (MadeFor(number, peer) > kCap) {
        return absl::StrCat("city ", number, " made more than the cap for city ", peer);
      }
    }
    for (const auto& [letter, contradiction] : city.evidence) {
      if (!Lies(letter.from)) {
        return absl::StrCat("city ", letter.from,
                            " is honest, and was caught at: ", std::string(NameOf(contradiction)));
      }
    }
  }
  return "";
}

std::string Simulation::WrongAtEnd() const {
  std::int64_t sent = 0;  // between honest cities, in the points of who gets them
  std::int64_t got = 0;
  for (const auto& [id, terms] : terms_) {
    const OriginState origin = Of(cities_[terms.origin].origin, id);
    const DestinationState destination = Of(cities_[terms.destination].destination, id);
    if (Lies(terms.origin) || Lies(terms.destination)) {
      continue;
    }
    sent += origin == OriginState::kCommitted ? terms.points.to : 0;
    got += destination == DestinationState::kConfirmed ? terms.points.to : 0;
    const bool open =
        origin == OriginState::kPrepared || destination == DestinationState::kAccepted;
    const bool one_sided =
        (origin == OriginState::kCommitted) != (destination == DestinationState::kConfirmed);
    if (open || one_sided) {
      return absl::StrCat("at the end, ", ItemText(id, origin, destination));
    }
  }
  std::int64_t spendable = 0;
  for (const City& city : cities_) {
    spendable += city.spendable;
  }
  if (sent != got || (!world_.liar && spendable != sent)) {
    return absl::StrCat("at the end ", sent, " points were sent, ", got, " came, and ", spendable,
                        " can be spent");
  }
  return "";
}

}  // namespace tanhui::exchange
