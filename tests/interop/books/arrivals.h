// Exchanges that come from the neighbour, and windows with it, in few words; see neighbours.h.
#ifndef TANHUI_TESTS_INTEROP_BOOKS_ARRIVALS_H_
#define TANHUI_TESTS_INTEROP_BOOKS_ARRIVALS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "interop/settlement/statement.h"
#include "tests/interop/books/neighbours.h"

namespace tanhui::world {

using ChangeExchange = std::function<void(entry::v1::ExchangeTerms&)>;
// 60 points of the river become 40 here, which stand for 400 g, for 12 fen, within half an hour: 30
// that were earned there and are good to 2025-02, 10 that were earned here and are good to 2025-03.
// `n` makes the id.
entry::v1::ExchangeTerms ArrivalAt(LedgerTime now, std::uint64_t n = 1,
                                   const ChangeExchange& change = nullptr);
inline entry::v1::ExchangeTerms Arrival(const World& world, std::uint64_t n = 1,
                                        const ChangeExchange& change = nullptr) {
  return ArrivalAt(world.now(), n, change);
}
// A change for these: a payment.
void AsPayment(entry::v1::ExchangeTerms& terms);
inline entry::v1::ExchangeTerms PaymentHere(const World& world, std::uint64_t n = 1) {
  return Arrival(world, n, AsPayment);
}

// The request ids follow from the exchange, and the peer is the caller.
Command Receive(const entry::v1::ExchangeTerms& terms, std::string_view reason = {});
// An abortion came before the terms.
Command BlockArrival(std::string_view exchange_id);
Command ConfirmArrival(const entry::v1::ExchangeTerms& terms, std::uint64_t reception,
                       AccountNo account, std::uint64_t window = 1);
Command CancelArrival(const entry::v1::ExchangeTerms& terms, std::uint64_t reception);

using ChangeStep = std::function<void(entry::v1::WindowStep&)>;
Command StepWindow(std::string_view id, std::uint64_t window, entry::v1::WindowAction action,
                   const ChangeStep& change = nullptr);
// With what belongs to each: an empty list, the statement below, and a note of it by the peer.
Command TheirList(std::string_view id, std::uint64_t window, std::uint64_t items = 0);
Command TheirMissing(std::string_view id, std::uint64_t window);
Command StateWindow(std::string_view id, const settlement::Statement& statement);
Command AgreeWindow(std::string_view id, const settlement::Statement& statement);
Command SettleWindow(std::string_view id, std::uint64_t window);

// Of the window: what each city owes the other.
settlement::Statement StatementOf(std::uint64_t window, std::int64_t owed, std::int64_t due);

// "departed 0 arrived -40 leaving 0 coming 40": the peer's accounts.
std::string PeerAccounts(const World& world);

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_INTEROP_BOOKS_ARRIVALS_H_
