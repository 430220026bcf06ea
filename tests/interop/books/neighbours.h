// Commands about peers in few words, and a city with a neighbour to exchange points with.
#ifndef TANHUI_TESTS_INTEROP_BOOKS_NEIGHBOURS_H_
#define TANHUI_TESTS_INTEROP_BOOKS_NEIGHBOURS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "interop/books/peer/agreement.h"
#include "interop/books/peers.h"
#include "ledger/signing/key.h"
#include "tests/ledger/claims/market.h"

namespace tanhui::world {

// The cast of Neighbours() besides that of commands.h and market.h.
inline constexpr ParticipantNo kRiver{8};   // a city, and a peer
inline constexpr ParticipantNo kHill{9};    // a city, and no peer
inline constexpr SchemeNo kRiverScheme{3};  // of points that come from there
inline constexpr AccountNo kDeparted{25};   // those of the peer, in kPoints
inline constexpr AccountNo kArrived{26};
inline constexpr AccountNo kLeaving{27};
inline constexpr AccountNo kComing{28};
inline constexpr std::string_view kOurLog = "tanhui.example/test";
inline constexpr std::string_view kRiverLog = "river.example/log";
inline constexpr std::int64_t kCap = 10'000;  // fen of the position

// The keys of both logs.
signing::NamedSigner OurSigner();
signing::NamedSigner RiverSigner();

// Market(), a day later, with the peer kRiver: everything is switched on, up to kCap fen and within
// an hour, and 2 points here are 20 g are 3 points there; 100 points that leave cost 10 fen, and
// 100 that come 20.
World Neighbours();
// The same without terms and rates, at kStart.
World NewNeighbours();

Command CreateCity(std::string_view id, std::string_view code);
using ChangeRegistration = std::function<void(entry::v1::PeerRegistration&)>;
Command RegisterPeer(std::string_view id, const ChangeRegistration& change = nullptr);
using ChangeTerms = std::function<void(entry::v1::PeerTerms&)>;
// The terms of Neighbours(), and what `change` makes of them.
Command SetPeerTerms(std::string_view id, BusinessDate first_date,
                     const ChangeTerms& change = nullptr);
Command SuspendPeer(std::string_view id, bool outgoing, bool incoming, std::uint64_t evidence = 0);
Command PrepayPeer(std::string_view id, std::int64_t fen);
Command ShowEvidence(std::string_view id, std::uint64_t against = 0);

// The rates of Neighbours().
inline constexpr interop::CityRate kOurRate{{2, 20}, 100};
inline constexpr interop::CityRate kRiverRate{{3, 20}, 200};
interop::Agreement RatesOf(std::uint32_t version, BusinessDate first_date,
                           const interop::CityRate& ours = kOurRate,
                           const interop::CityRate& theirs = kRiverRate);
std::string SignedBy(const std::string& text, const std::vector<signing::NamedSigner>& signers);
// Signed by both.
Command AgreeOnRates(std::string_view id, std::uint32_t version, BusinessDate first_date,
                     const interop::CityRate& ours = kOurRate,
                     const interop::CityRate& theirs = kRiverRate);

const interop::Peer& PeerIn(const World& world, ParticipantNo peer = kRiver);
// "in flight 0 owed 0 owed to us 0 prepaid 0".
std::string PositionWith(const World& world, ParticipantNo peer = kRiver);

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_INTEROP_BOOKS_NEIGHBOURS_H_
