#include "ledger/rules/ratio.h"

#include <gtest/gtest.h>

#include <string>

namespace tanhui::rules {
namespace {

TEST(RatioTest, DecimalsAreExact) {
  EXPECT_EQ(ParseDecimal("46.7"), (Ratio{467, 10}));
  EXPECT_EQ(ParseDecimal("0"), (Ratio{0, 1}));
  EXPECT_EQ(ParseDecimal("0.50"), (Ratio{1, 2}));
  EXPECT_EQ(ParseDecimal("007"), (Ratio{7, 1}));
  EXPECT_EQ(ParseDecimal("999999999"), (Ratio{999'999'999, 1}));
  EXPECT_EQ(ParseDecimal("0.000000001"), (Ratio{1, 1'000'000'000}));
}

TEST(RatioTest, WhatIsNoDecimal) {
  for (const std::string text : {"", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", " 1", "1 ", "1.2.3",
                                 "1234567890", "0.1234567891", "999999999.999999999"}) {
    EXPECT_EQ(ParseDecimal(text), std::nullopt) << text;
  }
}

TEST(RatioTest, LowestTermsAndLimits) {
  EXPECT_EQ(MakeRatio(6, 4), (Ratio{3, 2}));
  EXPECT_EQ(MakeRatio(0, 17), (Ratio{0, 1}));
  EXPECT_EQ(MakeRatio(1, 0), std::nullopt);
  EXPECT_EQ(MakeRatio(1, -2), std::nullopt);
  EXPECT_EQ(MakeRatio(-1, 2), std::nullopt);
  EXPECT_EQ(MakeRatio(kMostOfRatio, 1), (Ratio{kMostOfRatio, 1}));
  EXPECT_EQ(MakeRatio(__int128{kMostOfRatio} + 1, 1), std::nullopt);
  EXPECT_EQ(MakeRatio(__int128{kMostOfRatio} * 10, 20), (Ratio{kMostOfRatio / 2, 1}));
}

TEST(RatioTest, TimesRoundsDownOnce) {
  EXPECT_EQ(Times(1, {2, 3}), 0);
  EXPECT_EQ(Times(3, {2, 3}), 2);
  // 7 × 10/3 × 50 % × 50 % = 5.83: rounding after each step would give 5 at most.
  EXPECT_EQ(Times(7, {10, 3}, 50, 50), 5);
  EXPECT_EQ(Times(2, {2, 1}, 50, 50), 1);
  EXPECT_EQ(Times(3, {1, 1}, 50, 67), 1);
  EXPECT_EQ(Times(9, {1, 1}, 0), 0);
  EXPECT_EQ(Times(kMostOfRatio, {1'000, 1}), kMostMillionths);
  EXPECT_EQ(Times(kMostOfRatio, {1'001, 1}), std::nullopt);
  EXPECT_EQ(Times(kMostOfRatio, {kMostOfRatio, 1}), std::nullopt);
}

TEST(RatioTest, Portions) {
  EXPECT_EQ(Portion(1, 10, 3), 3);
  EXPECT_EQ(Portion(0, 10, 3), 0);
  EXPECT_EQ(Portion(kMostMillionths, kMostMillionths, kMostMillionths), kMostMillionths);
}

}  // namespace
}  // namespace tanhui::rules
