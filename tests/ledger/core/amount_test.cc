#include "ledger/core/amount.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

#include "ledger/core/account.h"

namespace tanhui {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

std::optional<Amount> Sum(std::int64_t a, std::int64_t b) { return Add(Amount(a), Amount(b)); }

TEST(AmountTest, AddsUpToTheEdges) {
  EXPECT_EQ(Sum(0, 0), Amount(0));
  EXPECT_EQ(Sum(kMax, 0), Amount(kMax));
  EXPECT_EQ(Sum(kMax - 1, 1), Amount(kMax));
  EXPECT_EQ(Sum(kMin, 0), Amount(kMin));
  EXPECT_EQ(Sum(kMin + 1, -1), Amount(kMin));
  EXPECT_EQ(Sum(kMax, kMin), Amount(-1));
}

TEST(AmountTest, SaysOverflowBeyondThem) {
  EXPECT_EQ(Sum(kMax, 1), std::nullopt);
  EXPECT_EQ(Sum(1, kMax), std::nullopt);
  EXPECT_EQ(Sum(kMax, kMax), std::nullopt);
  EXPECT_EQ(Sum(kMin, -1), std::nullopt);
  EXPECT_EQ(Sum(kMin, kMin), std::nullopt);
}

TEST(AmountTest, NegatesAllButTheSmallest) {
  EXPECT_EQ(Negate(Amount(0)), Amount(0));
  EXPECT_EQ(Negate(Amount(kMax)), Amount(-kMax));
  EXPECT_EQ(Negate(Amount(-kMax)), Amount(kMax));
  EXPECT_EQ(Negate(Amount(kMin)), std::nullopt);
}

TEST(AmountTest, AgreesWithWiderArithmetic) {
  const auto agrees = [](std::int64_t a, std::int64_t b) {
    // Half of the pairs are moved next to an edge.
    const std::int64_t near = a % 2 == 0 ? a : (a > 0 ? kMax - a % 1000 : kMin - a % 1000);
    const __int128 wide = static_cast<__int128>(near) + b;
    const auto sum = Sum(near, b);
    RC_ASSERT(sum.has_value() == (wide >= kMin && wide <= kMax));
    // In brackets: RC_ASSERT would look at both sides whatever the first one is.
    RC_ASSERT((!sum.has_value() || sum->units() == wide));
  };
  EXPECT_TRUE(rc::check("Add agrees with 128 bits", agrees));
}

TEST(AmountTest, ManyPostingsOfTheLargestAmountFit) {
  EXPECT_EQ(kMaxPostingAmount, Amount(1'000'000'000'000));
  std::int64_t product = 0;
  EXPECT_FALSE(__builtin_mul_overflow(kMaxPostingAmount.units(), 1LL << 20, &product));
}

TEST(AccountTest, LimitsFollowFromTheKind) {
  struct Row {
    AccountKind kind;
    std::int64_t balance;
    bool within;
  };
  using enum AccountKind;
  const Row rows[] = {
      {kMerchant, 0, true},
      {kMerchant, 1, true},
      {kMerchant, kMax, true},
      {kMerchant, -1, false},
      {kMerchant, kMin, false},
      {kBudget, 0, true},
      {kBudget, 1, true},
      {kBudget, -1, false},
      {kExpiry, 0, true},
      {kExpiry, -1, false},
      {kCharity, kMax, true},
      {kCharity, -1, false},
      {kIssuance, 0, true},
      {kIssuance, -1, true},
      {kIssuance, kMin, true},
      {kIssuance, 1, false},
      {kIssuance, kMax, false},
      // Their lots, held points and debt are looked at instead.
      {kCitizen, kMax, true},
      {kCitizen, -1, true},
      {kHousehold, 0, true},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(WithinLimit(row.kind, Amount(row.balance)), row.within)
        << static_cast<int>(row.kind) << " " << row.balance;
  }
}

TEST(AccountTest, OnlyCitizensAndHouseholdsHaveLots) {
  using enum AccountKind;
  for (const AccountKind kind : {kMerchant, kBudget, kIssuance, kExpiry, kCharity}) {
    EXPECT_FALSE(HasLots(kind)) << static_cast<int>(kind);
  }
  EXPECT_TRUE(HasLots(kCitizen));
  EXPECT_TRUE(HasLots(kHousehold));
}

TEST(AccountTest, ADaysTotalIsNothingOnAnotherDay) {
  const DayTotal total{BusinessDate(100), Amount(7)};
  EXPECT_EQ(total.On(BusinessDate(100)), Amount(7));
  EXPECT_EQ(total.On(BusinessDate(99)), Amount(0));
  EXPECT_EQ(total.On(BusinessDate(101)), Amount(0));
}

}  // namespace
}  // namespace tanhui
