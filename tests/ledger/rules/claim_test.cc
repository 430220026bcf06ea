// Claims: for how long evidence is used up.
#include "ledger/rules/evidence/claim.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "ledger/rules/document_check.h"

namespace tanhui::rules {
namespace {

BusinessDate On(std::string_view date) { return *ReadDate(date); }

std::string Claim(ClaimScope scope, char letter = 'x') {
  return std::string(1, static_cast<char>(scope)) + std::string(kClaimHashBytes, letter);
}

// What a numbered record of an act of the date claims.
std::set<std::string> RecordClaims(BusinessDate date) {
  const auto stored = [date](ClaimScope scope) {
    return std::string(NullifierOf(Claim(scope), date)->view());
  };
  return {stored(ClaimScope::kMonth), stored(OtherMonthOf(date).scope)};
}

bool Share(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&b](const std::string& one) { return b.contains(one); });
}

TEST(ClaimTest, WhatIsNoClaim) {
  for (const std::string& text : {std::string(), std::string("\x01"), "\x01" + std::string(15, 'x'),
                                  "\x01" + std::string(17, 'x'), std::string(17, '\0'),
                                  "\x06" + std::string(16, 'x'), "\xff" + std::string(16, 'x')}) {
    EXPECT_EQ(ScopeOf(text), std::nullopt);
    EXPECT_FALSE(StandsForPiece(text));
    EXPECT_EQ(NullifierOf(text, On("2027-01-01")), std::nullopt);
  }
  EXPECT_EQ(NullifierOf(Claim(ClaimScope::kDate), BusinessDate(0)), std::nullopt);
  EXPECT_EQ(NullifierOf(Claim(ClaimScope::kMonthBefore), BusinessDate(-1)), std::nullopt);
}

TEST(ClaimTest, HoldsForItsTime) {
  const auto same = [](ClaimScope a, std::string_view on, ClaimScope b, std::string_view then) {
    return NullifierOf(Claim(a), On(on)) == NullifierOf(Claim(b), On(then));
  };
  using enum ClaimScope;
  EXPECT_TRUE(same(kDate, "2027-03-05", kDate, "2027-03-05"));
  EXPECT_FALSE(same(kDate, "2027-03-05", kDate, "2027-03-06"));
  EXPECT_TRUE(same(kForEver, "2027-03-05", kForEver, "2031-01-01"));
  EXPECT_TRUE(same(kMonth, "2027-03-01", kMonth, "2027-03-31"));
  EXPECT_FALSE(same(kMonth, "2027-03-31", kMonth, "2027-04-01"));
  EXPECT_TRUE(same(kMonth, "2027-12-31", kMonthBefore, "2028-01-01"));
  EXPECT_TRUE(same(kMonthAfter, "2027-12-31", kMonth, "2028-01-01"));
  EXPECT_NE(NullifierOf(Claim(kMonth, 'x'), On("2027-03-05")),
            NullifierOf(Claim(kMonth, 'y'), On("2027-03-05")));
}

TEST(ClaimTest, ARecordCountsOnceAsAPiece) {
  for (const auto scope : {ClaimScope::kDate, ClaimScope::kForEver, ClaimScope::kMonth}) {
    EXPECT_TRUE(StandsForPiece(Claim(scope)));
  }
  EXPECT_FALSE(StandsForPiece(Claim(ClaimScope::kMonthBefore)));
  EXPECT_FALSE(StandsForPiece(Claim(ClaimScope::kMonthAfter)));
}

// The promise of RULES.md, for every pair of dates of four years.
TEST(ClaimTest, RecordsUpToFifteenDaysApartShareAMonth) {
  const BusinessDate last = On("2029-12-31");
  for (BusinessDate day = On("2026-01-01"); day <= last; day = BusinessDate(day.value() + 1)) {
    const auto claims = RecordClaims(day);
    ASSERT_EQ(claims.size(), 2u);
    for (std::int32_t later = 0; later <= 15; ++later) {
      ASSERT_TRUE(Share(claims, RecordClaims(BusinessDate(day.value() + later))))
          << FormatDate(day) << " and " << later << " days later";
    }
    ASSERT_FALSE(Share(claims, RecordClaims(BusinessDate(day.value() + 93)))) << FormatDate(day);
  }
}

}  // namespace
}  // namespace tanhui::rules
