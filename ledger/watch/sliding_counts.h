// How many acts of each subject fell into a sliding window, in whatever order they come.
#ifndef TANHUI_LEDGER_WATCH_SLIDING_COUNTS_H_
#define TANHUI_LEDGER_WATCH_SLIDING_COUNTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/watch/bounded_table.h"
#include "ledger/watch/signal.h"

namespace tanhui::watch {

// A window is counted in so many slots: acts closer together than 11 twelfths of it are always
// counted together, acts further apart than all of it never.
inline constexpr std::int64_t kSlots = 12;

// More than `most` within the window is a signal. 0: not watched.
struct Threshold {
  std::uint32_t most = 0;
  std::int64_t window_micros = 0;  // at least kSlots
};

// Files come hours late, so acts are counted at the time of the act: a row holds one subject's
// counts in the slots of one window's length, and a sliding window lies across two rows at most.
class SlidingCounts {
 public:
  // Rows of 104 bytes and the index over them; and 8 links of 24 bytes for each row, by which the
  // last acts that were counted are found again.
  explicit SlidingCounts(std::size_t max_rows);

  // Counts an act at `at`, not before 1970, and appends a signal when the fullest window around it
  // has more than `threshold.most`. `entry` is null for an act that was refused.
  void Count(SignalKind kind, std::uint64_t subject, const Threshold& threshold, LedgerTime at,
             const EntryIndex* entry, std::vector<Signal>& out);
  // Has the row of such an act brought near while something else is done.
  void Prefetch(SignalKind kind, std::uint64_t subject, const Threshold& threshold,
                LedgerTime at) const;
  // Takes back one that was counted at `at`, if it is still remembered.
  void Uncount(SignalKind kind, std::uint64_t subject, const Threshold& threshold, LedgerTime at);

  std::size_t rows() const { return rows_.size(); }

 private:
  static constexpr std::int64_t kKinds = 16;
  static_assert(kSignalKinds < kKinds);
  struct Key {
    Key(SignalKind kind, std::uint64_t whom, std::int64_t block)
        : subject(whom), block_and_kind(block * kKinds + static_cast<std::int64_t>(kind)) {}
    std::uint64_t subject;
    std::int64_t block_and_kind;  // block: slot / kSlots
    friend bool operator==(const Key&, const Key&) = default;
    template <typename H>
    friend H AbslHashValue(H state, const Key& key) {
      return H::combine(std::move(state), key.subject, key.block_and_kind);
    }
  };
  struct Row {
    std::uint32_t total = 0;
    std::array<std::uint32_t, kSlots> slots{};
    std::uint64_t last_link = 0;  // number of the last act counted here, from 1; 0: none
    // Of the neighbours, so that most acts need not look them up: at least the total of the row
    // before, and whether there is one after, which acts that come late find.
    std::uint32_t before = 0;
    bool has_after = false;
  };
  struct Link {
    EntryIndex entry;
    LedgerTime at;
    std::uint64_t before = 0;  // of the same row; 0: none
  };

  // Rows of one subject and kind that lie side by side; null: none.
  struct Rows {
    Row* before;
    Row* at;
    Row* after;
  };
  // The fullest window that holds slot `slot` of the row in the middle.
  static std::uint32_t Fullest(const Rows& rows, std::size_t slot);
  void Chain(Row& row, EntryIndex entry, LedgerTime at);
  // Appends what is still remembered of the row to the signal.
  void Follow(const Row* row, Signal& signal) const;

  BoundedTable<Key, Row> rows_;
  const std::size_t max_links_;
  std::vector<Link> links_;  // link n stands at n - 1, modulo the most there may be
  std::uint64_t links_made_ = 0;
};

}  // namespace tanhui::watch

#endif  // TANHUI_LEDGER_WATCH_SLIDING_COUNTS_H_
