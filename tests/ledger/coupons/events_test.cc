// What the change feed tells of coupons, and whom.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/ledger/core/steps.h"
#include "tests/ledger/coupons/town.h"

namespace tanhui {
namespace {

using namespace world;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr CampaignNo kFirstCampaign{1};
const std::vector<Goods> kGoods = {{5'000}, {7'000}};

class CouponEventsTest : public testing::Test {
 protected:
  // "scope kind subject" of each event of one command.
  std::vector<std::string> Told(const Command& command) {
    world_.mutable_state().TakeChanges();
    EXPECT_EQ(world_.Ask(command), "OK") << command.draft.ShortDebugString();
    return Told();
  }
  std::vector<std::string> Told() {
    std::vector<std::string> told;
    for (const EventRow& row : world_.mutable_state().TakeChanges().events) {
      told.push_back(absl::StrCat(
          row.scope == EventRow::kEverybody ? std::string("all") : absl::StrCat(row.scope), " ",
          static_cast<int>(row.kind), " ", row.subject));
    }
    return told;
  }
  std::uint64_t Open(const ChangeOpening& change = nullptr) {
    Opened(world_, OpenCampaign("campaign", "spring", change));
    return Done(world_, IssueCoupon("issue", kFirstCampaign, kAlice));
  }
  World world_ = Town();
};

TEST_F(CouponEventsTest, ThoseLinkedToTheHolderHearOfItsUse) {
  const std::uint64_t coupon = Open();
  const std::string linked = absl::StrCat("0 13 ", kAlice.value());
  EXPECT_THAT(Told(UseCoupon("use", coupon, OrderAt(kBakeryShop, "o-1", kGoods))),
              ElementsAre(linked));
  const std::uint64_t use = world_.last_index();
  EXPECT_THAT(Told(RefundCoupon("back", use, {{0, 5'000}, {1, 7'000}})),
              ElementsAre(absl::StrCat("0 14 ", kAlice.value())));
  EXPECT_THAT(Told(UseCoupon("again", coupon, OrderAt(kBakeryShop, "o-2", kGoods))),
              ElementsAre(linked));
  EXPECT_THAT(Told(Cancel("cancel", "again")), ElementsAre(absl::StrCat("0 14 ", kAlice.value())));
  EXPECT_THAT(Told(RevokeCoupon("revoke", coupon)),
              ElementsAre(absl::StrCat("0 15 ", kAlice.value())));
}

TEST_F(CouponEventsTest, AnIssueTellsNobodyAndItsCancellationThoseLinked) {
  Open();
  EXPECT_THAT(Told(IssueCoupon("another", kFirstCampaign, kBob)), IsEmpty());
  EXPECT_THAT(Told(Cancel("cancel", "another")), ElementsAre(absl::StrCat("0 15 ", kBob.value())));
}

TEST_F(CouponEventsTest, TheMerchantHearsOfItsReviews) {
  Opened(world_, OpenCampaign("campaign", "spring", Reviewed));
  std::vector<std::uint64_t> uses;
  for (const char* id : {"a", "b"}) {
    const std::uint64_t coupon =
        Done(world_, IssueCoupon(absl::StrCat("issue-", id), kFirstCampaign, kAlice));
    uses.push_back(Done(
        world_, UseCoupon(absl::StrCat("use-", id), coupon, OrderAt(kBakeryShop, id, kGoods))));
  }
  EXPECT_THAT(Told(ReviewUse("approve", uses[0], 100, "no_invoice")),
              ElementsAre(absl::StrCat(kBakery.value(), " 16 ", uses[0])));
  EXPECT_THAT(Told(ReviewUse("reject", uses[1], 0, "no_invoice")),
              ElementsAre(absl::StrCat(kBakery.value(), " 17 ", uses[1])));
}

TEST_F(CouponEventsTest, EverybodyHearsOfChangesAndFundersOfReturns) {
  EXPECT_THAT(Told(OpenCampaign("campaign", "spring")), IsEmpty());
  EXPECT_THAT(Told(Pause("pause", kFirstCampaign)), ElementsAre("all 18 1"));
  EXPECT_THAT(Told(End("end", kFirstCampaign)), ElementsAre("all 18 1"));
  ASSERT_TRUE(world_.Sweep(kStockOfFirst));
  EXPECT_THAT(Told(), ElementsAre(absl::StrCat(kDistrict.value(), " 19 ", kDistrictFen.value()),
                                  absl::StrCat(kSponsor.value(), " 19 ", kSponsorFen.value())));
}

TEST_F(CouponEventsTest, ACampaignThatTakesMostOfABudgetTellsItsFunder) {
  EXPECT_THAT(Told(OpenCampaign("campaign", "spring",
                                [](entry::v1::CampaignOpening& opening) {
                                  opening.set_stock(700);  // 1,800 fen each: 84 % and 42 %
                                })),
              ElementsAre(absl::StrCat(kDistrict.value(), " 6 ", kDistrictFen.value())));
}

}  // namespace
}  // namespace tanhui
