// What both cities sign of their rates: one text, byte for byte. EXCHANGE.md has the grammar with
// an example.
#ifndef TANHUI_INTEROP_BOOKS_PEER_AGREEMENT_H_
#define TANHUI_INTEROP_BOOKS_PEER_AGREEMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "interop/books/peers.h"
#include "ledger/core/business_time.h"
#include "ledger/core/refusal.h"

namespace tanhui::interop {

// What a city's points stand for.
struct RatedCity {
  std::string log;    // its name, without white space
  std::string asset;  // code of the points, as its own log has it
  CityRate rate;
};

// Rates of two cities from a date on.
struct Agreement {
  std::uint32_t version = 0;  // from 1
  BusinessDate first_date;
  RatedCity first;  // the smaller name
  RatedCity second;
};

// Whether the numbers can be: points and grams 1 to exchange::kMostOfRate, fen 0 to that.
bool CanBe(const CityRate& rate);

// In the order of their names, whoever of the two asks. The names differ (Check).
Agreement MakeAgreement(std::uint32_t version, BusinessDate first_date, RatedCity one,
                        RatedCity other);

std::string TextOf(const Agreement& agreement);
// Takes exactly what TextOf writes of rates that can be; nullopt for anything else.
std::optional<Agreement> ParseAgreement(std::string_view text);

// Why rates with a peer cannot have this version and begin on this date when they are recorded
// today: kVersionNotNext or kDateNotAhead, of `field`.
std::optional<Refusal> RefusedNext(const Peer& peer, std::uint32_t version, BusinessDate first_date,
                                   BusinessDate today, std::string_view field);

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_BOOKS_PEER_AGREEMENT_H_
