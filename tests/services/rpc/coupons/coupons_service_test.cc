// CouponsService with a clock that the test moves: codes, tills at the same moment, and who may do
// what.
#include <gtest/gtest.h>

#include <future>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/rpc/coupons/qr_code.h"
#include "services/rpc/draft.h"
#include "tests/ledger/signing/demo_keys.h"
#include "tests/services/rpc/coupons/coupon_hall.h"

namespace tanhui::rpc {
namespace {

using e2e::CouponsStub;

constexpr std::int64_t kSecond = kMicrosPerSecond;
constexpr std::int64_t kMinute = 60 * kMicrosPerSecond;

class CouponsServiceTest : public CouponHall {};

TEST_F(CouponsServiceTest, OfFiftyTillsExactlyOneTakesACoupon) {
  const std::string coupon = Issue("1", citizen_);
  const std::string code = CodeOf(coupon).code();
  std::vector<std::future<std::string>> tills;
  for (int till = 0; till < 50; ++till) {
    tills.push_back(std::async(std::launch::async, [this, till, code] {
      v1::CouponOrder order = Order(absl::StrCat("order ", till));
      order.set_store(till % 2 == 0 ? "s1" : "s2");
      return Redeem(Shop(), UseOf(absl::StrCat("till ", till), code, order));
    }));
  }
  std::multiset<std::string> outcomes;
  for (std::future<std::string>& till : tills) {
    outcomes.insert(till.get());
  }
  EXPECT_EQ(outcomes.count("2000"), 1U);
  EXPECT_EQ(outcomes.count("COUPON_STATE"), 49U);
  EXPECT_EQ(StateOf(coupon), v1::COUPON_STATE_USED);
}

TEST_F(CouponsServiceTest, ACodeIsTakenAtTheTillOfItsOrderAlone) {
  const std::string coupon = Issue("1", citizen_);
  const v1::GetCouponCodeResponse code = CodeOf(coupon);
  EXPECT_EQ(Redeem(Stall(), UseOf("1", code.code(), Order("1"))), "UNKNOWN_COUPON");
  EXPECT_EQ(Redeem(B(), UseOf("1", code.qr_text(), Order("1"))), "UNKNOWN_COUPON");
  EXPECT_EQ(Redeem(Shop(), UseByName("1", coupon, Order("1"))), "UNKNOWN_COUPON")
      << "a number is no code";
  EXPECT_EQ(Redeem(Shop(), UseOf("1", code.qr_text(), Order("1"))), "2000");
  EXPECT_EQ(Redeem(Shop(), UseOf("1", code.qr_text(), Order("1"))), "2000 again");
  EXPECT_EQ(CodeOf(Issue("2", citizen_)).code().size(), 17U);
  v1::GetCouponCodeRequest request;
  request.set_name(coupon);
  EXPECT_EQ(A().Call(&CouponsStub::GetCouponCode, request).reason(), "COUPON_STATE");
  request.set_name(Issue("3", citizen_));
  EXPECT_EQ(B().Call(&CouponsStub::GetCouponCode, request).reason(), "UNKNOWN_COUPON");
  EXPECT_EQ(Shop().Call(&CouponsStub::GetCouponCode, request).reason(), "UNKNOWN_COUPON");
}

TEST_F(CouponsServiceTest, AStaleQrCodeIsOfNoUseButARepeatIsAnswered) {
  const std::string used = CodeOf(Issue("1", citizen_)).qr_text();
  const v1::GetCouponCodeResponse late = CodeOf(Issue("2", citizen_));
  EXPECT_EQ(Redeem(Shop(), UseOf("1", used, Order("1"))), "2000");
  clock_.Wait(61 * kSecond);
  EXPECT_EQ(Redeem(Shop(), UseOf("2", late.qr_text(), Order("2"))), "COUPON_CODE_EXPIRED");
  EXPECT_EQ(Redeem(Shop(), UseOf("1", used, Order("1"))), "2000 again");
  EXPECT_EQ(Redeem(Shop(), UseOf("2", late.code(), Order("2"))), "2000") << "the short one stays";
}

TEST_F(CouponsServiceTest, AnIdUsedForAnotherCouponOpensNone) {
  EXPECT_EQ(Redeem(Shop(), UseOf("1", CodeOf(Issue("1", citizen_)).code(), Order("1"))), "2000");
  const std::string coupon = Issue("2", citizen_);
  EXPECT_EQ(Redeem(Shop(), UseByName("1", coupon, Order("1"))), "UNKNOWN_COUPON");
  EXPECT_EQ(Redeem(Shop(), UseByName("1", "coupons/999999", Order("1"))), "UNKNOWN_COUPON");
  const std::string stale = CodeOf(coupon).qr_text();
  clock_.Wait(61 * kSecond);
  EXPECT_EQ(Redeem(Shop(), UseOf("1", stale, Order("1"))), "COUPON_CODE_EXPIRED");
}

TEST_F(CouponsServiceTest, AForgedCodeIsNoneAndTwentyOfThemAreTooMany) {
  const std::string coupon = Issue("1", citizen_);
  const std::string good = CodeOf(coupon).code();
  const auto qr = ParseQrText(CodeOf(coupon).qr_text());
  ASSERT_TRUE(qr.has_value());
  const std::string forged = *QrText(qr->code, signing::DemoSigner("forger", 100));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Redeem(Shop(),
                     UseOf(absl::StrCat(i), i % 2 == 0 ? forged : "AAAAA-AAAAA-AAAAA", Order("1"))),
              "COUPON_CODE_INVALID");
  }
  EXPECT_EQ(Redeem(Shop(), UseOf("20", good, Order("1"))), "TOO_MANY_WRONG_CODES");
  EXPECT_EQ(Redeem(Stall(), UseOf("20", forged, Order("1"))), "COUPON_CODE_INVALID");
  clock_.Wait(kMinute);
  EXPECT_EQ(Redeem(Shop(), UseOf("20", good, Order("1"))), "2000");
}

TEST_F(CouponsServiceTest, WhoLockedItPaysWithoutACode) {
  const std::string coupon = Issue("1", citizen_);
  v1::LockCouponRequest lock;
  lock.set_request_id("lock");
  lock.set_code(CodeOf(coupon).qr_text());
  *lock.mutable_order() = Order("1");
  *lock.mutable_deadline_time() = ToTimestamp(LedgerTime(clock_.Wall().value() + 10 * kMinute));
  const auto locked = Shop().Call(&CouponsStub::LockCoupon, lock);
  ASSERT_TRUE(locked.ok()) << locked.status.error_message();
  EXPECT_EQ(locked.response.discount_fen(), 2'000);
  EXPECT_EQ(locked.response.coupon(), coupon);
  EXPECT_EQ(StateOf(coupon), v1::COUPON_STATE_LOCKED);
  clock_.Wait(2 * kMinute);
  EXPECT_EQ(Redeem(Stall(), UseByName("1", coupon, Order("1"))), "UNKNOWN_COUPON");
  EXPECT_EQ(Redeem(Shop(), UseByName("1", coupon, Order("2"))), "COUPON_ORDER_MISMATCH");
  v1::UnlockCouponRequest unlock;
  unlock.set_request_id("unlock");
  unlock.set_coupon(coupon);
  EXPECT_EQ(Stall().Call(&CouponsStub::UnlockCoupon, unlock).reason(), "UNKNOWN_COUPON");
  EXPECT_EQ(Redeem(Shop(), UseByName("1", coupon, Order("1"))), "2000");
  EXPECT_EQ(Redeem(Shop(), UseByName("1", coupon, Order("1"))), "2000 again");
}

TEST_F(CouponsServiceTest, ACouponThatIsReadyAgainIsItsHoldersAlone) {
  const std::string coupon = Issue("1", citizen_);
  v1::LockCouponRequest lock;
  lock.set_request_id("lock");
  lock.set_code(CodeOf(coupon).code());
  *lock.mutable_order() = Order("1");
  *lock.mutable_deadline_time() = ToTimestamp(LedgerTime(clock_.Wall().value() + 10 * kMinute));
  ASSERT_TRUE(Shop().Call(&CouponsStub::LockCoupon, lock).ok());
  v1::UnlockCouponRequest unlock;
  unlock.set_request_id("unlock");
  unlock.set_coupon(coupon);
  ASSERT_TRUE(Shop().Call(&CouponsStub::UnlockCoupon, unlock).ok());
  EXPECT_EQ(Redeem(Shop(), UseByName("unlocked", coupon, Order("1"))), "UNKNOWN_COUPON");
  const auto again = Shop().Call(&CouponsStub::UnlockCoupon, unlock);
  EXPECT_TRUE(again.ok() && again.response.replayed()) << again.status.error_message();

  lock.set_request_id("lock again");
  ASSERT_TRUE(Shop().Call(&CouponsStub::LockCoupon, lock).ok());
  clock_.Wait(10 * kMinute);
  EXPECT_EQ(Redeem(Shop(), UseByName("over", coupon, Order("1"))), "UNKNOWN_COUPON");

  const std::uint64_t use = Used("use", coupon, Order("1"));
  ASSERT_TRUE(Shop().Call(&CouponsStub::RefundCoupon, RefundOf("back", use, 12'000)).ok());
  EXPECT_EQ(StateOf(coupon), v1::COUPON_STATE_READY);
  EXPECT_EQ(Redeem(Shop(), UseByName("given back", coupon, Order("2"))), "UNKNOWN_COUPON");
  EXPECT_EQ(Redeem(Shop(), UseOf("shown", CodeOf(coupon).code(), Order("2"))), "2000");
}

TEST_F(CouponsServiceTest, ARepeatedIssueIsTheSameWhateverElseWasAttested) {
  v1::CampaignTerms terms = Terms();
  terms.add_attestations("first_buyer");
  terms.add_attestations("real-name");
  ASSERT_EQ(Create("known", terms), "campaigns/known");
  v1::IssueCouponRequest request = IssueOf("issue", citizen_, "campaigns/known");
  request.add_attestations("real-name");
  EXPECT_EQ(A().Call(&CouponsStub::IssueCoupon, request).reason(), "COUPON_NOT_ELIGIBLE");
  request.add_attestations("local");
  request.add_attestations("first_buyer");
  const auto issued = A().Call(&CouponsStub::IssueCoupon, request);
  ASSERT_TRUE(issued.ok()) << issued.status.error_message();
  const auto again = A().Call(&CouponsStub::IssueCoupon, request);
  EXPECT_TRUE(again.ok() && again.response.replayed()) << again.status.error_message();
  EXPECT_EQ(again.response.coupon(), issued.response.coupon());
}

TEST_F(CouponsServiceTest, AnOrderHasOneCouponAndItsIdIsNowhere) {
  const std::string first = Issue("1", citizen_);
  const std::string second = Issue("2", citizen_);
  const std::uint64_t use = Used("use", first, Order("order-4711"));
  EXPECT_EQ(Redeem(A(), UseByName("2", second, Order("order-4711"))), "ORDER_USED");
  EXPECT_EQ(EntryAt(use).SerializeAsString().find("4711"), std::string::npos);
  EXPECT_EQ(Redeem(A(), UseByName("2", second, Order("order-4712"))), "2000");
}

TEST_F(CouponsServiceTest, WrongRolesAndStrangers) {
  EXPECT_EQ(Shop().Call(&CouponsStub::CreateCampaign, v1::CreateCampaignRequest()).reason(),
            "PERMISSION_DENIED");
  EXPECT_EQ(Shop().Call(&CouponsStub::ChangeCampaign, v1::ChangeCampaignRequest()).reason(),
            "PERMISSION_DENIED");
  EXPECT_EQ(A().Call(&CouponsStub::RevokeCoupon, v1::RevokeCouponRequest()).reason(),
            "PERMISSION_DENIED");
  EXPECT_EQ(Shop().Call(&CouponsStub::ReviewRedemption, v1::ReviewRedemptionRequest()).reason(),
            "PERMISSION_DENIED");
  EXPECT_EQ(Approver().Call(&CouponsStub::IssueCoupon, IssueOf("1", citizen_)).reason(),
            "PERMISSION_DENIED");
  EXPECT_EQ(B().Call(&CouponsStub::IssueCoupon, IssueOf("1", citizen_)).reason(),
            "UNKNOWN_ACCOUNT");
  const std::string coupon = Issue("1", citizen_);
  const std::uint64_t use = Used("use", coupon, Order("1"));
  EXPECT_EQ(Stall().Call(&CouponsStub::RefundCoupon, RefundOf("r", use, 12'000)).reason(),
            "UNKNOWN_COUPON");
  v1::GetCouponRequest read;
  read.set_name(coupon);
  EXPECT_EQ(B().Call(&CouponsStub::GetCoupon, read).reason(), "UNKNOWN_COUPON");
  EXPECT_EQ(A().Call(&CouponsStub::GetCoupon, read).response.coupon().account(), citizen_);
  EXPECT_EQ(Shop().Call(&CouponsStub::GetCoupon, read).response.coupon().account(), "");
  v1::GetCampaignStatementRequest statement;
  statement.set_name("campaigns/autumn");
  EXPECT_EQ(Shop().Call(&CouponsStub::GetCampaignStatement, statement).reason(),
            "PERMISSION_DENIED");
  EXPECT_TRUE(Sponsor().Call(&CouponsStub::GetCampaignStatement, statement).ok());
  v1::GetMerchantStatementRequest merchant;
  merchant.set_merchant("participants/shop");
  EXPECT_EQ(Stall().Call(&CouponsStub::GetMerchantStatement, merchant).reason(),
            "PERMISSION_DENIED");
}

TEST_F(CouponsServiceTest, RefusedTexts) {
  const std::string coupon = Issue("1", citizen_);
  const auto why = [&](auto change) {
    v1::RedeemCouponRequest request = UseByName("x", coupon, Order("1"));
    change(request);
    const auto answer = A().Call(&CouponsStub::RedeemCoupon, request);
    const auto refused = e2e::RefusedOf(answer.status);
    const auto field = refused.metadata.find("field");
    return absl::StrCat(refused.reason, " ",
                        field == refused.metadata.end() ? std::string() : field->second);
  };
  EXPECT_EQ(why([](auto& r) { r.mutable_order()->clear_order_id(); }),
            "FIELD_REQUIRED order.order_id");
  EXPECT_EQ(why([](auto& r) { r.mutable_order()->set_order_id(std::string(129, 'x')); }),
            "FIELD_TOO_LONG order.order_id");
  EXPECT_EQ(why([](auto& r) { r.mutable_order()->clear_lines(); }), "FIELD_REQUIRED order.lines");
  EXPECT_EQ(why([](auto& r) { r.mutable_order()->mutable_lines(0)->set_fen(-1); }),
            "FIELD_INVALID order.lines[0].fen");
  EXPECT_EQ(why([](auto& r) { r.mutable_order()->set_store("nowhere"); }),
            "UNKNOWN_UNIT order.store");
  EXPECT_EQ(why([](auto& r) { r.mutable_order()->set_merchant("participants/nobody"); }),
            "UNKNOWN_PARTICIPANT order.merchant");
  EXPECT_EQ(why([](auto& r) {
              for (int i = 0; i < 50; ++i) {
                r.mutable_order()->add_lines()->set_fen(1);
              }
            }),
            "FIELD_INVALID order.lines");
  EXPECT_EQ(why([](auto& r) { r.set_coupon("coupons/x"); }), "FIELD_INVALID coupon");
  EXPECT_EQ(why([](auto& r) { r.set_coupon("coupons/1"); }), "UNKNOWN_COUPON coupon");
  EXPECT_EQ(why([](auto& r) { r.set_coupon("coupons/999999"); }), "UNKNOWN_COUPON coupon");
  EXPECT_EQ(why([](auto& r) { r.clear_coupon(); }), "FIELD_REQUIRED coupon");
  EXPECT_EQ(why([](auto& r) { r.set_code("x"); }), "FIELD_INVALID code");
  EXPECT_EQ(why([](auto& r) {
              r.clear_coupon();
              r.set_code(std::string(257, 'x'));
            }),
            "FIELD_TOO_LONG code");
  EXPECT_EQ(why([](auto& r) { r.mutable_order()->mutable_lines(0)->set_fen(9'999); }),
            "COUPON_BELOW_THRESHOLD order.lines");
  EXPECT_EQ(why([](auto&) {}), " ");
}

TEST_F(CouponsServiceTest, CampaignsAreRefusedByFieldAndListed) {
  v1::CampaignTerms terms = Terms();
  EXPECT_EQ(Create("autumn", terms), "campaigns/autumn") << "a repeat";
  terms.set_stock(1'000);
  EXPECT_EQ(Create("autumn", terms), "REQUEST_ID_REUSED");
  EXPECT_EQ(Create("large", terms), "INSUFFICIENT_BUDGET");
  terms = Terms();
  terms.set_own_permille(200);
  EXPECT_EQ(Create("sums", terms), "FIELD_INVALID");
  terms = Terms();
  terms.add_merchants("participants/nobody");
  EXPECT_EQ(Create("merchants", terms), "UNKNOWN_PARTICIPANT");
  terms = Terms();
  terms.clear_use_last_time();
  EXPECT_EQ(Create("times", terms), "FIELD_REQUIRED");
  terms = Terms();
  terms.add_merchants("participants/stall");
  terms.add_merchants("participants/shop");
  terms.add_categories("tea");
  terms.add_categories("books");
  ASSERT_EQ(Create("second", terms), "campaigns/second");
  v1::GetCampaignRequest get;
  get.set_name("campaigns/second");
  const auto got = A().Call(&CouponsStub::GetCampaign, get);
  ASSERT_TRUE(got.ok()) << got.status.error_message();
  EXPECT_EQ(got.response.campaign().terms().merchants(0), "participants/shop");
  EXPECT_EQ(got.response.campaign().terms().categories(0), "books");
  EXPECT_EQ(got.response.campaign().fen_per_coupon(), 1'800);
  EXPECT_EQ(got.response.campaign().left(), 20U);
  v1::ListCampaignsRequest list;
  list.set_page_size(1);
  auto page = A().Call(&CouponsStub::ListCampaigns, list);
  ASSERT_EQ(page.response.campaigns_size(), 1);
  EXPECT_EQ(page.response.campaigns(0).name(), "campaigns/autumn");
  list.set_page_token(page.response.next_page_token());
  page = A().Call(&CouponsStub::ListCampaigns, list);
  ASSERT_EQ(page.response.campaigns_size(), 1);
  EXPECT_EQ(page.response.campaigns(0).name(), "campaigns/second");
  EXPECT_EQ(page.response.next_page_token(), "");
}

TEST_F(CouponsServiceTest, ACampaignIsPausedAndExtended) {
  v1::ChangeCampaignRequest change;
  change.set_request_id("pause");
  change.set_name("campaigns/autumn");
  change.set_action(v1::CAMPAIGN_ACTION_PAUSE);
  change.set_reason("rain");
  ASSERT_TRUE(Operator().Call(&CouponsStub::ChangeCampaign, change).ok());
  EXPECT_EQ(Issue("1", citizen_), "CAMPAIGN_STATE");
  change.set_request_id("resume");
  change.set_action(v1::CAMPAIGN_ACTION_RESUME);
  ASSERT_TRUE(Operator().Call(&CouponsStub::ChangeCampaign, change).ok());
  const std::string coupon = Issue("1", citizen_);
  EXPECT_EQ(coupon.substr(0, 8), "coupons/");
  change.set_request_id("extend");
  change.set_action(v1::CAMPAIGN_ACTION_EXTEND);
  EXPECT_FALSE(Operator().Call(&CouponsStub::ChangeCampaign, change).ok());
  *change.mutable_issue_last_time() = DaysAhead(10);
  *change.mutable_use_last_time() = DaysAhead(30);
  const auto extended = Operator().Call(&CouponsStub::ChangeCampaign, change);
  ASSERT_TRUE(extended.ok()) << extended.status.error_message();
  clock_.Wait(25 * kMicrosPerDay);
  EXPECT_EQ(StateOf(coupon), v1::COUPON_STATE_READY);
  clock_.Wait(6 * kMicrosPerDay);
  EXPECT_EQ(StateOf(coupon), v1::COUPON_STATE_EXPIRED);
}

TEST_F(CouponsServiceTest, BatchesAnswerEachOne) {
  v1::BatchIssueCouponsRequest issues;
  for (int i = 0; i < 3; ++i) {
    *issues.add_requests() = IssueOf(absl::StrCat("b", i), i == 1 ? "accounts/x" : citizen_);
  }
  const auto issued = A().Call(&CouponsStub::BatchIssueCoupons, issues);
  ASSERT_TRUE(issued.ok()) << issued.status.error_message();
  ASSERT_EQ(issued.response.results_size(), 3);
  EXPECT_TRUE(issued.response.results(1).has_error());
  const std::string first = issued.response.results(0).issue().coupon();
  const std::string second = issued.response.results(2).issue().coupon();
  v1::BatchRedeemCouponsRequest uses;
  *uses.add_requests() = UseByName("u0", first, Order("1"));
  *uses.add_requests() = UseByName("u1", first, Order("2"));
  *uses.add_requests() = UseByName("u2", second, Order("3"));
  const auto used = A().Call(&CouponsStub::BatchRedeemCoupons, uses);
  ASSERT_TRUE(used.ok()) << used.status.error_message();
  EXPECT_EQ(used.response.results(0).redemption().funded_fen(), 1'800);
  EXPECT_EQ(e2e::ReasonOf(used.response.results(1).error()), "COUPON_STATE");
  EXPECT_EQ(used.response.results(2).redemption().discount_fen(), 2'000);
  EXPECT_EQ(A().Call(&CouponsStub::BatchRedeemCoupons, v1::BatchRedeemCouponsRequest()).reason(),
            "BATCH_EMPTY");
}

}  // namespace
}  // namespace tanhui::rpc
