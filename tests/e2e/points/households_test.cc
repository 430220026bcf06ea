// One life of a household through the API.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {
namespace {

class HouseholdsTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    const auto opened =
        ExpectDoneOnce(&HouseholdsStub::Create,
                       Parsed<v1::HouseholdsServiceCreateRequest>(
                           "request_id: 'create' asset: 'assets/points' head: '" + citizen_ + "'"));
    household_ = opened.household().account().name();
    EXPECT_EQ(opened.household().account().kind(), v1::ACCOUNT_KIND_HOUSEHOLD);
    ASSERT_EQ(opened.household().members_size(), 1);
    EXPECT_EQ(opened.household().members(0).account(), citizen_);
  }

  // "household: … member: …" with a request id.
  std::string Change(const std::string& id, const std::string& member) const {
    return "request_id: '" + id + "' household: '" + household_ + "' member: '" + member + "' ";
  }
  std::string ByHead() const { return " acting_account: '" + citizen_ + "'"; }
  void Join(std::int64_t limit) const {
    ExpectDoneOnce(&HouseholdsStub::Invite,
                   Parsed<v1::InviteRequest>(
                       absl::StrCat(Change("invite", other_), "daily_limit: ", limit, ByHead())));
    ExpectDoneOnce(&HouseholdsStub::Accept, Parsed<v1::AcceptRequest>(Change("accept", other_)));
  }
  v1::Household Read() const {
    return Do(&HouseholdsStub::Get, "name: '" + household_ + "'").household();
  }
  v1::RedeemRequest Spend(const std::string& id, const std::string& acting,
                          std::int64_t points) const {
    v1::RedeemRequest request = RedeemOf(id, household_, points);
    request.set_acting_account(acting);
    return request;
  }

  std::string household_;
};

TEST_F(HouseholdsTest, InvitesAndLimits) {
  EXPECT_EQ(AccountOf(citizen_).household(), household_);
  EXPECT_EQ(WhyNot(&HouseholdsStub::Accept, Change("a", other_)), "NOT_IN_HOUSEHOLD");
  EXPECT_EQ(WhyNot(&HouseholdsStub::Invite,
                   Change("i", other_) + "daily_limit: 1 acting_account: '" + other_ + "'"),
            "NOT_HEAD_OF_HOUSEHOLD");
  Join(40);
  const v1::Household household = Read();
  ASSERT_EQ(household.members_size(), 2);
  EXPECT_EQ(household.members(1).account(), other_);
  EXPECT_TRUE(household.members(1).joined());
  EXPECT_EQ(household.members(1).daily_limit(), 40);
  ExpectDoneOnce(
      &HouseholdsStub::SetLimit,
      Parsed<v1::SetLimitRequest>(Change("limit", other_) + "daily_limit: 60" + ByHead()));
  EXPECT_EQ(Read().members(1).daily_limit(), 60);
  EXPECT_EQ(WhyNot(&HouseholdsStub::Create,
                   "request_id: 'again' asset: 'assets/points' head: '" + other_ + "'"),
            "HOUSEHOLD_EXISTS");
}

TEST_F(HouseholdsTest, ContributedSpentAndTakenAlong) {
  Join(40);
  const auto put =
      ExpectDoneOnce(&HouseholdsStub::Contribute,
                     Parsed<v1::ContributeRequest>(Change("put", citizen_) + "points: 100"));
  EXPECT_EQ(put.points(), 100);
  EXPECT_EQ(put.balance(), 400);
  EXPECT_EQ(put.household_balance(), 100);
  EXPECT_EQ(Read().members(0).contributed(), 100);
  EXPECT_EQ(Read().account().available(), 100);

  EXPECT_EQ(client().Call(&PointsStub::Redeem, Spend("s", other_, 41)).reason(), "SPENDING_LIMIT");
  const auto spent = ExpectDoneOnce(&PointsStub::Redeem, Spend("s", other_, 30));
  EXPECT_EQ(spent.balance(), 70);
  EXPECT_EQ(Read().members(1).spent_today(), 30);
  EXPECT_EQ(client().Call(&PointsStub::Redeem, RedeemOf("s2", household_, 1)).reason(),
            "NOT_IN_HOUSEHOLD");
  const auto given = ExpectDoneOnce(
      &PointsStub::Donate,
      Parsed<v1::DonateRequest>("request_id: 'd' asset: 'assets/points' points: 10 charity: "
                                "'participants/fund' account: '" +
                                household_ + "'" + ByHead()));
  EXPECT_EQ(given.balance(), 60);

  ASSERT_TRUE(client().Call(&PointsStub::Award, AwardOf("own", other_, 7)).ok());
  EXPECT_EQ(WhyNot(&HouseholdsStub::Leave, Change("head first", citizen_)),
            "NOT_HEAD_OF_HOUSEHOLD");
  const auto left =
      ExpectDoneOnce(&HouseholdsStub::Leave, Parsed<v1::LeaveRequest>(Change("bye", other_)));
  EXPECT_EQ(left.points(), 0);
  EXPECT_EQ(left.balance(), 7) << "nothing moved, and the answer tells what is there";
  EXPECT_EQ(AccountOf(other_).household(), "");
  const auto last =
      ExpectDoneOnce(&HouseholdsStub::Leave, Parsed<v1::LeaveRequest>(Change("end", citizen_)));
  EXPECT_EQ(last.points(), 60);
  EXPECT_EQ(last.balance(), 460);
  EXPECT_EQ(Read().account().available(), 0);
  // What comes back later follows its owner out.
  const auto back = Do(&PointsStub::Refund, absl::StrCat("request_id: 'f' points: 30 entry_index: ",
                                                         spent.entry_index()));
  EXPECT_EQ(back.balance(), 490);
  EXPECT_EQ(BalanceOf(client(), citizen_), 490);
}

TEST_F(HouseholdsTest, TransfersInsideOnly) {
  Do(&AdminStub::SetTerms,
     "request_id: 'terms' asset: 'assets/points' "
     "terms { validity_months: 1200 transfers: TRANSFER_POLICY_HOUSEHOLD }");
  EXPECT_EQ(client().Call(&PointsStub::Transfer, TransferOf("t", citizen_, other_, 5)).reason(),
            "NOT_IN_HOUSEHOLD");
  Join(0);
  EXPECT_EQ(ExpectDoneOnce(&PointsStub::Transfer, TransferOf("t", citizen_, other_, 5)).balance(),
            495);
}

TEST_F(HouseholdsTest, IsNoCitizen) {
  EXPECT_EQ(client().Call(&PointsStub::Award, AwardOf("a", household_, 1)).reason(),
            "WRONG_ACCOUNT_KIND");
  EXPECT_EQ(WhyNot(&HouseholdsStub::Get, "name: '" + citizen_ + "'"), "UNKNOWN_ACCOUNT");
  EXPECT_EQ(AccountOf(household_).kind(), v1::ACCOUNT_KIND_HOUSEHOLD);
}

}  // namespace
}  // namespace tanhui::e2e
