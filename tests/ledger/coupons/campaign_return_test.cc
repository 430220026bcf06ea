// What goes back to funders by itself, and when.
#include <gtest/gtest.h>

#include <vector>

#include "ledger/books/all_books.h"
#include "tests/ledger/core/steps.h"
#include "tests/ledger/coupons/town.h"

namespace tanhui {
namespace {

using namespace world;

// A campaign in the middle of its life: the sums are those of the opening.
World InUse(CampaignNo& campaign) {
  World world = Town();
  campaign = Opened(world, OpenCampaign("o", "spring"));
  world.SetBalance(kStockOfFirst, 12'599);
  world.SetBalance(kCouponsOfFirst, 3'600);
  world.SetBalance(kReviewOfFirst, 1'000);
  world.SetBalance(kRestOfFirst, 801);
  return world;
}

TEST(CampaignReturnTest, NothingWhileCouponsAreIssued) {
  CampaignNo campaign;
  World world = InUse(campaign);
  world.WaitDays(10);
  for (const AccountNo account : {kStockOfFirst, kCouponsOfFirst, kReviewOfFirst, kRestOfFirst}) {
    EXPECT_FALSE(world.Sweep(account));
  }
  const Registry& registry = world.state().registry();
  EXPECT_FALSE(MayBeDue(registry, kStockOfFirst, world.Of(kStockOfFirst), world.now()));
}

// Every account that an entry touches is asked which others it needs.
TEST(CampaignReturnTest, NeedsOtherAccountsOnlyOnceNoneIsIssued) {
  CampaignNo campaign;
  World world = InUse(campaign);
  const auto names = [&world](AccountNo account) {
    std::vector<AccountNo> found;
    world.ledger().DueNames(world.state(), account, world.now(), found);
    return found;
  };
  world.WaitDays(10);
  EXPECT_TRUE(names(kStockOfFirst).empty());
  world.Wait(1);
  EXPECT_EQ(names(kStockOfFirst),
            (std::vector{kStockOfFirst, kCouponsOfFirst, kRestOfFirst, kDistrictFen, kSponsorFen}));
  for (const AccountNo other : {kCouponsOfFirst, kRestOfFirst, kDistrictFen, kAlice}) {
    EXPECT_TRUE(names(other).empty()) << other.value();
  }
}

TEST(CampaignReturnTest, StockAndRestOnceNoneIsIssuedAndCouponsOnceNoneCanBeUsed) {
  CampaignNo campaign;
  World world = InUse(campaign);
  world.WaitDays(10);
  world.Wait(1);
  const Registry& registry = world.state().registry();
  EXPECT_TRUE(MayBeDue(registry, kStockOfFirst, world.Of(kStockOfFirst), world.now()));
  EXPECT_FALSE(MayBeDue(registry, kRestOfFirst, world.Of(kRestOfFirst), world.now()));
  EXPECT_FALSE(MayBeDue(registry, kBudget, world.Of(kBudget), world.now()));
  EXPECT_TRUE(world.Sweep(kStockOfFirst));
  // 13400 fen: 8933.33 and 4466.67.
  EXPECT_EQ(Moves(world.last()), "32 -12599; 35 -801; 25 +8933; 26 +4467");
  EXPECT_EQ(world.last().campaign_return().fen(), 13'400);
  EXPECT_EQ(world.last().caller(), 0U);
  EXPECT_FALSE(world.Sweep(kStockOfFirst));
  EXPECT_EQ(FenOf(world, campaign), "stock 0 coupons 3600 review 1000 rest 0");
  world.WaitDays(10);
  EXPECT_TRUE(world.Sweep(kStockOfFirst));
  EXPECT_EQ(Moves(world.last()), "33 -3600; 25 +2400; 26 +1200");
  // What comes back later goes back, too; what waits for review does not.
  world.SetBalance(kRestOfFirst, 1);
  EXPECT_TRUE(world.Sweep(kStockOfFirst));
  EXPECT_EQ(Moves(world.last()), "35 -1; 25 +1");
  EXPECT_EQ(FenOf(world, campaign), "stock 0 coupons 0 review 1000 rest 0");
  EXPECT_FALSE(world.Sweep(kStockOfFirst));
}

TEST(CampaignReturnTest, AtOnceWhenItIsEnded) {
  CampaignNo campaign;
  World world = InUse(campaign);
  Done(world, Pause("p", campaign));
  EXPECT_FALSE(world.Sweep(kStockOfFirst));
  Done(world, End("e", campaign));
  EXPECT_TRUE(world.Sweep(kStockOfFirst));
  EXPECT_EQ(FenOf(world, campaign), "stock 0 coupons 3600 review 1000 rest 0");
}

TEST(CampaignReturnTest, ABudgetsYearEndComesBefore) {
  CampaignNo campaign;
  World world = InUse(campaign);
  world.GoTo("2025-01-02");
  EXPECT_TRUE(world.Sweep(kStockOfFirst));
  const std::size_t size = world.entries().size();
  EXPECT_EQ(world.entries()[size - 3].budget_year_end().budget(), kDistrictFen.value());
  EXPECT_EQ(world.entries()[size - 3].budget_year_end().carried(), kTownFen - 12'000);
  EXPECT_EQ(world.entries()[size - 2].budget_year_end().budget(), kSponsorFen.value());
  EXPECT_TRUE(world.entries()[size - 1].has_campaign_return());
}

TEST(CampaignReturnTest, NobodyAsksForIt) {
  World world = Town();
  Command command = OpenCampaign("o", "spring");
  command.draft.mutable_campaign_return()->set_campaign(1);
  EXPECT_FALSE(world.ledger().Decides(command.draft));
}

TEST(CampaignReturnTest, Faults) {
  CampaignNo campaign;
  World world = InUse(campaign);
  Entry entry;
  {
    World later = world;
    later.WaitDays(11);
    ASSERT_TRUE(later.Sweep(kStockOfFirst));
    entry = later.last();
  }
  const auto tampered = [&](auto change) {
    Entry copy = entry;
    change(copy);
    return world.FaultOf(copy);
  };
  const auto shift = [](Entry& e, int from, int to, std::int64_t fen) {
    for (const auto& [at, amount] : {std::pair(from, -fen), std::pair(to, fen)}) {
      auto& posting = *e.mutable_postings(at);
      posting.set_amount(posting.amount() + amount);
      posting.set_balance_after(posting.balance_after() + amount);
    }
  };
  constexpr std::string_view kNone = "a return from what is no campaign, or of nothing";
  EXPECT_EQ(tampered([](Entry&) {}), "OK");
  EXPECT_EQ(tampered([](Entry& e) { e.mutable_campaign_return()->set_campaign(2); }), kNone);
  EXPECT_EQ(tampered([](Entry& e) { e.mutable_campaign_return()->set_fen(0); }), kNone);
  EXPECT_EQ(tampered([](Entry& e) { e.mutable_campaign_return()->set_fen(5); }),
            "the postings are not the fen of the body");
  EXPECT_EQ(tampered([&](Entry& e) { shift(e, 2, 0, 1); }), "a return that leaves something");
  EXPECT_NE(tampered([&](Entry& e) { shift(e, 2, 3, 1); }), "OK");
  EXPECT_NE(tampered([](Entry& e) { e.mutable_postings()->SwapElements(0, 1); }), "OK");
  // Too early: nothing is nobody's yet.
  EXPECT_NE(tampered([&](Entry& e) { e.set_recorded_micros(world.now().value()); }), "OK");
}

}  // namespace
}  // namespace tanhui
