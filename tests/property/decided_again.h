// An audit's way: the last entry of a world is decided again on what came before it.
#ifndef TANHUI_TESTS_PROPERTY_DECIDED_AGAIN_H_
#define TANHUI_TESTS_PROPERTY_DECIDED_AGAIN_H_

#include <gtest/gtest.h>

#include <variant>

#include "tests/ledger/core/world.h"

namespace tanhui::property {

// Expects the same bytes; `before` is the state as the entry found it.
inline void ExpectDecidedAgain(const world::World& world, const State& before) {
  Command again;
  again.draft = world.last();
  again.privileged = true;
  ForgetEffects(again.draft);
  const Decision decision = world.DecideOn(before, again);
  const auto* entry = std::get_if<Entry>(&decision);
  EXPECT_TRUE(entry != nullptr && entry->SerializeAsString() == world.last().SerializeAsString())
      << (entry != nullptr ? entry->DebugString() : "refused") << " instead of "
      << world.last().DebugString();
}

}  // namespace tanhui::property

#endif  // TANHUI_TESTS_PROPERTY_DECIDED_AGAIN_H_
