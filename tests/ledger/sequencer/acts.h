// Documents and acts for tests of a durable ledger: a small rule set, its catalogue, and commands.
#ifndef TANHUI_TESTS_LEDGER_SEQUENCER_ACTS_H_
#define TANHUI_TESTS_LEDGER_SEQUENCER_ACTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tanhui/entry/v1/documents.pb.h"
#include "tests/ledger/core/commands.h"

namespace tanhui::world {

// Set `town` of district 500103 for acts from 2024-01-01: a ride is 3 points, of at most 50 a day;
// a lamp 5 points; a swap 4 for each of two; a bonus of 100 percent on rides from the budget
// `extra`, where there is one; a goal of households, 10 rides. Numbers: scenarios 1 to 3; limits 1
// (cap), 2 (bonus), 3 (goal).
entry::v1::RuleSet TownRules();
// Catalogue `lamps`: product 1 is lamps/L1.
entry::v1::Catalogue TownCatalogue();
inline constexpr std::uint32_t kRide = 1;
inline constexpr std::uint32_t kLamp = 2;
inline constexpr std::uint32_t kSwap = 3;

// The operator's key for documents.
Command SetOperatorKey(std::string_view id);
// Parts of at most `part_bytes` and the publication, signed by the operator's key; to be submitted
// as one atomic batch. `id` begins the request ids.
std::vector<Command> Publish(std::string_view id, entry::v1::DocumentKind kind,
                             std::string_view bytes, std::size_t part_bytes = 60'000);
// The key, the rules in two parts and the catalogue: six entries.
std::vector<Command> PublishTown();

// A piece of evidence as an entry holds it, of the act's date; each letter is another piece.
std::string EvidenceClaim(char letter);
// An act at kStart, paid by kBudget.
Command Act(std::string_view id, AccountNo account, const std::vector<std::string>& claims,
            std::uint32_t scenario = kRide);

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_SEQUENCER_ACTS_H_
