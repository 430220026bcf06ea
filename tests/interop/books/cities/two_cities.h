// Two cities with real ledgers that exchange points and payments in both directions, over a network
// that loses, repeats, delays and reorders messages, and that crash and rebuild themselves from
// their logs. On one thread, from one seed. tests/interop/exchange/simulated_cities.h does the same
// with the tables of the protocol alone.
#ifndef TANHUI_TESTS_INTEROP_BOOKS_CITIES_TWO_CITIES_H_
#define TANHUI_TESTS_INTEROP_BOOKS_CITIES_TWO_CITIES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>

#include "tests/interop/books/cities/city_books.h"
#include "tests/interop/exchange/bad_network.h"

namespace tanhui::world {

using CityNo = std::size_t;  // 0 or 1

struct PeerLetter {
  CityNo to = 0;
  bool from_origin = false;  // said as the origin of the exchange
  exchange::Message message = exchange::Message::kNone;
  ExchangeId id;
  entry::v1::ExchangeTerms terms;  // of a prepare
  std::uint64_t window = 0;        // of a commitment
};

class TwoCities {
 public:
  explicit TwoCities(std::uint64_t seed);
  // Runs to the end, and settles; answers what is wrong, "" when nothing is.
  std::string Run();

  // How many exchanges of both cities ended so.
  std::size_t Ended(exchange::OriginState state) const;
  std::size_t Ended(exchange::DestinationState state) const;
  // Confirmed ones: payments, and those whose points expired since nobody could take them.
  std::size_t Payments() const;
  std::size_t Expired() const;
  std::size_t crashes() const { return crashes_; }
  std::size_t windows() const { return windows_; }

 private:
  struct City {
    std::unique_ptr<CityBooks> books;
    CityName name;
    bool up = true;
    std::set<ExchangeId> followed;  // confirmed or cancelled there; forgotten in a crash
    std::uint64_t asked = 0;        // requests of its own
  };

  bool Chance(int percent) { return static_cast<int>(dice_() % 100) < percent; }
  std::size_t Below(std::size_t n) { return dice_() % n; }
  static CityNo Other(CityNo city) { return 1 - city; }
  CityBooks& Books(CityNo city) { return *cities_[city].books; }
  const CityBooks& Books(CityNo city) const { return *cities_[city].books; }
  std::string NewId(CityNo city);
  AccountNo AnyCitizen(CityNo city);

  // Each step answers what is wrong, "" when nothing is.
  std::string Step();
  std::string Deliver(const PeerLetter& letter);
  std::string AskToExchange(CityNo origin);
  // What happens in a city besides, such as a redemption.
  std::string Live(CityNo city);
  std::string Resend(CityNo city);
  std::string ExpireAndReturn(CityNo city);
  std::string AtOrigin(CityNo city, const ExchangeId& id, exchange::OriginEvent event);
  std::string AtDestination(CityNo city, const PeerLetter& letter);
  std::string TakePrepare(CityNo city, const PeerLetter& letter);
  // Why the desk rejects it; "" when it does not.
  std::string_view DeskRejects(CityNo city, const entry::v1::ExchangeTerms& terms) const;
  // Asks for what has to be taken; sometimes the city crashes before or after it. `lived`: it did
  // not, and can answer.
  std::string Write(CityNo city, const Command& command, bool& lived);
  void Send(CityNo from, bool as_origin, exchange::Message message, const ExchangeId& id);
  void Crash(CityNo city);
  std::string Restart(CityNo city);
  std::string Heal();

  std::string Wrong() const;
  // Of the exchanges that this city began, in both.
  std::string WrongPairs(CityNo origin) const;
  std::string WrongAtEnd() const;
  // What both owe each other goes, window by window.
  std::string Settle();
  std::string SettleWindow(std::uint64_t window);
  std::string AskBoth(std::string_view id, std::uint64_t window,
                      const std::array<Command, 2>& commands);

  std::mt19937_64 dice_;
  std::array<City, 2> cities_;
  std::int64_t now_ = 0;  // minutes
  exchange::BadNetwork<PeerLetter> network_{dice_};
  std::size_t crashes_ = 0;
  std::size_t windows_ = 0;
};

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_INTEROP_BOOKS_CITIES_TWO_CITIES_H_
