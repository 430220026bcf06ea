// When what is open with one city is said again: sooner at first, later and later without an
// answer, and next to never while the whole city does not answer. Pure: times and dice are given.
#ifndef TANHUI_INTEROP_DESK_SCHEDULE_H_
#define TANHUI_INTEROP_DESK_SCHEDULE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "interop/desk/exchange_desk.h"
#include "ledger/core/ids.h"

namespace tanhui::desk {

struct ScheduleOptions {
  // Before something is said a second time; doubles with every time. Shorter: a lost message costs
  // less time, and a city that is down hears more. Of each wait a random half is left out, so that
  // what failed together does not come back together.
  std::int64_t first_wait_micros = 500'000;
  std::int64_t longest_wait_micros = 300'000'000;
  // So many failures in a row, and the city counts as down: one message at a time asks whether it
  // is back. Higher: slower to notice, less easily misled by a few losses.
  std::uint32_t failures_to_open = 5;
  std::size_t most_in_flight = 32;
};

// One thread at a time. Times are microseconds of a monotonic clock.
class Schedule {
 public:
  using Time = std::int64_t;
  using Dice = std::function<std::uint64_t()>;

  Schedule(const ScheduleOptions& options, Dice dice) : options_(options), dice_(std::move(dice)) {}

  // Something is open, and due then; nothing changes when it is known. `entry` is the one that
  // opened it.
  void Add(const ExchangeName& exchange, EntryIndex entry, Time due);
  // Nothing is to be said about it any more.
  void Remove(const ExchangeName& exchange);
  // It changed: what it says now is due at once, or when what is under way is over.
  void Again(const ExchangeName& exchange, Time now);

  // What is due, at most as much as may be under way; it is under way from now on.
  std::vector<ExchangeName> TakeDue(Time now);
  // What was under way is over: the city answered, or nobody did. It is due again after its wait.
  void Answered(const ExchangeName& exchange, Time now);
  void Unanswered(const ExchangeName& exchange, Time now);
  // It is over, and the city was not asked.
  void Released(const ExchangeName& exchange, Time now);

  // When something is due next; nullopt when nothing will be before something happens.
  std::optional<Time> NextAt() const;
  // The entry that opened the oldest of what is open.
  std::optional<EntryIndex> Oldest() const;
  std::size_t open() const { return items_.size(); }
  bool contains(const ExchangeName& exchange) const { return items_.contains(exchange); }
  // Whether the city counts as down.
  bool down() const { return failures_ >= options_.failures_to_open; }

 private:
  struct Item {
    EntryIndex entry;
    Time due = 0;
    std::uint32_t times = 0;  // said without a change since
    bool under_way = false;
    bool again = false;    // it changed meanwhile
    bool removed = false;  // nothing is to be said once it is over
  };

  // Before it is said again, when it was said so many times before.
  Time WaitAfter(std::uint32_t times);
  void SetDue(const ExchangeName& exchange, Item& item, Time due);
  std::size_t most_under_way() const { return down() ? 1 : options_.most_in_flight; }

  const ScheduleOptions options_;
  const Dice dice_;
  std::map<ExchangeName, Item> items_;
  std::set<std::pair<Time, ExchangeName>> waiting_;  // those that are not under way
  std::size_t under_way_ = 0;
  std::uint32_t failures_ = 0;  // in a row
  std::uint32_t probes_ = 0;    // in vain, while down
  Time probe_at_ = 0;           // while down
};

}  // namespace tanhui::desk

#endif  // TANHUI_INTEROP_DESK_SCHEDULE_H_
