// Two or more cities that exchange points by the protocol over a network that loses, repeats,
// delays and reorders messages, on one thread, from one seed.
#ifndef TANHUI_TESTS_INTEROP_EXCHANGE_SIMULATED_CITIES_H_
#define TANHUI_TESTS_INTEROP_EXCHANGE_SIMULATED_CITIES_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "interop/exchange/conversion.h"
#include "interop/exchange/protocol.h"
#include "tests/interop/exchange/bad_network.h"

namespace tanhui::exchange {

using CityNo = std::size_t;
using ExchangeNo = std::uint64_t;

// What both cities know of an exchange: what the hash stands for.
struct Terms {
  CityNo origin = 0;
  CityNo destination = 0;
  Conversion points;
  std::int64_t expires = 0;  // by the origin's clock
};

struct Letter {
  CityNo from = 0;
  CityNo to = 0;
  ExchangeNo id = 0;
  Message message = Message::kNone;
};

// What a city wrote: all that survives a crash.
struct Written {
  ExchangeNo id = 0;
  bool as_origin = false;
  int state = 0;  // OriginState or DestinationState
};

struct City {
  std::vector<Written> log;
  std::int64_t clock_offset = 0;
  bool up = true;
  // Follow from the log. The states say what the sums must be.
  std::map<ExchangeNo, OriginState> origin;
  std::map<ExchangeNo, DestinationState> destination;
  std::int64_t free = 0;       // own points, spendable
  std::int64_t held = 0;       // own points on hold
  std::int64_t gone = 0;       // captured
  std::int64_t made = 0;       // of the other schemes: on hold
  std::int64_t spendable = 0;  // of the other schemes
  // Forgotten in a crash.
  std::set<ExchangeNo> followed;  // the other city confirmed or cancelled
  // Kept for anybody.
  std::vector<std::pair<Letter, Contradiction>> evidence;
};

struct World {
  std::size_t cities = 2;
  int steps = 400;
  bool liar = false;  // city 1 sends what it likes, and keeps no log
};

class Simulation {
 public:
  Simulation(std::uint64_t seed, const World& world);
  // Runs to the end; answers what is wrong, empty when nothing is.
  std::string Run();

  const std::vector<City>& cities() const { return cities_; }
  std::size_t InState(OriginState state) const;

  static constexpr std::int64_t kPointsOfCity = 1'000'000;
  // The most that a city makes for one peer and that is not settled.
  static constexpr std::int64_t kCap = 20'000;

 private:
  bool Chance(int percent) { return static_cast<int>(dice_() % 100) < percent; }
  std::size_t Below(std::size_t n) { return dice_() % n; }
  bool Lies(CityNo city) const { return world_.liar && city == 1; }
  std::int64_t ClockOf(CityNo city) const { return now_ + cities_[city].clock_offset; }

  void Step();
  void Ask();
  void Deliver(const Letter& letter);
  void Send(const Letter& letter);
  void Lie();
  void Resend(CityNo city);
  void Expire(CityNo city);
  void Crash(CityNo city);
  void Restart(CityNo city);
  // What the event does to the city's books; false when it crashed before it could answer.
  template <typename State, typename Row>
  bool Take(CityNo city, ExchangeNo id, State state, const Row& row, const Letter& letter);
  bool AtOrigin(CityNo city, ExchangeNo id, OriginEvent event, const Letter& letter);
  bool AtDestination(CityNo city, ExchangeNo id, DestinationEvent event, const Letter& letter);
  DestinationEvent PrepareOf(CityNo city, const Terms& terms);
  void Write(CityNo city, const Written& written);
  static void Apply(City& city, const Written& written, const Terms& terms);
  std::int64_t MadeFor(CityNo city, CityNo peer) const;
  void Heal();
  std::string Wrong() const;
  // That the city's sums are those of its exchanges' states.
  std::string WrongSums(CityNo city) const;
  std::string WrongAtEnd() const;

  const World world_;
  std::mt19937_64 dice_;
  std::int64_t now_ = 0;
  std::vector<City> cities_;
  std::vector<Rate> rates_;
  std::map<ExchangeNo, Terms> terms_;
  BadNetwork<Letter> network_{dice_};
};

}  // namespace tanhui::exchange

#endif  // TANHUI_TESTS_INTEROP_EXCHANGE_SIMULATED_CITIES_H_
