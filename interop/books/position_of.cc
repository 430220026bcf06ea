#include "interop/books/position_of.h"

#include "ledger/core/check.h"

namespace tanhui::interop {
namespace {

std::int64_t FenOf(const State& state, AccountNo number) {
  const Account* account = state.FindAccount(number);
  Check(account != nullptr, "a peer's account is not loaded");
  return account->funded.units();
}

}  // namespace

settlement::Position ReadPosition(const State& state, const Peer& peer) {
  return {.in_flight = FenOf(state, peer.leaving_account()),
          .owed = FenOf(state, peer.departed_account),
          .owed_to_us = FenOf(state, peer.arrived_account()),
          .prepaid = FenOf(state, peer.coming_account())};
}

void WritePosition(State& state, const Peer& peer, const settlement::Position& position) {
  const auto put = [&state](AccountNo number, std::int64_t fen) {
    state.ChangeAccount(number).funded = Amount(fen);
  };
  put(peer.leaving_account(), position.in_flight);
  put(peer.departed_account, position.owed);
  put(peer.arrived_account(), position.owed_to_us);
  put(peer.coming_account(), position.prepaid);
}

settlement::Limits LimitsOn(const Peer& peer, BusinessDate date) {
  const PeerTerms* terms = peer.TermsOn(date);
  return {.cap = terms == nullptr ? 0 : terms->cap_fen.units()};
}

void NamesOfPeer(const Peer& peer, std::vector<AccountNo>& out) {
  for (std::uint64_t i = 0; i < kPeerAccounts; ++i) {
    out.push_back(AccountNo(peer.departed_account.value() + i));
  }
}

}  // namespace tanhui::interop
