// What a citizen's points are made of: which lot an award gives, which lots are spent.
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;

// Of kSponsor and kDistrict, and acts of three months: lots of 650, 653 and 661.
World ThreeMonths() {
  World world = Funded();
  Done(world, WithGrams(Award("now", kAlice, kBudget, 10), 100));
  Done(world, WithGrams(ActAt(Award("march", kAlice, kBudget, 5), On("2023-03-31")), 7));
  Done(world, ActAt(Award("june", kAlice, kBudget, 20), On("2023-06-01")));
  return world;
}

TEST(AwardLots, ExpireWhenTheActsMonthComesAgain) {
  struct Row {
    std::uint32_t validity;
    std::string_view act;
    std::uint16_t month;
  };
  const Row rows[] = {
      {12, "2024-02-28", 661},  // 2025-02
      {12, "2024-02-01", 661}, {12, "2024-01-31", 660},      {12, "2023-12-31", 659},
      {12, "2023-02-28", 649},  // this month
      {1, "2024-01-15", 649},  {1, "2024-02-28", 650},       {11, "2024-02-28", 660},
      {24, "2022-03-01", 650}, {1'200, "2024-02-28", 1'849},
  };
  for (const Row& row : rows) {
    World world = Funded();
    Terms terms;
    terms.validity_months = row.validity;
    Done(world, SetTerms("t", kPoints, terms));
    const LedgerTime act(MidnightOf(row.act));
    EXPECT_EQ(world.Ask(ActAt(Award("a", kAlice, kBudget, 3), act)), "OK") << row.act;
    EXPECT_EQ(Purse(world, kAlice), "3 = " + std::to_string(row.month) + ":3") << row.act;
  }
}

// The month is that of Shanghai: at midnight there it is still the day before in UTC.
TEST(AwardLots, TheMonthIsThatOfShanghai) {
  World world = Funded();
  const LedgerTime february = MidnightOf("2024-02-01");
  Done(world, ActAt(Award("a1", kAlice, kBudget, 1), LedgerTime(february.value() - 1)));
  Done(world, ActAt(Award("a2", kAlice, kBudget, 2), february));
  EXPECT_EQ(Purse(world, kAlice), "3 = 660:1 661:2");
}

TEST(AwardLots, AnActAheadIsOfTheNextMonth) {
  World world = Funded();
  world.GoTo("2024-02-29");
  world.Wait(14 * 60 * kMicrosPerMinute - kMicrosPerMinute);  // 23:59
  const LedgerTime act(world.now().value() + 2 * kMicrosPerMinute);
  Done(world, ActAt(Award("a", kAlice, kBudget, 1), act));
  EXPECT_EQ(Purse(world, kAlice), "1 = 662:1");
}

TEST(AwardLots, WithoutValidityNeverExpire) {
  World world = Funded();
  Terms terms;
  terms.validity_months = 0;
  Done(world, SetTerms("t", kPoints, terms));
  Done(world, ActAt(Award("a", kAlice, kBudget, 3), On("1999-12-31")));
  EXPECT_EQ(Purse(world, kAlice), "3 = 65535:3");
  world.GoTo("2199-01-01");
  EXPECT_FALSE(world.Sweep(kAlice));
  EXPECT_EQ(world.Ask(Redeem("r", kAlice, kShop, 3)), "OK");
}

TEST(AwardLots, AnActMayBeSoOldThatItsPointsAreStillGood) {
  World world = Funded();
  const auto award = [](std::string_view id, std::string_view act) {
    return ActAt(Award(id, kAlice, kBudget, 1), On(act));
  };
  EXPECT_EQ(world.Ask(award("a1", "2023-02-01")), "OK");
  EXPECT_EQ(world.Ask(award("a2", "2023-01-31")), "ACT_TOO_OLD act_time");
  world.GoTo("2024-02-29");
  EXPECT_EQ(world.Ask(award("a3", "2023-02-01")), "OK");
  world.Wait(14 * 60 * kMicrosPerMinute - 1);
  EXPECT_EQ(world.Ask(award("a4", "2023-02-01")), "OK");
  world.Wait(1);
  EXPECT_EQ(world.Ask(award("a5", "2023-02-28")), "ACT_TOO_OLD act_time");
  EXPECT_EQ(world.Ask(award("a5", "2023-03-01")), "OK");
}

TEST(AwardLots, AreOfTheAssetsSchemeAndTheBudgetsSponsor) {
  World world = Funded();
  Done(world, Fund("fs", kStampBudget, 100));
  Done(world, Award("s", kStampAlice, kStampBudget, 4));
  EXPECT_EQ(Purse(world, kStampAlice), "4 = 661/s2/f6:4");
  Done(world, OpenBudget("b", "district", kDistrict, kPoints));
  Done(world, Fund("fd", kNextAccount, 100));
  Done(world, Award("a1", kAlice, kNextAccount, 1));
  Done(world, Award("a2", kAlice, kBudget, 2));
  Done(world, WithGrams(Award("a3", kAlice, kNextAccount, 3), 40));
  EXPECT_EQ(Purse(world, kAlice), "6 = 661:2 661/f6:4g40") << "equal keys merge";
}

TEST(Spending, TakesTheEarliestExpiryFirst) {
  World world = ThreeMonths();
  ASSERT_EQ(Purse(world, kAlice), "35 = 650:5g7 653:20 661:10g100");
  Done(world, Redeem("r1", kAlice, kShop, 3));
  EXPECT_EQ(Moves(world.last()), "5 -3 [650:-3g-4]; 9 +3");
  Done(world, Redeem("r2", kAlice, kShop, 10));
  EXPECT_EQ(Moves(world.last()), "5 -10 [650:-2g-3 653:-8]; 9 +10");
  Done(world, Redeem("r3", kAlice, kShop, 21));
  EXPECT_EQ(Moves(world.last()), "5 -21 [653:-12 661:-9g-90]; 9 +21");
  EXPECT_EQ(Purse(world, kAlice), "1 = 661:1g10");
}

TEST(Spending, GramsLeaveProRataAndTheLastPointTakesTheRest) {
  World world = Funded();
  Done(world, WithGrams(Award("a", kAlice, kBudget, 3), 11));
  std::string left;
  for (const std::string id : {"r1", "r2", "r3"}) {
    left += Purse(world, kAlice) + ", ";
    Done(world, Redeem(id, kAlice, kShop, 1));
  }
  EXPECT_EQ(left + Purse(world, kAlice), "3 = 661:3g11, 2 = 661:2g8, 1 = 661:1g4, 0");
}

TEST(Spending, ATransferCarriesItsLotsAlong) {
  World world = ThreeMonths();
  Done(world, Transfer("t1", kAlice, kBob, 8));
  EXPECT_EQ(Moves(world.last()), "5 -8 [650:-5g-7 653:-3]; 6 +8 [650:5g7 653:3]");
  Done(world, Transfer("t2", kAlice, kBob, 18));
  EXPECT_EQ(Purse(world, kAlice), "9 = 661:9g90");
  EXPECT_EQ(Purse(world, kBob), "26 = 650:5g7 653:20 661:1g10");
  Done(world, Transfer("t3", kBob, kAlice, 26));
  EXPECT_EQ(Purse(world, kAlice), "35 = 650:5g7 653:20 661:10g100") << "all is as it was";
}

// An account full of lots: one each of so many funders.
World FullOfLots() {
  World world = Funded(kLimit);
  Account& account = world.mutable_state().ChangeAccount(kAlice);
  for (std::uint32_t funder = 100; funder < 100 + kMaxLots; ++funder) {
    account.lots.push_back(Lot{{Month(655), SchemeNo(1), ParticipantNo(funder)}, Amount(1), 0});
  }
  account.balance = Amount(kMaxLots);
  return world;
}

TEST(LotLimit, AnotherLotIsRefused) {
  World world = FullOfLots();
  const std::string no = "LOT_LIMIT points limit=1024";
  EXPECT_EQ(world.Ask(Award("a", kAlice, kBudget, 1)), no);
  Done(world, Award("b", kBob, kBudget, 1));
  EXPECT_EQ(world.Ask(Transfer("t", kBob, kAlice, 1)), no);
  Done(world, Redeem("r", kAlice, kShop, 1));
  EXPECT_EQ(world.Ask(Award("a", kAlice, kBudget, 1)), "OK");
  EXPECT_EQ(world.Ask(Award("a2", kAlice, kBudget, 1)), "OK") << "into a lot that is there";
}

// What expired does not count, whether the sweeper has been there or not.
TEST(LotLimit, LotsPastTheirDateDoNotCount) {
  World world = FullOfLots();
  world.mutable_state().ChangeAccount(kAlice).lots.front().key.expiry = Month(650);
  EXPECT_EQ(world.Ask(Award("a", kAlice, kBudget, 1)).substr(0, 9), "LOT_LIMIT");
  world.GoTo("2024-04-01");
  EXPECT_EQ(world.Ask(Award("a", kAlice, kBudget, 1)), "OK");
}

// Held lots come back: they count, or nothing could free them.
TEST(LotLimit, HeldLotsCount) {
  World world = FullOfLots();
  const auto hold = Done(world, HoldPoints("h", kAlice, kShop, 3, world.InDays(1)));
  EXPECT_EQ(world.Ask(Award("a", kAlice, kBudget, 1)).substr(0, 9), "LOT_LIMIT");
  World expired = world;
  EXPECT_EQ(world.Ask(Release("l", hold)), "OK");
  expired.WaitDays(1);
  EXPECT_TRUE(expired.Sweep(kAlice));
  EXPECT_EQ(expired.Of(kAlice).lots.size(), kMaxLots);
}

// Lots that come over held will be free one day.
TEST(LotLimit, HeldLotsOfAMergeCount) {
  World world = FullOfLots();
  Done(world, Award("b", kBob, kBudget, 1));
  Done(world, HoldPoints("h", kBob, kShop, 1, world.InDays(1)));
  EXPECT_EQ(world.Ask(Merge("m", kBob, kAlice)), "LOT_LIMIT into");
  EXPECT_EQ(world.Ask(Merge("m", kAlice, kBob)), "LOT_LIMIT into");
}

TEST(LotLimit, StandsBeforeTheBudget) {
  World world = FullOfLots();
  const std::string name = "LOT_LIMIT";
  EXPECT_EQ(world.Ask(Award("a", kAlice, kBudget, 1'000)).substr(0, 9), name);
  Done(world, Award("b", kBob, kBudget, 1'000));
  EXPECT_EQ(world.Ask(Award("a", kAlice, kBudget, 1)).substr(0, 9), name);
}

}  // namespace
}  // namespace tanhui
