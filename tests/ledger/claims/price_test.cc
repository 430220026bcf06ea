// Settlement prices, money and claims: how they are registered, and which price is in force.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/claims/market.h"
#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;

constexpr ParticipantNo kAll{0};

BusinessDate Ahead(const World& world, std::int32_t days) {
  return BusinessDate(world.today().value() + days);
}

TEST(MoneyTest, HasAccountsForWhatIsInSettlementAndPaid) {
  World world = Market();
  const Asset& fen = *world.state().registry().Find(kFen);
  EXPECT_TRUE(fen.money);
  EXPECT_EQ(fen.settling, kSettling);
  EXPECT_EQ(fen.paid, kPaid);
  EXPECT_EQ(world.Of(kSettling).kind, AccountKind::kSettling);
  EXPECT_EQ(world.Of(kPaid).kind, AccountKind::kPaid);
  EXPECT_EQ(world.Of(kClaim).kind, AccountKind::kClaim);
  EXPECT_EQ(world.Of(kClaim).participant, kMall);
  EXPECT_FALSE(world.state().registry().Find(kPoints)->money);
}

TEST(MoneyTest, OnlyClaimsAndBudgetsAreOpenedInIt) {
  World world = Market();
  Play(world, {
                  {OpenCitizen("a", kFen), "WRONG_ACCOUNT_KIND asset"},
                  {By(OpenMerchant("a", kFen, kKiosk), kOperator), "WRONG_ACCOUNT_KIND asset"},
                  {OpenHousehold("a", kFen, kAlice), "ASSET_MISMATCH head"},
                  {OpenClaim("a", kPoints, kKiosk), "WRONG_ACCOUNT_KIND money"},
                  {OpenClaim("a", kFen, kSponsor), "WRONG_PARTICIPANT_KIND merchant"},
                  {OpenClaim("a", kFen, kMall), "ACCOUNT_EXISTS merchant"},
                  {OpenClaim("a", kFen, kKiosk), "OK"},
                  {By(OpenBudget("b", "b", kSponsor, kFen), kOperator), "OK"},
              });
}

TEST(MoneyTest, NothingElseIsDoneWithAClaim) {
  World world = Market();
  Done(world, Redeem("r", kAlice, kShop, 10));
  const LedgerTime deadline = world.InDays(1);
  Play(world, {
                  {Award("a", kClaim, kBudget, 1), "WRONG_ACCOUNT_KIND account"},
                  {Fund("a", kClaim, 1), "WRONG_ACCOUNT_KIND budget"},
                  {Fund("a", kSettling, 1), "WRONG_ACCOUNT_KIND budget"},
                  {Redeem("a", kClaim, kShop, 1), "WRONG_ACCOUNT_KIND account"},
                  {Redeem("a", kAlice, kClaim, 1), "WRONG_ACCOUNT_KIND merchant"},
                  {HoldPoints("a", kAlice, kClaim, 1, deadline), "WRONG_ACCOUNT_KIND merchant"},
                  {Transfer("a", kClaim, kAlice, 1), "WRONG_ACCOUNT_KIND from_account"},
                  {Donate("a", kAlice, kClaim, 1), "WRONG_ACCOUNT_KIND charity"},
                  {Close("a", kClaim), "WRONG_ACCOUNT_KIND account"},
              });
}

TEST(PriceTest, EachRefusal) {
  World world = MarketWithoutPrices();
  const BusinessDate today = world.today();
  const AssetNo unknown(99);
  const auto publish = [&](AssetNo asset, AssetNo money, ParticipantNo merchant, BusinessDate first,
                           Ratio ratio) {
    return Publish("p", asset, money, merchant, first, ratio);
  };
  const BusinessDate yesterday = Ahead(world, -1);
  Play(world,
       {
           {publish(kPoints, kFen, kAll, today, {-1, 1}), "AMOUNT_OUT_OF_RANGE fen"},
           {publish(kPoints, kFen, kAll, today, {1'000'000'000'001, 1}), "AMOUNT_OUT_OF_RANGE fen"},
           {publish(kPoints, kFen, kAll, today, {1, 0}), "AMOUNT_OUT_OF_RANGE per_points"},
           {publish(unknown, kFen, kAll, today, {1, 1}), "UNKNOWN_ASSET asset"},
           {publish(kPoints, unknown, kAll, today, {1, 1}), "UNKNOWN_ASSET money"},
           {publish(kPoints, kFen, ParticipantNo(99), today, {1, 1}),
            "UNKNOWN_PARTICIPANT merchant"},
           {publish(kPoints, kFen, kSponsor, today, {1, 1}), "WRONG_PARTICIPANT_KIND merchant"},
           {publish(kPoints, kStampFen, kAll, today, {1, 1}), "ASSET_MISMATCH money"},
           {publish(kPoints, kStamps, kAll, today, {1, 1}), "ASSET_MISMATCH money"},
           {publish(kFen, kFen, kAll, today, {1, 1}), "ASSET_MISMATCH asset"},
           {publish(kPoints, kFen, kMall, today, {1, 1}),
            "NO_SETTLEMENT_PRICE merchant date=2024-02-28"},
           {publish(kPoints, kFen, kAll, yesterday, {1, 1}),
            "DATE_NOT_AHEAD first_date earliest=2024-02-28"},
           {publish(kPoints, kFen, kAll, today, {1, 1}), "OK"},
           {publish(kPoints, kFen, kAll, today, {1, 1}), "SEEN 29"},
           {publish(kPoints, kFen, kAll, today, {2, 1}), "SEEN 29 OTHER fen"},
           {Publish("q", kPoints, kFen, kMall, today, {1, 1}),
            "DATE_NOT_AHEAD first_date earliest=2024-02-29"},
           {Publish("q", kPoints, kFen, kMall, Ahead(world, 1), {1, 1}), "OK"},
           {By(Cancel("x", "q"), kOperator), "NOT_CANCELLABLE target_request_id"},
       });
}

TEST(PriceTest, MoneyStaysTheSame) {
  World world = Market();
  Done(world, CreateMoney("m", "fen2", kMidnight));
  const AssetNo other(world.last().asset_creation().number());
  EXPECT_EQ(world.Ask(Publish("p", kPoints, other, kAll, Ahead(world, 1), {1, 1})),
            "ASSET_MISMATCH money");
}

TEST(PriceTest, TheOwnNewestBeforeThoseForAll) {
  World world = Market();
  const auto publish = [&](ParticipantNo merchant, std::int32_t days, std::int64_t fen) {
    Done(world, Publish("p" + std::to_string(world.last_index()), kPoints, kFen, merchant,
                        Ahead(world, days), {fen, 1}));
  };
  publish(kAll, 2, 20);
  publish(kMall, 4, 40);
  publish(kAll, 6, 60);
  publish(kMall, 8, 80);
  publish(kMall, 8, 81);  // of one first date the later one
  publish(kAll, 2, 21);
  publish(kMall, 6, 61);  // published later, in force earlier
  const std::vector<std::int64_t> mall = {1, 1, 21, 21, 40, 40, 61, 61, 81, 81};
  const std::vector<std::int64_t> kiosk = {1, 1, 21, 21, 21, 21, 60, 60, 60, 60};
  const claims::Terms& terms = claims::TermsOf(world.state().registry());
  EXPECT_EQ(terms.InForce(kPoints, kMall, Ahead(world, -1)), nullptr);
  for (std::size_t days = 0; days < mall.size(); ++days) {
    const BusinessDate day = Ahead(world, static_cast<std::int32_t>(days));
    EXPECT_EQ(terms.InForce(kPoints, kMall, day)->fen.units(), mall[days]) << days;
    EXPECT_EQ(terms.InForce(kPoints, kKiosk, day)->fen.units(), kiosk[days]) << days;
  }
}

// 23:00 begins the next ledger day of the stamps.
TEST(PriceTest, DatesAreLedgerDays) {
  World world = MarketWithoutPrices();
  world.Wait(13 * 60 * kMicrosPerMinute);
  const BusinessDate tomorrow = Ahead(world, 1);
  Play(world, {
                  {Publish("p", kStamps, kStampFen, kAll, world.today(), {1, 1}),
                   "DATE_NOT_AHEAD first_date earliest=2024-02-29"},
                  {Publish("p", kStamps, kStampFen, kAll, tomorrow, {1, 1}), "OK"},
              });
  EXPECT_EQ(world.last().accounting_date(), tomorrow.value()) << "the cut-off of its scheme";
  EXPECT_EQ(world.last().business_date(), world.today().value());
}

TEST(PriceTest, FenAreRoundedDownIn128Bits) {
  claims::Price price;
  price.fen = kMaxPostingAmount;
  price.per_points = kMaxPostingAmount;
  EXPECT_EQ(claims::FenFor(price, kMaxPostingAmount), kMaxPostingAmount);
  price.fen = Amount(999'999'999'999);
  EXPECT_EQ(claims::FenFor(price, Amount(1)), Amount(0));
  EXPECT_EQ(claims::FenFor(price, Amount(999'999'999'999)), Amount(999'999'999'998));
  price.per_points = Amount(1);
  EXPECT_EQ(claims::FenFor(price, Amount(1)), Amount(999'999'999'999));
  EXPECT_EQ(claims::FenFor(price, Amount(2)), std::nullopt);
}

}  // namespace
}  // namespace tanhui
