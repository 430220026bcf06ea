// What counts against a citizen's limits is forgotten once nobody can ask it: an account is not
// full of campaigns of years ago.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/coupons/town.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

constexpr LimitNo kFirstCampaigns{0x8000'0001};
constexpr LimitNo kSecondCampaigns{0x8000'0002};
constexpr LimitNo kThirdCampaigns{0x8000'0003};

void Limited(pb::CampaignOpening& opening) { opening.set_per_citizen(3); }

std::vector<LimitNo> LimitsOf(const World& world, AccountNo account) {
  std::vector<LimitNo> limits;
  for (const Tally& tally : world.Of(account).tallies) {
    limits.push_back(tally.limit);
  }
  return limits;
}

// So many tallies of acts.
void Fill(World& world, AccountNo account, std::uint32_t tallies) {
  auto& all = world.mutable_state().ChangeAccount(account).tallies;
  for (std::uint32_t i = 1; i <= tallies; ++i) {
    all.push_back({LimitNo(i), 0, BusinessDate(0), 1});
  }
}

TEST(CouponTalliesTest, OfWhatIsOverAreForgottenByTheNextOne) {
  World world = Town();
  const CampaignNo spring = Opened(world, OpenCampaign("c1", "spring", Limited));
  const CampaignNo summer = Opened(world, OpenCampaign("c2", "summer", Limited));
  const CampaignNo autumn = Opened(world, OpenCampaign("c3", "autumn", Limited));
  const std::uint64_t first = Done(world, IssueCoupon("i1", spring, kAlice));
  Done(world, IssueCoupon("i2", spring, kBob));
  Done(world, IssueCoupon("i3", summer, kAlice));
  Done(world, Pause("p", summer));
  Done(world, End("e", spring));
  EXPECT_EQ(LimitsOf(world, kAlice), (std::vector{kFirstCampaigns, kSecondCampaigns}));
  Done(world, IssueCoupon("i4", autumn, kAlice));
  // A campaign that is paused goes on one day.
  EXPECT_EQ(LimitsOf(world, kAlice), (std::vector{kSecondCampaigns, kThirdCampaigns}));
  EXPECT_EQ(LimitsOf(world, kBob), std::vector{kFirstCampaigns});
  // A cancelled issue takes nothing back that is not there.
  Done(world, Cancel("x", "i1"));
  EXPECT_EQ(EntryIndex(first), EntryIndex(world.last().cancellation().target_index()));
  EXPECT_EQ(LimitsOf(world, kAlice), (std::vector{kSecondCampaigns, kThirdCampaigns}));
  world.WaitDays(10);
  Done(world, Extend("later", autumn, world.InDays(10), world.InDays(20)));
  world.Wait(1);  // nothing of the summer is issued any more
  Done(world, IssueCoupon("i5", autumn, kAlice));
  EXPECT_EQ(LimitsOf(world, kAlice), std::vector{kThirdCampaigns});
  EXPECT_EQ(world.Of(kAlice).tallies.front().amount, 2);
}

TEST(CouponTalliesTest, OfALotteryLastUntilItsCouponsAreIssued) {
  World world = Town();
  const CampaignNo lottery = Opened(world, OpenCampaign("c1", "lottery", ByLottery));
  const CampaignNo other =
      Opened(world, OpenCampaign("c2", "other", [](auto& opening) {
               Limited(opening);
               opening.set_use_last_micros(opening.use_last_micros() + 10 * kMicrosPerDay);
               opening.set_issue_last_micros(opening.issue_last_micros() + 10 * kMicrosPerDay);
             }));
  const CampaignNo next =
      Opened(world, OpenCampaign("c3", "next", [](auto& opening) {
               ByLottery(opening);
               opening.set_use_last_micros(opening.use_last_micros() + 30 * kMicrosPerDay);
               opening.set_issue_last_micros(opening.issue_last_micros() + 30 * kMicrosPerDay);
               opening.set_apply_last_micros(opening.apply_last_micros() + 15 * kMicrosPerDay);
             }));
  Done(world, ApplyFor("a1", lottery, kAlice));
  Done(world, ApplyFor("a2", lottery, kBob));
  world.WaitDays(6);
  Done(world, DrawLottery("d", lottery));
  Done(world, IssueCoupon("i1", other, kAlice));
  EXPECT_EQ(LimitsOf(world, kAlice), (std::vector{kFirstCampaigns, kSecondCampaigns}));
  world.WaitDays(5);
  Done(world, IssueCoupon("i2", other, kAlice));
  EXPECT_EQ(LimitsOf(world, kAlice), std::vector{kSecondCampaigns});
  Done(world, ApplyFor("a3", next, kBob));
  EXPECT_EQ(LimitsOf(world, kBob), std::vector{kThirdCampaigns});
}

TEST(CouponTalliesTest, AFullAccountHasRoomOnceACampaignIsOver) {
  World world = Town();
  const CampaignNo spring = Opened(world, OpenCampaign("c1", "spring", Limited));
  const CampaignNo autumn = Opened(world, OpenCampaign("c2", "autumn", Limited));
  const CampaignNo lottery = Opened(world, OpenCampaign("c3", "lottery", ByLottery));
  Fill(world, kAlice, kMaxTallies - 2);
  Fill(world, kBob, kMaxTallies - 2);
  Play(world, {{IssueCoupon("i1", spring, kAlice), "OK"},
               {IssueCoupon("i2", autumn, kAlice), "COUPON_LIMIT account"},
               {IssueCoupon("i3", spring, kBob), "OK"},
               {ApplyFor("a1", lottery, kBob), "OK"},
               {ApplyFor("a2", lottery, kAlice), "OK"},
               {End("e", spring), "OK"}});
  EXPECT_EQ(world.Of(kAlice).tallies.size(), kMaxTallies);
  // The one of the lottery counts still, the other one not.
  Play(world, {{IssueCoupon("i4", autumn, kAlice), "COUPON_LIMIT account"}});
  Done(world, End("f", lottery));
  Play(world, {{IssueCoupon("i5", autumn, kAlice), "OK"}});
  EXPECT_EQ(world.Of(kAlice).tallies.size(), kMaxTallies - 1);
  const CampaignNo next = Opened(world, OpenCampaign("c4", "next", ByLottery));
  Play(world, {{ApplyFor("a3", next, kBob), "OK"}});
  EXPECT_EQ(world.Of(kBob).tallies.size(), kMaxTallies - 1);
}

}  // namespace
}  // namespace tanhui
