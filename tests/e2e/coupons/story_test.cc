// The story of services/rpc/coupons/STORY.md: two funders, four citizens, two merchants, goods that
// come back after they were settled, and money that goes home. Each sum of that page is checked
// here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/coupons/coupon_days.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr const char* kCycling =
    "rules { scenario: 'cycling' display_name: '骑行' unit: UNIT_METRE min_evidence: 1 "
    "max_quantity: 50000 rates { grams: '100' per: 1000 {source} } }";

class CouponStory : public CouponDays {
 protected:
  void SetUp() override {
    CouponDays::SetUp();
    PublishRules(kCycling);
    for (const char* user : {"li", "wang", "chen", "zhao"}) {
      OpenCitizen(Operator(), user);
    }
  }

  void OpenForMoney();
  void Ride();
  void Exchange();
  void AtTheTill();
  void Settle();
  void CupsComeBack();
  void End();

  std::uint64_t lis_ = 0;  // coupons
  std::uint64_t wangs_ = 0;
  std::uint64_t chens_ = 0;
  std::uint64_t first_use_ = 0;  // Li's at the shop
};

void CouponStory::OpenForMoney() {
  EXPECT_THAT(Run(0, {"campaign", "create", Sample(), "--dry-run", kStillGood}),
              AllOf(HasSubstr("20.00 yuan off from 50.00 on, 10 coupons"),
                    HasSubstr("at most 16.00 yuan a coupon; 160.00 yuan would be set aside")));
  EXPECT_EQ(BudgetOf("district"), 50'000);
  OpenCampaign(Sample());
  EXPECT_EQ(BudgetOf("district"), 38'000);
  EXPECT_EQ(BudgetOf("sponsor"), 6'000);
  const std::string large =
      SampleWith("winter.yaml",
                 {{"campaign_id: autumn", "campaign_id: winter"}, {"stock: 10\n", "stock: 100\n"}});
  EXPECT_THAT(Run(1, {"campaign", "create", large, kStillGood}), HasSubstr("INSUFFICIENT_BUDGET"));
  EXPECT_THAT(Money(), ElementsAre(16'000, 0, 0, 0, 0, 0));
}

void CouponStory::Ride() {
  std::string rides = "user_id,scenario,act_time,evidence,quantity,unit\n";
  int number = 0;
  for (const auto& [user, metres] : {std::pair("li", 12'000), std::pair("wang", 12'000),
                                     std::pair("chen", 12'000), std::pair("zhao", 6'000)}) {
    absl::StrAppend(&rides, user, ",cycling,2027-01-05 08:00:00,ride ", ++number, ",", metres,
                    ",metre\n");
  }
  const std::string file = File("rides.csv", rides);
  EXPECT_EQ(Import(file, scratch_ / "rejects.csv")["points"], 420);
  EXPECT_EQ(Import(file, scratch_ / "rejects.csv")["points"], 0) << "handed in twice";
  EXPECT_EQ(BalanceOfUser("li"), 120);
}

void CouponStory::Exchange() {
  lis_ = Issue("li");
  wangs_ = Issue("wang");
  chens_ = Issue("chen");
  EXPECT_EQ(BalanceOfUser("li"), 20);
  EXPECT_EQ(Operator().Call(&CouponsStub::IssueCoupon, IssueOf("zhao")).reason(),
            "INSUFFICIENT_BALANCE");
  EXPECT_EQ(Operator().Call(&CouponsStub::IssueCoupon, IssueOf("li")).reason(),
            "INSUFFICIENT_BALANCE");
  EXPECT_EQ(BalanceOfUser("zhao"), 60);
  EXPECT_THAT(Money(), ElementsAre(11'200, 4'800, 0, 0, 0, 0));
}

void CouponStory::AtTheTill() {
  const v1::GetCouponCodeResponse shown = CodesOf(lis_);
  const std::string key = signing::FormatVerifierKey(signing::DemoSigner());
  EXPECT_THAT(Run(0, {"coupon", "check-code", shown.qr_text(), "--key", key, "--at",
                      "2027-01-05 12:00:30"}),
              AllOf(HasSubstr("takes off at most  20.00 yuan"), HasSubstr("genuine and fresh")));

  const v1::CouponOrder order = OrderAt("shop/s1/t1", "R-1", {"tea=4000", "cups=3000"});
  v1::LockCouponRequest lock;
  lock.set_request_id("lock R-1");
  lock.set_code(shown.qr_text());
  *lock.mutable_order() = order;
  lock.mutable_deadline_time()->set_seconds(ParseShanghai("2027-01-05 12:15:00")->value() /
                                            kMicrosPerSecond);
  const auto locked = Shop().Call(&CouponsStub::LockCoupon, lock);
  ASSERT_TRUE(locked.ok()) << locked.status.error_message();
  EXPECT_EQ(locked.response.discount_fen(), 2'000);

  const auto used =
      Shop().Call(&CouponsStub::RedeemCoupon, RedemptionOf("use R-1", shown.qr_text(), order));
  ASSERT_TRUE(used.ok()) << used.status.error_message();
  EXPECT_EQ(used.response.discount_fen(), 2'000);
  EXPECT_EQ(used.response.funded_fen(), 1'600);
  EXPECT_EQ(used.response.discount_fen() - used.response.funded_fen(), 400) << "the shop's own";
  first_use_ = used.response.entry_index();
  EXPECT_TRUE(Shop()
                  .Call(&CouponsStub::RedeemCoupon, RedemptionOf("use R-1", shown.qr_text(), order))
                  .response.replayed());

  // The picture of the code at another till, then two minutes later.
  const v1::CouponOrder other = OrderAt("shop/s1/t2", "R-2", {"tea=9000"});
  EXPECT_EQ(Shop()
                .Call(&CouponsStub::RedeemCoupon, RedemptionOf(FreshId(), shown.qr_text(), other))
                .reason(),
            "COUPON_STATE");
  clock_.Wait(2 * kMicrosPerMinute);
  EXPECT_EQ(Shop()
                .Call(&CouponsStub::RedeemCoupon, RedemptionOf(FreshId(), shown.qr_text(), other))
                .reason(),
            "COUPON_CODE_EXPIRED");
  EXPECT_EQ(
      Shop()
          .Call(&CouponsStub::RedeemCoupon, RedemptionOf(FreshId(), CodesOf(wangs_).code(), order))
          .reason(),
      "ORDER_USED");
  EXPECT_EQ(Shop()
                .Call(&CouponsStub::RedeemCoupon,
                      RedemptionOf(FreshId(), CodesOf(chens_).code(),
                                   OrderAt("shop/s1/t1", "R-3", {"tea=4999"})))
                .reason(),
            "COUPON_BELOW_THRESHOLD");
  EXPECT_EQ(ClaimOf("shop").balance(), 1'600);
  EXPECT_THAT(Money(), ElementsAre(11'200, 3'200, 0, 0, 0, 1'600));
}

void CouponStory::Settle() {
  GoTo("2027-01-06 10:00:00");
  const std::string line = AddLine(NewRun(), "shop");
  EXPECT_EQ(LineNamed(line).fen(), 1'600);
  EXPECT_EQ(Approve(line), "");
  EXPECT_EQ(Pay(line, "B-0106"), "");
  const auto told =
      Do(Auditor(), &SettlementStub::GetStatement, absl::StrCat("line: '", line, "'"));
  ASSERT_EQ(told.rows_size(), 1);
  EXPECT_EQ(told.rows(0).kind(), v1::STATEMENT_ROW_KIND_COUPON_USED);
  EXPECT_EQ(told.rows(0).campaign(), "campaigns/autumn");
  EXPECT_EQ(told.rows(0).unit(), "participants/shop/units/s1/t1");
  EXPECT_EQ(told.rows(0).fen(), 1'600);
  EXPECT_EQ(ClaimOf("shop").balance(), 0);

  // In the shop's day file it has no points.
  Run(0,
      {"reconcile", "export", "--participant", "shop", "--scheme", "green", "--date", "2027-01-05",
       scratch_ / "files"},
      "shop");
  EXPECT_THAT(ReadBytes(scratch_ / "files/shop.green.2027-01-05.csv"),
              ContainsRegex("use R-1,[^,\n]*,coupon_redemption,[0-9]+,s1,t1,done,0,1600\n"));
}

void CouponStory::CupsComeBack() {
  GoTo("2027-01-07 10:00:00");
  const v1::RefundCouponResponse back = GiveBack(Shop(), first_use_, {"1=3000"});
  EXPECT_EQ(back.discount_fen(), 2'000) << "40.00 are below the threshold";
  EXPECT_EQ(back.customer_fen(), 1'000);
  EXPECT_TRUE(back.coupon_back());
  EXPECT_EQ(ClaimOf("shop").balance(), -1'600);
  EXPECT_THAT(Money(), ElementsAre(11'200, 4'800, 0, 0, 0, 0));

  Use(Shop(), wangs_, OrderAt("shop/s2", "R-4", {"tea=5000"}));
  EXPECT_EQ(ClaimOf("shop").balance(), 0);

  // At the stall, with 20 points besides; all of it comes back at once, or nothing.
  const std::uint64_t use = Use(Stall(), lis_, OrderAt("stall", "S-1", {"tea=5500"}));
  v1::RedeemRequest points = RedeemOf(FreshId(), "", 20);
  points.clear_account();
  points.set_platform_user_id("li");
  points.set_merchant("participants/stall");
  const auto paid = Operator().Call(&PointsStub::Redeem, points);
  ASSERT_TRUE(paid.ok()) << paid.status.error_message();
  EXPECT_EQ(ClaimOf("stall").balance(), 1'600 + 70);
  const std::uint64_t size = LogSize(Operator());
  const std::string entry = std::to_string(use);
  const std::string redemption = std::to_string(paid.response.entry_index());
  Run(1, {"coupon", "order-refund", "--coupon", entry, "--line", "0=5500", "--redemption",
          redemption, "--points", "21", kStillGood});
  EXPECT_EQ(LogSize(Operator()), size) << "21 of 20 points, so no coupon either";
  const std::vector<std::string> refund = {
      "coupon",   "order-refund", "--coupon", entry,          "--line",   "0=5500",  "--redemption",
      redemption, "--points",     "20",       "--request-id", "back S-1", kStillGood};
  EXPECT_THAT(Run(0, refund),
              AllOf(ContainsRegex("the customer gets +35.00 yuan"), HasSubstr("can be used again"),
                    ContainsRegex("points given back +20")));
  EXPECT_THAT(Run(0, refund), HasSubstr("as it was done before"));
  EXPECT_EQ(BalanceOfUser("li"), 20);
  EXPECT_EQ(ClaimOf("stall").balance(), 0);

  Use(Stall(), lis_, OrderAt("stall", "S-2", {"tea=5500"}));
  EXPECT_THAT(Money(), ElementsAre(11'200, 1'600, 0, 0, 0, 3'200));
  GoTo("2027-01-08 10:00:00");
  const std::string run = NewRun();
  EXPECT_EQ(AddLine(run, "shop"), "NOTHING_TO_SETTLE");
  EXPECT_EQ(LineNamed(AddLine(run, "stall")).fen(), 1'600);
}

void CouponStory::End() {
  GoTo("2027-01-09 10:00:00");
  Run(0, {"campaign", "end", "autumn", "--reason", "season_over", kStillGood});
  EXPECT_EQ(Operator().Call(&CouponsStub::IssueCoupon, IssueOf("wang")).reason(), "CAMPAIGN_STATE");
  GoTo("2027-01-10 00:00:01");
  Sweep();
  EXPECT_THAT(Money(), ElementsAre(0, 1'600, 0, 0, 11'200, 3'200));
  EXPECT_EQ(BudgetOf("district"), 46'400);
  EXPECT_EQ(BudgetOf("sponsor"), 8'800);

  const std::string chens_code = CodesOf(chens_).code();
  GoTo("2027-01-21 00:00:01");
  Sweep();
  EXPECT_THAT(Money(), ElementsAre(0, 0, 0, 0, 12'800, 3'200));
  EXPECT_EQ(BudgetOf("district"), 47'600);
  EXPECT_EQ(BudgetOf("sponsor"), 9'200);
  EXPECT_EQ(Stall()
                .Call(&CouponsStub::RedeemCoupon,
                      RedemptionOf(FreshId(), chens_code, OrderAt("stall", "S-3", {"tea=5500"})))
                .reason(),
            "COUPON_NOT_VALID");
}

TEST_F(CouponStory, FromTheFundersToThemAgain) {
  OpenForMoney();
  Ride();
  Exchange();
  AtTheTill();
  Settle();
  CupsComeBack();
  End();

  const std::string path = scratch_ / "autumn.csv";
  EXPECT_THAT(Run(0, {"coupon", "export", "--campaign", "autumn", "--out", path}),
              HasSubstr("6 rows, 32.00 yuan"));
  EXPECT_THAT(Run(0, {"campaign", "statement", "autumn"}, "auditor"),
              AllOf(ContainsRegex("returned to funders +128.00"),
                    ContainsRegex("merchants' net +32.00"), ContainsRegex("in all +160.00")));
  ExpectAuditPasses();
}

}  // namespace
}  // namespace tanhui::e2e
