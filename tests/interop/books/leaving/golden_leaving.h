// The part of the golden chain in which points leave the city; see
// tests/ledger/core/golden_entry_test.cc.
#ifndef TANHUI_TESTS_INTEROP_BOOKS_LEAVING_GOLDEN_LEAVING_H_
#define TANHUI_TESTS_INTEROP_BOOKS_LEAVING_GOLDEN_LEAVING_H_

#include <array>

#include "tests/ledger/core/world.h"

namespace tanhui::world {

// Names of the files, in order of the log.
inline constexpr std::array<const char*, 7> kGoldenLeaving = {
    "130_exchange_preparation",
    "131_exchange_decision_committed",
    "132_exchange_preparation_payment",
    "133_exchange_decision_aborted",
    "134_exchange_return",
    "135_exchange_decision_never_prepared",
    "136_exchange_preparation_open",
};

// After the peers were told of.
void LetPointsLeave(World& world);

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_INTEROP_BOOKS_LEAVING_GOLDEN_LEAVING_H_
