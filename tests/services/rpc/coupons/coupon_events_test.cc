// What the change feed tells platforms, merchants and funders of coupons.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/services/rpc/coupons/coupon_hall.h"

namespace tanhui::rpc {
namespace {

using e2e::CouponsStub;
using testing::ElementsAre;
using testing::IsEmpty;

class CouponEventsTest : public CouponHall {
 protected:
  // "kind, about, campaign, coupon, fen" of each event of these kinds.
  static std::vector<std::string> Told(const e2e::Client& caller) {
    v1::ListEventsRequest request;
    for (int kind = v1::EVENT_KIND_COUPON_USED; kind <= v1::EVENT_KIND_CAMPAIGN_RETURNED; ++kind) {
      request.add_kinds(static_cast<v1::EventKind>(kind));
    }
    const auto answer = caller.Call(&e2e::EventsStub::ListEvents, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    std::vector<std::string> told;
    for (const v1::Event& event : answer.response.events()) {
      told.push_back(absl::StrCat(v1::EventKind_Name(event.kind()).substr(11), " ", event.account(),
                                  event.budget(), " ", event.campaign(), " ", event.coupon(), " ",
                                  event.points()));
    }
    return told;
  }
  void Review(std::uint64_t use, std::int64_t approved) const {
    v1::ReviewRedemptionRequest request;
    request.set_request_id(absl::StrCat("review ", use));
    request.set_entry_index(use);
    request.set_approved_fen(approved);
    request.set_reason("no_invoice");
    const auto answer = Approver().Call(&CouponsStub::ReviewRedemption, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  }
};

TEST_F(CouponEventsTest, WhoIsLinkedToTheHolderHearsOfUseRefundAndRevocation) {
  const std::string coupon = Issue("1", citizen_);
  const std::uint64_t use = Used("use", coupon, Order("1"));
  ASSERT_TRUE(Shop().Call(&CouponsStub::RefundCoupon, RefundOf("back", use, 12'000)).ok());
  v1::RevokeCouponRequest revoke;
  revoke.set_request_id("revoke");
  revoke.set_coupon(coupon);
  revoke.set_reason("resold");
  ASSERT_TRUE(Operator().Call(&CouponsStub::RevokeCoupon, revoke).ok());
  const std::string of = absl::StrCat(citizen_, " campaigns/autumn ", coupon, " ");
  EXPECT_THAT(Told(A()), ElementsAre(absl::StrCat("COUPON_USED ", of, 2'000),
                                     absl::StrCat("COUPON_REFUNDED ", of, 2'000),
                                     absl::StrCat("COUPON_REVOKED ", of, 0)));
  EXPECT_THAT(Told(B()), IsEmpty());
  EXPECT_THAT(Told(Shop()), IsEmpty()) << "it knows what it did itself";
}

TEST_F(CouponEventsTest, AMerchantHearsOfReviewsOfItsDiscounts) {
  v1::CampaignTerms terms = Terms();
  terms.set_reviewed(true);
  ASSERT_EQ(Create("checked", terms), "campaigns/checked");
  const std::string first = Issue("1", citizen_, "campaigns/checked");
  const std::string second = Issue("2", citizen_, "campaigns/checked");
  Review(Used("use 1", first, Order("1")), 1'000);
  Review(Used("use 2", second, Order("2")), 0);
  EXPECT_THAT(Told(Shop()),
              ElementsAre(absl::StrCat("DISCOUNT_APPROVED  campaigns/checked ", first, " 1000"),
                          absl::StrCat("DISCOUNT_REJECTED  campaigns/checked ", second, " 0")));
  EXPECT_THAT(Told(Stall()), IsEmpty());
}

TEST_F(CouponEventsTest, EverybodyHearsOfAChange) {
  v1::ChangeCampaignRequest pause;
  pause.set_request_id("pause");
  pause.set_name("campaigns/autumn");
  pause.set_action(v1::CAMPAIGN_ACTION_PAUSE);
  pause.set_reason("stock_left");
  const auto answer = Operator().Call(&CouponsStub::ChangeCampaign, pause);
  ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  for (const auto& reader : {A(), B(), Stall()}) {
    EXPECT_THAT(Told(reader), ElementsAre("CAMPAIGN_CHANGED  campaigns/autumn  0"));
  }
}

}  // namespace
}  // namespace tanhui::rpc
