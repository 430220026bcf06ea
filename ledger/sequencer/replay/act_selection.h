// Picks acts and awards out of the log as they stand by now, for plans that take back or adjust
// many. Reads only.
#ifndef TANHUI_LEDGER_SEQUENCER_REPLAY_ACT_SELECTION_H_
#define TANHUI_LEDGER_SEQUENCER_REPLAY_ACT_SELECTION_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/core/book.h"
#include "ledger/core/registry.h"
#include "ledger/store/store.h"

namespace tanhui::sequencer {

// All that is stated must hold; what is empty or 0 holds of everything.
struct ActFilter {
  std::string scenario;
  std::uint32_t district = 0;
  std::optional<BusinessDate> from;  // business dates of the acts, both included
  std::optional<BusinessDate> to;
  ParticipantNo caller;
  std::uint32_t rules = 0;    // number of the rule set's publication
  std::uint32_t product = 0;  // number of the product
};

// An act or award of which something is left.
struct SelectedAct {
  EntryIndex index;
  const Entry& entry;               // as it was recorded
  std::string scenario;             // its name
  AccountNo budget;                 // that paid
  std::uint64_t revision = 0;       // how many corrections it had
  bool partly_reversed = false;     // then it can be reversed, but not adjusted
  std::uint64_t quantity_left = 0;  // for a reversal
  std::int64_t points = 0;          // as they stand, without a bonus
  std::int64_t points_left = 0;     // with the bonus, less what was taken back
};

// Visits what the filter picks among entries [0, size), in order; `progress` is called now and then
// with how many entries were read. Bookings, acts of two parties, and what was cancelled or taken
// back as a whole are not picked. DataLoss when the log cannot be read.
absl::Status SelectActs(const store::Store& store, const Registry& registry, std::uint64_t size,
                        const ActFilter& filter, const std::function<void(std::uint64_t)>& progress,
                        const std::function<void(const SelectedAct&)>& visit);

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_REPLAY_ACT_SELECTION_H_
