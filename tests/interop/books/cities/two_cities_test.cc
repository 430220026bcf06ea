// Hundreds of seeds of two cities with real ledgers; see two_cities.h. TANHUI_SEED runs one of them
// alone, TANHUI_SEEDS another number.
#include "tests/interop/books/cities/two_cities.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>

namespace tanhui::world {
namespace {

constexpr std::uint64_t kSeeds = 300;

std::uint64_t NumberIn(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// How often everything happened: a run in which nothing does shows nothing.
struct Seen {
  std::map<exchange::OriginState, std::size_t> origin;
  std::map<exchange::DestinationState, std::size_t> destination;
  std::size_t payments = 0;  // confirmed
  std::size_t expired = 0;   // confirmed, and nobody could take them
  std::size_t crashes = 0;
  std::size_t windows = 0;

  void Add(const TwoCities& cities) {
    for (const auto state : {exchange::OriginState::kCommitted, exchange::OriginState::kAborted}) {
      origin[state] += cities.Ended(state);
    }
    for (const auto state :
         {exchange::DestinationState::kConfirmed, exchange::DestinationState::kCancelled,
          exchange::DestinationState::kRejected, exchange::DestinationState::kBlocked}) {
      destination[state] += cities.Ended(state);
    }
    payments += cities.Payments();
    expired += cities.Expired();
    crashes += cities.crashes();
    windows += cities.windows();
  }
};

TEST(TwoCitiesTest, EveryExchangeEndsAlikeAndEveryFenIsSettled) {
  const bool one = std::getenv("TANHUI_SEED") != nullptr;
  const std::uint64_t first = NumberIn("TANHUI_SEED", 1);
  const std::uint64_t last = one ? first : NumberIn("TANHUI_SEEDS", kSeeds);
  Seen seen;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    TwoCities cities(seed);
    const std::string wrong = cities.Run();
    EXPECT_EQ(wrong, "") << "replay: TANHUI_SEED=" << seed << " two_cities_test";
    if (!wrong.empty()) {
      break;
    }
    seen.Add(cities);
  }
  EXPECT_EQ(seen.origin[exchange::OriginState::kCommitted],
            seen.destination[exchange::DestinationState::kConfirmed]);
  for (const auto& [state, times] : seen.origin) {
    RecordProperty(std::string(NameOf(state)), static_cast<int>(times));
    EXPECT_TRUE(one || times > 0) << NameOf(state);
  }
  for (const auto& [state, times] : seen.destination) {
    RecordProperty(std::string(NameOf(state)), static_cast<int>(times));
    EXPECT_TRUE(one || times > 0) << NameOf(state);
  }
  for (const auto& [what, times] : std::map<std::string, std::size_t>{{"payments", seen.payments},
                                                                      {"expired", seen.expired},
                                                                      {"crashes", seen.crashes},
                                                                      {"windows", seen.windows}}) {
    RecordProperty(what, static_cast<int>(times));
    EXPECT_TRUE(one || times > 0) << what;
  }
}

}  // namespace
}  // namespace tanhui::world
