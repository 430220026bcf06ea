#include "interop/desk/schedule.h"

#include <algorithm>

#include "ledger/core/check.h"

namespace tanhui::desk {

void Schedule::Add(const ExchangeName& exchange, EntryIndex entry, Time due) {
  const auto [at, added] = items_.try_emplace(exchange);
  if (added) {
    at->second.entry = entry;
    SetDue(exchange, at->second, due);
  }
}

void Schedule::Remove(const ExchangeName& exchange) {
  const auto found = items_.find(exchange);
  if (found == items_.end()) {
    return;
  }
  if (found->second.under_way) {
    found->second.removed = true;
    return;
  }
  waiting_.erase({found->second.due, exchange});
  items_.erase(found);
}

void Schedule::Again(const ExchangeName& exchange, Time now) {
  const auto found = items_.find(exchange);
  if (found == items_.end()) {
    return;
  }
  Item& item = found->second;
  item.times = 0;
  if (item.under_way) {
    item.again = true;
  } else if (item.due > now) {
    SetDue(exchange, item, now);
  }
}

void Schedule::SetDue(const ExchangeName& exchange, Item& item, Time due) {
  waiting_.erase({item.due, exchange});
  item.due = due;
  waiting_.emplace(due, exchange);
}

std::vector<ExchangeName> Schedule::TakeDue(Time now) {
  std::vector<ExchangeName> due;
  if (down() && now < probe_at_) {
    return due;
  }
  while (under_way_ < most_under_way() && !waiting_.empty() && waiting_.begin()->first <= now) {
    due.push_back(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    items_.at(due.back()).under_way = true;
    ++under_way_;
  }
  return due;
}

// Doubles up to the longest; between half of it and all of it.
Schedule::Time Schedule::WaitAfter(std::uint32_t times) {
  Time most = std::min(options_.first_wait_micros, options_.longest_wait_micros);
  for (std::uint32_t i = 0; i < times && most < options_.longest_wait_micros; ++i) {
    most = std::min(2 * most, options_.longest_wait_micros);
  }
  const Time half = most / 2;
  return half + static_cast<Time>(dice_() % static_cast<std::uint64_t>(most - half + 1));
}

void Schedule::Released(const ExchangeName& exchange, Time now) {
  const auto found = items_.find(exchange);
  Check(found != items_.end() && found->second.under_way, "nothing was under way");
  --under_way_;
  Item& item = found->second;
  item.under_way = false;
  if (item.removed) {
    items_.erase(found);
  } else if (item.again) {
    item.again = false;
    SetDue(exchange, item, now);
  } else {
    SetDue(exchange, item, now + WaitAfter(item.times));
    ++item.times;
  }
}

void Schedule::Answered(const ExchangeName& exchange, Time now) {
  const bool back = down();
  failures_ = 0;
  Released(exchange, now);
  if (!back) {
    return;
  }
  // The city is back: nobody waits out what was reckoned while it was away.
  for (auto& [name, item] : items_) {
    item.times = 0;
    if (!item.under_way) {
      SetDue(name, item, std::min(item.due, now + WaitAfter(0)));
    }
  }
}

void Schedule::Unanswered(const ExchangeName& exchange, Time now) {
  const bool was_down = down();
  ++failures_;
  if (down() && !was_down) {
    probes_ = 0;
    probe_at_ = now + WaitAfter(probes_);
  } else if (was_down && now >= probe_at_) {
    probe_at_ = now + WaitAfter(++probes_);
  }
  // What was under way already when the city went down tells nothing new.
  Released(exchange, now);
}

std::optional<Schedule::Time> Schedule::NextAt() const {
  if (waiting_.empty() || under_way_ >= most_under_way()) {
    return std::nullopt;
  }
  const Time next = waiting_.begin()->first;
  return down() ? std::max(next, probe_at_) : next;
}

std::optional<EntryIndex> Schedule::Oldest() const {
  std::optional<EntryIndex> oldest;
  for (const auto& [exchange, item] : items_) {
    oldest = std::min(oldest.value_or(item.entry), item.entry);
  }
  return oldest;
}

}  // namespace tanhui::desk
