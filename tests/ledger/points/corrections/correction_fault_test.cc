// Corrections that decide could not have made: apply says so, and nothing aborts.
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/corrections/corrected.h"
#include "tests/ledger/points/earning/acts.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

TEST(CorrectionFaultTest, OfTheBody) {
  World world = Town();
  const auto act = Done(world, Shown(Act("o", "bottle", 5), "slip"));
  const Command command = Corrected("k", act, 0, Shown(Act("-", "bottle", 20), "slip"));
  const auto fault = [&](auto change) {
    return Tampered(world, command, [&](Entry& entry) { change(*entry.mutable_correction()); });
  };
  const std::string cannot = "a correction that cannot be";
  const std::string earned = "a correction to what cannot be earned";
  const std::string undone = "a correction of what was undone, or of another revision";
  EXPECT_EQ(fault([](auto&) {}), "OK");
  EXPECT_EQ(fault([](auto& c) { c.set_target(99'999); }), cannot);
  EXPECT_EQ(fault([](auto& c) { c.clear_wanted(); }), cannot);
  EXPECT_EQ(fault([](auto& c) { c.set_revision(2); }), cannot);
  EXPECT_EQ(fault([](auto& c) { c.set_expiry_month(70'000); }), cannot);
  EXPECT_EQ(fault([](auto& c) { c.set_forgiven(-1); }), cannot);
  EXPECT_EQ(fault([](auto& c) { c.set_revision(3), c.set_expected_revision(2); }), undone);
  EXPECT_EQ(fault([](auto& c) { c.mutable_now()->set_points(-1); }), earned);
  EXPECT_EQ(fault([](auto& c) { c.mutable_now()->set_points(INT64_MAX); }), earned);
  EXPECT_EQ(fault([](auto& c) { c.mutable_now()->set_bonus_points(3); }), earned);
  EXPECT_EQ(fault([](auto& c) { c.mutable_now()->set_grams(-1); }), earned);
  EXPECT_EQ(fault([](auto& c) { c.mutable_act()->set_points(4); }), earned);
  EXPECT_EQ(fault([](auto& c) { c.mutable_act()->set_carry(4); }), earned);
  EXPECT_EQ(fault([](auto& c) { c.mutable_now()->set_rules(77); }),
            "a corrected act by rules that are not there");
  EXPECT_EQ(fault([](auto& c) { c.clear_uncounted(); }),
            "a corrected act by rules that are not there");
  EXPECT_EQ(fault([](auto& c) { c.mutable_uncounted()->add_nullifiers("x"); }),
            "a corrected act by rules that are not there");
  EXPECT_EQ(fault([](auto& c) { c.mutable_now()->set_account(kShop.value()); }),
            "a correction for what is no citizen");
  EXPECT_EQ(fault([](auto& c) { c.mutable_now()->set_account(999); }),
            "a correction for what is no citizen");
  EXPECT_EQ(fault([](auto& c) { c.set_change(3); }),
            "the postings are not the points of the correction");
  EXPECT_EQ(fault([](auto& c) { c.mutable_now()->set_carried(1); }), "the carry does not add up");
  EXPECT_EQ(fault([](auto& c) { c.mutable_now()->mutable_counted(0)->set_amount(-1); }),
            "a count against what is no limit");
  EXPECT_EQ(fault([](auto& c) { c.mutable_uncounted()->set_carry(INT64_MIN + 1); }),
            "a carry leaves its range");
  EXPECT_EQ(fault([](auto& c) { c.mutable_now()->set_household(kShop.value()); }),
            "a count for what is no citizen or household");
}

TEST(CorrectionFaultTest, OfPostingsAndAdjustments) {
  World world = Town();
  const auto act = Done(world, Act("w", "walk", 5'000));
  const Command adjust = Adjusted("k", act, 0, 9);
  const auto fault = [&](auto change) { return Tampered(world, adjust, change); };
  EXPECT_EQ(fault([](Entry&) {}), "OK");
  EXPECT_EQ(fault([](Entry& e) { e.mutable_correction()->mutable_uncounted(); }),
            "an adjustment that changes what was counted");
  EXPECT_EQ(
      fault([](Entry& e) { e.mutable_correction()->mutable_adjustment()->set_points_after(-4); }),
      "a correction to what cannot be earned");
  EXPECT_EQ(fault([](Entry& e) { e.mutable_correction()->set_change(0); }),
            "the postings are not the points of the correction");
  EXPECT_EQ(
      fault([](Entry& e) { e.mutable_correction()->mutable_now()->set_account(kBob.value()); }),
      "a correction that no budget pays");
}

TEST(CorrectionFaultTest, OfWhatWasUndone) {
  World world = Town();
  const auto act = Done(world, Act("w", "walk", 5'000));
  const Command adjust = Adjusted("k", act, 0, 9);
  const Entry sound = std::get<Entry>(world.Decide(adjust));
  World reversed = world;
  Done(reversed, Reverse("v", act, 1));
  Entry late = sound;
  late.set_recorded_micros(reversed.last().recorded_micros());
  late.clear_postings();
  late.mutable_correction()->set_change(0);
  EXPECT_EQ(reversed.FaultOf(late), "a correction of what was undone, or of another revision");
}

TEST(CorrectionFaultTest, OfAReversalsRevision) {
  World world = Town();
  const auto act = Done(world, Act("w", "walk", 5'000));
  const auto fault = [&](auto change) {
    return Tampered(world, ReversedAt("v", act, 0, 5'000),
                    [&](Entry& entry) { change(*entry.mutable_reversal()); });
  };
  EXPECT_EQ(fault([](auto& r) { r.clear_expected_revision(); }), "OK");
  EXPECT_EQ(fault([](auto& r) { r.set_expected_revision(1); }), "a reversal of another revision");
}

}  // namespace
}  // namespace tanhui
