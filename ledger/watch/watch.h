// Looks at acts as they are decided and notices what is unlikely to be honest. It judges nobody: a
// signal is a reason for a person to look, and nothing here is ever published or punished.
#ifndef TANHUI_LEDGER_WATCH_WATCH_H_
#define TANHUI_LEDGER_WATCH_WATCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/core/refusal.h"
#include "ledger/watch/bounded_table.h"
#include "ledger/watch/signal.h"
#include "ledger/watch/sliding_counts.h"

namespace tanhui::watch {

// One act that was decided.
struct Sighting {
  LedgerTime recorded;  // when it was decided
  LedgerTime begun;     // the act; the same as `ended` when it did not say how long it lasted
  LedgerTime ended;     // not before 1970
  AccountNo citizen;    // 0: not known
  ParticipantNo caller;
  std::uint64_t device = 0;    // keyed hash of source and device of its evidence; 0: none
  std::uint32_t district = 0;  // GB/T 2260; 0: not stated
  bool ride = false;           // a way between two stations
  EntryIndex entry;            // when it was accepted
  std::optional<Reason> refused;
};

// Windows are of acts' times, so that a file with a day's acts is not a burst. Lower thresholds:
// more cases, more of them about honest people. A threshold of 0 is off.
struct WatchOptions {
  // Nobody rides, weighs in and shops thirty times within an hour.
  Threshold citizen_acts{30, 60 * kMicrosPerMinute};
  // A busy gate lets 30 people a minute through, and no device does more.
  Threshold device_acts{3'000, 60 * kMicrosPerMinute};
  // All of a metropolis on its metro is half a million rides in the hour of the rush.
  Threshold caller_acts{1'000'000, 60 * kMicrosPerMinute};
  // Of acts other than rides: gates see thousands, a scale or bottle machine a few hundred a day.
  Threshold device_citizens{500, kMicrosPerDay};
  // Four rides a day under a cap of two are 14 honest refusals a week.
  Threshold cap_refusals{50, 7 * kMicrosPerDay};
  // From the end of an act in one city to the beginning of one in another there is at least so
  // much. The fastest train between Chongqing and Chengdu takes longer. 0: off, with overlapping
  // rides.
  std::int64_t travel_micros = 60 * kMicrosPerMinute;
  // Of each of three tables; what came first is forgotten first. Higher: longer memory in a large
  // city. A row of each takes about 600 bytes in all, so these take 80 MB when full.
  std::size_t max_rows = 131'072;
};

// Pure: no clock, no I/O. One thread.
class Watch {
 public:
  explicit Watch(const WatchOptions& options);

  // Has what Observe will look at brought near while something else is done.
  void Prefetch(const Sighting& sighting) const;
  // Appends the signals to `out`. Acts may come in any order.
  void Observe(const Sighting& sighting, std::vector<Signal>& out);

  // Of the largest table.
  std::size_t rows() const;

 private:
  struct Place {
    LedgerTime begun;
    LedgerTime ended;
    EntryIndex entry;
    std::uint32_t city = 0;  // 0: nothing yet
    bool ride = false;
  };
  // A citizen's last places, in the order in which they came.
  struct Journey {
    std::array<Place, 4> places;
    std::size_t next = 0;
  };
  struct DeviceCitizen {
    std::uint64_t device = 0;
    std::uint64_t citizen = 0;
    friend bool operator==(const DeviceCitizen&, const DeviceCitizen&) = default;
    template <typename H>
    friend H AbslHashValue(H state, const DeviceCitizen& key) {
      return H::combine(std::move(state), key.device, key.citizen);
    }
  };

  void CountCitizenAtDevice(const Sighting& sighting, std::vector<Signal>& out);
  void CheckTravel(const Sighting& sighting, std::vector<Signal>& out);

  const WatchOptions options_;
  SlidingCounts counts_;
  BoundedTable<AccountNo, Journey> journeys_;
  BoundedTable<DeviceCitizen, LedgerTime> last_at_device_;
};

// The city of a district: its first four digits; of municipalities, whose districts and counties
// differ there, the province.
std::uint32_t CityOf(std::uint32_t district);

}  // namespace tanhui::watch

#endif  // TANHUI_LEDGER_WATCH_WATCH_H_
