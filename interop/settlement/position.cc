#include "interop/settlement/position.h"

#include <algorithm>

namespace tanhui::settlement {
namespace {

constexpr std::int64_t kPercent = 100;

// Whether the net has reached so many hundredths of the cap. Without a cap there is no mark.
bool Reached(const Position& position, const Limits& limits, Warning mark) {
  return limits.cap > 0 && static_cast<__int128>(NetOf(position)) * kPercent >=
                               static_cast<__int128>(limits.cap) * static_cast<int>(mark);
}

bool CanBe(const Position& position) {
  const auto in_range = [](std::int64_t amount) {
    return amount >= 0 && amount <= kMostOfPosition;
  };
  return in_range(position.in_flight) && in_range(position.owed) && in_range(position.owed_to_us) &&
         in_range(position.prepaid);
}

std::optional<Moved> MovedTo(const Position& before, const Position& after, const Limits& limits) {
  if (!CanBe(after)) {
    return std::nullopt;
  }
  Moved moved{after, Warning::kNone};
  for (const Warning mark : {Warning::kAt80, Warning::kAt95}) {
    if (!Reached(before, limits, mark) && Reached(after, limits, mark)) {
      moved.crossed = mark;
    }
  }
  return moved;
}

bool IsAmount(std::int64_t amount) { return amount > 0 && amount <= kMostOfPosition; }

}  // namespace

std::int64_t NetOf(const Position& position) {
  return position.in_flight + position.owed - position.owed_to_us - position.prepaid;
}

std::int64_t RoomOf(const Position& position, const Limits& limits) {
  return std::max<std::int64_t>(limits.cap - NetOf(position), 0);
}

std::optional<Moved> Prepare(const Position& position, const Limits& limits, std::int64_t amount) {
  if (!IsAmount(amount) || amount > RoomOf(position, limits)) {
    return std::nullopt;
  }
  Position after = position;
  after.in_flight += amount;
  return MovedTo(position, after, limits);
}

std::optional<Moved> Commit(const Position& position, const Limits& limits, std::int64_t amount) {
  if (!IsAmount(amount)) {
    return std::nullopt;
  }
  Position after = position;
  after.in_flight -= amount;
  after.owed += amount;
  return MovedTo(position, after, limits);
}

std::optional<Moved> Abort(const Position& position, const Limits& limits, std::int64_t amount) {
  if (!IsAmount(amount)) {
    return std::nullopt;
  }
  Position after = position;
  after.in_flight -= amount;
  return MovedTo(position, after, limits);
}

std::optional<Moved> Confirm(const Position& position, const Limits& limits, std::int64_t amount) {
  if (!IsAmount(amount)) {
    return std::nullopt;
  }
  Position after = position;
  after.owed_to_us += amount;
  return MovedTo(position, after, limits);
}

std::optional<Moved> Settle(const Position& position, const Limits& limits, std::int64_t owed,
                            std::int64_t owed_to_us) {
  if (owed < 0 || owed_to_us < 0) {
    return std::nullopt;
  }
  Position after = position;
  after.owed -= owed;
  after.owed_to_us -= owed_to_us;
  return MovedTo(position, after, limits);
}

std::optional<Moved> Prepay(const Position& position, const Limits& limits, std::int64_t amount) {
  if (!IsAmount(amount)) {
    return std::nullopt;
  }
  Position after = position;
  after.prepaid += amount;
  return MovedTo(position, after, limits);
}

// What was paid in advance and is used up stays until a window settles it.
std::optional<Moved> TakeBack(const Position& position, const Limits& limits, std::int64_t amount) {
  if (!IsAmount(amount) || amount > RoomOf(position, limits)) {
    return std::nullopt;
  }
  Position after = position;
  after.prepaid -= amount;
  return MovedTo(position, after, limits);
}

}  // namespace tanhui::settlement
