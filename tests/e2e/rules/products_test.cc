// Products and venues: delisting lists what was earned, and takes it back.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/e2e/rules/rules_fixture.h"

namespace tanhui::e2e {
namespace {

class ProductsTest : public RulesTest {
 protected:
  v1::AwardRequest PurchaseOf(const std::string& id, const std::string& serial,
                              const std::string& product = "green/fridge-1") const {
    return ActOf(
        id, absl::StrCat("scenario: 'appliance' unit: UNIT_ITEM quantity: 1 product: '", product,
                         "' evidence { kind: EVIDENCE_KIND_SERIAL source: '品牌' "
                         "subject: '",
                         serial, "' }"));
  }
};

TEST_F(ProductsTest, DelistedAndTakenBack) {
  for (int i = 0; i < 3; ++i) {
    const auto bought =
        A().Call(&PointsStub::Award, PurchaseOf(absl::StrCat("buy", i), absl::StrCat("SN ", i)));
    ASSERT_TRUE(bought.ok()) << bought.status.error_message();
    EXPECT_EQ(bought.response.points(), 500);
  }
  ASSERT_TRUE(A().Call(&PointsStub::Award, PurchaseOf("b", "SN 9", "green/fridge-2")).ok());
  ExpectDoneOnce(&CatalogueStub::DelistProduct,
                 Parsed<v1::DelistProductRequest>(
                     "request_id: 'd' product: 'green/fridge-1' reason: 'inspection' "
                     "kind: DELISTING_KIND_FALSELY_LABELLED"));
  EXPECT_EQ(A().Call(&PointsStub::Award, PurchaseOf("late", "SN 4")).reason(),
            "PRODUCT_NOT_LISTED");
  const auto product = Do(&CatalogueStub::GetProduct, "product: 'green/fridge-1'").product();
  EXPECT_EQ(product.delisted(), v1::DELISTING_KIND_FALSELY_LABELLED);
  EXPECT_EQ(product.saving_watt_hours(), 100'000U);

  const std::string which = "product: 'green/fridge-1' page_size: 2 ";
  const auto first = Do(&CatalogueStub::ListProductEarnings, which);
  ASSERT_EQ(first.earnings_size(), 2);
  const auto rest = Do(&CatalogueStub::ListProductEarnings,
                       absl::StrCat(which, "page_token: '", first.next_page_token(), "'"));
  ASSERT_EQ(rest.earnings_size(), 1);
  EXPECT_EQ(first.earnings(0).account(), citizen_);
  EXPECT_EQ(first.earnings(0).caller(), "participants/platform-a");
  v1::BatchReverseRequest batch;
  for (const auto* page : {&first, &rest}) {
    for (const v1::ProductEarning& earning : page->earnings()) {
      v1::ReverseRequest& reverse = *batch.add_requests();
      reverse.set_request_id(absl::StrCat("back ", earning.entry_index()));
      reverse.set_entry_index(earning.entry_index());
      reverse.set_quantity(earning.quantity_left());
      reverse.set_reason("falsely_labelled");
    }
  }
  const auto reversed = client().Call(&PointsStub::BatchReverse, batch);
  ASSERT_TRUE(reversed.ok()) << reversed.status.error_message();
  ASSERT_EQ(reversed.response.results_size(), 3);
  for (const v1::ReverseResult& result : reversed.response.results()) {
    EXPECT_EQ(result.reversal().points(), 500) << result.error().message();
  }
  EXPECT_EQ(BalanceOf(client(), citizen_), 1'000);
  const auto undone = Do(&CatalogueStub::ListProductEarnings, "product: 'green/fridge-1'");
  EXPECT_EQ(undone.earnings_size(), 3);
  for (const v1::ProductEarning& earning : undone.earnings()) {
    EXPECT_EQ(earning.quantity_left(), 0U);
  }
  // The serial number stays claimed, and the product earns again when it is put back.
  ExpectDoneOnce(&CatalogueStub::RelistProduct,
                 Parsed<v1::RelistProductRequest>(
                     "request_id: 'r' product: 'green/fridge-1' reason: 'checked'"));
  EXPECT_EQ(B().Call(&PointsStub::Award, PurchaseOf("again", "sn-1")).reason(), "ALREADY_CLAIMED");
  EXPECT_TRUE(B().Call(&PointsStub::Award, PurchaseOf("new", "sn-77")).ok());
}

TEST_F(ProductsTest, Venues) {
  const auto certified = ExpectDoneOnce(
      &VenuesStub::CertifyVenue,
      Parsed<v1::CertifyVenueRequest>(
          "request_id: 'v' venue_id: 'canteen-1' display_name: '食堂' kind: 'restaurant' "
          "district: '500103' first_date: '2026-01-01' last_date: '2026-12-31'"));
  EXPECT_EQ(certified.name(), "venues/canteen-1");
  ExpectDoneOnce(&VenuesStub::WithdrawVenue,
                 Parsed<v1::WithdrawVenueRequest>("request_id: 'w' venue: 'venues/canteen-1'"));
  const v1::Venue venue = Do(&VenuesStub::GetVenue, "name: 'venues/canteen-1'").venue();
  EXPECT_TRUE(venue.withdrawn());
  EXPECT_EQ(venue.display_name(), "食堂");
  EXPECT_EQ(venue.last_date(), "2026-12-31");
  EXPECT_EQ(Do(&VenuesStub::ListVenues, "").venues_size(), 1);
  EXPECT_EQ(WhyNot(&VenuesStub::GetVenue, "name: 'venues/x'"), "UNKNOWN_VENUE");
  EXPECT_EQ(WhyNot(&VenuesStub::GetVenue, "name: 'x'"), "FIELD_INVALID");
  EXPECT_EQ(WhyNot(&VenuesStub::WithdrawVenue, "request_id: 'x' venue: 'venues/x'"),
            "UNKNOWN_VENUE");
}

}  // namespace
}  // namespace tanhui::e2e
