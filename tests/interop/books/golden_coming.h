// The part of the golden chain in which points come from the other city and a window is settled;
// see tests/ledger/core/golden_entry_test.cc.
#ifndef TANHUI_TESTS_INTEROP_BOOKS_GOLDEN_COMING_H_
#define TANHUI_TESTS_INTEROP_BOOKS_GOLDEN_COMING_H_

#include <array>

#include "tests/ledger/core/world.h"

namespace tanhui::world {

// Names of the files, in order of the log.
inline constexpr std::array<const char*, 15> kGoldenComing = {
    "137_exchange_reception_accepted", "138_exchange_conclusion_confirmed",
    "139_exchange_reception_payment",  "140_exchange_conclusion_cancelled",
    "141_exchange_reception_rejected", "142_exchange_reception_blocked",
    "143_exchange_reception_open",     "144_window_step_close",
    "145_window_step_their_list",      "146_window_step_itemise",
    "147_window_step_their_missing",   "148_window_step_complete",
    "149_window_step_state",           "150_window_step_agree",
    "151_window_step_settle",
};

// After points left.
void LetPointsCome(World& world);

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_INTEROP_BOOKS_GOLDEN_COMING_H_
