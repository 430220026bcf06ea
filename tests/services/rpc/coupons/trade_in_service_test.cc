// CouponsService: trade-ins (以旧换新), from the proof that a till sends to what the log has of it.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/services/rpc/coupons/coupon_hall.h"

namespace tanhui::rpc {
namespace {

constexpr char kCatalogue[] = R"(
  code: 'appliances' version: 1 first_date: '2027-03-01' display_name: '家电'
  products { code: 'good' category: 'fridge' brand: 'b' display_name: '一级' energy_grade: 1 }
  products { code: 'poor' category: 'fridge' brand: 'b' display_name: '三级' energy_grade: 3 }
)";

class TradeInServiceTest : public CouponHall {
 protected:
  void SetUp() override {
    CouponHall::SetUp();
    Publish(v1::DOCUMENT_KIND_CATALOGUE, "appliances",
            Parsed<entry::v1::Catalogue>(kCatalogue).SerializeAsString());
    v1::CampaignTerms terms = Terms();
    terms.set_reviewed(true);
    terms.mutable_trade_in()->add_categories("fridge");
    terms.mutable_trade_in()->set_worst_grade(2);
    ASSERT_EQ(Create("trade", terms), "campaigns/trade");
  }

  // The order's number is the id; all of the proof follows from `serial`.
  std::string TradeIn(const std::string& id, const std::string& coupon, const std::string& serial,
                      const std::string& product = "appliances/good") const {
    v1::RedeemCouponRequest request = UseByName(id, coupon, Order(id));
    v1::TradeInProof& proof = *request.mutable_trade_in();
    proof.set_category("fridge");
    proof.set_product(product);
    proof.set_old_serial("old " + serial);
    proof.set_new_serial("new " + serial);
    proof.set_invoice("invoice " + serial);
    return Redeem(A(), request);
  }
};

TEST_F(TradeInServiceTest, AnApplianceAndAHolderCountOnce) {
  const std::string mine = Issue("1", citizen_, "campaigns/trade");
  const std::string again = Issue("2", citizen_, "campaigns/trade");
  const std::string theirs = Issue("3", other_, "campaigns/trade");
  EXPECT_EQ(Redeem(A(), UseByName("none", mine, Order("none"))), "FIELD_REQUIRED");
  EXPECT_EQ(TradeIn("poor", mine, "SN-1", "appliances/poor"), "COUPON_NOT_ACCEPTED");
  EXPECT_EQ(TradeIn("nothing", mine, "SN-1", "appliances/nothing"), "UNKNOWN_PRODUCT");
  EXPECT_EQ(TradeIn("1", mine, "SN-1"), "2000");
  EXPECT_EQ(TradeIn("1", mine, "SN-1"), "2000 again");
  EXPECT_EQ(TradeIn("2", again, "SN-2"), "TRADE_IN_USED") << "the holder's second fridge";
  EXPECT_EQ(TradeIn("3", theirs, "sn 1"), "TRADE_IN_USED") << "the same one, spelt differently";
  EXPECT_EQ(TradeIn("3", theirs, "SN-3"), "2000");
}

TEST_F(TradeInServiceTest, SerialNumbersAreNotInTheLog) {
  ASSERT_EQ(TradeIn("1", Issue("1", citizen_, "campaigns/trade"), "SN-4711"), "2000");
  v1::ListCouponUsesRequest request;
  request.set_campaign("campaigns/trade");
  const auto uses = Operator().Call(&e2e::CouponsStub::ListCouponUses, request);
  ASSERT_EQ(uses.response.uses_size(), 1);
  const std::string leaf = EntryAt(uses.response.uses(0).entry_index()).SerializeAsString();
  EXPECT_EQ(leaf.find("4711"), std::string::npos);
}

}  // namespace
}  // namespace tanhui::rpc
