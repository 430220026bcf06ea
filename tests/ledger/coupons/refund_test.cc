// Orders that are given back: what goes to whom, when the coupon can be used again, and what is
// refused.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/core/check.h"
#include "tests/ledger/core/steps.h"
#include "tests/ledger/coupons/town.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

// 120 yuan in three lines, on which 20 are off; the funders pay 18 of them.
const std::vector<Goods> kGoods = {{5'000}, {3'000}, {4'000}};
constexpr CampaignNo kFirstCampaign{1};

// The bakery's claim is appended to where the fen of the campaign are.
std::string Fen(const World& world) {
  return FenOf(world, kFirstCampaign) + " claim " + std::to_string(world.BalanceOf(kBakeryClaim));
}

// What the last entry, a refund, says: "5000 - 833", "back" when the coupon came back.
std::string Refunded(const World& world) {
  const pb::CouponRefund& refund = world.last().coupon_refund();
  return std::to_string(refund.goods_fen()) + " - " + std::to_string(refund.discount_fen()) +
         (refund.coupon_back() ? " back" : "");
}

std::string StateOf(const World& world, std::uint64_t coupon) {
  const auto now = world.state().FindUndone(EntryIndex(coupon)).coupon;
  if (!now.has_value()) {
    return "as issued";
  }
  constexpr std::string_view kNames[] = {"ready", "locked", "used", "void"};
  return std::string(kNames[static_cast<std::size_t>(now->state)]) + " by " +
         std::to_string(now->entry.value());
}

// A coupon that Alice used at the bakery.
struct Used {
  World world = Town();
  std::uint64_t coupon = 0;
  std::uint64_t use = 0;

  explicit Used(const ChangeOpening& change = nullptr) {
    Opened(world, OpenCampaign("campaign", "spring", change));
    coupon = Done(world, IssueCoupon("issue", kFirstCampaign, kAlice));
    use = Done(world, UseCoupon("use", coupon, OrderAt(kBakeryShop, "o-1", kGoods)));
  }
};

TEST(CouponRefundTest, EachPartTakesItsShareAlong) {
  Used used;
  World& world = used.world;
  EXPECT_EQ(Fen(world), "stock 16200 coupons 0 review 0 rest 0 claim 1800");
  Done(world, RefundCoupon("back-1", used.use, {{0, 5'000}}));
  EXPECT_EQ(Refunded(world), "5000 - 833");
  EXPECT_EQ(Fen(world), "stock 16200 coupons 0 review 0 rest 749 claim 1051");
  EXPECT_EQ(StateOf(world, used.coupon), "used by " + std::to_string(used.use));
  const std::uint64_t last =
      Done(world, RefundCoupon("back-2", used.use, {{1, 3'000}, {2, 4'000}}));
  EXPECT_EQ(Refunded(world), "7000 - 1167 back");
  EXPECT_EQ(Fen(world), "stock 16200 coupons 1800 review 0 rest 0 claim 0");
  EXPECT_EQ(StateOf(world, used.coupon), "ready by " + std::to_string(last));
  const Undone undone = world.state().FindUndone(EntryIndex(used.use));
  ASSERT_TRUE(undone.redeemed.has_value());
  EXPECT_EQ(undone.redeemed->lines,
            (std::vector<Amount>{Amount(5'000), Amount(3'000), Amount(4'000)}));
  EXPECT_EQ(undone.redeemed->discount, Amount(2'000));
  EXPECT_EQ(undone.redeemed->funded_back, Amount(1'800));
  EXPECT_TRUE(undone.redeemed->coupon_back);
}

TEST(CouponRefundTest, ACouponThatCameBackIsUsedAgainButNotForTheSameOrder) {
  Used used;
  World& world = used.world;
  Done(world, RefundCoupon("back", used.use, {{0, 5'000}, {1, 3'000}, {2, 4'000}}));
  EXPECT_TRUE(world.Ask(UseCoupon("again", used.coupon, OrderAt(kBakeryShop, "o-1", kGoods)))
                  .starts_with("ORDER_USED"));
  const std::uint64_t second =
      Done(world, UseCoupon("again", used.coupon, OrderAt(kBakeryShop, "o-2", kGoods)));
  EXPECT_EQ(Fen(world), "stock 16200 coupons 0 review 0 rest 0 claim 1800");
  Play(world,
       {{RefundCoupon("more", used.use, {{0, 1}}), "NOTHING_LEFT_TO_UNDO lines line=0 left=0"}});
  Done(world, RefundCoupon("back-of-2", second, {{0, 5'000}, {1, 3'000}, {2, 4'000}}));
  EXPECT_EQ(Refunded(world), "12000 - 2000 back");
  EXPECT_EQ(Fen(world), "stock 16200 coupons 1800 review 0 rest 0 claim 0");
}

TEST(CouponRefundTest, TheCouponComesBackOnlyWhereTheCampaignSaysSo) {
  Used used([](pb::CampaignOpening& opening) { opening.set_coupon_returns(false); });
  Done(used.world, RefundCoupon("back", used.use, {{0, 5'000}, {1, 3'000}, {2, 4'000}}));
  EXPECT_EQ(Refunded(used.world), "12000 - 2000");
  EXPECT_EQ(Fen(used.world), "stock 16200 coupons 0 review 0 rest 1800 claim 0");
}

TEST(CouponRefundTest, TheCouponComesBackOnlyWhileItIsValid) {
  Used used([](pb::CampaignOpening& opening) { opening.set_days_after_issue(3); });
  used.world.WaitDays(3);
  used.world.Wait(1);
  Done(used.world, RefundCoupon("back", used.use, {{0, 5'000}, {1, 3'000}, {2, 4'000}}));
  EXPECT_EQ(Refunded(used.world), "12000 - 2000");
  EXPECT_EQ(Fen(used.world), "stock 16200 coupons 0 review 0 rest 1800 claim 0");
}

TEST(CouponRefundTest, ToTheLastMomentItComesBack) {
  Used used([](pb::CampaignOpening& opening) { opening.set_days_after_issue(3); });
  used.world.WaitDays(3);
  Done(used.world, RefundCoupon("back", used.use, {{0, 5'000}, {1, 3'000}, {2, 4'000}}));
  EXPECT_EQ(Refunded(used.world), "12000 - 2000 back");
}

// What a first part brought back went to the funders: the coupon cannot be paid a second time.
TEST(CouponRefundTest, TheCouponComesBackOnlyWhenItsFenAreThere) {
  Used used;
  World& world = used.world;
  Done(world, RefundCoupon("back-1", used.use, {{0, 5'000}}));
  Done(world, End("end", kFirstCampaign));
  EXPECT_TRUE(world.Sweep(kStockOfFirst));
  EXPECT_EQ(Fen(world), "stock 0 coupons 0 review 0 rest 0 claim 1051");
  Done(world, RefundCoupon("back-2", used.use, {{1, 3'000}, {2, 4'000}}));
  EXPECT_EQ(Refunded(world), "7000 - 1167");
  EXPECT_EQ(Fen(world), "stock 0 coupons 0 review 0 rest 1051 claim 0");
  EXPECT_TRUE(world.Sweep(kStockOfFirst));
  EXPECT_EQ(world.BalanceOf(kDistrictFen) + world.BalanceOf(kSponsorFen), 2 * kTownFen);
}

TEST(CouponRefundTest, AMerchantsOwnCampaignMovesNoFen) {
  Used used(MerchantsOwn);
  World& world = used.world;
  Done(world, RefundCoupon("back-1", used.use, {{0, 5'000}}));
  EXPECT_EQ(Refunded(world), "5000 - 833");
  EXPECT_EQ(world.last().postings_size(), 0);
  Done(world, RefundCoupon("back-2", used.use, {{1, 3'000}, {2, 4'000}}));
  EXPECT_EQ(Refunded(world), "7000 - 1167 back");
  EXPECT_EQ(world.last().postings_size(), 0);
}

TEST(CouponRefundTest, BelowTheThresholdTheWholeDiscountIsWithdrawn) {
  Used used(
      [](pb::CampaignOpening& opening) { opening.set_return_policy(pb::RETURN_POLICY_WITHDRAW); });
  World& world = used.world;
  Done(world, RefundCoupon("back-1", used.use, {{2, 2'000}}));
  EXPECT_EQ(Refunded(world), "2000 - 333") << "100 yuan are left";
  Done(world, RefundCoupon("back-2", used.use, {{2, 500}}));
  EXPECT_EQ(Refunded(world), "500 - 500") << "no more than the goods";
  Done(world, RefundCoupon("back-3", used.use, {{1, 2'000}}));
  EXPECT_EQ(Refunded(world), "2000 - 1167 back");
  EXPECT_EQ(Fen(world), "stock 16200 coupons 1800 review 0 rest 0 claim 0");
  Done(world, RefundCoupon("back-4", used.use, {{0, 5'000}}));
  EXPECT_EQ(Refunded(world), "5000 - 0") << "the coupon comes back once";
  EXPECT_EQ(world.last().postings_size(), 0);
}

TEST(CouponRefundTest, TheWholeOrderOrNothing) {
  Used used([](pb::CampaignOpening& opening) {
    opening.set_return_policy(pb::RETURN_POLICY_WHOLE_ORDER);
  });
  Play(used.world,
       {{RefundCoupon("back-1", used.use, {{2, 2'001}}),
         "COUPON_RETURN_POLICY lines remaining=9999 threshold=10000"},
        {RefundCoupon("back-1", used.use, {{2, 2'000}}), "OK"},
        {RefundCoupon("back-2", used.use, {{0, 5'000}, {1, 3'000}, {2, 2'000}}), "OK"}});
  EXPECT_EQ(Fen(used.world), "stock 16200 coupons 1800 review 0 rest 0 claim 0");
}

TEST(CouponRefundTest, WhatIsRefused) {
  Used used;
  World& world = used.world;
  Command privileged = By(RefundCoupon("operator", used.use, {{0, 1}}), kOperator);
  privileged.privileged = true;
  Play(world,
       {{RefundCoupon("r1", 99'999, {{0, 1}}), "UNKNOWN_COUPON entry_index"},
        {By(RefundCoupon("r2", used.use, {{0, 1}}), kOtherPlatform), "UNKNOWN_COUPON entry_index"},
        {By(RefundCoupon("r3", used.use, {{0, 1}}), kMall), "UNKNOWN_COUPON entry_index"},
        {RefundCoupon("r4", used.coupon, {{0, 1}}), "WRONG_ENTRY_KIND entry_index"},
        {RefundCoupon("r5", used.use, {}), "FIELD_REQUIRED lines"},
        {RefundCoupon("r6", used.use, {{3, 1}}), "FIELD_INVALID lines line=3"},
        {RefundCoupon("r7", used.use, {{1, 1}, {0, 1}}), "FIELD_INVALID lines line=0"},
        {RefundCoupon("r8", used.use, {{0, 0}}), "FIELD_INVALID lines line=0"},
        {RefundCoupon("r9", used.use, {{1, 3'001}}), "NOTHING_LEFT_TO_UNDO lines line=1 left=3000"},
        {By(RefundCoupon("shop", used.use, {{0, 1}}), kBakery), "OK"},
        {privileged, "OK"}});
}

TEST(CouponRefundTest, ItIsToldInListsAndTheSameRequestTwiceOnce) {
  Used used;
  World& world = used.world;
  Play(world,
       {{RefundCoupon("back", used.use, {{0, 5'000}}), "OK"},
        {RefundCoupon("back", used.use, {{0, 5'000}}), "SEEN " + std::to_string(used.use + 1)},
        {RefundCoupon("back", used.use, {{0, 4'999}}),
         "SEEN " + std::to_string(used.use + 1) + " OTHER lines"}});
  std::vector<ListingRow> rows = world.mutable_state().TakeChanges().listings;
  std::erase_if(rows, [&](const ListingRow& row) { return row.entry.value() != used.use + 1; });
  EXPECT_EQ(rows, (std::vector<ListingRow>{
                      {Listing::kUsesOfCampaign, 1, EntryIndex(used.use + 1)},
                      {Listing::kUsesAtMerchant, kBakery.value(), EntryIndex(used.use + 1)}}));
}

// The claim goes below zero, and the next run pays what is left of both.
TEST(CouponRefundTest, AfterASettlementItNetsAgainstTheNextRun) {
  Used used;
  World& world = used.world;
  world.WaitDays(1);
  Done(world, BeginRun("run-1", kFen));
  Done(world, AddLine("line-1", 1, kBakery));
  EXPECT_EQ(world.last().settlement_line().fen(), 1'800);
  Done(world, RefundCoupon("back", used.use, {{0, 5'000}}));
  EXPECT_EQ(Fen(world), "stock 16200 coupons 0 review 0 rest 749 claim -749");
  EXPECT_EQ(world.Of(kBakeryClaim).given.On(world.today()), Amount(-749));
  world.WaitDays(1);
  Done(world, BeginRun("run-2", kFen));
  Play(world, {{AddLine("line-2", 2, kBakery), "NOTHING_TO_SETTLE merchant fen=-749"}});
  const std::uint64_t coupon = Done(world, IssueCoupon("issue-2", kFirstCampaign, kBob));
  Done(world, UseCoupon("use-2", coupon, OrderAt(kBakeryShop, "o-2", kGoods)));
  EXPECT_EQ(world.BalanceOf(kBakeryClaim), 1'051);
  Play(world, {{AddLine("line-2", 2, kBakery), "NOTHING_TO_SETTLE merchant fen=-749"}});
  world.WaitDays(1);
  Done(world, BeginRun("run-3", kFen));
  Done(world, AddLine("line-3", 3, kBakery));
  EXPECT_EQ(world.last().settlement_line().fen(), 1'051);
}

TEST(CouponCancellationTest, TakesAllBackAndFreesTheOrder) {
  Used used;
  World& world = used.world;
  const std::uint64_t cancelled = Done(world, Cancel("cancel", "use"));
  EXPECT_EQ(Fen(world), "stock 16200 coupons 1800 review 0 rest 0 claim 0");
  EXPECT_EQ(StateOf(world, used.coupon), "ready by " + std::to_string(cancelled));
  EXPECT_EQ(world.last().cancellation().coupon_undone().nullifiers_size(), 4);
  Play(world, {{RefundCoupon("back", used.use, {{0, 1}}), "NOTHING_LEFT_TO_UNDO lines left=0"},
               {UseCoupon("again", used.coupon, OrderAt(kBakeryShop, "o-1", kGoods)), "OK"}});
  EXPECT_EQ(Fen(world), "stock 16200 coupons 0 review 0 rest 0 claim 1800");
}

TEST(CouponCancellationTest, OnlyWhoeverUsedItMayUseTheOrderAgain) {
  Used used;
  World& world = used.world;
  Done(world, Cancel("cancel", "use"));
  EXPECT_TRUE(world
                  .Ask(By(UseCoupon("again", used.coupon, OrderAt(kBakeryShop, "o-1", kGoods)),
                          kOtherPlatform))
                  .starts_with("ORDER_USED"));
}

TEST(CouponCancellationTest, NotOnceSomethingBecameOfTheUse) {
  Used used;
  Play(used.world, {{RefundCoupon("back", used.use, {{0, 1}}), "OK"},
                    {Cancel("cancel", "use"), "NOT_CANCELLABLE target_request_id"},
                    {Cancel("cancel-back", "back"), "NOT_CANCELLABLE target_request_id"}});
}

TEST(CouponCancellationTest, OfADiscountThatWaitsForReview) {
  Used used(Reviewed);
  EXPECT_EQ(Fen(used.world), "stock 16200 coupons 0 review 1800 rest 0 claim 0");
  Done(used.world, Cancel("cancel", "use"));
  EXPECT_EQ(Fen(used.world), "stock 16200 coupons 1800 review 0 rest 0 claim 0");
}

// --- what decide cannot have made ---

// `fen` more from one posting to another.
void Shift(Entry& entry, int from, int to, std::int64_t fen) {
  for (const auto& [at, amount] : {std::pair(from, -fen), std::pair(to, fen)}) {
    auto& posting = *entry.mutable_postings(at);
    posting.set_amount(posting.amount() + amount);
    posting.set_balance_after(posting.balance_after() + amount);
  }
}

// Decides and applies nothing: the entry as it would be.
Entry Decided(const World& world, const Command& command) {
  const Decision decision = world.Decide(command);
  const auto* entry = std::get_if<Entry>(&decision);
  Check(entry != nullptr, "a test's command is refused");
  return *entry;
}

TEST(CouponFaultTest, OfARefund) {
  Used used;
  const Entry good =
      Decided(used.world, RefundCoupon("back", used.use, {{0, 5'000}, {1, 3'000}, {2, 4'000}}));
  EXPECT_EQ(used.world.FaultOf(good), "OK");
  const auto fault = [&](auto edit) {
    Entry bad = good;
    edit(bad, *bad.mutable_coupon_refund());
    return used.world.FaultOf(bad);
  };
  constexpr std::string_view kCannot = "a refund that cannot be";
  constexpr std::string_view kLines = "lines are given back that cannot be";
  constexpr std::string_view kSums = "the goods or the discount of a refund do not add up";
  EXPECT_EQ(fault([](Entry&, auto& r) { r.set_target(9'999); }), kCannot);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.set_campaign(2); }), kCannot);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.mutable_undone()->set_campaign(2); }), kCannot);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.mutable_undone()->set_merchant(99); }), kCannot);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.mutable_undone()->set_made_by(99); }), kCannot);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.mutable_undone()->set_coupon(9'999); }), kCannot);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.clear_undone(); }), kCannot);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.clear_lines(); }), kSums);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.mutable_lines(0)->set_fen(0); }), kLines);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.mutable_lines(0)->set_fen(coupons::kMaxFen + 1); }),
            kLines);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.mutable_lines(1)->set_line(0); }), kLines);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.mutable_lines(2)->set_line(50); }), kLines);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.set_goods_fen(12'001); }), kSums);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.set_discount_fen(-1); }), kSums);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.set_discount_fen(12'001); }), kSums);
  EXPECT_EQ(fault([](Entry&, auto& r) { r.mutable_undone()->set_coupon(1); }),
            "a coupon comes back that was not used there");
  EXPECT_EQ(fault([](Entry&, auto& r) { r.mutable_undone()->add_nullifiers("?"); }),
            "what an order uses up is opened again that the use did not claim");
  EXPECT_NE(fault([](Entry&, auto& r) { r.set_coupon_back(false); }), "OK");
  EXPECT_NE(fault([](Entry& e, auto&) { e.clear_postings(); }), "OK");
  EXPECT_NE(fault([](Entry& e, auto&) { Shift(e, 0, 1, 1); }), "OK");
  EXPECT_NE(fault([](Entry& e, auto&) { e.mutable_postings()->SwapElements(0, 1); }), "OK");
  EXPECT_NE(fault([](Entry&, auto& r) { r.mutable_undone()->set_merchant(kMall.value()); }), "OK");
}

TEST(CouponFaultTest, OfACancelledUse) {
  Used used;
  const Entry good = Decided(used.world, Cancel("cancel", "use"));
  EXPECT_EQ(used.world.FaultOf(good), "OK");
  const auto fault = [&](auto edit) {
    Entry bad = good;
    edit(bad, *bad.mutable_cancellation()->mutable_coupon_undone());
    return used.world.FaultOf(bad);
  };
  constexpr std::string_view kCannot = "a cancellation of the use of a coupon that cannot be";
  EXPECT_EQ(fault([](Entry& e, auto&) { e.mutable_cancellation()->clear_coupon_undone(); }),
            kCannot);
  EXPECT_EQ(fault([](Entry&, auto& u) { u.set_campaign(7); }), kCannot);
  EXPECT_EQ(fault([](Entry&, auto& u) { u.set_made_by(99); }), kCannot);
  EXPECT_EQ(fault([](Entry&, auto& u) { u.set_coupon(1); }),
            "a coupon comes back that was not used there");
  EXPECT_EQ(fault([](Entry&, auto& u) { u.add_nullifiers(u.nullifiers(0)); }),
            "what an order uses up is opened again that the use did not claim");
  EXPECT_NE(fault([](Entry&, auto& u) { u.set_coupon_back(false); }), "OK");
  EXPECT_NE(fault([](Entry& e, auto&) { e.clear_postings(); }), "OK");
}

}  // namespace
}  // namespace tanhui
