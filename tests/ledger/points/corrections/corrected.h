// Corrections in few words.
#ifndef TANHUI_TESTS_LEDGER_POINTS_CORRECTIONS_CORRECTED_H_
#define TANHUI_TESTS_LEDGER_POINTS_CORRECTIONS_CORRECTED_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/ledger/core/world.h"

namespace tanhui::world {

// The act of a command in the place of entry `target`, which is at `revision`.
Command Corrected(std::string_view id, std::uint64_t target, std::uint64_t revision,
                  const Command& act);
// Other points for it; grams 0: as they follow.
Command Adjusted(std::string_view id, std::uint64_t target, std::uint64_t revision,
                 std::int64_t points, std::int64_t grams = 0);

// Takes back so much of it.
Command ReversedAt(std::string_view id, std::uint64_t target, std::uint64_t revision,
                   std::uint64_t quantity = 1);

// What the last entry made of the act: "r1 25 g254 carry -5000 g0 bonus 5; +3 forgiven 2".
std::string Now(const World& world);

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_POINTS_CORRECTIONS_CORRECTED_H_
