#include "interop/exchange/protocol.h"

#include <array>
#include <cstddef>

#include "interop/name_table.h"
#include "ledger/core/check.h"

namespace tanhui::exchange {
namespace {

constexpr std::size_t kOriginStates = 4;
constexpr std::size_t kOriginEvents = 9;
constexpr std::size_t kDestinationStates = 6;
constexpr std::size_t kDestinationEvents = 7;

using enum Contradiction;

// In order of state, then event.
constexpr std::array<OriginRow, kOriginStates * kOriginEvents> MakeOriginTable() {
  using S = OriginState;
  using E = OriginEvent;
  using M = Message;
  return {{
      {S::kNone, E::kAsk, S::kPrepared, M::kPrepare},
      {S::kNone, E::kFulfil, S::kAborted, M::kAborted, kNeverPrepared},
      {S::kNone, E::kReject, S::kNone, M::kNone, kNeverPrepared},
      {S::kNone, E::kBusy, S::kNone, M::kNone, kNeverPrepared},
      {S::kNone, E::kConfirmed, S::kNone, M::kNone, kNeverPrepared},
      {S::kNone, E::kCancelled, S::kNone, M::kNone, kNeverPrepared},
      {S::kNone, E::kLookup, S::kNone, M::kUnknown},
      {S::kNone, E::kUnknown, S::kNone},
      {S::kNone, E::kExpire, S::kNone},

      {S::kPrepared, E::kAsk, S::kPrepared, M::kPrepare},
      {S::kPrepared, E::kFulfil, S::kCommitted, M::kCommitted},
      {S::kPrepared, E::kReject, S::kAborted, M::kAborted},
      {S::kPrepared, E::kBusy, S::kPrepared},
      {S::kPrepared, E::kConfirmed, S::kPrepared, M::kNone, kNeverDecided},
      {S::kPrepared, E::kCancelled, S::kPrepared, M::kNone, kNeverDecided},
      {S::kPrepared, E::kLookup, S::kPrepared, M::kPrepare},
      {S::kPrepared, E::kUnknown, S::kPrepared, M::kPrepare},
      {S::kPrepared, E::kExpire, S::kAborted, M::kAborted},

      {S::kCommitted, E::kAsk, S::kCommitted, M::kCommitted},
      {S::kCommitted, E::kFulfil, S::kCommitted, M::kCommitted},
      {S::kCommitted, E::kReject, S::kCommitted, M::kCommitted, kTwoAnswers},
      {S::kCommitted, E::kBusy, S::kCommitted},
      {S::kCommitted, E::kConfirmed, S::kCommitted},
      {S::kCommitted, E::kCancelled, S::kCommitted, M::kCommitted, kNotFollowed},
      {S::kCommitted, E::kLookup, S::kCommitted, M::kCommitted},
      {S::kCommitted, E::kUnknown, S::kCommitted, M::kCommitted, kForgotten},
      {S::kCommitted, E::kExpire, S::kCommitted},

      {S::kAborted, E::kAsk, S::kAborted, M::kAborted},
      {S::kAborted, E::kFulfil, S::kAborted, M::kAborted},
      {S::kAborted, E::kReject, S::kAborted, M::kAborted},
      {S::kAborted, E::kBusy, S::kAborted, M::kAborted},
      {S::kAborted, E::kConfirmed, S::kAborted, M::kAborted, kNotFollowed},
      {S::kAborted, E::kCancelled, S::kAborted},
      {S::kAborted, E::kLookup, S::kAborted, M::kAborted},
      {S::kAborted, E::kUnknown, S::kAborted, M::kAborted},
      {S::kAborted, E::kExpire, S::kAborted},
  }};
}

constexpr std::array<DestinationRow, kDestinationStates * kDestinationEvents>
MakeDestinationTable() {
  using S = DestinationState;
  using E = DestinationEvent;
  using M = Message;
  return {{
      {S::kNone, E::kPrepareGood, S::kAccepted, M::kFulfil},
      {S::kNone, E::kPrepareBad, S::kRejected, M::kReject},
      {S::kNone, E::kPrepareLater, S::kNone, M::kBusy},
      {S::kNone, E::kCommitted, S::kNone, M::kUnknown, kNeverAccepted},
      {S::kNone, E::kAborted, S::kBlocked, M::kCancelled},
      {S::kNone, E::kLookup, S::kNone, M::kUnknown},
      {S::kNone, E::kUnknown, S::kNone},

      {S::kAccepted, E::kPrepareGood, S::kAccepted, M::kFulfil},
      {S::kAccepted, E::kPrepareBad, S::kAccepted, M::kFulfil},
      {S::kAccepted, E::kPrepareLater, S::kAccepted, M::kFulfil},
      {S::kAccepted, E::kCommitted, S::kConfirmed, M::kConfirmed},
      {S::kAccepted, E::kAborted, S::kCancelled, M::kCancelled},
      {S::kAccepted, E::kLookup, S::kAccepted, M::kFulfil},
      {S::kAccepted, E::kUnknown, S::kAccepted, M::kFulfil, kForgotten},

      {S::kRejected, E::kPrepareGood, S::kRejected, M::kReject},
      {S::kRejected, E::kPrepareBad, S::kRejected, M::kReject},
      {S::kRejected, E::kPrepareLater, S::kRejected, M::kReject},
      {S::kRejected, E::kCommitted, S::kRejected, M::kReject, kNeverAccepted},
      {S::kRejected, E::kAborted, S::kRejected, M::kCancelled},
      {S::kRejected, E::kLookup, S::kRejected, M::kReject},
      {S::kRejected, E::kUnknown, S::kRejected},

      {S::kConfirmed, E::kPrepareGood, S::kConfirmed, M::kConfirmed},
      {S::kConfirmed, E::kPrepareBad, S::kConfirmed, M::kConfirmed},
      {S::kConfirmed, E::kPrepareLater, S::kConfirmed, M::kConfirmed},
      {S::kConfirmed, E::kCommitted, S::kConfirmed, M::kConfirmed},
      {S::kConfirmed, E::kAborted, S::kConfirmed, M::kConfirmed, kTwoDecisions},
      {S::kConfirmed, E::kLookup, S::kConfirmed, M::kConfirmed},
      {S::kConfirmed, E::kUnknown, S::kConfirmed, M::kNone, kForgotten},

      {S::kCancelled, E::kPrepareGood, S::kCancelled, M::kCancelled},
      {S::kCancelled, E::kPrepareBad, S::kCancelled, M::kCancelled},
      {S::kCancelled, E::kPrepareLater, S::kCancelled, M::kCancelled},
      {S::kCancelled, E::kCommitted, S::kCancelled, M::kCancelled, kTwoDecisions},
      {S::kCancelled, E::kAborted, S::kCancelled, M::kCancelled},
      {S::kCancelled, E::kLookup, S::kCancelled, M::kCancelled},
      {S::kCancelled, E::kUnknown, S::kCancelled, M::kNone, kForgotten},

      {S::kBlocked, E::kPrepareGood, S::kBlocked, M::kCancelled},
      {S::kBlocked, E::kPrepareBad, S::kBlocked, M::kCancelled},
      {S::kBlocked, E::kPrepareLater, S::kBlocked, M::kCancelled},
      {S::kBlocked, E::kCommitted, S::kBlocked, M::kCancelled, kTwoDecisions},
      {S::kBlocked, E::kAborted, S::kBlocked, M::kCancelled},
      {S::kBlocked, E::kLookup, S::kBlocked, M::kCancelled},
      {S::kBlocked, E::kUnknown, S::kBlocked, M::kNone, kForgotten},
  }};
}

constexpr auto kOriginTable = MakeOriginTable();
constexpr auto kDestinationTable = MakeDestinationTable();

template <typename State, typename Event>
constexpr std::size_t PlaceOf(State state, Event event, std::size_t events) {
  return static_cast<std::size_t>(state) * events + static_cast<std::size_t>(event) - 1;
}

template <typename Table>
constexpr bool InOrder(const Table& table, std::size_t events) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (PlaceOf(table[i].state, table[i].event, events) != i) {
      return false;
    }
  }
  return true;
}
static_assert(InOrder(kOriginTable, kOriginEvents));
static_assert(InOrder(kDestinationTable, kDestinationEvents));

}  // namespace

std::span<const OriginRow> OriginTable() { return kOriginTable; }
std::span<const DestinationRow> DestinationTable() { return kDestinationTable; }

const OriginRow& Step(OriginState state, OriginEvent event) {
  const std::size_t at = PlaceOf(state, event, kOriginEvents);
  Check(at < kOriginTable.size(), "an event or a state that is not in the table");
  return kOriginTable[at];
}

const DestinationRow& Step(DestinationState state, DestinationEvent event) {
  const std::size_t at = PlaceOf(state, event, kDestinationEvents);
  Check(at < kDestinationTable.size(), "an event or a state that is not in the table");
  return kDestinationTable[at];
}

Message ToResend(OriginState state) {
  switch (state) {
    case OriginState::kPrepared:
      return Message::kPrepare;
    case OriginState::kCommitted:
      return Message::kCommitted;
    case OriginState::kAborted:
      return Message::kAborted;
    case OriginState::kNone:
      break;
  }
  return Message::kNone;
}

Message ToResend(DestinationState state) {
  return state == DestinationState::kAccepted ? Message::kLookup : Message::kNone;
}

std::string_view NameOf(OriginState state) {
  return NameIn(
      std::array<std::string_view, kOriginStates>{"none", "prepared", "committed", "aborted"},
      state);
}

std::string_view NameOf(DestinationState state) {
  return NameIn(
      std::array<std::string_view, kDestinationStates>{"none", "accepted", "rejected", "confirmed",
                                                       "cancelled", "blocked"},
      state);
}

std::string_view NameOf(OriginEvent event) {
  return NameIn(std::array<std::string_view, kOriginEvents + 1>{"", "ask", "fulfil", "reject",
                                                                "busy", "confirmed", "cancelled",
                                                                "lookup", "unknown", "expire"},
                event);
}

std::string_view NameOf(DestinationEvent event) {
  return NameIn(
      std::array<std::string_view, kDestinationEvents + 1>{"", "prepare, good", "prepare, bad",
                                                           "prepare, not now", "committed",
                                                           "aborted", "lookup", "unknown"},
      event);
}

std::string_view NameOf(Message message) {
  return NameIn(
      std::array<std::string_view, 11>{"–", "prepare", "fulfil", "reject", "busy", "committed",
                                       "aborted", "confirmed", "cancelled", "lookup", "unknown"},
      message);
}

std::string_view NameOf(Contradiction contradiction) {
  return NameIn(std::array<std::string_view, 8>{"–", "never prepared", "two answers",
                                                "never accepted", "two decisions", "never decided",
                                                "not followed", "forgotten"},
                contradiction);
}

}  // namespace tanhui::exchange
