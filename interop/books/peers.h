// What the ledger knows of other cities: who they are, what may be exchanged, the rates that both
// signed, and the windows between them. A part of the registry, see EXCHANGE.md. What changes with
// every exchange is in accounts, not here.
#ifndef TANHUI_INTEROP_BOOKS_PEERS_H_
#define TANHUI_INTEROP_BOOKS_PEERS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "interop/exchange/conversion.h"
#include "interop/settlement/window.h"
#include "ledger/core/amount.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/core/registry.h"

namespace tanhui::interop {

// What may be exchanged with a peer from a date on; the fields are those of
// tanhui.entry.v1.PeerTerms.
struct PeerTerms {
  BusinessDate first_date;
  bool sends_points = false;
  bool takes_points = false;
  bool sends_payments = false;
  bool takes_payments = false;
  std::vector<std::string> act_scenarios = {};  // in order, each once
  Amount cap_fen;                               // of the position
  Amount citizen_month_points;                  // 0: no limit
  std::uint32_t request_minutes = 0;
};

// What a city's points stand for, and what it owes for them.
struct CityRate {
  exchange::Rate rate;
  std::int64_t fen_per_thousand = 0;  // of its points, rounded down; 0 to exchange::kMostOfRate
};

// Rates that both signed.
struct Rates {
  std::uint32_t version = 0;  // from 1
  BusinessDate first_date;
  CityRate ours;
  CityRate theirs;
};

// How far a window is here. Once it is settled it is left out of Peer::windows.
struct WindowNow {
  settlement::WindowState state = settlement::WindowState::kOpen;
  EntryIndex changed;  // the last step
  // What the peer told: its list, and, maybe none, the ids of ours that it misses.
  std::optional<settlement::Listed> their_list = {};
  bool their_missing_told = false;
  // Of the statement that was computed here, once there is one: its text, what it takes off what
  // is owed to the peer and off what the peer owes.
  std::string statement = {};
  Amount owed_fen;
  Amount due_fen;
};

// A peer as it is now. Its four accounts stand one after the other; `funded` of each is a part of
// the position, in fen:
//   departed  points that left (not below 0)           owed to the peer, not settled
//   arrived   points that came (not above 0)           owed by the peer, not settled
//   leaving   points of exchanges that are prepared    in flight
//   coming    points of exchanges that are accepted    paid in advance, less what came back
struct Peer {
  ParticipantNo number;
  std::string code;  // of the participant
  std::string log;   // its origin line
  std::string verifier_key;
  AssetNo asset;
  SchemeNo scheme;  // that lots which come from it name
  std::string peer_asset;
  AccountNo departed_account;
  std::vector<PeerTerms> terms;  // in order of first dates; the last of one date holds
  std::vector<Rates> rates;      // in order of versions and of first dates
  bool outgoing_suspended = false;
  bool incoming_suspended = false;
  std::uint64_t open_window = 1;               // what is committed now falls into it
  std::map<std::uint64_t, WindowNow> windows;  // closing to agreed
  EntryIndex entry;                            // that registered it

  AccountNo arrived_account() const { return AccountNo(departed_account.value() + 1); }
  AccountNo leaving_account() const { return AccountNo(departed_account.value() + 2); }
  AccountNo coming_account() const { return AccountNo(departed_account.value() + 3); }
  // nullptr before the first.
  const PeerTerms* TermsOn(BusinessDate date) const;
  // The newest in force on a date; nullptr before the first.
  const Rates* RatesOn(BusinessDate date) const;
  const Rates* FindRates(std::uint32_t version) const;
};

// How many accounts a peer has.
inline constexpr std::uint64_t kPeerAccounts = 4;

// By number of the participant, by its code, by the name of its log, by account; nullptr when there
// is none. A handful, so that all is looked through. Changed in place while only one registry holds
// it; pointers stay good as long as it does and the peer is not changed.
class Peers {
 public:
  const Peer* Find(ParticipantNo number) const;
  const Peer* FindByCode(std::string_view code) const;
  const Peer* FindByLog(std::string_view log) const;
  const Peer* FindByAccount(AccountNo account) const;
  // In order of registration.
  const std::vector<std::shared_ptr<const Peer>>& all() const { return peers_; }

  // Its participant and log must be new (Check).
  void Add(Peer peer);
  // Replaces the peer of that number, which exists (Check).
  void Put(Peer peer);

 private:
  std::vector<std::shared_ptr<const Peer>> peers_;
};

// Of the registry; empty ones when there are none yet.
const Peers& PeersOf(const Registry& registry);

// The city whose points lots of that scheme were, by the name of its log: a peer's, or our own for
// every other scheme. Codes of schemes mean nothing in another city.
std::string CityOf(const Registry& registry, SchemeNo scheme);
// The scheme here of points that were that city's, when they come from the peer; nullopt when
// nobody here knows the city.
std::optional<SchemeNo> SchemeOf(const Registry& registry, const Peer& peer,
                                 std::string_view city);

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_BOOKS_PEERS_H_
