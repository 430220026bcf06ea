// How much one city owes another right now, against what they agreed on. Pure, in fen or in points
// of one asset.
#ifndef TANHUI_INTEROP_SETTLEMENT_POSITION_H_
#define TANHUI_INTEROP_SETTLEMENT_POSITION_H_

#include <cstdint>
#include <optional>

namespace tanhui::settlement {

inline constexpr std::int64_t kMostOfPosition = 1'000'000'000'000'000'000;

// Of one city towards one peer in one asset. Each 0 to kMostOfPosition.
struct Position {
  std::int64_t in_flight = 0;   // prepared here, not decided
  std::int64_t owed = 0;        // committed here, not settled
  std::int64_t owed_to_us = 0;  // confirmed here of the peer's, not settled
  std::int64_t prepaid = 0;     // what the peer holds of ours in advance
  friend bool operator==(const Position&, const Position&) = default;
};

// What the two agreed on.
struct Limits {
  // The most that may be owed in net, what is in flight counted; 0 with `prepaid` only: nothing
  // beyond what was paid in advance.
  std::int64_t cap = 0;
};

// What is owed in net, in flight counted, less what was paid in advance; may be below 0.
std::int64_t NetOf(const Position& position);

enum class Warning : std::uint8_t { kNone = 0, kAt80 = 80, kAt95 = 95 };

// What a change of the position means.
struct Moved {
  Position position;
  Warning crossed = Warning::kNone;  // the highest mark that this step crossed upwards
};

// Each answers nullopt when the position cannot change so: over the cap (prepare alone), or more
// than there is. Amounts are above 0.
std::optional<Moved> Prepare(const Position& position, const Limits& limits, std::int64_t amount);
std::optional<Moved> Commit(const Position& position, const Limits& limits, std::int64_t amount);
std::optional<Moved> Abort(const Position& position, const Limits& limits, std::int64_t amount);
// An exchange of the peer's was confirmed here.
std::optional<Moved> Confirm(const Position& position, const Limits& limits, std::int64_t amount);
// A window was settled: so much that was owed, and so much that was owed to us, is no more.
std::optional<Moved> Settle(const Position& position, const Limits& limits, std::int64_t owed,
                            std::int64_t owed_to_us);
// Money was paid in advance, or came back.
std::optional<Moved> Prepay(const Position& position, const Limits& limits, std::int64_t amount);
std::optional<Moved> TakeBack(const Position& position, const Limits& limits, std::int64_t amount);

// How much can be prepared still; 0 when the cap is reached.
std::int64_t RoomOf(const Position& position, const Limits& limits);

}  // namespace tanhui::settlement

#endif  // TANHUI_INTEROP_SETTLEMENT_POSITION_H_
