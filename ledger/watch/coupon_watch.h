// Looks at uses of coupons, and at who asks for their codes, and notices what is unlikely to be
// honest: one purchase split, a merchant that lives off a few, codes that are sold. Like the watch
// of acts it judges nobody.
#ifndef TANHUI_LEDGER_WATCH_COUPON_WATCH_H_
#define TANHUI_LEDGER_WATCH_COUPON_WATCH_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/watch/bounded_table.h"
#include "ledger/watch/signal.h"
#include "ledger/watch/sliding_counts.h"

namespace tanhui::watch {

// The use of a coupon that was accepted, or a code of it that was asked for.
struct CouponSighting {
  LedgerTime at;  // not before 1970
  AccountNo citizen;
  ParticipantNo merchant;    // 0: a code was asked for
  EntryIndex coupon;         // that issued it
  EntryIndex entry;          // of the use; of a code that was asked for the coupon's
  std::uint64_t device = 0;  // keyed hash of who asked for the code; 0: not told
};

// What thresholds may say at most: as much is remembered.
inline constexpr std::uint32_t kMostWatched = 7;
inline constexpr std::uint32_t kMostOfGroup = 32;

// A threshold of 0 is off.
struct CouponWatchOptions {
  // More coupons of one citizen used at one merchant within the window: one purchase was split.
  Threshold split{2, 10 * kMicrosPerMinute};
  // Of so many uses at one merchant within the window,
  Threshold group{20, kMicrosPerDay};
  // this share in thousandths is of so few citizens. Both above 0.
  std::uint32_t group_permille = 800;
  std::size_t group_citizens = 3;
  // More devices that asked for codes of one coupon within the window.
  Threshold code_devices{2, kMicrosPerDay};
  // More citizens for whose codes one device asked within the window.
  Threshold device_citizens{4, 60 * kMicrosPerMinute};
  // Of each of four tables; what came first is forgotten first. A row of each takes about 1.2 kB in
  // all, so these take 20 MB when full.
  std::size_t max_rows = 16'384;
};

// Pure: no clock, no I/O. One thread.
class CouponWatch {
 public:
  explicit CouponWatch(const CouponWatchOptions& options);
  // Appends the signals to `out`.
  void Observe(const CouponSighting& sighting, std::vector<Signal>& out);

 private:
  // The last ones of whatever counts; who is the citizen or the device.
  struct Seen {
    LedgerTime at;
    std::uint64_t who = 0;
    EntryIndex entry;
  };
  // The last `kSize` of one subject; what came first is overwritten.
  template <std::size_t kSize>
  struct Ring {
    std::array<Seen, kSize> seen;
    std::size_t count = 0;  // ever
    std::size_t size() const { return std::min(count, kSize); }
    void Add(const Seen& one) { seen[count++ % kSize] = one; }
  };
  static constexpr std::size_t kFew = kMostWatched + 1;
  static constexpr std::size_t kMany = kMostOfGroup;
  using Pair = std::pair<std::uint64_t, std::uint64_t>;  // citizen, merchant

  void CheckSplit(const CouponSighting& sighting, std::vector<Signal>& out);
  void CheckGroup(const CouponSighting& sighting, std::vector<Signal>& out);
  // Counts whoever is new in the window to the ring; a signal when they are more than the
  // threshold.
  static void CountOthers(SignalKind kind, std::uint64_t subject, const Threshold& threshold,
                          const Seen& now, Ring<kFew>& ring, std::vector<Signal>& out);

  const CouponWatchOptions options_;
  BoundedTable<Pair, Ring<kFew>> uses_;
  BoundedTable<ParticipantNo, Ring<kMany>> merchants_;
  BoundedTable<EntryIndex, Ring<kFew>> codes_;
  BoundedTable<std::uint64_t, Ring<kFew>> devices_;
};

}  // namespace tanhui::watch

#endif  // TANHUI_LEDGER_WATCH_COUPON_WATCH_H_
