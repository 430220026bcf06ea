// Commands about exchanges that leave the city, in few words.
#ifndef TANHUI_TESTS_INTEROP_BOOKS_LEAVING_DEPARTURES_H_
#define TANHUI_TESTS_INTEROP_BOOKS_LEAVING_DEPARTURES_H_

#include <cstdint>
#include <functional>
#include <string_view>

#include "interop/books/terms.h"
#include "tests/interop/books/neighbours.h"

namespace tanhui::world {

// 16 bytes each: who gives and who gets, as the cities name them to each other.
inline constexpr std::string_view kSender = "sender----------";
inline constexpr std::string_view kRecipient = "recipient-------";

using ChangePreparation = std::function<void(entry::v1::ExchangePreparation&)>;
// Of kRiver, by kPlatform; the request may wait for half an hour from `now` on.
Command SendAt(LedgerTime now, std::string_view id, AccountNo account, std::int64_t points,
               const ChangePreparation& change = nullptr);
inline Command Send(const World& world, std::string_view id, AccountNo account, std::int64_t points,
                    const ChangePreparation& change = nullptr) {
  return SendAt(world.now(), id, account, points, change);
}
// A change for SendAt: a payment of `price` points there.
ChangePreparation Paying(std::int64_t price);
// A payment of `price` points there, with at most `most` points.
Command PayThere(const World& world, std::string_view id, AccountNo account, std::int64_t price,
                 std::int64_t most);

// The terms that the preparation at an index made, and their id.
const entry::v1::ExchangeTerms& TermsAt(const World& world, std::uint64_t preparation);
interop::ExchangeId IdAt(const World& world, std::uint64_t preparation);

entry::v1::PeerProof AnyProof();
// By the peer, under the request id that it has to have.
Command CommitIt(const interop::ExchangeId& id);
Command AbortIt(const interop::ExchangeId& id, std::string_view reason = "rejected");
Command ReturnIt(const interop::ExchangeId& id);
// Of an id that was never prepared.
Command Block(const interop::ExchangeId& id);
// Of the preparation at an index.
inline Command Commit(const World& world, std::uint64_t preparation) {
  return CommitIt(IdAt(world, preparation));
}
inline Command Abort(const World& world, std::uint64_t preparation,
                     std::string_view reason = "rejected") {
  return AbortIt(IdAt(world, preparation), reason);
}
inline Command GiveBack(const World& world, std::uint64_t preparation) {
  return ReturnIt(IdAt(world, preparation));
}

// "departed 0 leaving 20", of the peer's accounts.
std::string Away(const World& world);

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_INTEROP_BOOKS_LEAVING_DEPARTURES_H_
