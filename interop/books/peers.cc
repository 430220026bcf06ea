#include "interop/books/peers.h"

#include <algorithm>
#include <utility>

#include "ledger/core/check.h"

namespace tanhui::interop {
namespace {

// The last one that begins by `date`, of rows in order of their first dates.
template <typename Row>
const Row* InForce(const std::vector<Row>& rows, BusinessDate date) {
  const auto after =
      std::upper_bound(rows.begin(), rows.end(), date,
                       [](BusinessDate wanted, const Row& row) { return wanted < row.first_date; });
  return after == rows.begin() ? nullptr : &*std::prev(after);
}

template <typename Match>
const Peer* FindIf(const std::vector<std::shared_ptr<const Peer>>& peers, Match match) {
  const auto found =
      std::find_if(peers.begin(), peers.end(), [&match](const auto& peer) { return match(*peer); });
  return found == peers.end() ? nullptr : found->get();
}

}  // namespace

const PeerTerms* Peer::TermsOn(BusinessDate date) const { return InForce(terms, date); }

const Rates* Peer::RatesOn(BusinessDate date) const { return InForce(rates, date); }

const Rates* Peer::FindRates(std::uint32_t version) const {
  return version == 0 || version > rates.size() ? nullptr : &rates[version - 1];
}

const Peer* Peers::Find(ParticipantNo number) const {
  return FindIf(peers_, [number](const Peer& peer) { return peer.number == number; });
}

const Peer* Peers::FindByCode(std::string_view code) const {
  return FindIf(peers_, [code](const Peer& peer) { return peer.code == code; });
}

const Peer* Peers::FindByLog(std::string_view log) const {
  return FindIf(peers_, [log](const Peer& peer) { return peer.log == log; });
}

const Peer* Peers::FindByAccount(AccountNo account) const {
  return FindIf(peers_, [account](const Peer& peer) {
    return account >= peer.departed_account &&
           account.value() < peer.departed_account.value() + kPeerAccounts;
  });
}

void Peers::Add(Peer peer) {
  Check(Find(peer.number) == nullptr && FindByLog(peer.log) == nullptr, "a peer twice");
  peers_.push_back(std::make_shared<const Peer>(std::move(peer)));
}

void Peers::Put(Peer peer) {
  const auto found = std::find_if(peers_.begin(), peers_.end(), [&peer](const auto& known) {
    return known->number == peer.number;
  });
  Check(found != peers_.end(), "a change of a peer that there is not");
  *found = std::make_shared<const Peer>(std::move(peer));
}

const Peers& PeersOf(const Registry& registry) {
  static const auto& none = *new Peers();
  return registry.peers() == nullptr ? none : *registry.peers();
}

std::string CityOf(const Registry& registry, SchemeNo scheme) {
  const Peer* peer = FindIf(PeersOf(registry).all(),
                            [scheme](const Peer& known) { return known.scheme == scheme; });
  return peer == nullptr ? registry.origin() : peer->log;
}

std::optional<SchemeNo> SchemeOf(const Registry& registry, const Peer& peer,
                                 std::string_view city) {
  if (city == registry.origin()) {
    return registry.Find(peer.asset)->scheme;
  }
  const Peer* known = PeersOf(registry).FindByLog(city);
  return known == nullptr ? std::nullopt : std::optional(known->scheme);
}

}  // namespace tanhui::interop
