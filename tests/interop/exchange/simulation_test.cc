// Thousands of seeds of cities that exchange points over a bad network; see simulated_cities.h.
// TANHUI_SEED runs one of them alone, TANHUI_SEEDS another number.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/interop/exchange/simulated_cities.h"

namespace tanhui::exchange {
namespace {

constexpr std::uint64_t kSeeds = 1'500;

std::uint64_t NumberIn(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Seen {
  std::size_t committed = 0;
  std::size_t aborted = 0;
  std::size_t evidence = 0;
};

Seen RunSeeds(const World& world, const std::string& test) {
  Seen seen;
  const bool one = std::getenv("TANHUI_SEED") != nullptr;
  const std::uint64_t first = NumberIn("TANHUI_SEED", 1);
  const std::uint64_t last = one ? first : NumberIn("TANHUI_SEEDS", kSeeds);
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    Simulation simulation(seed, world);
    const std::string wrong = simulation.Run();
    EXPECT_EQ(wrong, "") << "replay: TANHUI_SEED=" << seed
                         << " interop_exchange_test --gtest_filter=" << test;
    if (!wrong.empty()) {
      break;
    }
    seen.committed += simulation.InState(OriginState::kCommitted);
    seen.aborted += simulation.InState(OriginState::kAborted);
    for (const City& city : simulation.cities()) {
      seen.evidence += city.evidence.size();
    }
  }
  return seen;
}

TEST(ExchangeSimulation, TwoCities) {
  const Seen seen = RunSeeds({2, 400, false}, "ExchangeSimulation.TwoCities");
  EXPECT_GT(seen.committed, 0U);
  EXPECT_GT(seen.aborted, 0U);
  EXPECT_EQ(seen.evidence, 0U);
}

TEST(ExchangeSimulation, ThreeCities) {
  const Seen seen = RunSeeds({3, 400, false}, "ExchangeSimulation.ThreeCities");
  EXPECT_GT(seen.committed, 0U);
  EXPECT_GT(seen.aborted, 0U);
  EXPECT_EQ(seen.evidence, 0U);
}

// The honest ones' books add up, they make no more for the liar than the cap, and catch it.
TEST(ExchangeSimulation, ThreeCitiesAndOneLies) {
  const Seen seen = RunSeeds({3, 400, true}, "ExchangeSimulation.ThreeCitiesAndOneLies");
  EXPECT_GT(seen.committed, 0U);
  EXPECT_GT(seen.evidence, 0U);
}

}  // namespace
}  // namespace tanhui::exchange
