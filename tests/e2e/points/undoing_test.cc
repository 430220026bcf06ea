// Refunds, reversals and donations through the API.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {
namespace {

class UndoingTest : public ApiTest {
 protected:
  std::uint64_t Redeem(const std::string& id, std::int64_t points) const {
    const auto answer = client().Call(&PointsStub::Redeem, RedeemOf(id, citizen_, points));
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response.entry_index();
  }
  static v1::RefundRequest RefundOf(const std::string& id, std::uint64_t entry,
                                    std::int64_t points) {
    return Parsed<v1::RefundRequest>(
        absl::StrCat("request_id: '", id, "' entry_index: ", entry, " points: ", points));
  }
  static v1::ReverseRequest ReverseOf(const std::string& id, std::uint64_t entry,
                                      std::uint64_t quantity) {
    return Parsed<v1::ReverseRequest>(absl::StrCat("request_id: '", id, "' entry_index: ", entry,
                                                   " quantity: ", quantity,
                                                   " reason: 'goods_returned'"));
  }
};

TEST_F(UndoingTest, ARefundInParts) {
  const std::uint64_t sale = Redeem("r", 100);
  const auto first = ExpectDoneOnce(&PointsStub::Refund, RefundOf("f1", sale, 30));
  EXPECT_EQ(first.points(), 30);
  EXPECT_EQ(first.balance(), 430);
  const auto more = client().Call(&PointsStub::Refund, RefundOf("f2", sale, 71));
  EXPECT_EQ(more.reason(), "NOTHING_LEFT_TO_UNDO");
  EXPECT_EQ(RefusedOf(more.status).metadata.at("left"), "70");
  EXPECT_EQ(ExpectDoneOnce(&PointsStub::Refund, RefundOf("f3", sale, 70)).balance(), 500);
  EXPECT_EQ(client().Call(&PointsStub::Refund, RefundOf("f4", sale, 1)).reason(),
            "NOTHING_LEFT_TO_UNDO");
  EXPECT_EQ(client().Call(&RequestsStub::CancelRequest, CancelOf("c", "r")).reason(),
            "NOT_CANCELLABLE");
  EXPECT_EQ(OutcomeOf("f1").points(), 30);
  EXPECT_EQ(OutcomeOf("f1").balance(), 430);
  // Of a capture, too.
  const auto hold =
      Do(&PointsStub::Hold, absl::StrCat("request_id: 'h' account: '", citizen_,
                                         "' asset: 'assets/points' merchant: 'participants/shop' "
                                         "points: 50 deadline { seconds: ",
                                         SecondsFromNow(600).seconds(), " }"));
  const auto taken =
      Do(&PointsStub::Capture, "request_id: 'cap' points: 50 hold: '" + hold.name() + "'");
  EXPECT_EQ(ExpectDoneOnce(&PointsStub::Refund, RefundOf("f5", taken.entry_index(), 20)).balance(),
            470);
}

// One of three items, then what was spent becomes a debt that the next award pays.
TEST_F(UndoingTest, AReversalByItemsAndItsDebt) {
  v1::AwardRequest award = AwardOf("items", other_, 100);
  award.set_quantity(3);
  award.set_grams(1'000);
  const auto done = client().Call(&PointsStub::Award, award);
  ASSERT_TRUE(done.ok()) << done.status.error_message();
  const std::uint64_t entry = done.response.entry_index();
  EXPECT_EQ(HistoryOf(other_)[0].lots(0).grams(), 1'000);
  const auto one = ExpectDoneOnce(&PointsStub::Reverse, ReverseOf("v1", entry, 1));
  EXPECT_EQ(one.points(), 33);
  EXPECT_EQ(one.balance(), 67);
  EXPECT_EQ(one.debt(), 0);
  ASSERT_TRUE(client().Call(&PointsStub::Transfer, TransferOf("t", other_, citizen_, 60)).ok());
  const auto rest = ExpectDoneOnce(&PointsStub::Reverse, ReverseOf("v2", entry, 2));
  EXPECT_EQ(rest.points(), 67);
  EXPECT_EQ(rest.balance(), 0);
  EXPECT_EQ(rest.debt(), 60);
  EXPECT_EQ(rest.forgiven(), 0);
  EXPECT_EQ(AccountOf(other_).debt(), 60);
  EXPECT_EQ(client().Call(&PointsStub::Reverse, ReverseOf("v3", entry, 1)).reason(),
            "NOTHING_LEFT_TO_UNDO");
  EXPECT_EQ(HistoryOf(other_)[0].reason(), "goods_returned");
  EXPECT_EQ(EntryAt(rest.entry_index()).reason(), "goods_returned");
  EXPECT_EQ(EntryAt(rest.entry_index()).kind(), v1::ENTRY_KIND_REVERSAL);

  const auto paid = ExpectDoneOnce(&PointsStub::Award, AwardOf("pays", other_, 100));
  EXPECT_EQ(paid.points(), 100);
  EXPECT_EQ(paid.balance(), 40);
  EXPECT_EQ(paid.debt(), 0);
}

// An item that stands for less than a point moves nothing; the answer tells what is there.
TEST_F(UndoingTest, AnItemOfLessThanAPoint) {
  v1::AwardRequest award = AwardOf("items", citizen_, 2);
  award.set_quantity(3);
  const std::uint64_t entry = client().Call(&PointsStub::Award, award).response.entry_index();
  const auto none = ExpectDoneOnce(&PointsStub::Reverse, ReverseOf("v", entry, 1));
  EXPECT_EQ(none.points(), 0);
  EXPECT_EQ(none.balance(), 502);
  ASSERT_TRUE(client().Call(&PointsStub::Redeem, RedeemOf("r", citizen_, 502)).ok());
  EXPECT_EQ(OutcomeOf("v").balance(), 502);
  EXPECT_EQ(ExpectDoneOnce(&PointsStub::Reverse, ReverseOf("v2", entry, 2)).debt(), 2);
}

TEST_F(UndoingTest, AReversalThatIsWrittenOff) {
  Do(&AdminStub::SetTerms,
     "request_id: 'terms' asset: 'assets/points' "
     "terms { validity_months: 1200 spent_reversal: SPENT_REVERSAL_WRITE_OFF }");
  const auto first = OutcomeOf("first");
  Redeem("r", 400);
  const auto gone = ExpectDoneOnce(&PointsStub::Reverse, ReverseOf("v", first.entry_index(), 1));
  EXPECT_EQ(gone.points(), 500);
  EXPECT_EQ(gone.forgiven(), 400);
  EXPECT_EQ(gone.balance(), 0);
  EXPECT_EQ(gone.debt(), 0);
  EXPECT_EQ(BalanceOf(client(), citizen_), 0);
}

TEST_F(UndoingTest, WhatCannotBeUndone) {
  const std::uint64_t award = OutcomeOf("first").entry_index();
  const std::uint64_t sale = Redeem("r", 10);
  EXPECT_EQ(client().Call(&PointsStub::Refund, RefundOf("x", award, 1)).reason(),
            "WRONG_ENTRY_KIND");
  EXPECT_EQ(client().Call(&PointsStub::Reverse, ReverseOf("x", sale, 1)).reason(),
            "WRONG_ENTRY_KIND");
  EXPECT_EQ(client().Call(&PointsStub::Refund, RefundOf("x", 1'000'000, 1)).reason(),
            "UNKNOWN_ENTRY");
  EXPECT_EQ(client().Call(&PointsStub::Reverse, ReverseOf("x", ~0ULL, 1)).reason(),
            "UNKNOWN_ENTRY");
}

TEST_F(UndoingTest, Donations) {
  const auto given = ExpectDoneOnce(
      &PointsStub::Donate, Parsed<v1::DonateRequest>(
                               "request_id: 'd' platform_user_id: 'citizen' asset: 'assets/points' "
                               "charity: 'participants/fund' points: 120"));
  EXPECT_EQ(given.points(), 120);
  EXPECT_EQ(given.balance(), 380);
  EXPECT_EQ(HistoryOf(citizen_)[0].kind(), v1::ENTRY_KIND_DONATION);
  EXPECT_EQ(client().Call(&PointsStub::Refund, RefundOf("f", given.entry_index(), 1)).reason(),
            "WRONG_ENTRY_KIND");
  EXPECT_EQ(client().Call(&RequestsStub::CancelRequest, CancelOf("c", "d")).reason(),
            "NOT_CANCELLABLE");
  EXPECT_EQ(WhyNot(&PointsStub::Donate,
                   absl::StrCat("request_id: 'e' points: 1 asset: 'assets/points' charity: "
                                "'participants/shop' account: '",
                                citizen_, "'")),
            "WRONG_ACCOUNT_KIND");
}

}  // namespace
}  // namespace tanhui::e2e
