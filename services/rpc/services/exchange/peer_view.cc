#include "services/rpc/services/exchange/peer_view.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "interop/books/position_of.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/services/exchange/peer_names.h"

namespace tanhui::rpc {
namespace {

void FillTerms(const interop::PeerTerms& terms, v1::PeerTerms& out) {
  out.set_first_date(FormatDate(terms.first_date));
  out.set_sends_points(terms.sends_points);
  out.set_takes_points(terms.takes_points);
  out.set_sends_payments(terms.sends_payments);
  out.set_takes_payments(terms.takes_payments);
  out.mutable_act_scenarios()->Assign(terms.act_scenarios.begin(), terms.act_scenarios.end());
  out.set_cap_fen(terms.cap_fen.units());
  out.set_citizen_month_points(terms.citizen_month_points.units());
  out.set_request_minutes(terms.request_minutes);
}

void FillRate(const interop::CityRate& rate, v1::CityRate& out) {
  out.set_points(rate.rate.points);
  out.set_grams(rate.rate.grams);
  out.set_fen_per_thousand(rate.fen_per_thousand);
}

// Those of later dates that are going to hold: of one date the last.
template <typename Row, typename Fill>
void FillLater(const std::vector<Row>& rows, BusinessDate today, Fill fill) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool replaced = i + 1 < rows.size() && rows[i + 1].first_date == rows[i].first_date;
    if (rows[i].first_date > today && !replaced) {
      fill(rows[i]);
    }
  }
}

}  // namespace

absl::StatusOr<PeersAsOf> ReadPeerAccounts(const Context& context,
                                           const std::vector<const interop::Peer*>& peers) {
  std::vector<AccountNo> numbers;
  for (const interop::Peer* peer : peers) {
    interop::NamesOfPeer(*peer, numbers);
  }
  auto read = context.engine.store().ReadAccountsAsOf(numbers);
  if (!read.ok()) {
    return read.status();
  }
  if (std::any_of(read->accounts.begin(), read->accounts.end(),
                  [](const auto& account) { return !account.has_value(); })) {
    return absl::DataLossError("a peer has no accounts");
  }
  PeersAsOf out;
  out.size = read->size;
  out.today = ShanghaiDate(std::max(context.engine.clock().Wall(), read->time));
  for (std::size_t i = 0; i < numbers.size(); i += interop::kPeerAccounts) {
    out.accounts.push_back({*std::move(read->accounts[i]), *std::move(read->accounts[i + 1]),
                            *std::move(read->accounts[i + 2]), *std::move(read->accounts[i + 3])});
  }
  return out;
}

void FillRates(const interop::Rates& rates, v1::PeerRates& out) {
  out.set_version(rates.version);
  out.set_first_date(FormatDate(rates.first_date));
  FillRate(rates.ours, *out.mutable_ours());
  FillRate(rates.theirs, *out.mutable_theirs());
}

void FillPeer(const Registry& registry, const interop::Peer& peer, BusinessDate today,
              v1::Peer& out) {
  out.set_name(PeerName(peer));
  out.set_participant(ParticipantName(registry, peer.number));
  out.set_log(peer.log);
  out.set_verifier_key(peer.verifier_key);
  if (const Asset* asset = registry.Find(peer.asset)) {
    out.set_asset(absl::StrCat("assets/", asset->code));
  }
  if (const Scheme* scheme = registry.Find(peer.scheme)) {
    out.set_scheme(absl::StrCat("schemes/", scheme->code));
  }
  out.set_peer_asset(peer.peer_asset);
  out.set_outgoing_suspended(peer.outgoing_suspended);
  out.set_incoming_suspended(peer.incoming_suspended);
  if (const interop::PeerTerms* terms = peer.TermsOn(today)) {
    FillTerms(*terms, *out.mutable_terms());
  }
  FillLater(peer.terms, today, [&out](const auto& row) { FillTerms(row, *out.add_later_terms()); });
  if (const interop::Rates* rates = peer.RatesOn(today)) {
    FillRates(*rates, *out.mutable_rates());
  }
  FillLater(peer.rates, today, [&out](const auto& row) { FillRates(row, *out.add_later_rates()); });
  out.set_open_window(peer.open_window);
  out.set_entry_index(peer.entry.value());
}

void FillPosition(const interop::Peer& peer, const PeerAccounts& accounts, BusinessDate today,
                  v1::PeerPosition& out) {
  const settlement::Position position = {.in_flight = accounts.leaving.funded.units(),
                                         .owed = accounts.departed.funded.units(),
                                         .owed_to_us = accounts.arrived.funded.units(),
                                         .prepaid = accounts.coming.funded.units()};
  out.set_in_flight_fen(position.in_flight);
  out.set_owed_fen(position.owed);
  out.set_due_fen(position.owed_to_us);
  out.set_prepaid_fen(position.prepaid);
  out.set_net_fen(settlement::NetOf(position));
  out.set_room_fen(settlement::RoomOf(position, interop::LimitsOn(peer, today)));
  out.set_departed_points(accounts.departed.balance.units());
  out.set_arrived_points(-accounts.arrived.balance.units());
  out.set_leaving_points(accounts.leaving.balance.units());
  out.set_coming_points(accounts.coming.balance.units());
}

}  // namespace tanhui::rpc
