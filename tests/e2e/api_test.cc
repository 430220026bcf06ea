// What writes: each method does what it says, once, and its retries and trials write nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {
namespace {

v1::CreateSchemeRequest SchemeOf(const std::string& id) {
  v1::CreateSchemeRequest request;
  request.set_request_id(id);
  request.set_scheme_id("new");
  request.set_display_name("新计划");
  return request;
}

v1::CreateParticipantRequest ParticipantOf(const std::string& id) {
  v1::CreateParticipantRequest request;
  request.set_request_id(id);
  request.set_participant_id("new");
  request.set_display_name("新机构");
  request.set_kind(v1::PARTICIPANT_KIND_DISTRICT);
  return request;
}

v1::CreateAssetRequest AssetOf(const std::string& id) {
  v1::CreateAssetRequest request;
  request.set_request_id(id);
  request.set_asset_id("new");
  request.set_display_name("新积分");
  request.set_scheme("schemes/green");
  request.set_max_amount(10);
  return request;
}

v1::BudgetsServiceCreateRequest BudgetOf(const std::string& id) {
  v1::BudgetsServiceCreateRequest request;
  request.set_request_id(id);
  request.set_budget_id("new");
  request.set_display_name("新预算");
  request.set_asset("assets/points");
  request.set_sponsor("participants/sponsor");
  return request;
}

v1::OpenAccountRequest MerchantOpeningOf(const std::string& id) {
  v1::OpenAccountRequest request;
  request.set_request_id(id);
  request.set_asset("assets/points");
  request.set_merchant("participants/kiosk");
  return request;
}

class WritingTest : public ApiTest {};

TEST_F(WritingTest, Points) {
  const auto award = ExpectDoneOnce(&PointsStub::Award, AwardOf("a", citizen_, 27));
  EXPECT_EQ(award.points(), 27);
  EXPECT_EQ(award.balance(), 527);
  EXPECT_EQ(award.account(), citizen_);
  EXPECT_GT(award.record_time().seconds(), 1'700'000'000);

  const auto redeem = ExpectDoneOnce(&PointsStub::Redeem, RedeemOf("r", citizen_, 100));
  EXPECT_EQ(redeem.points(), 100);
  EXPECT_EQ(redeem.balance(), 427);

  const auto transfer = ExpectDoneOnce(&PointsStub::Transfer, TransferOf("t", citizen_, other_, 7));
  EXPECT_EQ(transfer.points(), 7);
  EXPECT_EQ(transfer.balance(), 420);
  EXPECT_EQ(BalanceOf(client(), other_), 7);

  const auto fund = ExpectDoneOnce(&BudgetsStub::Fund, FundOf("f", 1'000));
  EXPECT_EQ(fund.points(), 1'000);
  EXPECT_EQ(fund.balance(), 1'000'000 + 1'000 - 500 - 27);
}

TEST_F(WritingTest, ByPlatformUser) {
  v1::AwardRequest award = AwardOf("a", "", 10);
  award.set_platform_user_id("citizen");
  EXPECT_EQ(ExpectDoneOnce(&PointsStub::Award, award).account(), citizen_);
  v1::RedeemRequest redeem = RedeemOf("r", "", 10);
  redeem.set_platform_user_id("citizen");
  redeem.set_asset("assets/points");
  EXPECT_EQ(ExpectDoneOnce(&PointsStub::Redeem, redeem).balance(), 500);
  v1::GetAccountRequest request;
  request.set_platform_user_id("citizen");
  request.set_asset("assets/points");
  const auto account = client().Call(&AccountsStub::GetAccount, request);
  EXPECT_EQ(account.response.account().name(), citizen_);
  EXPECT_EQ(account.response.account().available(), 500);
}

TEST_F(WritingTest, Registrations) {
  EXPECT_EQ(ExpectDoneOnce(&AdminStub::CreateScheme, SchemeOf("s")).name(), "schemes/new");
  EXPECT_EQ(ExpectDoneOnce(&AdminStub::CreateParticipant, ParticipantOf("p")).name(),
            "participants/new");
  EXPECT_EQ(ExpectDoneOnce(&AdminStub::CreateAsset, AssetOf("x")).name(), "assets/new");
  const v1::Budget budget = ExpectDoneOnce(&BudgetsStub::Create, BudgetOf("b")).budget();
  EXPECT_EQ(budget.name(), "budgets/new");
  EXPECT_EQ(budget.asset(), "assets/points");
  EXPECT_EQ(budget.sponsor(), "participants/sponsor");
  ExpectDoneOnce(&FilesStub::RecordFile, FileOf("file-1"));
  v1::RecordFileRequest newer = FileOf("file-2");
  newer.set_supersedes_file_id("file-1");
  ExpectDoneOnce(&FilesStub::RecordFile, newer);
}

// The ids of account and owner are drawn anew with each try; the outcome is the first one all the
// same.
TEST_F(WritingTest, OpenAccount) {
  const v1::Account opened =
      ExpectDoneOnce(&AccountsStub::OpenAccount, OpeningOf("o", "new user")).account();
  EXPECT_THAT(opened.name(), testing::MatchesRegex("accounts/[0-9a-f]{32}"));
  EXPECT_EQ(opened.owner().size(), 32U);
  EXPECT_EQ(opened.asset(), "assets/points");
  EXPECT_EQ(opened.available(), 0);

  v1::OpenAccountRequest more = OpeningOf("o2", "new user");
  more.set_asset("assets/stamps");
  more.set_owner(opened.owner());
  EXPECT_EQ(ExpectDoneOnce(&AccountsStub::OpenAccount, more).account().owner(), opened.owner());

  const v1::Account shop =
      ExpectDoneOnce(&AccountsStub::OpenAccount, MerchantOpeningOf("o3")).account();
  EXPECT_EQ(shop.merchant(), "participants/kiosk");
  EXPECT_EQ(shop.owner(), "");
  EXPECT_EQ(shop.kind(), v1::ACCOUNT_KIND_MERCHANT);
  EXPECT_EQ(opened.kind(), v1::ACCOUNT_KIND_CITIZEN);
  EXPECT_EQ(opened.status(), v1::ACCOUNT_STATUS_OPEN);

  v1::OpenAccountRequest nameless = OpeningOf("o4", "");
  EXPECT_NE(ExpectDoneOnce(&AccountsStub::OpenAccount, nameless).account().owner(), "");
}

TEST_F(WritingTest, CancelRequest) {
  ASSERT_TRUE(client().Call(&PointsStub::Transfer, TransferOf("t", citizen_, other_, 40)).ok());
  const auto undone = ExpectDoneOnce(&RequestsStub::CancelRequest, CancelOf("c", "t"));
  EXPECT_EQ(undone.state(), v1::REQUEST_STATE_CANCELLED);
  EXPECT_EQ(undone.points(), 40);
  EXPECT_EQ(undone.balance(), 500);
  EXPECT_EQ(BalanceOf(client(), other_), 0);
  const v1::GetOutcomeResponse outcome = OutcomeOf("t");
  EXPECT_EQ(outcome.state(), v1::REQUEST_STATE_CANCELLED);
  EXPECT_EQ(outcome.cancellation_index(), undone.entry_index());
  EXPECT_EQ(client().Call(&PointsStub::Transfer, TransferOf("t", citizen_, other_, 40)).reason(),
            "REQUEST_CANCELLED");

  const auto blocked = ExpectDoneOnce(&RequestsStub::CancelRequest, CancelOf("c2", "late"));
  EXPECT_EQ(blocked.state(), v1::REQUEST_STATE_BLOCKED);
  EXPECT_EQ(OutcomeOf("late").state(), v1::REQUEST_STATE_BLOCKED);
  EXPECT_EQ(OutcomeOf("late").entry_index(), blocked.entry_index());
  EXPECT_EQ(client().Call(&PointsStub::Award, AwardOf("late", citizen_, 1)).reason(),
            "REQUEST_CANCELLED");

  // Awards, redemptions and fundings can be undone too.
  ASSERT_TRUE(client().Call(&PointsStub::Redeem, RedeemOf("r", citizen_, 60)).ok());
  ASSERT_TRUE(client().Call(&BudgetsStub::Fund, FundOf("f", 9)).ok());
  EXPECT_EQ(ExpectDoneOnce(&RequestsStub::CancelRequest, CancelOf("c3", "r")).balance(), 500);
  EXPECT_EQ(ExpectDoneOnce(&RequestsStub::CancelRequest, CancelOf("c4", "f")).points(), 9);
  EXPECT_EQ(ExpectDoneOnce(&RequestsStub::CancelRequest, CancelOf("c5", "first")).balance(), 0);
}

TEST_F(WritingTest, TrialsTellRefusalsToo) {
  const std::uint64_t size = LogSize(client());
  v1::RedeemRequest redeem = RedeemOf("r", citizen_, 501);
  redeem.set_validate_only(true);
  const auto refused = client().Call(&PointsStub::Redeem, redeem);
  EXPECT_EQ(refused.reason(), "INSUFFICIENT_BALANCE");
  EXPECT_EQ(RefusedOf(refused.status).metadata.at("available"), "500");
  EXPECT_EQ(LogSize(client()), size);
}

// One of each kind of item: done, refused, a replay, the same id twice.
TEST_F(WritingTest, BatchesAnswerInOrder) {
  v1::BatchAwardRequest batch;
  *batch.add_requests() = AwardOf("b0", citizen_, 1);
  *batch.add_requests() = AwardOf("b1", "accounts/" + std::string(32, '0'), 1);
  *batch.add_requests() = AwardOf("first", citizen_, 500);
  *batch.add_requests() = AwardOf("b3", other_, 0);
  *batch.add_requests() = AwardOf("b0", citizen_, 1);
  *batch.add_requests() = AwardOf("b0", citizen_, 2);
  *batch.add_requests() = AwardOf("b6", other_, 6);
  const std::uint64_t size = LogSize(client());
  const auto answer = client().Call(&PointsStub::BatchAward, batch);
  ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  const auto& results = answer.response.results();
  ASSERT_EQ(results.size(), 7);
  EXPECT_EQ(results[0].award().entry_index(), size);
  EXPECT_EQ(results[0].award().balance(), 501);
  EXPECT_EQ(ReasonOf(results[1].error()), "UNKNOWN_ACCOUNT");
  EXPECT_TRUE(results[2].award().replayed());
  EXPECT_EQ(results[2].award().balance(), 500);
  EXPECT_EQ(ReasonOf(results[3].error()), "AMOUNT_OUT_OF_RANGE");
  EXPECT_TRUE(results[4].award().replayed());
  EXPECT_EQ(results[4].award().entry_index(), size);
  EXPECT_EQ(ReasonOf(results[5].error()), "REQUEST_ID_REUSED");
  EXPECT_EQ(results[6].award().entry_index(), size + 1);
  EXPECT_EQ(LogSize(client()), size + 2);
  for (const int refused : {1, 3, 5}) {
    const Refused error = RefusedOf(results[refused].error());
    EXPECT_EQ(error.domain, "tanhui");
    EXPECT_EQ(error.locale, "zh-CN");
    EXPECT_FALSE(error.has_retry);
  }
}

TEST_F(WritingTest, AtomicBatchesAreAllOrNothing) {
  v1::BatchAwardRequest batch;
  batch.set_atomic(true);
  *batch.add_requests() = AwardOf("b0", citizen_, 1);
  *batch.add_requests() = AwardOf("b1", citizen_, 100'001);
  *batch.add_requests() = AwardOf("b2", other_, 1);
  const std::uint64_t size = LogSize(client());
  for (const std::int64_t bad : {100'001, 0}) {  // refused by a rule, and by its form
    batch.mutable_requests(1)->set_points(bad);
    const auto refused = client().Call(&PointsStub::BatchAward, batch);
    ASSERT_EQ(refused.response.results_size(), 3);
    EXPECT_EQ(ReasonOf(refused.response.results(1).error()),
              bad == 0 ? "AMOUNT_OUT_OF_RANGE" : "AMOUNT_OVER_ASSET_LIMIT");
    for (const int other : {0, 2}) {
      const Refused error = RefusedOf(refused.response.results(other).error());
      EXPECT_EQ(error.reason, "BATCH_REFUSED");
      EXPECT_EQ(error.metadata.at("refused_request"), "1");
    }
  }
  EXPECT_EQ(LogSize(client()), size);
  EXPECT_EQ(OutcomeOf("b0").state(), v1::REQUEST_STATE_UNKNOWN);

  batch.mutable_requests(1)->set_points(3);
  batch.set_validate_only(true);
  const auto tried = client().Call(&PointsStub::BatchAward, batch);
  EXPECT_EQ(tried.response.results(1).award().balance(), 504) << "a trial sees what came before";
  EXPECT_EQ(tried.response.results(1).award().entry_index(), 0U);
  EXPECT_EQ(LogSize(client()), size);

  batch.set_validate_only(false);
  const auto done = client().Call(&PointsStub::BatchAward, batch);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(done.response.results(i).award().entry_index(), size + static_cast<unsigned>(i));
  }
  EXPECT_EQ(LogSize(client()), size + 3);
}

TEST_F(WritingTest, BatchOfOpenings) {
  v1::BatchOpenAccountsRequest batch;
  *batch.add_requests() = OpeningOf("o0", "user 0");
  *batch.add_requests() = OpeningOf("o1", "citizen");
  *batch.add_requests() = OpeningOf("o2", "user 0");
  const std::uint64_t size = LogSize(client());
  batch.set_validate_only(true);
  const auto tried = client().Call(&AccountsStub::BatchOpenAccounts, batch);
  EXPECT_EQ(tried.response.results(0).opened().account().name(), "");
  EXPECT_EQ(ReasonOf(tried.response.results(2).error()), "ACCOUNT_EXISTS");
  EXPECT_EQ(LogSize(client()), size);
  batch.set_validate_only(false);
  const auto done = client().Call(&AccountsStub::BatchOpenAccounts, batch);
  ASSERT_EQ(done.response.results_size(), 3);
  const std::string name = done.response.results(0).opened().account().name();
  EXPECT_NE(name, "");
  EXPECT_EQ(RefusedOf(done.response.results(1).error()).metadata.at("account"), citizen_);
  EXPECT_EQ(RefusedOf(done.response.results(2).error()).metadata.at("account"), name);
  batch.set_atomic(true);
  const auto atomic = client().Call(&AccountsStub::BatchOpenAccounts, batch);
  EXPECT_EQ(ReasonOf(atomic.response.results(0).error()), "BATCH_REFUSED");
  EXPECT_EQ(LogSize(client()), size + 1);
  v1::OpenAccountRequest* marked = batch.mutable_requests(0);
  marked->set_validate_only(true);
  const auto refused = client().Call(&AccountsStub::BatchOpenAccounts, batch);
  EXPECT_EQ(RefusedOf(refused.response.results(0).error()).metadata.at("field"), "validate_only");
}

// 8,192 requests are one batch; every one is answered.
TEST_F(WritingTest, TheLargestBatch) {
  v1::BatchAwardRequest batch;
  for (int i = 0; i < 8'192; ++i) {
    *batch.add_requests() = AwardOf("large-" + std::to_string(i), citizen_, 1);
  }
  const std::uint64_t size = LogSize(client());
  const auto done = client().Call(&PointsStub::BatchAward, batch);
  ASSERT_EQ(done.response.results_size(), 8'192) << done.status.error_message();
  EXPECT_EQ(done.response.results(8'191).award().balance(), 500 + 8'192);
  EXPECT_EQ(LogSize(client()), size + 8'192);
}

}  // namespace
}  // namespace tanhui::e2e
