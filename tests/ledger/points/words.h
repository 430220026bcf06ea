// Accounts and entries in words, for tables of expected outcomes, and times of tests.
#ifndef TANHUI_TESTS_LEDGER_POINTS_WORDS_H_
#define TANHUI_TESTS_LEDGER_POINTS_WORDS_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/ledger/core/world.h"

namespace tanhui::world {

// Lots: "661:20g100" is 20 points and 100 grams that expire at the end of month 661, of scheme 1
// and of kSponsor; "661/s2/f6/c5:20" names the scheme, the funder and the contributor where they
// are others.
std::string Words(const Lots& lots);

// What an account holds: "25 = 661:20g100 + held 8 - debt 3"; "0" when there is nothing.
std::string Purse(const World& world, AccountNo number);

// An entry's postings: "5 -10 [661:-10g-5] held 3; 9 +10".
std::string Moves(const Entry& entry);

// Noon in Shanghai of a date.
LedgerTime On(std::string_view date);
BusinessDate Day(std::string_view date);
// Midnight in Shanghai at which a date begins.
LedgerTime MidnightOf(std::string_view date);

// The full cast with `points` in kBudget: the log has kFirst + 1 entries.
World Funded(std::int64_t points = 10'000);

// Asks and expects to be accepted: the index of the entry.
inline std::uint64_t Done(World& world, const Command& command) {
  EXPECT_EQ(world.Ask(command), "OK") << command.draft.ShortDebugString().substr(0, 300);
  return world.last_index();
}

// What a sound entry becomes when it is tampered with: the fault of applying it.
template <typename Change>
std::string Tampered(const World& world, const Command& command, Change change) {
  const Decision decision = world.Decide(command);
  if (const auto* refusal = std::get_if<Refusal>(&decision)) {
    return "refused: " + Text(*refusal);
  }
  Entry entry = std::get<Entry>(decision);
  change(entry);
  return world.FaultOf(entry);
}

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_POINTS_WORDS_H_
