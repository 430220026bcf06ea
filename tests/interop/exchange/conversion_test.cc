#include "interop/exchange/conversion.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace tanhui::exchange {
namespace {

TEST(ConversionTest, ByHand) {
  // 1 point of ours is 10 g, 1 of theirs 1 g.
  const auto there = Convert(7, {1, 10}, {1, 1});
  ASSERT_TRUE(there.has_value());
  EXPECT_EQ(there->from, 7);
  EXPECT_EQ(there->to, 70);
  EXPECT_EQ(there->grams, 70);
  // Back, 9 of 79 do not convert and stay.
  const auto back = Convert(79, {1, 1}, {1, 10});
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->from, 70);
  EXPECT_EQ(back->to, 7);
  EXPECT_FALSE(Convert(9, {1, 1}, {1, 10}).has_value()) << "less than one point";
  // 3 points for 10 g against 7 for 20 g: 100 points are 333.3 g, 116.6 of theirs.
  const auto uneven = Convert(100, {3, 10}, {7, 20});
  ASSERT_TRUE(uneven.has_value());
  EXPECT_EQ(uneven->to, 116);
  EXPECT_EQ(uneven->from, 100) << "99 would make 115";
  EXPECT_EQ(uneven->grams, 333);
}

TEST(ConversionTest, AtTheLimits) {
  const Rate most{kMostOfRate, kMostOfRate};
  const auto all = Convert(kMostPoints, most, most);
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(all->from, kMostPoints);
  EXPECT_EQ(all->to, kMostPoints);
  EXPECT_FALSE(Convert(2, {1, kMostOfRate}, {kMostOfRate, 1}).has_value()) << "too many come";
}

TEST(ConversionTest, GramsThatLeaveTheirRangeDoNotConvert) {
  EXPECT_FALSE(Convert(kMostPoints, {1, kMostOfRate}, {1, kMostOfRate}).has_value());
  EXPECT_FALSE(Pay(kMostPoints, {1, kMostOfRate}, {1, kMostOfRate}).has_value());
}

TEST(ConversionTest, APriceCostsTheFewestPointsThatAreWorthIt) {
  // 1 point of ours is 10 g, 1 of theirs 1 g: 71 of theirs cost 8, and 9 g stay with the city.
  const auto paid = Pay(71, {1, 10}, {1, 1});
  ASSERT_TRUE(paid.has_value());
  EXPECT_EQ(paid->from, 8);
  EXPECT_EQ(paid->to, 71);
  EXPECT_EQ(paid->grams, 80);
  EXPECT_FALSE(Pay(kMostPoints, {10, 1}, {1, 1}).has_value()) << "too many leave";
}

Rate AnyRate() {
  return {*rc::gen::inRange<std::int64_t>(1, 100'000), *rc::gen::inRange<std::int64_t>(1, 100'000)};
}

RC_GTEST_PROP(ConversionProperty, ThereAndBackIsNeverAGain, ()) {
  const Rate a = AnyRate();
  const Rate b = AnyRate();
  const auto points = *rc::gen::inRange<std::int64_t>(1, 1'000'000'000);
  const auto there = Convert(points, a, b);
  if (!there.has_value()) {
    return;
  }
  RC_ASSERT(there->from >= 1 && there->from <= points);
  RC_ASSERT(there->to >= 1);
  const auto back = Convert(there->to, b, a);
  // In brackets: RC_ASSERT would look at both sides whatever the first one is.
  RC_ASSERT((!back.has_value() || back->to <= there->from));
}

RC_GTEST_PROP(ConversionProperty, APriceIsNeverPaidWithLessThanItIsWorth, ()) {
  const Rate a = AnyRate();
  const Rate b = AnyRate();
  const auto price = *rc::gen::inRange<std::int64_t>(1, 1'000'000'000);
  const auto paid = Pay(price, a, b);
  if (!paid.has_value()) {
    return;
  }
  const auto worth = Convert(paid->from, a, b);
  RC_ASSERT((worth.has_value() && worth->to >= price));
  if (paid->from > 1) {
    const auto less = Convert(paid->from - 1, a, b);
    RC_ASSERT((!less.has_value() || less->to < price));
  }
}

// What stays would not have made one more, and one point less would have made fewer.
RC_GTEST_PROP(ConversionProperty, NoMoreLeavesThanIsNeeded, ()) {
  const Rate a = AnyRate();
  const Rate b = AnyRate();
  const auto points = *rc::gen::inRange<std::int64_t>(1, 1'000'000'000);
  const auto there = Convert(points, a, b);
  if (!there.has_value()) {
    return;
  }
  RC_ASSERT(Convert(there->from, a, b)->to == there->to);
  if (there->from > 1) {
    const auto less = Convert(there->from - 1, a, b);
    RC_ASSERT((!less.has_value() || less->to < there->to));
  }
}

}  // namespace
}  // namespace tanhui::exchange
