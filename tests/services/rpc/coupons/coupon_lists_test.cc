// CouponsService: lists and statements, whole orders that come back, lotteries, and what the desk
// of cases is told.
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/coupons/lottery.h"
#include "services/rpc/draft.h"
#include "tests/services/rpc/coupons/coupon_hall.h"

namespace tanhui::rpc {
namespace {

using e2e::CouponsStub;

class CouponListsTest : public CouponHall {
 protected:
  std::vector<std::string> ListOf(const std::string& account, int page_size,
                                  const std::vector<v1::CouponState>& states = {}) const {
    v1::ListCouponsRequest request;
    request.set_account(account);
    request.set_page_size(page_size);
    for (const v1::CouponState state : states) {
      request.add_states(state);
    }
    std::vector<std::string> names;
    do {
      const auto page = A().Call(&CouponsStub::ListCoupons, request);
      EXPECT_TRUE(page.ok()) << page.status.error_message();
      for (const v1::Coupon& coupon : page.response.coupons()) {
        names.push_back(coupon.name());
        EXPECT_EQ(coupon.account(), account);
      }
      request.set_page_token(page.response.next_page_token());
    } while (!request.page_token().empty() && names.size() < 100);
    return names;
  }

  // As the operator names it.
  std::string IdOfHolder(const std::string& coupon) const {
    v1::GetCouponRequest request;
    request.set_name(coupon);
    return Operator().Call(&CouponsStub::GetCoupon, request).response.coupon().account();
  }

  v1::GetCampaignStatementResponse StatementOf(const std::string& campaign) const {
    v1::GetCampaignStatementRequest request;
    request.set_name(campaign);
    const auto answer = Operator().Call(&CouponsStub::GetCampaignStatement, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response;
  }

  std::uint64_t Redeemed(const std::string& id, std::int64_t points) const {
    const auto answer = A().Call(&e2e::PointsStub::Redeem, e2e::RedeemOf(id, citizen_, points));
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response.entry_index();
  }
};

TEST_F(CouponListsTest, ACitizensCouponsAlsoAfterAMerge) {
  std::vector<std::string> all;
  for (int i = 0; i < 3; ++i) {
    all.insert(all.begin(), Issue(absl::StrCat("o", i), other_));
    all.insert(all.begin(), Issue(absl::StrCat("c", i), citizen_));
  }
  EXPECT_EQ(ListOf(citizen_, 2), (std::vector<std::string>{all[0], all[2], all[4]}));
  Used("use", all[2], Order("1"));
  EXPECT_EQ(ListOf(citizen_, 2, {v1::COUPON_STATE_USED}), (std::vector<std::string>{all[2]}));
  v1::MergeRequest merge;
  merge.set_request_id("merge");
  merge.set_from(IdOfHolder(all[1]));
  merge.set_into(IdOfHolder(all[0]));
  const auto merged = Operator().Call(&e2e::AccountsStub::Merge, merge);
  ASSERT_TRUE(merged.ok()) << merged.status.error_message();
  EXPECT_EQ(ListOf(citizen_, 2), all);
  EXPECT_EQ(ListOf(citizen_, 50), all);
  v1::GetCouponRequest read;
  read.set_name(all[1]);
  EXPECT_EQ(A().Call(&CouponsStub::GetCoupon, read).response.coupon().account(), citizen_)
      << "the account that goes on";
  // One of the account that ended is used by the one that goes on.
  EXPECT_EQ(Redeem(A(), UseByName("2", all[1], Order("2"))), "2000");
  v1::ListCouponsRequest request;
  request.set_account(citizen_);
  EXPECT_EQ(B().Call(&CouponsStub::ListCoupons, request).reason(), "UNKNOWN_ACCOUNT");
  request.set_page_token("x");
  EXPECT_EQ(A().Call(&CouponsStub::ListCoupons, request).reason(), "FIELD_INVALID");
}

TEST_F(CouponListsTest, StatementsAddUp) {
  const std::uint64_t use = Used("1", Issue("1", citizen_), Order("1"));
  Used("2", Issue("2", citizen_), Order("2"));
  Issue("3", citizen_);
  const auto back = Shop().Call(&CouponsStub::RefundCoupon, RefundOf("back", use, 6'000));
  ASSERT_TRUE(back.ok()) << back.status.error_message();
  EXPECT_EQ(back.response.discount_fen(), 1'000);
  EXPECT_EQ(back.response.customer_fen(), 5'000);
  const v1::GetCampaignStatementResponse statement = StatementOf("campaigns/autumn");
  EXPECT_EQ(statement.locked_fen(), 36'000);
  EXPECT_EQ(statement.not_issued_fen(), 17 * 1'800);
  EXPECT_EQ(statement.held_fen(), 1'800);
  EXPECT_EQ(statement.rest_fen(), 900);
  EXPECT_EQ(statement.gone_fen(), 2'700);
  EXPECT_EQ(statement.sums().claimed_fen(), 2'700);
  EXPECT_EQ(statement.sums().uses(), 2U);
  EXPECT_EQ(statement.sums().discount_fen(), 4'000);
  EXPECT_EQ(statement.sums().goods_back_fen(), 6'000);
  EXPECT_EQ(statement.next_page_token(), "");
  v1::GetMerchantStatementRequest request;
  request.set_merchant("participants/shop");
  request.set_page_size(2);
  const auto first = Shop().Call(&CouponsStub::GetMerchantStatement, request);
  ASSERT_EQ(first.response.campaigns_size(), 1);
  EXPECT_EQ(first.response.campaigns(0).campaign(), "campaigns/autumn");
  EXPECT_EQ(first.response.campaigns(0).sums().uses(), 2U);
  request.set_page_token(first.response.next_page_token());
  const auto second = Shop().Call(&CouponsStub::GetMerchantStatement, request);
  ASSERT_EQ(second.response.campaigns_size(), 1);
  EXPECT_EQ(second.response.campaigns(0).sums().refunds(), 1U);
  EXPECT_EQ(second.response.campaigns(0).sums().claimed_fen(), -900);
  EXPECT_EQ(second.response.next_page_token(), "");
}

TEST_F(CouponListsTest, AStatementIsOfItsTimesAlone) {
  Used("before", Issue("1", citizen_), Order("before"));
  clock_.Wait(kMicrosPerDay);
  const std::uint64_t first = Used("first", Issue("2", citizen_), Order("first"));
  clock_.Wait(kMicrosPerDay);
  const std::uint64_t last = Used("last", Issue("3", citizen_), Order("last"));
  clock_.Wait(1);
  Used("after", Issue("4", citizen_), Order("after"));
  v1::GetMerchantStatementRequest request;
  request.set_merchant("participants/shop");
  const auto uses = [&] {
    const auto answer = Shop().Call(&CouponsStub::GetMerchantStatement, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    request.set_page_token(answer.response.next_page_token());
    return answer.response.campaigns_size() == 0 ? 0U : answer.response.campaigns(0).sums().uses();
  };
  EXPECT_EQ(uses(), 4U);
  *request.mutable_first_time() = ToTimestamp(LedgerTime(EntryAt(first).recorded_micros()));
  EXPECT_EQ(uses(), 3U);
  *request.mutable_last_time() = ToTimestamp(LedgerTime(EntryAt(last).recorded_micros()));
  EXPECT_EQ(uses(), 2U) << "both moments are included";
  request.set_page_size(1);
  EXPECT_EQ(uses(), 1U);
  EXPECT_NE(request.page_token(), "");
  EXPECT_EQ(uses(), 1U);
  EXPECT_EQ(request.page_token(), "") << "the last page of these times";
  *request.mutable_first_time() = DaysAhead(1);
  request.clear_last_time();
  EXPECT_EQ(uses(), 0U);
}

TEST_F(CouponListsTest, UsesAreListedByPages) {
  v1::CouponOrder at_store = Order("1");
  at_store.set_store("s1");
  v1::RedeemCouponRequest first = UseByName("1", Issue("1", citizen_), at_store);
  first.set_reference("our order 1");
  ASSERT_EQ(Redeem(A(), first), "2000");
  Used("2", Issue("2", citizen_), Order("2"));
  v1::ListCouponUsesRequest request;
  request.set_merchant("participants/shop");
  request.set_page_size(1);
  auto page = Shop().Call(&CouponsStub::ListCouponUses, request);
  ASSERT_EQ(page.response.uses_size(), 1);
  EXPECT_EQ(page.response.uses(0).merchant(), "participants/shop/units/s1");
  EXPECT_EQ(page.response.uses(0).reference(), "") << "platform a's";
  request.set_page_token(page.response.next_page_token());
  page = Shop().Call(&CouponsStub::ListCouponUses, request);
  ASSERT_EQ(page.response.uses_size(), 1);
  EXPECT_EQ(page.response.uses(0).merchant(), "participants/shop");
  EXPECT_EQ(page.response.next_page_token(), "");
  request.clear_page_token();
  request.set_campaign("campaigns/autumn");
  EXPECT_EQ(Shop().Call(&CouponsStub::ListCouponUses, request).reason(), "PERMISSION_DENIED");
  EXPECT_EQ(Sponsor().Call(&CouponsStub::ListCouponUses, request).response.uses_size(), 1);
}

TEST_F(CouponListsTest, AnOrderComesBackWholeOrNotAtAll) {
  const auto award = Grantor().Call(&e2e::PointsStub::Award, e2e::AwardOf("award", citizen_, 100));
  ASSERT_TRUE(award.ok()) << award.status.error_message();
  const std::uint64_t use = Used("use", Issue("1", citizen_), Order("1"));
  const std::uint64_t points = Redeemed("points", 40);
  v1::RefundOrderRequest request;
  request.set_request_id("back");
  request.mutable_coupon()->set_entry_index(use);
  request.mutable_coupon()->add_lines()->set_fen(12'000);
  request.mutable_points()->set_entry_index(points);
  request.mutable_points()->set_points(41);
  request.mutable_award()->set_entry_index(award.response.entry_index());
  request.mutable_award()->set_quantity(1);
  request.mutable_award()->set_reason("goods_returned");
  const auto refused = A().Call(&CouponsStub::RefundOrder, request);
  EXPECT_FALSE(refused.ok());
  EXPECT_EQ(e2e::RefusedOf(refused.status).metadata.at("field").substr(0, 7), "points.");
  EXPECT_EQ(e2e::BalanceOf(A(), citizen_), 60);
  EXPECT_EQ(StatementOf("campaigns/autumn").sums().refunds(), 0U);
  request.mutable_points()->set_points(40);
  const auto done = A().Call(&CouponsStub::RefundOrder, request);
  ASSERT_TRUE(done.ok()) << done.status.error_message();
  EXPECT_TRUE(done.response.coupon().coupon_back());
  EXPECT_EQ(done.response.coupon().customer_fen(), 10'000);
  EXPECT_EQ(done.response.points(), 40);
  EXPECT_EQ(done.response.award_points(), 100);
  EXPECT_EQ(e2e::BalanceOf(A(), citizen_), 0);
  const auto again = A().Call(&CouponsStub::RefundOrder, request);
  ASSERT_TRUE(again.ok()) << again.status.error_message();
  EXPECT_TRUE(again.response.replayed());
  EXPECT_EQ(again.response.coupon().entry_index(), done.response.coupon().entry_index());
  EXPECT_EQ(again.response.award_entry_index(), done.response.award_entry_index());
  request.clear_award();
  EXPECT_EQ(A().Call(&CouponsStub::RefundOrder, request).reason(), "REQUEST_ID_REUSED");
  EXPECT_EQ(A().Call(&CouponsStub::RefundOrder, v1::RefundOrderRequest()).reason(),
            "FIELD_REQUIRED");
}

TEST_F(CouponListsTest, ALotteryIsAppliedForDrawnAndWon) {
  const std::string seed(32, 's');
  v1::CampaignTerms terms = Terms();
  terms.set_stock(1);
  terms.set_seed_sha256(std::string(coupons::SeedCommitment(seed).view()));
  terms.set_beacon("closing value of an index");
  *terms.mutable_apply_last_time() = DaysAhead(2);
  ASSERT_EQ(Create("draw", terms), "campaigns/draw");
  std::vector<v1::IssueCouponRequest> issues;
  for (const std::string& account : {citizen_, other_}) {
    v1::ApplyForCouponRequest apply;
    apply.set_request_id(absl::StrCat("apply ", account));
    apply.set_campaign("campaigns/draw");
    apply.set_account(account);
    const auto applied = A().Call(&CouponsStub::ApplyForCoupon, apply);
    ASSERT_TRUE(applied.ok()) << applied.status.error_message();
    issues.push_back(IssueOf(absl::StrCat("issue ", account), account, "campaigns/draw"));
    issues.back().set_application_entry_index(applied.response.entry_index());
  }
  EXPECT_EQ(A().Call(&CouponsStub::IssueCoupon, issues[0]).reason(), "CAMPAIGN_STATE");
  clock_.Wait(3 * kMicrosPerDay);
  v1::DrawLotteryRequest draw;
  draw.set_request_id("draw");
  draw.set_name("campaigns/draw");
  draw.set_seed(seed);
  draw.set_beacon_value("3141");
  const auto drawn = Operator().Call(&CouponsStub::DrawLottery, draw);
  ASSERT_TRUE(drawn.ok()) << drawn.status.error_message();
  EXPECT_EQ(drawn.response.applications(), 2U);
  EXPECT_EQ(drawn.response.winners(), 1U);
  int won = 0;
  for (const v1::IssueCouponRequest& issue : issues) {
    const auto answer = A().Call(&CouponsStub::IssueCoupon, issue);
    won += answer.ok() ? 1 : 0;
    EXPECT_TRUE(answer.ok() || answer.reason() == "LOTTERY_NOT_WON") << answer.reason();
    v1::ListCouponsRequest list;
    list.set_account(issue.account());
    const auto page = A().Call(&CouponsStub::ListCoupons, list);
    ASSERT_EQ(page.response.applications_size(), 1);
    EXPECT_EQ(page.response.applications(0).state(),
              answer.ok() ? v1::APPLICATION_STATE_ISSUED : v1::APPLICATION_STATE_LOST);
    EXPECT_EQ(page.response.applications(0).coupon(), answer.response.coupon());
  }
  EXPECT_EQ(won, 1);
}

TEST_F(CouponListsTest, ReviewsPayWhatTheyApprove) {
  v1::CampaignTerms terms = Terms();
  terms.set_reviewed(true);
  ASSERT_EQ(Create("reviewed", terms), "campaigns/reviewed");
  const std::uint64_t use = Used("use", Issue("1", citizen_, "campaigns/reviewed"), Order("1"));
  EXPECT_EQ(StatementOf("campaigns/reviewed").review_fen(), 1'800);
  v1::BatchReviewRequest batch;
  v1::ReviewRedemptionRequest& review = *batch.add_requests();
  review.set_request_id("review");
  review.set_entry_index(use);
  review.set_approved_fen(1'000);
  review.set_reason("no_invoice");
  v1::ReviewRedemptionRequest& wrong = *batch.add_requests();
  wrong.set_request_id("wrong");
  wrong.set_entry_index(use);
  wrong.set_approved_fen(-1);
  const auto done = Approver().Call(&CouponsStub::BatchReview, batch);
  ASSERT_TRUE(done.ok()) << done.status.error_message();
  EXPECT_TRUE(done.response.results(0).has_review())
      << e2e::ReasonOf(done.response.results(0).error());
  EXPECT_EQ(e2e::ReasonOf(done.response.results(1).error()), "FIELD_INVALID");
  const v1::GetCampaignStatementResponse statement = StatementOf("campaigns/reviewed");
  EXPECT_EQ(statement.review_fen(), 0);
  EXPECT_EQ(statement.sums().approved_fen(), 1'000);
  EXPECT_EQ(statement.sums().claimed_fen(), 1'000);
}

TEST_F(CouponListsTest, TheDeskIsToldOfSplitsAndDevices) {
  for (int i = 0; i < 3; ++i) {
    const std::string id = absl::StrCat("split ", i);
    Used(id, Issue(id, citizen_), Order(id));
  }
  for (int i = 0; i < 5; ++i) {
    const std::string user = absl::StrCat("sold ", i);
    CodeOf(Issue(user, e2e::OpenCitizen(A(), user)), "one phone");
  }
  // Taken on one phone, shown on two others.
  v1::IssueCouponRequest issue = IssueOf("resold", e2e::OpenCitizen(A(), "seller"));
  issue.set_device("first phone");
  const auto issued = A().Call(&CouponsStub::IssueCoupon, issue);
  ASSERT_TRUE(issued.ok()) << issued.status.error_message();
  CodeOf(issued.response.coupon(), "second phone");
  CodeOf(issued.response.coupon(), "third phone");
  const auto page = desk_->List(CaseFilter(), 100, std::nullopt);
  ASSERT_TRUE(page.ok()) << page.status().ToString();
  std::set<watch::SignalKind> kinds;
  for (const watch::Case& one : page->cases) {
    kinds.insert(one.kind);
  }
  EXPECT_TRUE(kinds.contains(watch::SignalKind::kCouponSplit));
  EXPECT_TRUE(kinds.contains(watch::SignalKind::kCouponDevice));
  EXPECT_TRUE(kinds.contains(watch::SignalKind::kCouponCodes));
}

}  // namespace
}  // namespace tanhui::rpc
