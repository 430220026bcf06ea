// How many points a citizen sent to a peer in a Shanghai month, payments counted, against the
// peer's terms. Each is a tally of the citizen's; those of past months are forgotten when the next
// preparation counts.
#ifndef TANHUI_INTEROP_BOOKS_LEAVING_SENT_H_
#define TANHUI_INTEROP_BOOKS_LEAVING_SENT_H_

#include <cstdint>
#include <optional>

#include "interop/books/peers.h"
#include "ledger/core/account.h"
#include "ledger/core/book.h"

namespace tanhui::interop {

// The limit's number in tallies: before those of campaigns, and rule sets never number as high. The
// category is the number of the peer's participant, the period the month.
inline constexpr LimitNo kSent{0x7fff'ffff};

// In the month of `today`.
std::int64_t SentTo(const Account& citizen, ParticipantNo peer, BusinessDate today);

// EXCHANGE_LIMIT with what is left, or without facts when the citizen has no room for a tally.
std::optional<Refusal> RefusedBySent(const Account& citizen, ParticipantNo peer,
                                     const PeerTerms& terms, std::int64_t points,
                                     BusinessDate today);
// Counts points that leave; a fault when they are more than the terms allow.
Fault CountSent(Account& citizen, ParticipantNo peer, const PeerTerms& terms, std::int64_t points,
                BusinessDate today);
// Takes points off that came back, where the month of their preparation still counts.
Fault CountReturned(Account& citizen, ParticipantNo peer, std::int64_t points,
                    BusinessDate prepared_on);

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_BOOKS_LEAVING_SENT_H_
