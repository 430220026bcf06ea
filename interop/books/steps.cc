#include "interop/books/steps.h"

#include "interop/books/position_of.h"

namespace tanhui::interop {

std::optional<ExchangeNow> ExchangeOf(const State& state, EntryIndex step) {
  return state.FindUndone(step).exchange;
}

bool PutExchange(State& state, EntryIndex step, const ExchangeNow& now) {
  Undone undone;
  undone.exchange = state.FindUndone(step).exchange;
  if (undone != state.FindUndone(step)) {
    return false;
  }
  undone.exchange = now;
  state.PutUndone(step, undone);
  return true;
}

bool CanMove(const State& state, const Peer& peer, BusinessDate date, PositionMove move,
             std::int64_t fen) {
  return fen == 0 || move(ReadPosition(state, peer), LimitsOn(peer, date), fen).has_value();
}

bool Move(State& state, const Peer& peer, BusinessDate date, PositionMove move, std::int64_t fen) {
  if (fen == 0) {
    return true;
  }
  const auto moved = move(ReadPosition(state, peer), LimitsOn(peer, date), fen);
  if (moved.has_value()) {
    WritePosition(state, peer, moved->position);
  }
  return moved.has_value();
}

void NoteStep(State& state, ParticipantNo peer, EntryIndex index) {
  state.NoteListing({Listing::kStepsWithPeer, peer.value(), index});
}

void NoteExchangeOf(State& state, AccountNo account, EntryIndex index) {
  state.NoteListing({Listing::kExchangesOfAccount, account.value(), index});
}

}  // namespace tanhui::interop
