// What the steps of an exchange have in common, at the origin and at the destination.
#ifndef TANHUI_INTEROP_BOOKS_STEPS_H_
#define TANHUI_INTEROP_BOOKS_STEPS_H_

#include <cstdint>
#include <optional>

#include "interop/books/peers.h"
#include "interop/settlement/position.h"
#include "ledger/core/book.h"
#include "ledger/core/books/undone.h"

namespace tanhui::interop {

// What became of a preparation, or of a reception; nullopt when the entry is neither.
std::optional<ExchangeNow> ExchangeOf(const State& state, EntryIndex step);
// From now on it is so. Nothing else can have become of the entry: false, with nothing changed.
bool PutExchange(State& state, EntryIndex step, const ExchangeNow& now);

// settlement::Prepare, Commit, Abort or Confirm. Of 0 fen nothing moves, and nothing is refused.
using PositionMove = std::optional<settlement::Moved>(const settlement::Position&,
                                                      const settlement::Limits&, std::int64_t);
bool CanMove(const State& state, const Peer& peer, BusinessDate date, PositionMove move,
             std::int64_t fen);
// False, with nothing changed, when it cannot.
bool Move(State& state, const Peer& peer, BusinessDate date, PositionMove move, std::int64_t fen);

// Lists the entry among those about the peer, and among the exchanges of an account.
void NoteStep(State& state, ParticipantNo peer, EntryIndex index);
void NoteExchangeOf(State& state, AccountNo account, EntryIndex index);

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_BOOKS_STEPS_H_
