#include "ledger/core/lots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace tanhui {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

LotKey Key(std::uint16_t month, std::uint32_t scheme = 1, std::uint32_t funder = 5,
           std::uint64_t contributor = 0) {
  return LotKey{Month(month), SchemeNo(scheme), ParticipantNo(funder), AccountNo(contributor)};
}

Lot Of(std::uint16_t month, std::int64_t points, std::int64_t grams = 0) {
  return Lot{Key(month), Amount(points), grams};
}

TEST(LotsTest, AreSpentInOrderOfTheirKeys) {
  const LotKey in_order[] = {
      Key(660, 9, 9, 9), Key(661), Key(661, 1, 5, 1),      Key(661, 1, 6),
      Key(661, 2, 1),    Key(662), Key(kNever.value(), 0), Key(kNever.value()),
  };
  EXPECT_TRUE(std::is_sorted(std::begin(in_order), std::end(in_order)));
}

TEST(LotsTest, EqualKeysMerge) {
  Lots lots;
  EXPECT_TRUE(AddLot(lots, Of(662, 5, 50)));
  EXPECT_TRUE(AddLot(lots, Of(660, 3, 30)));
  EXPECT_TRUE(AddLot(lots, Of(662, 2, 1)));
  EXPECT_TRUE(AddLot(lots, Of(661, 1)));
  EXPECT_THAT(lots, ElementsAre(Of(660, 3, 30), Of(661, 1), Of(662, 7, 51)));
  EXPECT_EQ(SumOf(lots), Amount(11));
  ASSERT_NE(FindLot(lots, Key(662)), nullptr);
  EXPECT_EQ(FindLot(lots, Key(662))->grams, 51);
  EXPECT_EQ(FindLot(lots, Key(663)), nullptr);
  EXPECT_EQ(FindLot(lots, Key(662, 2)), nullptr);
}

TEST(LotsTest, AddingStaysInRange) {
  Lots lots;
  EXPECT_TRUE(AddLot(lots, Of(660, kMax - 1, kMax)));
  EXPECT_FALSE(AddLot(lots, Of(660, 2)));
  EXPECT_FALSE(AddLot(lots, Of(660, 1, 1)));
  EXPECT_THAT(lots, ElementsAre(Of(660, kMax - 1, kMax))) << "nothing changed";
  EXPECT_TRUE(AddLot(lots, Of(660, 1)));
}

TEST(LotsTest, TakingStaysWithinTheLot) {
  Lots lots;
  AddLot(lots, Of(660, 10, 100));
  EXPECT_FALSE(TakeLot(lots, Of(661, 1)));
  EXPECT_FALSE(TakeLot(lots, Of(660, 11, 100)));
  EXPECT_FALSE(TakeLot(lots, Of(660, 5, 101)));
  EXPECT_FALSE(TakeLot(lots, Of(660, 10, 99))) << "grams would be left without points";
  EXPECT_THAT(lots, ElementsAre(Of(660, 10, 100)));
  EXPECT_TRUE(TakeLot(lots, Of(660, 4, 100)));
  EXPECT_THAT(lots, ElementsAre(Of(660, 6, 0)));
  EXPECT_TRUE(TakeLot(lots, Of(660, 6)));
  EXPECT_TRUE(lots.empty());
}

TEST(LotsTest, GramsLeaveProRataRoundedDown) {
  EXPECT_EQ(PartOf(Of(660, 3, 10), Amount(1)), Of(660, 1, 3));
  EXPECT_EQ(PartOf(Of(660, 3, 10), Amount(2)), Of(660, 2, 6));
  EXPECT_EQ(PartOf(Of(660, 3, 10), Amount(3)), Of(660, 3, 10));
  EXPECT_EQ(PartOf(Of(660, 3, 2), Amount(1)), Of(660, 1, 0));
  EXPECT_EQ(PartOf(Of(660, kMax, kMax), Amount(kMax - 1)), Of(660, kMax - 1, kMax - 1));
}

TEST(LotsTest, FirstAndLast) {
  const Lots lots = {Of(660, 3, 10), Of(661, 2, 5), Of(662, 4, 4)};
  EXPECT_THAT(FirstOf(lots, Amount(2)), ElementsAre(Of(660, 2, 6)));
  EXPECT_THAT(FirstOf(lots, Amount(4)), ElementsAre(Of(660, 3, 10), Of(661, 1, 2)));
  EXPECT_THAT(FirstOf(lots, Amount(9)), ElementsAre(Of(660, 3, 10), Of(661, 2, 5), Of(662, 4, 4)));
  EXPECT_THAT(LastOf(lots, Amount(1)), ElementsAre(Of(662, 1, 1)));
  EXPECT_THAT(LastOf(lots, Amount(7)), ElementsAre(Of(660, 1, 3), Of(661, 2, 5), Of(662, 4, 4)));
  EXPECT_TRUE(FirstOf(lots, Amount(0)).empty());
  EXPECT_TRUE(LastOf(lots, Amount(0)).empty());
}

TEST(LotsDeathTest, NobodyTakesMoreThanThereIs) {
  const Lots lots = {Of(660, 3), Of(661, 2)};
  EXPECT_DEATH(FirstOf(lots, Amount(6)), "fewer points");
  EXPECT_DEATH(LastOf(lots, Amount(6)), "fewer points");
  EXPECT_DEATH(PartOf(Of(660, 3), Amount(4)), "more than its lot");
  EXPECT_DEATH(PartOf(Of(660, 3), Amount(0)), "more than its lot");
}

Lots LotsAtRandom() {
  Lots lots;
  const auto count = *rc::gen::inRange(1, 8);
  for (int i = 0; i < count; ++i) {
    const auto key =
        Key(*rc::gen::inRange<std::uint16_t>(660, 664), *rc::gen::inRange<std::uint32_t>(1, 3));
    AddLot(lots, Lot{key, Amount(*rc::gen::inRange<std::int64_t>(1, 40)),
                     *rc::gen::inRange<std::int64_t>(0, 500)});
  }
  return lots;
}

// Whatever is taken in whatever portions: nothing gets lost, and what takes the last point of a lot
// takes its last gram.
TEST(LotsTest, PortionsAddUpToTheWhole) {
  const auto adds_up = [] {
    const Lots whole = LotsAtRandom();
    const bool first = *rc::gen::arbitrary<bool>();
    Lots left = whole;
    Lots taken;
    while (!left.empty()) {
      const auto points = *rc::gen::inRange<std::int64_t>(1, SumOf(left).units() + 1);
      const Lots part = first ? FirstOf(left, Amount(points)) : LastOf(left, Amount(points));
      RC_ASSERT(SumOf(part) == Amount(points));
      for (const Lot& lot : part) {
        RC_ASSERT(lot.points > Amount(0) && lot.grams >= 0);
        RC_ASSERT(TakeLot(left, lot));
        RC_ASSERT(AddLot(taken, lot));
      }
      // The order in which lots go: nothing later went while something earlier is there.
      const bool in_order = left.empty() || (first ? part.back().key <= left.front().key
                                                   : part.front().key >= left.back().key);
      RC_ASSERT(in_order);
    }
    RC_ASSERT(taken == whole);
  };
  EXPECT_TRUE(rc::check("portions add up", adds_up));
}

}  // namespace
}  // namespace tanhui
