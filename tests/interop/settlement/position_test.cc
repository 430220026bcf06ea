#include "interop/settlement/position.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace tanhui::settlement {
namespace {

constexpr Limits kLimits{1'000};

Position At(std::int64_t in_flight, std::int64_t owed, std::int64_t owed_to_us,
            std::int64_t prepaid) {
  return {in_flight, owed, owed_to_us, prepaid};
}

TEST(PositionTest, APrepareStopsAtTheCap) {
  EXPECT_EQ(RoomOf(At(100, 600, 0, 0), kLimits), 300);
  EXPECT_TRUE(Prepare(At(100, 600, 0, 0), kLimits, 300).has_value());
  EXPECT_FALSE(Prepare(At(100, 600, 0, 0), kLimits, 301).has_value());
  EXPECT_TRUE(Prepare(At(100, 600, 500, 0), kLimits, 800).has_value()) << "they owe us, too";
  EXPECT_FALSE(Prepare(At(0, 0, 0, 0), Limits{0}, 1).has_value());
  EXPECT_TRUE(Prepare(At(0, 0, 0, 50), Limits{0}, 50).has_value()) << "paid in advance";
  EXPECT_FALSE(Prepare(At(0, 0, 0, 50), Limits{0}, 51).has_value());
  EXPECT_FALSE(Prepare(At(0, 0, 0, 0), kLimits, 0).has_value());
}

TEST(PositionTest, MarksAreTold) {
  EXPECT_EQ(Prepare(At(0, 700, 0, 0), kLimits, 99)->crossed, Warning::kNone);
  EXPECT_EQ(Prepare(At(0, 700, 0, 0), kLimits, 100)->crossed, Warning::kAt80);
  EXPECT_EQ(Prepare(At(0, 800, 0, 0), kLimits, 100)->crossed, Warning::kNone) << "told before";
  EXPECT_EQ(Prepare(At(0, 700, 0, 0), kLimits, 250)->crossed, Warning::kAt95);
  EXPECT_EQ(Commit(At(950, 0, 0, 0), kLimits, 950)->crossed, Warning::kNone);
  EXPECT_EQ(Settle(At(0, 700, 300, 0), kLimits, 0, 300)->crossed, Warning::kNone);
  EXPECT_EQ(Settle(At(0, 900, 300, 0), kLimits, 0, 300)->crossed, Warning::kAt80);
}

TEST(PositionTest, NoMoreThanThereIs) {
  EXPECT_FALSE(Commit(At(5, 0, 0, 0), kLimits, 6).has_value());
  EXPECT_FALSE(Abort(At(5, 0, 0, 0), kLimits, 6).has_value());
  EXPECT_FALSE(Settle(At(0, 5, 0, 0), kLimits, 6, 0).has_value());
  EXPECT_FALSE(Settle(At(0, 5, 0, 0), kLimits, 0, 1).has_value());
  EXPECT_FALSE(TakeBack(At(0, 0, 0, 5), kLimits, 6).has_value());
  EXPECT_FALSE(TakeBack(At(0, 30, 0, 50), Limits{0}, 21).has_value()) << "it is owed against";
  EXPECT_EQ(TakeBack(At(0, 30, 0, 50), Limits{0}, 20)->position, At(0, 30, 0, 30));
  EXPECT_FALSE(Prepay(At(0, 0, 0, kMostOfPosition), kLimits, 1).has_value());
}

// Whatever happens in whatever order, prepares keep the net within the cap, and the sums are those
// of what happened.
RC_GTEST_PROP(PositionProperty, TheCapHolds, ()) {
  Position position;
  std::int64_t prepared = 0;
  std::int64_t committed = 0;
  const auto steps = *rc::gen::inRange(0, 60);
  for (int i = 0; i < steps; ++i) {
    const auto amount = *rc::gen::inRange<std::int64_t>(1, 400);
    const auto what = *rc::gen::inRange(0, 4);
    const std::int64_t before = NetOf(position);
    const auto moved = what == 0   ? Prepare(position, kLimits, amount)
                       : what == 1 ? Commit(position, kLimits, amount)
                       : what == 2 ? Abort(position, kLimits, amount)
                                   : Confirm(position, kLimits, amount);
    if (!moved.has_value()) {
      RC_ASSERT((what != 0 || before + amount > kLimits.cap));
      continue;
    }
    position = moved->position;
    prepared += what == 0 ? amount : what == 3 ? 0 : -amount;
    committed += what == 1 ? amount : 0;
    RC_ASSERT(NetOf(position) <= kLimits.cap);
    RC_ASSERT(position.in_flight == prepared);
    RC_ASSERT(position.owed == committed);
  }
}

}  // namespace
}  // namespace tanhui::settlement
