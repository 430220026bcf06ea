// A town with rules: a rule set with a scenario for everything that rules can say, and acts in few
// words.
#ifndef TANHUI_TESTS_LEDGER_POINTS_EARNING_ACTS_H_
#define TANHUI_TESTS_LEDGER_POINTS_EARNING_ACTS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tanhui/entry/v1/documents.pb.h"
#include "tests/ledger/core/world.h"

namespace tanhui::world {

inline constexpr std::uint32_t kCentre = 500103;  // the district of the set
inline constexpr AccountNo kExtra{13};            // of kDistrict: pays the bonus `day`
inline constexpr std::uint32_t kPaper = 1;        // materials
inline constexpr std::uint32_t kGlass = 2;        // off
inline constexpr std::uint32_t kFridge = 1;       // products: 40,000 Wh, certified to 2024-12-31
inline constexpr std::uint32_t kLamp = 2;         // of a category that does not count
inline constexpr std::uint32_t kOldFridge = 3;    // certified to 2024-02-20
inline constexpr std::uint32_t kBistro = 1;       // venues: a certified restaurant
inline constexpr std::uint32_t kHall = 2;         // a certified hall

// Set `town`, version 1 from 2024-01-01, of kCentre; acts may be 7 days late, 60 at most.
entry::v1::RuleSet TownSet();
entry::v1::Catalogue TownCatalogue();

// Publishes as the operator; expects that it is accepted.
void PublishDocument(World& world, entry::v1::DocumentKind kind, const std::string& bytes);
void PublishSet(World& world, const entry::v1::RuleSet& set);

// The full cast, `points` in kBudget and 1,000 in kExtra, set, catalogue and venues.
World Town(std::int64_t points = 10'000);

// An act of kAlice's in kCentre at kStart, paid by kBudget, in the unit of its scenario.
Command Act(std::string_view id, std::string_view scenario, std::uint64_t quantity = 1,
            AccountNo account = kAlice);
// The same at noon of a date.
Command ActOn(std::string_view date, Command act);
// With a piece of evidence, of the act's date or for ever.
Command Shown(Command act, std::string_view record);
Command ShownSerial(Command act, std::string_view serial);

Command Suspend(std::string_view id, std::string_view scenario, bool suspended = true);
Command Certify(std::string_view id, std::string_view code, std::string_view kind,
                bool withdrawn = false);
Command Delist(std::string_view id, std::uint32_t product, entry::v1::DelistingKind kind);
Command RewardOf(std::string_view id, std::uint32_t goal, AccountNo member);

// What an account carries and counts: "carry 470000 g700000; 1@2024-02-28:1 4/2@2024-01-01:3"
// (limit, category, first date, amount).
std::string Counted(const World& world, AccountNo account);
// What the last entry earned: "25 g254 carry -5000 g0 +bonus 5".
std::string Earned(const World& world);

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_POINTS_EARNING_ACTS_H_
