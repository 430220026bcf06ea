// Tables of steps: one line per command, the expected outcome last.
#ifndef TANHUI_TESTS_LEDGER_CORE_STEPS_H_
#define TANHUI_TESTS_LEDGER_CORE_STEPS_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/core/world.h"

namespace tanhui::world {

struct Step {
  Command command;
  std::string outcome;  // see Text in world.h
};

inline void Play(World& world, const std::vector<Step>& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    EXPECT_EQ(world.Ask(steps[i].command), steps[i].outcome)
        << "step " << i + 1 << ": " << steps[i].command.draft.ShortDebugString().substr(0, 300);
  }
}

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_CORE_STEPS_H_
