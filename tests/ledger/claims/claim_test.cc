// What merchants claim for points that are taken, and what goes back with them.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/ledger/claims/market.h"
#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;

constexpr ParticipantNo kAll{0};

// From tomorrow on; it is tomorrow then.
void NewPrice(World& world, std::string_view id, Ratio ratio, ParticipantNo merchant = kAll) {
  Done(world, Publish(id, kPoints, kFen, merchant, BusinessDate(world.today().value() + 1), ratio));
  world.WaitDays(1);
}

TEST(ClaimTest, ARedemptionClaimsFenInTwoMorePostingsLast) {
  World world = Market();
  Done(world, Redeem("r", kAlice, kShop, 12));
  EXPECT_EQ(Moves(world.last()), "5 -12 [661:-12]; 9 +12; 13 -12; 21 +12");
  EXPECT_EQ(world.last().redemption().price(), 1u);
  EXPECT_EQ(Books(world), "claim 12 today 12 settling 0 paid 0");
  EXPECT_EQ(world.BalanceOf(kFenIssuance), -12);
}

TEST(ClaimTest, ACaptureClaimsToo) {
  World world = Market();
  const auto hold = Done(world, HoldPoints("h", kAlice, kTillAccount, 12, world.InDays(2)));
  EXPECT_EQ(world.BalanceOf(kClaim), 0) << "what is held is the citizen's";
  Done(world, Capture("c", hold, 7));
  EXPECT_EQ(Moves(world.last()), "5 -7 [661:5]; 24 +7; 13 -7; 21 +7");
  EXPECT_EQ(world.last().capture().price(), 1u);
}

TEST(ClaimTest, WithoutAClaimNothingIsClaimed) {
  World world = Market();
  Done(world, By(OpenMerchant("kiosk", kPoints, kKiosk), kOperator));
  const AccountNo kiosk(world.last().account_opening().number());
  Done(world, Redeem("r", kAlice, kiosk, 12));
  EXPECT_EQ(world.last().postings_size(), 2);
  EXPECT_EQ(world.last().redemption().price(), 0u);
  // From the entry that opens it on.
  Done(world, OpenClaim("c", kFen, kKiosk));
  const AccountNo claim(world.last().account_opening().number());
  Done(world, Redeem("r2", kAlice, kiosk, 5));
  EXPECT_EQ(world.BalanceOf(claim), 5);
  Done(world, Refund("f", world.last_index() - 2, 12));
  EXPECT_EQ(world.last().postings_size(), 2) << "nothing was claimed for the first";
  EXPECT_EQ(world.BalanceOf(claim), 5);
}

TEST(ClaimTest, AMerchantWithAClaimAndNoPriceRedeemsNothing) {
  World world = MarketWithoutPrices();
  const auto hold_of = [&](std::string_view id) {
    return HoldPoints(id, kAlice, kShop, 5, world.InDays(3));
  };
  const auto hold = Done(world, hold_of("h"));
  Play(world,
       {
           {Redeem("r", kAlice, kShop, 1), "NO_SETTLEMENT_PRICE merchant date=2024-02-28"},
           {Redeem("r", kAlice, kTillAccount, 1), "NO_SETTLEMENT_PRICE merchant date=2024-02-28"},
           {Capture("c", hold, 1), "NO_SETTLEMENT_PRICE merchant date=2024-02-28"},
           {Publish("p", kPoints, kFen, kAll, BusinessDate(world.today().value() + 1), {1, 1}),
            "OK"},
           {Redeem("r", kAlice, kShop, 1), "NO_SETTLEMENT_PRICE merchant date=2024-02-28"},
       });
  world.WaitDays(1);
  Play(world, {{Redeem("r", kAlice, kShop, 1), "OK"}, {Capture("c", hold, 1), "OK"}});
}

TEST(ClaimTest, NoFenMoveNothing) {
  World world = MarketWithoutPrices();
  Done(world, Publish("p", kPoints, kFen, kAll, world.today(), {1, 3}));
  Done(world, Redeem("r", kAlice, kShop, 2));
  EXPECT_EQ(world.last().postings_size(), 2) << "two points are worth no fen";
  EXPECT_EQ(world.last().redemption().price(), 1u);
  const auto spent = world.last_index();
  Done(world, Refund("f", spent, 2));
  EXPECT_EQ(world.last().postings_size(), 2);
  NewPrice(world, "free", {0, 1}, kMall);
  Done(world, Redeem("r2", kAlice, kShop, 100));
  EXPECT_EQ(world.last().postings_size(), 2) << "a price of nothing pays nothing";
  EXPECT_EQ(world.last().redemption().price(), 2u);
}

TEST(ClaimTest, ADonationClaimsNothing) {
  World world = Market();
  Done(world, CreateParticipant("charity", "charity", ParticipantKind::kCharity));
  const ParticipantNo charity(world.last().participant_creation().number());
  Done(world, By(OpenCharity("open", kPoints, charity), kOperator));
  Done(world, Donate("d", kAlice, AccountNo(world.last().account_opening().number()), 10));
  EXPECT_EQ(world.last().postings_size(), 2);
}

TEST(ClaimTest, TooManyFenAreRefused) {
  World world = MarketWithoutPrices();
  Done(world, Publish("p", kPoints, kFen, kAll, world.today(), {kMaxPostingAmount.units(), 2}));
  Play(world, {
                  {Redeem("r", kAlice, kShop, 3), "BALANCE_LIMIT points"},
                  {Redeem("r", kAlice, kShop, 2), "OK"},
              });
  EXPECT_EQ(world.BalanceOf(kClaim), kMaxPostingAmount.units());
}

// Every way to take `points` apart in parts of at least one.
void EverySplit(std::int64_t points, std::vector<std::int64_t>& parts,
                const std::function<void(const std::vector<std::int64_t>&)>& play) {
  if (points == 0) {
    return play(parts);
  }
  for (std::int64_t part = 1; part <= points; ++part) {
    parts.push_back(part);
    EverySplit(points - part, parts, play);
    parts.pop_back();
  }
}

// Every pair of parts, and every way of three; of up to seven points every way there is.
void PlaySplits(Ratio ratio) {
  World begun = MarketWithoutPrices();
  Done(begun, Publish("p", kPoints, kFen, kAll, begun.today(), ratio));
  for (std::int64_t points = 1; points <= 20; ++points) {
    World spent = begun;
    const auto target = Done(spent, Redeem("r", kAlice, kShop, points));
    const std::int64_t claimed = points * ratio.fen / ratio.points;
    ASSERT_EQ(spent.BalanceOf(kClaim), claimed);
    const auto play = [&](const std::vector<std::int64_t>& parts) {
      spent.BeginTrial();
      std::int64_t left = points;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        ASSERT_EQ(spent.Ask(Refund("f" + std::to_string(i), target, parts[i])), "OK");
        left -= parts[i];
        ASSERT_EQ(spent.BalanceOf(kClaim), left * ratio.fen / ratio.points);
      }
      ASSERT_EQ(spent.BalanceOf(kClaim), 0);
      ASSERT_EQ(spent.BalanceOf(kFenIssuance), 0);
      spent.UndoTrial();
    };
    std::vector<std::int64_t> parts;
    if (points <= 7) {
      EverySplit(points, parts, play);
      continue;
    }
    for (std::int64_t first = 1; first < points; ++first) {
      for (std::int64_t second = 1; first + second < points; ++second) {
        play({first, second, points - first - second});
      }
      play({first, points - first});
    }
    play(std::vector<std::int64_t>(static_cast<std::size_t>(points), 1));
  }
}

TEST(ClaimTest, PartsAddUpAtAThirdOfAFen) { PlaySplits({1, 3}); }
TEST(ClaimTest, PartsAddUpAtThreeAndAHalf) { PlaySplits({7, 2}); }

TEST(ClaimTest, APriceThatChangesBetweenHoldAndCaptureIsTheCaptures) {
  World world = Market();
  const auto hold = Done(world, HoldPoints("h", kAlice, kShop, 10, world.InDays(3)));
  NewPrice(world, "price2", {3, 1});
  // A late act_time changes nothing.
  const auto taken = Done(world, ActAt(Capture("c", hold, 10), kStart));
  EXPECT_EQ(world.last().capture().price(), 3u);
  EXPECT_EQ(world.BalanceOf(kClaim), 30);
  NewPrice(world, "price3", {5, 1});
  Done(world, Refund("f", taken, 10));
  EXPECT_EQ(Moves(world.last()), "9 -10; 5 +10 [661:10]; 21 -30; 13 +30");
  EXPECT_EQ(world.BalanceOf(kClaim), 0);
}

TEST(ClaimTest, APriceThatChangesBetweenPartialRefundsIsTheTargets) {
  World world = MarketWithoutPrices();
  Done(world, Publish("p", kPoints, kFen, kAll, world.today(), {1, 3}));
  const auto spent = Done(world, Redeem("r", kAlice, kShop, 11));
  EXPECT_EQ(world.BalanceOf(kClaim), 3);
  Done(world, Refund("f1", spent, 4));
  EXPECT_EQ(world.BalanceOf(kClaim), 2);
  NewPrice(world, "price2", {9, 1});
  Done(world, Refund("f2", spent, 4));
  EXPECT_EQ(world.BalanceOf(kClaim), 1);
  NewPrice(world, "price3", {0, 1}, kMall);
  Done(world, Refund("f3", spent, 3));
  EXPECT_EQ(world.BalanceOf(kClaim), 0);
}

TEST(ClaimTest, APriceThatChangesBeforeTheCancellationIsTheTargets) {
  World world = Market();
  Done(world, Redeem("r", kAlice, kTillAccount, 10));
  NewPrice(world, "price2", {9, 1});
  Done(world, Cancel("x", "r"));
  EXPECT_EQ(Moves(world.last()), "24 -10; 5 +10 [661:10]; 21 -10; 13 +10");
  // The claim is of yesterday, what goes back of today.
  EXPECT_EQ(Books(world), "claim 0 today -10 settling 0 paid 0");
}

TEST(ClaimTest, ACancelledCaptureTakesItsClaimBack) {
  World world = Market();
  const auto hold = Done(world, HoldPoints("h", kAlice, kShop, 10, world.InDays(3)));
  Done(world, Capture("c", hold, 6));
  Done(world, Cancel("x", "c"));
  EXPECT_EQ(Books(world), "claim 0 today 0 settling 0 paid 0");
  EXPECT_EQ(Purse(world, kAlice), "500 = 661:500");
}

TEST(ClaimTest, AReversalOfAnAwardTouchesNoClaim) {
  World world = Market();
  const auto award = Done(world, Award("a", kBob, kBudget, 10));
  Done(world, Redeem("r", kBob, kShop, 10));
  Done(world, Reverse("v", award));
  EXPECT_EQ(Books(world), "claim 10 today 10 settling 0 paid 0");
  EXPECT_EQ(Purse(world, kBob), "-10 - debt 10");
}

TEST(ClaimTest, HouseholdMembersGetTheirPartsAndTheClaimItsFen) {
  World world = Market();
  Done(world, Award("b", kBob, kBudget, 20));
  Done(world, OpenHousehold("home", kPoints, kAlice));
  const AccountNo home(world.last().household_opening().number());
  Done(world, Invite("i", home, kBob, kAlice, 100));
  Done(world, Accept("j", home, kBob));
  Done(world, Contribute("c1", home, kAlice, 5));
  Done(world, Contribute("c2", home, kBob, 7));
  const auto spent = Done(world, Redeem("r", home, kShop, 12, kBob));
  EXPECT_EQ(world.BalanceOf(kClaim), 12);
  Done(world, Leave("l", home, kBob));
  Done(world, Refund("f", spent, 12));
  EXPECT_EQ(world.last().postings_size(), 5) << "shop, home, Bob, claim, issuance";
  EXPECT_EQ(world.last().postings(3).account(), kClaim.value());
  EXPECT_EQ(world.last().postings(4).account(), kFenIssuance.value());
  EXPECT_EQ(world.BalanceOf(kClaim), 0);
}

// The stamps' days end at 23:00.
TEST(ClaimTest, TheDayOfAClaimIsTheSchemesLedgerDay) {
  World world = Market();
  Done(world, Award("s", kStampAlice, kStampBudget, 100));
  world.Wait(12 * 60 * kMicrosPerMinute);  // 22:00
  Done(world, Redeem("r1", kStampAlice, kStampShop, 1));
  const BusinessDate today = world.today();
  EXPECT_EQ(world.Of(kStampClaim).given, (DayTotal{today, Amount(1)}));
  Done(world, Publish("p", kStamps, kStampFen, kAll, BusinessDate(today.value() + 1), {7, 1}));
  world.Wait(60 * kMicrosPerMinute);  // 23:00: the next day
  Done(world, Redeem("r2", kStampAlice, kStampShop, 1));
  EXPECT_EQ(world.Of(kStampClaim).given, (DayTotal{BusinessDate(today.value() + 1), Amount(7)}));
  EXPECT_EQ(world.BalanceOf(kStampClaim), 8);
}

}  // namespace
}  // namespace tanhui
