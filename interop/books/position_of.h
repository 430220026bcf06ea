// A peer's position (interop/settlement/position.h) as its accounts hold it.
#ifndef TANHUI_INTEROP_BOOKS_POSITION_OF_H_
#define TANHUI_INTEROP_BOOKS_POSITION_OF_H_

#include <vector>

#include "interop/books/peers.h"
#include "interop/settlement/position.h"
#include "ledger/core/state.h"

namespace tanhui::interop {

// In fen. The peer's four accounts are loaded (Check).
settlement::Position ReadPosition(const State& state, const Peer& peer);
void WritePosition(State& state, const Peer& peer, const settlement::Position& position);

// The cap that holds on a date; of 0 before there are terms.
settlement::Limits LimitsOn(const Peer& peer, BusinessDate date);

// Appends the peer's four accounts.
void NamesOfPeer(const Peer& peer, std::vector<AccountNo>& out);

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_BOOKS_POSITION_OF_H_
