// Random lives of campaigns and coupons beside a slow model: the same answers, the same fen in the
// same places, no budget below zero, no citizen above a limit, nothing left behind by a trial, and
// every entry decided again as an audit does and on no more of the state than it names.
//
// TANHUI_SEED repeats a run, TANHUI_LIVES lengthens it, TANHUI_TELL tells how often each answer
// came and goes on after a difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>
#include <string>

#include "ledger/coupons/lottery.h"
#include "tests/property/coupons/coupon_life.h"

namespace tanhui::property {
namespace {

constexpr int kSteps = 350;

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(CouponProperty, EveryCouponIsAccountedFor) {
  const std::uint64_t first = FromEnvironment("TANHUI_SEED", 1);
  const std::uint64_t lives = FromEnvironment("TANHUI_LIVES", 120);
  const bool tell = std::getenv("TANHUI_TELL") != nullptr;
  std::map<std::string, int> answers;
  for (std::uint64_t seed = first; seed < first + lives; ++seed) {
    SCOPED_TRACE("TANHUI_SEED=" + std::to_string(seed));
    CouponLife life(seed);
    for (int step = 0; step < kSteps && (tell || !HasFailure()); ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      life.Step();
    }
    if (tell || !HasFailure()) {
      life.Finish();
    }
    for (const auto& [answer, count] : life.answers()) {
      answers[answer] += count;
    }
    ASSERT_TRUE(tell || !HasFailure());
  }
  for (const auto& [answer, count] : answers) {
    if (tell) {
      std::printf("%s: %d\n", answer.c_str(), count);
    }
  }
  const auto often = [&](Entry::BodyCase body, const std::string& reason) {
    return answers[std::to_string(body) + " " + reason];
  };
  if (lives < 120) {
    return;
  }
  EXPECT_GT(often(Entry::kCampaignOpening, "OK"), 50);
  EXPECT_GT(often(Entry::kCampaignOpening, "INSUFFICIENT_BUDGET"), 2);
  EXPECT_GT(often(Entry::kCampaignChange, "OK"), 20);
  EXPECT_GT(often(Entry::kCouponApplication, "OK"), 20);
  EXPECT_GT(often(Entry::kLotteryDraw, "OK"), 5);
  for (const char* reason : {"OK", "CAMPAIGN_STATE", "COUPON_NOT_ELIGIBLE", "LOTTERY_NOT_WON",
                             "COUPON_LIMIT", "COUPONS_GONE", "INSUFFICIENT_BALANCE"}) {
    EXPECT_GT(often(Entry::kCouponIssue, reason), 1) << reason;
  }
  for (const char* reason : {"OK", "COUPON_STATE", "COUPON_NOT_VALID", "COUPON_NOT_ACCEPTED",
                             "COUPON_BELOW_THRESHOLD", "COUPON_ORDER_MISMATCH", "ORDER_USED",
                             "UNIT_SUSPENDED", "PRODUCT_NOT_LISTED", "TRADE_IN_USED"}) {
    EXPECT_GT(often(Entry::kCouponRedemption, reason), 1) << reason;
  }
  for (const char* reason : {"OK", "COUPON_RETURN_POLICY", "NOTHING_LEFT_TO_UNDO"}) {
    EXPECT_GT(often(Entry::kCouponRefund, reason), 1) << reason;
  }
  for (const Entry::BodyCase body :
       {Entry::kCouponLock, Entry::kCouponUnlock, Entry::kCouponRevocation, Entry::kCouponReview,
        Entry::kCancellation}) {
    EXPECT_GT(often(body, "OK"), 5) << body;
  }
}

// The model's lottery is the one of the books, and has as many winners as there are places.
TEST(CouponProperty, ALotteryIsAPermutation) {
  for (const std::uint64_t applications : {1, 2, 3, 4, 5, 16, 17, 100, 1'000}) {
    const std::string key =
        DrawKey(&world::Sha256, world::kSeed, "beacon " + std::to_string(applications));
    coupons::Draw draw;
    draw.key = coupons::LotteryKey(world::kSeed, "beacon " + std::to_string(applications));
    draw.applications = applications;
    std::set<std::uint64_t> places;
    for (std::uint64_t ordinal = 0; ordinal < applications; ++ordinal) {
      const std::uint64_t place = PlaceIn(&world::Sha256, key, applications, ordinal);
      ASSERT_LT(place, applications);
      places.insert(place);
      ASSERT_EQ(coupons::PlaceOf(draw, ordinal), place) << ordinal << " of " << applications;
    }
    ASSERT_EQ(places.size(), applications);
  }
}

}  // namespace
}  // namespace tanhui::property
