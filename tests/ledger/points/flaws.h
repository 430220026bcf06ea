// Every set of things that can be wrong with a command at once: the reason that stands first in
// REFUSALS.md is answered.
#ifndef TANHUI_TESTS_LEDGER_POINTS_FLAWS_H_
#define TANHUI_TESTS_LEDGER_POINTS_FLAWS_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/ledger/core/world.h"

namespace tanhui::world {

// One thing that is wrong with a command or with the world that it meets.
struct Flaw {
  Reason reason;
  std::string_view name;
};

// Which of the flaws are there.
class Flaws {
 public:
  Flaws(const std::vector<Flaw>& all, std::uint32_t bits) : all_(all), bits_(bits) {}
  bool Has(std::string_view name) const {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (all_[i].name == name) {
        return (bits_ >> i & 1) != 0;
      }
    }
    ADD_FAILURE() << "no flaw is called " << name;
    return false;
  }
  // The reason that is listed first.
  std::string Expected() const {
    std::optional<Reason> first;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if ((bits_ >> i & 1) != 0 && (!first.has_value() || all_[i].reason < *first)) {
        first = all_[i].reason;
      }
    }
    return first.has_value() ? std::string(RowOf(*first).name) : "OK";
  }
  std::string Names() const {
    std::string text;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      text += (bits_ >> i & 1) != 0 ? std::string(all_[i].name) + ", " : "";
    }
    return text;
  }

 private:
  const std::vector<Flaw>& all_;
  std::uint32_t bits_;
};

inline std::string NameOf(const std::string& outcome) {
  return outcome.substr(0, outcome.find(' '));
}

// Builds a world and a command for every set of flaws. `make` returns nullopt for flaws that cannot
// hold at once. At least `pairs` of them must be possible.
template <typename Make>
void EverySet(const std::vector<Flaw>& all, int pairs, Make make) {
  static const World cast;
  int possible_pairs = 0;
  for (std::uint32_t bits = 0; bits < 1U << all.size(); ++bits) {
    const Flaws flaws(all, bits);
    World world = cast;
    const std::optional<Command> command = make(world, flaws);
    if (!command.has_value()) {
      EXPECT_GE(__builtin_popcount(bits), 2) << flaws.Names() << "cannot stand alone";
      continue;
    }
    possible_pairs += __builtin_popcount(bits) == 2 ? 1 : 0;
    EXPECT_EQ(NameOf(world.Ask(*command)), flaws.Expected()) << flaws.Names();
  }
  EXPECT_EQ(possible_pairs, pairs);
}

// With the flaws "late" and "future", where they are.
inline Command Timed(const World& world, Command command, const Flaws& flaws) {
  const std::int64_t now = world.now().value();
  if (flaws.Has("late")) {
    command = NotAfter(command, LedgerTime(now - 1));
  }
  return flaws.Has("future") ? ActAt(command, LedgerTime(now + kMaxFutureMicros + 1)) : command;
}

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_POINTS_FLAWS_H_
