// The exchange between two cities as one pure state machine for points and for redemptions: what
// each side does on each event. PROTOCOL.md has the same tables for people, and the argument why
// nothing is lost or doubled; a test keeps them equal.
#ifndef TANHUI_INTEROP_EXCHANGE_PROTOCOL_H_
#define TANHUI_INTEROP_EXCHANGE_PROTOCOL_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tanhui::exchange {

// Of one exchange at the city whose citizen gives. The numbers stand in log entries.
enum class OriginState : std::uint8_t {
  kNone = 0,       // no entry about the id
  kPrepared = 1,   // the points are on hold
  kCommitted = 2,  // the hold was captured: final
  kAborted = 3,    // the hold was released, or there never was one: final
};

// Of one exchange at the other city. The numbers stand in log entries.
enum class DestinationState : std::uint8_t {
  kNone = 0,       // no entry about the id
  kAccepted = 1,   // the points are there on hold, and nobody can spend them
  kRejected = 2,   // nothing was made, and never will be: final
  kConfirmed = 3,  // the points can be spent: final
  kCancelled = 4,  // the points on hold were destroyed: final
  kBlocked = 5,    // an abort came first; a prepare that comes later makes nothing: final
};

// What one city says to the other. Each is bound to both cities, the id and the hash of the terms.
// The numbers stand in messages; 0 is none.
enum class Message : std::uint8_t {
  kNone = 0,
  kPrepare = 1,    // origin: the terms; the points are on hold here
  kFulfil = 2,     // destination: they are on hold here, too
  kReject = 3,     // destination: never
  kBusy = 4,       // destination: not now; ask again
  kCommitted = 5,  // origin: decided, with the proof of its entry
  kAborted = 6,    // origin: likewise
  kConfirmed = 7,  // destination: committed was followed
  kCancelled = 8,  // destination: aborted was followed, or there is nothing to be followed
  kLookup = 9,     // either: what became of it?
  kUnknown = 10,   // either: nothing is known of the id
};

// What happens at the origin.
enum class OriginEvent : std::uint8_t {
  kAsk = 1,     // its citizen asks, and the points are there
  kFulfil = 2,  // the messages
  kReject = 3,
  kBusy = 4,
  kConfirmed = 5,
  kCancelled = 6,
  kLookup = 7,
  kUnknown = 8,
  kExpire = 9,  // the request's time is over, or the citizen takes it back
};

// What happens at the destination. Whether a prepare can be accepted is decided before.
enum class DestinationEvent : std::uint8_t {
  kPrepareGood = 1,   // all conditions hold
  kPrepareBad = 2,    // one can never hold
  kPrepareLater = 3,  // one does not hold now
  kCommitted = 4,     // the messages
  kAborted = 5,
  kLookup = 6,
  kUnknown = 7,
};

// What the message shows of its sender, when no honest city can have sent it in this state: kept
// with the message as evidence.
enum class Contradiction : std::uint8_t {
  kNone = 0,
  kNeverPrepared = 1,  // the destination took what the origin never prepared
  kTwoAnswers = 2,     // the destination fulfilled and rejected
  kNeverAccepted = 3,  // the origin committed what the destination never accepted
  kTwoDecisions = 4,   // the origin committed and aborted
  kNeverDecided = 5,   // the destination followed a decision that the origin has not made
  kNotFollowed = 6,    // the destination did the opposite of what the origin decided
  kForgotten = 7,      // one of them no longer knows what it said
};

// One row of a table. An entry is written exactly when the state changes.
template <typename State, typename Event>
struct Row {
  State state;
  Event event;
  State next;
  Message answer = Message::kNone;  // sent once the entry, if any, is durable
  Contradiction contradiction = Contradiction::kNone;
};
using OriginRow = Row<OriginState, OriginEvent>;
using DestinationRow = Row<DestinationState, DestinationEvent>;

// Every state with every event, once.
std::span<const OriginRow> OriginTable();
std::span<const DestinationRow> DestinationTable();
const OriginRow& Step(OriginState state, OriginEvent event);
const DestinationRow& Step(DestinationState state, DestinationEvent event);

// What a city that has the exchange in this state sends again and again until it is answered; it
// follows from the log alone, so a restart finds it. The origin stops
// once the destination confirmed or cancelled.
Message ToResend(OriginState state);
Message ToResend(DestinationState state);

// As the page and messages for people write them.
std::string_view NameOf(OriginState state);
std::string_view NameOf(DestinationState state);
std::string_view NameOf(OriginEvent event);
std::string_view NameOf(DestinationEvent event);
std::string_view NameOf(Message message);
std::string_view NameOf(Contradiction contradiction);

}  // namespace tanhui::exchange

#endif  // TANHUI_INTEROP_EXCHANGE_PROTOCOL_H_
