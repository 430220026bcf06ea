// One of two cities that exchange with each other: its whole ledger in memory, what a desk asks of
// it, and what must add up in it. See two_cities.h.
#ifndef TANHUI_TESTS_INTEROP_BOOKS_CITIES_CITY_BOOKS_H_
#define TANHUI_TESTS_INTEROP_BOOKS_CITIES_CITY_BOOKS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "interop/books/peers.h"
#include "interop/books/terms.h"
#include "interop/exchange/protocol.h"
#include "ledger/signing/key.h"
#include "tests/ledger/core/world.h"

namespace tanhui::world {

using interop::ExchangeId;

// What a city is called, and by which key it signs.
struct CityName {
  std::string code;
  int seed = 0;
  std::string log() const { return code + ".example/log"; }
  signing::NamedSigner signer() const;
};

// What both agreed on before they began.
struct Agreed {
  interop::CityRate ours;
  interop::CityRate theirs;
  std::int64_t cap_fen = 0;
  bool claims = false;  // merchants settle in fen
};

// How two cities name an account to each other: 16 bytes.
std::string PseudonymOf(AccountNo account);
// 0 when it is nobody's.
AccountNo AccountOf(std::string_view pseudonym);

class CityBooks {
 public:
  static constexpr std::int64_t kAwarded = 3'000;  // to each citizen

  // Citizens, a merchant, the other city as the peer kRiver, with terms and rates in force.
  CityBooks(const CityName& own, const CityName& other, const Agreed& agreed);

  World& world() { return world_; }
  const World& world() const { return world_; }
  const interop::Peer& peer() const;
  const std::vector<AccountNo>& citizens() const { return citizens_; }
  AccountNo shop() const { return shop_; }
  AccountNo budget() const { return budget_; }

  // Indices of the preparations and receptions, in order.
  const std::vector<std::uint64_t>& preparations() const { return preparations_; }
  const std::vector<std::uint64_t>& receptions() const { return receptions_; }
  const entry::v1::ExchangeTerms& PreparedAt(std::uint64_t index) const;
  const entry::v1::ExchangeReception& ReceivedAt(std::uint64_t index) const;

  exchange::OriginState OriginStateOf(const ExchangeId& id) const;
  exchange::DestinationState DestinationStateOf(const ExchangeId& id) const;
  // The entry that decided an exchange of this city's; nullptr before.
  const entry::v1::ExchangeDecision* DecisionOf(const ExchangeId& id) const;
  // The preparation or reception of the id, if there is one.
  std::optional<std::uint64_t> PreparationOf(const ExchangeId& id) const;
  std::optional<std::uint64_t> ReceptionOf(const ExchangeId& id) const;
  // An aborted one whose points are still leaving.
  bool ToReturn(std::uint64_t preparation) const;

  // Asks, and remembers exchanges. What came of it, as World::Ask says it.
  std::string Ask(const Command& command);
  // Forgets all but the entries, and begins anew with them; what is wrong then, or "".
  std::string Rebuild();

  // That the peer's accounts and the position are those of the exchanges' states, and that all
  // accounts sum to 0; `settled` windows took so much off the position. What is wrong, or "".
  std::string Wrong() const;

 private:
  void Note(std::uint64_t index);

  World world_;
  AssetNo asset_;
  AccountNo first_account_;  // of the asset
  std::vector<AccountNo> citizens_;
  AccountNo shop_;
  AccountNo budget_;
  std::vector<std::uint64_t> preparations_;
  std::vector<std::uint64_t> receptions_;
};

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_INTEROP_BOOKS_CITIES_CITY_BOOKS_H_
