#include "ledger/watch/sliding_counts.h"

#include <algorithm>

namespace tanhui::watch {
namespace {

constexpr std::size_t kLinksPerRow = 8;

std::int64_t SlotOf(const Threshold& threshold, LedgerTime at) {
  return at.value() / (threshold.window_micros / kSlots);
}

}  // namespace

SlidingCounts::SlidingCounts(std::size_t max_rows)
    : rows_(max_rows), max_links_(max_rows * kLinksPerRow) {
  links_.reserve(max_links_);
}

void SlidingCounts::Count(SignalKind kind, std::uint64_t subject, const Threshold& threshold,
                          LedgerTime at, const EntryIndex* entry, std::vector<Signal>& out) {
  const std::int64_t slot = SlotOf(threshold, at);
  const std::int64_t block = slot / kSlots;
  const auto neighbour = [&](std::int64_t of) { return rows_.Find(Key(kind, subject, of)); };
  Rows rows{nullptr, &rows_.At(Key(kind, subject, block)), nullptr};
  Row& row = *rows.at;
  if (row.total == 0) {
    rows.before = neighbour(block - 1);
    if (rows.before != nullptr) {
      rows.before->has_after = true;
      row.before = rows.before->total;
    }
    row.has_after = neighbour(block + 1) != nullptr;
  }
  ++row.total;
  ++row.slots[static_cast<std::size_t>(slot % kSlots)];
  if (entry != nullptr) {
    Chain(row, *entry, at);
  }
  if (row.has_after) {
    rows.after = neighbour(block + 1);
    row.has_after = rows.after != nullptr;
    if (row.has_after) {
      rows.after->before = row.total;
    }
  }
  const std::uint64_t after = rows.after == nullptr ? 0 : rows.after->total;
  if (std::uint64_t{row.before} + row.total + after <= threshold.most) {
    return;
  }
  rows.before = neighbour(block - 1);
  const std::uint32_t fullest = Fullest(rows, static_cast<std::size_t>(slot % kSlots));
  if (fullest <= threshold.most) {
    return;
  }
  Signal& signal = out.emplace_back(Signal{kind, subject, at, at, fullest, {}});
  if (entry != nullptr && fullest == threshold.most + 1) {
    Follow(rows.at, signal);
    Follow(rows.before, signal);
  } else if (entry != nullptr) {
    signal.entries.push_back(*entry);
  }
}

void SlidingCounts::Prefetch(SignalKind kind, std::uint64_t subject, const Threshold& threshold,
                             LedgerTime at) const {
  rows_.Prefetch(Key(kind, subject, SlotOf(threshold, at) / kSlots));
}

std::uint32_t SlidingCounts::Fullest(const Rows& rows, std::size_t slot) {
  std::array<std::uint32_t, 3 * kSlots> counts{};
  auto to = counts.begin();
  for (const Row* row : {rows.before, rows.at, rows.after}) {
    if (row != nullptr) {
      std::copy(row->slots.begin(), row->slots.end(), to);
    }
    to += kSlots;
  }
  // Windows that hold the slot begin from 11 slots before it to the slot itself.
  const std::size_t first = slot + 1;
  std::uint32_t in_window = 0;
  for (std::size_t i = first; i < first + kSlots; ++i) {
    in_window += counts[i];
  }
  std::uint32_t fullest = in_window;
  for (std::size_t i = first; i < first + kSlots - 1; ++i) {
    in_window += counts[i + kSlots] - counts[i];
    fullest = std::max(fullest, in_window);
  }
  return fullest;
}

void SlidingCounts::Uncount(SignalKind kind, std::uint64_t subject, const Threshold& threshold,
                            LedgerTime at) {
  const std::int64_t slot = SlotOf(threshold, at);
  Row* const row = rows_.Find(Key(kind, subject, slot / kSlots));
  if (row == nullptr) {
    return;
  }
  std::uint32_t& count = row->slots[static_cast<std::size_t>(slot % kSlots)];
  if (count > 0) {
    --count;
    --row->total;
  }
}

void SlidingCounts::Chain(Row& row, EntryIndex entry, LedgerTime at) {
  const Link link{entry, at, row.last_link};
  if (links_.size() < max_links_) {
    links_.push_back(link);
  } else {
    links_[links_made_ % max_links_] = link;
  }
  row.last_link = ++links_made_;
}

void SlidingCounts::Follow(const Row* row, Signal& signal) const {
  std::uint64_t link = row == nullptr ? 0 : row->last_link;
  // A link that is as old as the ring is long was overwritten by another row's.
  while (link != 0 && link + max_links_ > links_made_ && signal.entries.size() < kMaxEntries) {
    const Link& found = links_[(link - 1) % max_links_];
    signal.entries.push_back(found.entry);
    signal.first = std::min(signal.first, found.at);
    signal.last = std::max(signal.last, found.at);
    link = found.before;
  }
}

}  // namespace tanhui::watch
