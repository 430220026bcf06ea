// Discounts that funders pay after a look at their papers.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/coupons/town.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

const std::vector<Goods> kGoods = {{5'000}, {3'000}, {4'000}};
const std::vector<GoodsBack> kAll = {{0, 5'000}, {1, 3'000}, {2, 4'000}};
constexpr CampaignNo kFirstCampaign{1};

std::string Fen(const World& world) {
  return FenOf(world, kFirstCampaign) + " claim " + std::to_string(world.BalanceOf(kBakeryClaim));
}

// A coupon that Alice used at the bakery: 20 yuan off, of which the funders would pay 18.
struct Waiting {
  World world = Town();
  std::uint64_t use = 0;

  explicit Waiting(const ChangeOpening& change = Reviewed) {
    Opened(world, OpenCampaign("campaign", "spring", change));
    const std::uint64_t coupon = Done(world, IssueCoupon("issue", kFirstCampaign, kAlice));
    use = Done(world, UseCoupon("use", coupon, OrderAt(kBakeryShop, "o-1", kGoods)));
  }
};

TEST(CouponReviewTest, ApprovedAsAWhole) {
  Waiting waiting;
  World& world = waiting.world;
  EXPECT_EQ(Fen(world), "stock 16200 coupons 0 review 1800 rest 0 claim 0");
  Done(world, ReviewUse("review", waiting.use, 1'800));
  EXPECT_EQ(Fen(world), "stock 16200 coupons 0 review 0 rest 0 claim 1800");
  EXPECT_EQ(world.Of(kBakeryClaim).given.On(world.today()), Amount(1'800));
}

// What is approved is claimed on the day of the review.
TEST(CouponReviewTest, IsSettledWithTheDayOnWhichItWasApproved) {
  Waiting waiting;
  World& world = waiting.world;
  world.WaitDays(1);
  Done(world, BeginRun("run-1", kFen));
  Done(world, ReviewUse("review", waiting.use, 1'800));
  Play(world, {{AddLine("line-1", 1, kBakery), "NOTHING_TO_SETTLE merchant fen=0"}});
  world.WaitDays(1);
  Done(world, BeginRun("run-2", kFen));
  Done(world, AddLine("line-2", 2, kBakery));
  EXPECT_EQ(world.last().settlement_line().fen(), 1'800);
}

TEST(CouponReviewTest, ApprovedInPart) {
  Waiting waiting;
  Done(waiting.world, ReviewUse("review", waiting.use, 1'000, "no_invoice"));
  EXPECT_EQ(Fen(waiting.world), "stock 16200 coupons 0 review 0 rest 800 claim 1000");
}

// The customer keeps the discount; the merchant gets nothing for it.
TEST(CouponReviewTest, Rejected) {
  Waiting waiting;
  World& world = waiting.world;
  Done(world, ReviewUse("review", waiting.use, 0, "no_invoice"));
  EXPECT_EQ(Fen(world), "stock 16200 coupons 0 review 0 rest 1800 claim 0");
  Done(world, RefundCoupon("back", waiting.use, kAll));
  EXPECT_EQ(world.last().coupon_refund().discount_fen(), 2'000);
  EXPECT_TRUE(world.last().coupon_refund().coupon_back());
  EXPECT_EQ(Fen(world), "stock 16200 coupons 1800 review 0 rest 0 claim 0");
}

TEST(CouponReviewTest, OfWhatIsLeftAfterARefund) {
  Waiting waiting;
  World& world = waiting.world;
  Done(world, RefundCoupon("back", waiting.use, {{0, 5'000}}));
  EXPECT_EQ(Fen(world), "stock 16200 coupons 0 review 1051 rest 749 claim 0");
  Play(world, {{ReviewUse("review", waiting.use, 1'052),
                "INSUFFICIENT_BALANCE approved_fen needed=1052 available=1051"},
               {ReviewUse("review", waiting.use, 1'051), "OK"}});
  EXPECT_EQ(Fen(world), "stock 16200 coupons 0 review 0 rest 749 claim 1051");
}

// Of what was approved the part comes back that belongs to what comes back of the discount.
TEST(CouponReviewTest, ARefundAfterItTakesItsShareOfWhatWasApproved) {
  Waiting waiting;
  World& world = waiting.world;
  Done(world, RefundCoupon("back-1", waiting.use, {{0, 5'000}}));
  Done(world, ReviewUse("review", waiting.use, 500, "other_goods"));
  EXPECT_EQ(Fen(world), "stock 16200 coupons 0 review 0 rest 1300 claim 500");
  Done(world, RefundCoupon("back-2", waiting.use, {{1, 3'000}}));
  EXPECT_EQ(world.last().coupon_refund().discount_fen(), 500);
  EXPECT_EQ(Fen(world), "stock 16200 coupons 0 review 0 rest 1515 claim 285") << "500 x 667 / 1167";
  Done(world, RefundCoupon("back-3", waiting.use, {{2, 4'000}}));
  EXPECT_EQ(Fen(world), "stock 16200 coupons 1800 review 0 rest 0 claim 0");
  const auto now = world.state().FindUndone(EntryIndex(waiting.use)).redeemed;
  ASSERT_TRUE(now.has_value());
  EXPECT_TRUE(now->reviewed);
  EXPECT_EQ(now->approved, Amount(500));
  EXPECT_EQ(now->discount_at_review, Amount(833));
  EXPECT_EQ(now->funded_back, Amount(1'249));
}

TEST(CouponReviewTest, WhatIsRefused) {
  Waiting waiting;
  World& world = waiting.world;
  const std::uint64_t issue = waiting.use - 1;
  Play(world, {{ReviewUse("r1", 99'999, 1), "UNKNOWN_COUPON entry_index"},
               {By(ReviewUse("r3", issue, 1), kPlatform), "WRONG_ENTRY_KIND entry_index"},
               {ReviewUse("r4", waiting.use, -1, "x"), "AMOUNT_OUT_OF_RANGE approved_fen"},
               {ReviewUse("r5", waiting.use, 1'799), "FIELD_REQUIRED reason"},
               {ReviewUse("r6", waiting.use, 0), "FIELD_REQUIRED reason"},
               {ReviewUse("r7", waiting.use, 1'801),
                "INSUFFICIENT_BALANCE approved_fen needed=1801 available=1800"},
               {ReviewUse("r8", waiting.use, 1'800), "OK"},
               {ReviewUse("r9", waiting.use, 1'800), "REVIEW_STATE entry_index state=APPROVED"},
               {Cancel("x1", "use"), "NOT_CANCELLABLE target_request_id"}});
}

TEST(CouponReviewTest, OnceAndOnlyWhereThereIsSomethingToReview) {
  Waiting no_review(nullptr);
  Play(no_review.world, {{ReviewUse("review", no_review.use, 1'800),
                          "REVIEW_STATE entry_index state=NOT_REVIEWED"}});
  Waiting rejected;
  Play(rejected.world,
       {{ReviewUse("r1", rejected.use, 0, "forged"), "OK"},
        {ReviewUse("r2", rejected.use, 0, "forged"), "REVIEW_STATE entry_index state=REJECTED"}});
  Waiting back;
  Play(back.world, {{RefundCoupon("back", back.use, kAll), "OK"},
                    {ReviewUse("review", back.use, 0, "given_back"),
                     "REVIEW_STATE entry_index state=GIVEN_BACK"}});
  Waiting cancelled;
  Play(cancelled.world,
       {{Cancel("cancel", "use"), "OK"},
        {ReviewUse("review", cancelled.use, 1'800), "REVIEW_STATE entry_index state=CANCELLED"}});
}

TEST(CouponReviewTest, WhatDecideCannotHaveMade) {
  Waiting waiting;
  const Decision decision =
      waiting.world.Decide(ReviewUse("review", waiting.use, 1'000, "no_invoice"));
  const auto* good = std::get_if<Entry>(&decision);
  ASSERT_NE(good, nullptr);
  EXPECT_EQ(waiting.world.FaultOf(*good), "OK");
  const auto fault = [&](auto edit) {
    Entry bad = *good;
    edit(bad, *bad.mutable_coupon_review());
    return waiting.world.FaultOf(bad);
  };
  constexpr std::string_view kCannot = "a review that cannot be";
  constexpr std::string_view kWaits = "a review of what does not wait for it";
  EXPECT_EQ(fault([](Entry&, auto& r) { r.set_target(9'999); }), kCannot);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.set_campaign(2); }), kCannot);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.clear_undone(); }), kCannot);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.mutable_undone()->set_merchant(99); }), kCannot);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.set_approved_fen(-1); }), kWaits);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.set_approved_fen(1'801); }), kWaits);
  EXPECT_EQ(fault([](Entry& e, auto&) { e.clear_postings(); }), kWaits);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.mutable_undone()->set_merchant(kKiosk.value()); }),
            kWaits);
  EXPECT_NE(fault([](Entry&, auto& r) { r.set_approved_fen(999); }), "OK");
  EXPECT_NE(fault([](Entry&, auto& r) { r.mutable_undone()->set_merchant(kMall.value()); }), "OK");
  EXPECT_NE(fault([](Entry& e, auto&) { e.mutable_postings()->SwapElements(1, 2); }), "OK");
  EXPECT_NE(fault([](Entry&, auto& r) { r.mutable_undone()->add_nullifiers("?"); }), "OK");
}

}  // namespace
}  // namespace tanhui
