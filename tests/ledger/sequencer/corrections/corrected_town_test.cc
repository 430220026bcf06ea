// Corrections through the sequencer: what commands of one batch need of each other is loaded, a
// restart goes on, and the audit decides all of it again and tells what was forged.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/ledger/points/corrections/corrected.h"
#include "tests/ledger/sequencer/acts.h"
#include "tests/ledger/sequencer/forged_town.h"
#include "tests/ledger/sequencer/raw_database.h"

namespace tanhui::sequencer {
namespace {

using namespace world;  // NOLINT: the words of commands

// A ride is 3 points and, with the budget `extra`, 3 of a bonus; a lamp 5.
constexpr std::uint64_t kRideEntry = 30;
constexpr std::uint64_t kLampEntry = 31;
constexpr std::uint64_t kCorrection = 32;  // the ride becomes two
constexpr std::uint64_t kAdjustment = 33;
constexpr std::uint64_t kOfProduct = 34;  // the lamp becomes a ride
constexpr std::uint64_t kAgain = 36;      // the ride's evidence, after its reversal

Command Rides(std::string_view id, std::uint64_t rides, char claim) {
  Command act = Act(id, kAlice, {EvidenceClaim(claim)});
  act.draft.mutable_earning()->set_quantity(rides);
  return act;
}

std::vector<Command> Story() {
  Command lamp = Act("lamp", kAlice, {EvidenceClaim('y')}, kLamp);
  return {OpenBudget("extra", "extra", kDistrict, kPoints),
          Fund("fund", AccountNo(13), 1'000),
          Rides("ride", 1, 'x'),
          lamp,
          Corrected("k1", kRideEntry, 0, Rides("-", 2, 'x')),
          Adjusted("k2", kRideEntry, 1, 10),
          Corrected("k3", kLampEntry, 0, Rides("-", 1, 'y')),
          Reverse("v", kRideEntry, 2),
          Rides("again", 1, 'x')};
}

bool AllAccepted(const std::vector<std::string>& outcomes) {
  return std::all_of(outcomes.begin(), outcomes.end(),
                     [](const std::string& outcome) { return outcome.starts_with("OK"); });
}

TEST(CorrectedTownTest, OneBatchNeedsNothingBeforeIt) {
  Town town;
  town.AskAll(PublishTown());
  const auto outcomes = town.AskAll(Story());
  EXPECT_TRUE(AllAccepted(outcomes)) << testing::PrintToString(outcomes);
  EXPECT_EQ(town.BalanceOf(kAlice), 6 + 6);
  EXPECT_EQ(town.Difference(), "");
  town.Reopen();
  EXPECT_EQ(town.Ask(Corrected("x", kAgain, 1, Rides("-", 2, 'x'))),
            absl::StrCat("WRONG_REVISION expected_revision revision=0 entry_index=", kAgain));
}

// One by one, with a restart between any two: nothing is in memory but what was loaded.
TEST(CorrectedTownTest, ARestartBetweenAnyTwo) {
  Town town;
  town.AskAll(PublishTown());
  for (const Command& command : Story()) {
    EXPECT_TRUE(town.Ask(command).starts_with("OK")) << command.draft.ShortDebugString();
    town.Reopen();
  }
  EXPECT_EQ(town.BalanceOf(kAlice), 6 + 6);
  EXPECT_EQ(town.Difference(), "");
}

class ForgedCorrectionTest : public ForgedTown {
 protected:
  using CorrectionEdit = std::function<void(entry::v1::Correction&)>;
  static constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  static constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  static constexpr std::uint64_t kNobody = 999;

  void SetUp() override {
    town_.AskAll(PublishTown());
    ASSERT_TRUE(AllAccepted(town_.AskAll(Story())));
    ASSERT_EQ(town_.Difference(), "");
    town_.Close();
  }

  void ExpectEach(std::uint64_t index, const std::vector<CorrectionEdit>& edits) {
    std::vector<Edit> of_entries;
    for (const CorrectionEdit& edit : edits) {
      of_entries.push_back([edit](Entry& entry) { edit(*entry.mutable_correction()); });
    }
    ForgedTown::ExpectEach(index, of_entries);
  }
};

TEST_F(ForgedCorrectionTest, IsTold) {
  const std::vector<CorrectionEdit> of_any = {
      [](auto& c) { c.set_target(kNobody); },
      [](auto& c) { c.set_target(~std::uint64_t{0}); },
      [](auto& c) { c.set_target(2); },
      [](auto& c) { c.set_target(kAgain); },
      [](auto& c) { c.set_expected_revision(7); },
      [](auto& c) { c.set_revision(9); },
      [](auto& c) { c.set_expected_revision(~std::uint64_t{0}), c.set_revision(0); },
      [](auto& c) { c.set_expiry_month(1), c.set_expiry_month(~std::uint32_t{0}); },
      [](auto& c) { c.set_expiry_month(700); },
      [](auto& c) { c.set_forgiven(kLeast); },
      [](auto& c) { c.set_forgiven(kMost); },
      [](auto& c) { c.set_forgiven(1); },
      [](auto& c) { c.set_change(kLeast); },
      [](auto& c) { c.set_change(c.change() + 1); },
      [](auto& c) { c.set_made_by(kNobody); },
      [](auto& c) { c.set_made_by(0); },
      [](auto& c) { c.clear_now(); },
      [](auto& c) { c.mutable_now()->set_account(kNobody); },
      [](auto& c) { c.mutable_now()->set_account(kBudget.value()); },
      [](auto& c) { c.mutable_now()->set_budget(kNobody); },
      [](auto& c) { c.mutable_now()->set_bonus_budget(kNobody); },
      [](auto& c) { c.mutable_now()->set_points(kMost); },
      [](auto& c) { c.mutable_now()->set_points(kLeast); },
      [](auto& c) { c.mutable_now()->set_points(c.now().points() + 1); },
      [](auto& c) { c.mutable_now()->set_grams(5); },
      [](auto& c) { c.mutable_now()->set_carry(kLeast); },
      [](auto& c) { c.mutable_now()->set_carry(kMost); },
      [](auto& c) { c.mutable_now()->set_gram_carry(kLeast); },
      [](auto& c) { c.mutable_now()->set_household(kShop.value()); },
      [](auto& c) { c.mutable_now()->set_product(77); },
      [](auto& c) { c.clear_wanted(); },
      [](auto& c) { c.mutable_uncounted()->set_carry(kLeast); },
      [](auto& c) { c.mutable_uncounted()->set_account(kNobody); },
      [](auto& c) { c.mutable_uncounted()->add_nullifiers(EvidenceClaim('x')); },
      [](auto& c) { c.mutable_uncounted()->add_counted()->set_number(kNobody); },
  };
  for (const std::uint64_t index : {kCorrection, kAdjustment, kOfProduct}) {
    ExpectEach(index, of_any);
  }
}

TEST_F(ForgedCorrectionTest, OfAnActOrAnAdjustmentIsTold) {
  ExpectEach(kCorrection,
             {
                 [](auto& c) { c.mutable_act()->set_quantity(kMost); },
                 [](auto& c) { c.mutable_act()->set_quantity(0); },
                 [](auto& c) { c.mutable_act()->set_scenario(77); },
                 [](auto& c) { c.mutable_act()->set_district(1); },
                 [](auto& c) { c.mutable_act()->set_account(kBob.value()); },
                 [](auto& c) { c.mutable_act()->set_account(kNobody); },
                 [](auto& c) { c.mutable_act()->set_budget(kNobody); },
                 [](auto& c) { c.mutable_act()->add_nullifiers("x"); },
                 [](auto& c) { c.mutable_act()->set_party(2); },
                 [](auto& c) { c.mutable_act()->set_points(4); },
                 [](auto& c) { c.mutable_act()->set_grade(entry::v1::EVIDENCE_GRADE_DECLARED); },
                 [](auto& c) { c.mutable_uncounted()->clear_counted(); },
                 [](auto& c) { c.mutable_uncounted()->set_date(kMost & 0x7fffffff); },
                 [](auto& c) { c.mutable_now()->clear_counted(); },
                 [](auto& c) { c.mutable_adjustment()->set_points_after(4); },
             });
  ExpectEach(kAdjustment, {
                              [](auto& c) { c.mutable_adjustment()->set_points_after(kMost); },
                              [](auto& c) { c.mutable_adjustment()->set_points_after(kLeast); },
                              [](auto& c) { c.mutable_adjustment()->set_points_after(11); },
                              [](auto& c) { c.mutable_adjustment()->set_grams_after(kMost); },
                              [](auto& c) { c.mutable_adjustment()->set_grams_after(kLeast); },
                              [](auto& c) { c.mutable_act()->set_quantity(1); },
                          });
}

// Who may claim the evidence again follows from the reversal.
TEST_F(ForgedCorrectionTest, WhoMayClaimAgainIsTold) {
  {
    RawDatabase raw(town_.directory() + "/db");
    raw.EditEntryBytes(kAgain - 1, [](std::string& bytes) {
      Entry entry;
      Check(entry.ParseFromString(bytes), "an entry of a test");
      entry.mutable_reversal()->set_made_by(kOtherPlatform.value());
      bytes = entry.SerializeAsString();
    });
  }
  EXPECT_TRUE(Difference().starts_with(absl::StrCat("entry ", kAgain - 1, ": ")));
}

}  // namespace
}  // namespace tanhui::sequencer
