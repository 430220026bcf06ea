// The registry's part of the claims book: many units, found and listed; what is shared stays as it
// was.
#include "ledger/claims/terms.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace tanhui::claims {
namespace {

constexpr ParticipantNo kChain{4};
constexpr AssetNo kPoints{1};
constexpr std::uint32_t kUnits = 1'000;

Unit UnitOf(std::uint32_t number, UnitNo parent, std::string code) {
  Unit unit;
  unit.number = UnitNo(number);
  unit.merchant = kChain;
  unit.parent = parent;
  unit.level = parent == UnitNo(0) ? Level::kStore : Level::kTill;
  unit.code = std::move(code);
  unit.asset = kPoints;
  unit.account = AccountNo(100 + 3 * std::uint64_t{number});  // other accounts lie between
  return unit;
}

// Ten stores, each with 99 tills.
Terms Town() {
  Terms terms;
  std::uint32_t number = 0;
  for (int store = 0; store < 10; ++store) {
    const UnitNo parent(++number);
    terms.Add(UnitOf(number, UnitNo(0), "s" + std::to_string(store)));
    for (int till = 0; till < 99; ++till) {
      terms.Add(UnitOf(++number, parent, "t" + std::to_string(till)));
    }
  }
  return terms;
}

TEST(TermsTest, EachUnitIsFoundByNumberAccountAndCode) {
  const Terms terms = Town();
  EXPECT_EQ(terms.next_unit(), UnitNo(kUnits + 1));
  for (std::uint32_t number = 1; number <= kUnits; ++number) {
    const Unit* unit = terms.Find(UnitNo(number));
    ASSERT_NE(unit, nullptr);
    ASSERT_EQ(unit->number, UnitNo(number));
    ASSERT_EQ(terms.FindUnit(unit->account), unit);
    ASSERT_EQ(terms.FindUnit(AccountNo(unit->account.value() + 1)), nullptr);
    ASSERT_EQ(terms.FindBelow(kChain, kPoints, unit->parent, unit->code), unit);
  }
  EXPECT_EQ(terms.Find(UnitNo(0)), nullptr);
  EXPECT_EQ(terms.Find(UnitNo(kUnits + 1)), nullptr);
  EXPECT_EQ(terms.FindUnit(AccountNo(1)), nullptr);
  EXPECT_EQ(terms.FindUnit(AccountNo(1'000'000)), nullptr);
  EXPECT_EQ(terms.FindStore(kChain, kPoints, "t1"), nullptr);
  EXPECT_EQ(terms.FindStore(ParticipantNo(5), kPoints, "s1"), nullptr);
  EXPECT_EQ(terms.FindStore(kChain, AssetNo(2), "s1"), nullptr);
}

TEST(TermsTest, UnitsAreListedInPagesInOrderOfTheirCodes) {
  const Terms terms = Town();
  const UnitNo store = terms.FindStore(kChain, kPoints, "s7")->number;
  std::string after;
  std::size_t count = 0;
  for (auto page = terms.ListBelow(kChain, kPoints, store, after, 10); !page.empty();
       page = terms.ListBelow(kChain, kPoints, store, after, 10)) {
    for (const Unit* unit : page) {
      ASSERT_LT(after, unit->code);
      ASSERT_EQ(unit->parent, store);
      after = unit->code;
      ++count;
    }
  }
  EXPECT_EQ(count, 99u);
  EXPECT_EQ(terms.ListBelow(kChain, kPoints, UnitNo(0), "", 100).size(), 10u);
  EXPECT_TRUE(terms.ListBelow(ParticipantNo(5), kPoints, UnitNo(0), "", 100).empty());
  EXPECT_TRUE(terms.ListBelow(kChain, kPoints, UnitNo(9'999), "", 100).empty());
}

TEST(TermsTest, AChangeLeavesTheOthersCopyAlone) {
  const Terms before = Town();
  Terms after = before;
  const Conditions suspended{true, Amount(0), Amount(0)};
  after.SetConditions(UnitNo(500), kChain, kPoints, suspended);
  after.SetConditions(UnitNo(0), kChain, kPoints, suspended);
  after.Add(UnitOf(kUnits + 1, UnitNo(1), "new"));
  EXPECT_FALSE(before.Find(UnitNo(500))->conditions.suspended);
  EXPECT_TRUE(after.Find(UnitNo(500))->conditions.suspended);
  EXPECT_FALSE(after.Find(UnitNo(501))->conditions.suspended);
  EXPECT_EQ(before.ConditionsOf(kChain, kPoints), Conditions{});
  EXPECT_EQ(after.ConditionsOf(kChain, kPoints), suspended);
  EXPECT_EQ(before.Find(UnitNo(kUnits + 1)), nullptr);
  EXPECT_EQ(before.FindTill(*before.Find(UnitNo(1)), "new"), nullptr);
  EXPECT_NE(after.FindTill(*after.Find(UnitNo(1)), "new"), nullptr);
  EXPECT_EQ(after.ListBelow(kChain, kPoints, UnitNo(1), "", 1'000).size(), 100u);
}

}  // namespace
}  // namespace tanhui::claims
