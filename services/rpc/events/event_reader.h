// Reads the change feed: the rows of a participant's scopes in one order, with what they tell.
#ifndef TANHUI_SERVICES_RPC_EVENTS_EVENT_READER_H_
#define TANHUI_SERVICES_RPC_EVENTS_EVENT_READER_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/core/books/changes.h"
#include "services/rpc/caller.h"
#include "services/rpc/context.h"
#include "tanhui/v1/events.pb.h"

namespace tanhui::rpc {

// Everything up to and including it was dealt with. A notice of expiry is one row and an event for
// each account; any other row is done with its last account.
struct Position {
  static constexpr std::uint64_t kWhole = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t entry = 0;
  std::uint8_t n = 0;
  std::uint64_t account = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};
// "entry.n.account", the last one "-" for the whole row. nullopt for any other text.
std::string FormatPosition(const Position& position);
std::optional<Position> ParsePosition(std::string_view text);

struct EventPage {
  std::vector<v1::Event> events;
  Position next;
  bool more = false;
  std::uint64_t size = 0;  // of the log when it was read
};

// Whose events, and which.
struct EventFilter {
  Caller reader;              // who reads: names are as it knows them
  ParticipantNo participant;  // whose they are
  std::set<int> kinds;        // none: all
};

// At most `most` events after a position, of what was durable at the call. Looks at a bounded
// number of rows, so that a page may be empty and there be more.
absl::StatusOr<EventPage> ReadEvents(const Context& context, const EventFilter& filter,
                                     const Position& after, std::size_t most);

// The position behind everything that is durable.
Position EndOfFeed(const Context& context);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_EVENTS_EVENT_READER_H_
