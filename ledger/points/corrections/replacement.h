// What moves when an act becomes another version of itself; see CORRECTIONS.md.
#ifndef TANHUI_LEDGER_POINTS_CORRECTIONS_REPLACEMENT_H_
#define TANHUI_LEDGER_POINTS_CORRECTIONS_REPLACEMENT_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "ledger/core/postings.h"
#include "ledger/points/corrections/version.h"
#include "ledger/points/party.h"

namespace tanhui::points {

struct Replacement {
  std::int64_t change = 0;    // of the act's points, with the bonus
  std::int64_t paid = 0;      // of it, what comes to the citizen: less what was forgiven before
  std::int64_t forgiven = 0;  // points of the act, with what was forgiven before
  // Budget, bonus budgets in order of their numbers, citizen; those of nothing are left out.
  absl::InlinedVector<Leg, 4> legs;
};

// From the version before to `now`, for the settled citizen at `at`. All budgets of the two are
// loaded. What is missing of points that go back becomes a debt, or is forgiven where the terms say
// so; what was forgiven comes back to nobody when the points rise again.
Replacement ReplacementOf(const State& state, const Party& citizen, const Version& before,
                          const entry::v1::Earning& now, LedgerTime at);

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_CORRECTIONS_REPLACEMENT_H_
