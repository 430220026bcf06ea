// Lotteries: who may apply, the draw, and who wins.
#include "ledger/coupons/lottery.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <set>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/coupons/town.h"

namespace tanhui {
namespace {

namespace pb = entry::v1;

using namespace world;
using coupons::Draw;
using coupons::PlaceOf;

std::vector<std::uint64_t> PlacesOf(const Draw& draw) {
  std::vector<std::uint64_t> places;
  for (std::uint64_t i = 0; i < draw.applications; ++i) {
    places.push_back(PlaceOf(draw, i));
  }
  return places;
}

// The worked example of COUPONS.md, which was computed apart from this program.
TEST(LotteryVectorTest, TheExampleOfThePage) {
  EXPECT_EQ(ToHex(coupons::SeedCommitment(kSeed).view()),
            "3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9");
  const Hash256 key = coupons::LotteryKey(kSeed, "3141592");
  EXPECT_EQ(ToHex(key.view()), "87541db77ad991ec22b17665108dedd163b9f12d36ee0db9e4ad9c0ff5417871");
  EXPECT_EQ(PlacesOf({key, 10}), (std::vector<std::uint64_t>{1, 7, 4, 8, 3, 9, 0, 2, 5, 6}));
  EXPECT_EQ(PlaceOf({key, 1'000'000}, 0), 664'822U);
  EXPECT_EQ(PlaceOf({key, 1'000'000}, 123'456), 88'661U);
  EXPECT_EQ(PlaceOf({key, 1'000'000}, 999'999), 63'108U);
}

TEST(LotteryTest, EveryPlaceIsTakenOnce) {
  const Hash256 key = coupons::LotteryKey(kSeed, "any");
  for (const std::uint64_t applications : {1, 2, 3, 4, 5, 15, 16, 17, 100, 1'000, 4'096, 4'097}) {
    std::vector<std::uint64_t> places = PlacesOf({key, applications});
    std::sort(places.begin(), places.end());
    std::vector<std::uint64_t> all(applications);
    std::iota(all.begin(), all.end(), 0);
    EXPECT_EQ(places, all) << applications;
  }
}

// Over many draws everybody wins as often as everybody else; so do pairs.
TEST(LotteryTest, IsFair) {
  constexpr std::uint64_t kApplications = 10;
  constexpr std::uint64_t kStock = 3;
  constexpr int kDraws = 20'000;
  std::array<int, kApplications> wins{};
  std::array<std::array<int, kApplications>, kApplications> pairs{};
  for (int n = 0; n < kDraws; ++n) {
    const Draw draw{coupons::LotteryKey(kSeed, std::to_string(n)), kApplications};
    std::vector<std::size_t> winners;
    for (std::size_t i = 0; i < kApplications; ++i) {
      if (PlaceOf(draw, i) < kStock) {
        winners.push_back(i);
        ++wins[i];
      }
    }
    ASSERT_EQ(winners.size(), kStock);
    for (const std::size_t a : winners) {
      for (const std::size_t b : winners) {
        ++pairs[a][b];
      }
    }
  }
  // 6000 expected, a standard deviation of 65; of a pair 1333 and 35. Nothing here is random.
  for (std::size_t i = 0; i < kApplications; ++i) {
    EXPECT_NEAR(wins[i], 6'000, 5 * 65) << i;
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_NEAR(pairs[i][j], 1'333, 5 * 35) << i << " and " << j;
    }
  }
}

// Another seed or another value is another draw.
TEST(LotteryTest, DependsOnBoth) {
  std::set<std::string> keys;
  for (const std::string_view seed :
       {kSeed, std::string_view("1123456789abcdef0123456789abcdef")}) {
    for (const std::string_view value : {"1", "2"}) {
      keys.insert(std::string(coupons::LotteryKey(seed, value).view()));
    }
  }
  EXPECT_EQ(keys.size(), 4U);
}

TEST(ApplicationTest, Once) {
  World world = Town();
  const CampaignNo lottery = Opened(world, OpenCampaign("o", "lottery", ByLottery));
  Play(world, {{ApplyFor("a", lottery, kAlice), "OK"},
               {ApplyFor("b", lottery, kAlice), "COUPON_LIMIT account limit=1 period=CAMPAIGN"},
               {ApplyFor("c", lottery, kBob), "OK"},
               {ApplyFor("d", lottery, kMinor), "OK"}});
  EXPECT_EQ(world.last().coupon_application().ordinal(), 2U);
  EXPECT_EQ(world.Of(kRestOfFirst).funded, Amount(3));
  ASSERT_EQ(world.Of(kBob).tallies.size(), 1U);
  EXPECT_EQ(world.Of(kBob).tallies.front().category, 1U);
  // Whoever was merged applied already.
  Done(world, Merge("m", kBob, kCarol));
  Play(world, {{ApplyFor("e", lottery, kCarol), "COUPON_LIMIT account limit=1 period=CAMPAIGN"},
               {ApplyFor("e", lottery, kBob), "COUPON_LIMIT account limit=1 period=CAMPAIGN"}});
}

TEST(ApplicationTest, WhoAndWhen) {
  World world = Town();
  const CampaignNo plain = Opened(world, OpenCampaign("o", "plain"));
  const CampaignNo lottery = Opened(world, OpenCampaign("p", "lottery", [&](auto& opening) {
                                      ByLottery(opening);
                                      opening.set_issue_first_micros(world.InDays(1).value());
                                      opening.set_points_asset(kPoints.value());
                                      opening.set_price_points(5);
                                      opening.add_attestations("real_name");
                                      opening.add_attestations("resident");
                                    }));
  const auto apply = [&](AccountNo account) {
    return ApplyFor("a", lottery, account, {"resident", "real_name", "tall"});
  };
  Play(world, {{ApplyFor("a", CampaignNo(9), kAlice), "UNKNOWN_CAMPAIGN campaign"},
               {ApplyFor("a", plain, kAlice), "CAMPAIGN_STATE campaign state=NO_LOTTERY"},
               {apply(kAlice), "CAMPAIGN_STATE campaign state=NOT_BEGUN"}});
  world.WaitDays(1);
  Done(world, Pause("pause", lottery));
  Play(world, {{apply(kAlice), "CAMPAIGN_STATE campaign state=PAUSED"},
               {Resume("resume", lottery), "OK"},
               {apply(kShop), "WRONG_ACCOUNT_KIND account"},
               {apply(kStampAlice), "ASSET_MISMATCH account"},
               {ApplyFor("a", lottery, kAlice, {"real_name"}),
                "COUPON_NOT_ELIGIBLE attestations missing=resident"},
               {SetStatus("freeze", kAlice, AccountStatus::kFrozen), "OK"},
               {apply(kAlice), "ACCOUNT_FROZEN account"},
               {SetStatus("open", kAlice, AccountStatus::kOpen), "OK"},
               {apply(kAlice), "OK"}});
  // No more is kept than the campaign asks for.
  EXPECT_EQ(world.last().coupon_application().attestations_size(), 2);
  EXPECT_EQ(world.last().coupon_application().attestations(0), "real_name");
  world.WaitDays(5);
  Play(world, {{ApplyFor("b", lottery, kBob, {"real_name", "resident"}),
                "CAMPAIGN_STATE campaign state=OVER"}});
}

TEST(ApplicationTest, Faults) {
  World world = Town();
  const CampaignNo lottery = Opened(world, OpenCampaign("o", "lottery", ByLottery));
  const Command apply = ApplyFor("a", lottery, kAlice);
  constexpr std::string_view kCannot = "an application that cannot be";
  constexpr std::string_view kNone = "an application of no citizen, or for no campaign";
  const auto tampered = [&](auto change) {
    return Tampered(world, apply, [&](Entry& e) { change(*e.mutable_coupon_application()); });
  };
  EXPECT_EQ(tampered([](auto&) {}), "OK");
  EXPECT_EQ(tampered([](auto& a) { a.set_ordinal(1); }), kCannot);
  EXPECT_EQ(tampered([](auto& a) { a.add_attestations("x"); }), kCannot);
  EXPECT_EQ(tampered([](auto& a) { a.set_campaign(2); }), kNone);
  EXPECT_EQ(tampered([](auto& a) { a.set_account(999); }), kNone);
  EXPECT_EQ(tampered([](auto& a) { a.set_account(kShop.value()); }), kNone);
  const Entry entry = std::get<Entry>(world.Decide(apply));
  Done(world, apply);
  Entry again = entry;
  again.clear_request_id();
  again.mutable_coupon_application()->set_ordinal(1);
  EXPECT_EQ(world.FaultOf(again), kCannot);
}

TEST(DrawTest, WhenAndWithWhat) {
  World world = Town();
  const CampaignNo plain = Opened(world, OpenCampaign("o", "plain"));
  const CampaignNo lottery = Opened(world, OpenCampaign("p", "lottery", ByLottery));
  const std::string other(32, 'x');
  Done(world, ApplyFor("a", lottery, kAlice));
  Play(world,
       {{DrawLottery("d", CampaignNo(9)), "UNKNOWN_CAMPAIGN campaign"},
        {DrawLottery("d", plain), "CAMPAIGN_STATE campaign state=NO_LOTTERY"},
        {DrawLottery("d", lottery), "CAMPAIGN_STATE campaign state=LOTTERY"},
        {DrawLottery("d", lottery, "short"), "FIELD_INVALID seed problem=must be 32 bytes"},
        {DrawLottery("d", lottery, kSeed, ""), "FIELD_INVALID beacon_value problem=is missing"},
        {DrawLottery("d", lottery, other),
         "FIELD_INVALID seed problem=is not the one whose SHA-256 the campaign was opened "
         "with"}});
  world.WaitDays(5);
  Play(world, {{DrawLottery("d", lottery), "CAMPAIGN_STATE campaign state=LOTTERY"}});
  world.Wait(1);
  constexpr std::string_view kCannot = "a draw that cannot be";
  const auto tampered = [&](auto change) {
    return Tampered(world, DrawLottery("d", lottery),
                    [&](Entry& e) { change(*e.mutable_lottery_draw()); });
  };
  EXPECT_EQ(tampered([](auto&) {}), "OK");
  EXPECT_EQ(tampered([](auto& d) { d.set_applications(2); }), kCannot);
  EXPECT_EQ(tampered([&](auto& d) { d.set_seed(other); }), kCannot);
  EXPECT_EQ(tampered([](auto& d) { d.set_campaign(1); }), kCannot);
  EXPECT_EQ(tampered([](auto& d) { d.set_campaign(5); }), kCannot);
  EXPECT_EQ(tampered([](auto& d) { d.set_beacon_value(std::string(1'001, 'x')); }), kCannot);
  Play(world, {{DrawLottery("d", lottery), "OK"},
               {DrawLottery("e", lottery), "CAMPAIGN_STATE campaign state=DRAWN"}});
  const auto& campaign = CampaignIn(world, lottery);
  ASSERT_TRUE(campaign.draw.has_value());
  EXPECT_EQ(campaign.draw->applications, 1U);
  EXPECT_EQ(campaign.draw->key, coupons::LotteryKey(kSeed, "3141592"));
  EXPECT_EQ(PlaceOf(*campaign.draw, 0), 0U);
}

TEST(DrawTest, NotOfWhatIsOver) {
  World world = Town();
  const CampaignNo lottery = Opened(world, OpenCampaign("p", "lottery", ByLottery));
  Done(world, ApplyFor("a", lottery, kAlice));
  world.WaitDays(6);
  {
    World ended = world;
    Done(ended, End("e", lottery));
    Play(ended, {{DrawLottery("d", lottery), "CAMPAIGN_STATE campaign state=ENDED"}});
  }
  world.WaitDays(6);
  Play(world, {{DrawLottery("d", lottery), "CAMPAIGN_STATE campaign state=OVER"}});
}

// Without applications there is nobody to win, and nothing breaks.
TEST(DrawTest, OfNobody) {
  World world = Town();
  const CampaignNo lottery = Opened(world, OpenCampaign("p", "lottery", ByLottery));
  world.WaitDays(6);
  Done(world, DrawLottery("d", lottery));
  EXPECT_EQ(CampaignIn(world, lottery).draw->applications, 0U);
}

}  // namespace
}  // namespace tanhui
