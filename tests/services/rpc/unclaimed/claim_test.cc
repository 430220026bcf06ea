// What becomes of kept acts when their holder is linked: awarded at their date, given up, or kept
// on.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/sequencer/audit.h"
#include "services/rpc/draft.h"
#include "services/rpc/unclaimed/claim_reasons.h"
#include "tests/services/rpc/unclaimed/town_hall.h"

namespace tanhui::rpc {
namespace {

using e2e::AccountsStub;
using e2e::BudgetsStub;
using e2e::PointsStub;
using e2e::RulesStub;
using e2e::UnclaimedStub;
using Words = std::vector<std::string>;

class ClaimTest : public TownHall {
 protected:
  std::int64_t Balance(const std::string& account) const {
    return e2e::BalanceOf(A(), account);
  }
};

TEST_F(ClaimTest, AwardedAtTheDateOfTheActThoughItsWindowIsOver) {
  const std::string date = FormatDate(ShanghaiDate(*ParseTimestamp(DaysAgo(5))));
  const LedgerTime received = clock_.Wall();
  EXPECT_EQ(Keep("8001", {RideOf("new", 1, "r1"), RideOf("old", 5, "r2")}),
            Words({"kept", "kept"}));
  clock_.Wait(20 * kMicrosPerDay);
  v1::AwardRequest direct = RideOf("direct", 21, "r3");
  direct.set_account(citizen_);
  EXPECT_EQ(A().Call(&PointsStub::Award, direct).reason(), "ACT_TOO_LATE");

  const auto trial = Claim("8001", citizen_, true);
  ASSERT_EQ(trial.results_size(), 2);
  EXPECT_EQ(trial.results(0).award().points(), 3);
  EXPECT_EQ(trial.results(0).award().entry_index(), 0U);
  EXPECT_EQ(Listed("8001"), Words({"old", "new"})) << "a trial deletes nothing";

  const auto claimed = Claim("８００１", citizen_);
  ASSERT_EQ(claimed.results_size(), 2);
  EXPECT_EQ(claimed.next_page_token(), "");
  EXPECT_EQ(claimed.results(0).act().request_id(), "old");
  EXPECT_EQ(claimed.results(1).award().points(), 3);
  EXPECT_EQ(claimed.results(1).award().account(), citizen_);
  EXPECT_EQ(Balance(citizen_), 6);
  EXPECT_TRUE(Listed("8001").empty());
  EXPECT_TRUE(Rows().empty());

  const Entry entry = EntryAt(claimed.results(0).award().entry_index());
  EXPECT_EQ(FormatDate(BusinessDate(entry.business_date())), date);
  EXPECT_EQ(entry.earning().kept_micros(), received.value());
  EXPECT_EQ(entry.recorded_micros(), clock_.Wall().value());
  EXPECT_EQ(RequestId::FromStored(entry.request_id())->text(), "old");
  EXPECT_TRUE(Claimed("8001", citizen_).empty());
  sequencer::AuditOptions every_rule;
  every_rule.redecide = true;
  const auto audit = sequencer::Audit(ledger_, engine_->store(), every_rule);
  ASSERT_TRUE(audit.ok()) << audit.status().ToString();
  EXPECT_EQ(audit->difference, "");
  // The id is used up.
  EXPECT_EQ(Keep("8001", RideOf("new", 1, "r9")), "REQUEST_ID_REUSED");
}

TEST_F(ClaimTest, AUuidV7WaitsLongerThanItsDay) {
  const std::string id = e2e::UuidV7(
      std::chrono::system_clock::time_point(std::chrono::microseconds(clock_.Wall().value())), 7);
  EXPECT_EQ(Keep("8001", RideOf(id, 1, "r1")), "kept");
  clock_.Wait(10 * kMicrosPerDay);
  EXPECT_EQ(Claimed("8001", citizen_), Words({id + " 3"}));
}

TEST_F(ClaimTest, WhatMayPassIsKeptOn) {
  v1::BudgetsServiceCreateRequest poor;
  poor.set_request_id("poor");
  poor.set_budget_id("poor");
  poor.set_display_name("空");
  poor.set_asset("assets/points");
  poor.set_sponsor("participants/sponsor");
  ASSERT_TRUE(Operator().Call(&BudgetsStub::Create, poor).ok());
  v1::AwardRequest unpaid = BottlesOf("unpaid", 3, 5);
  unpaid.set_budget("budgets/poor");
  EXPECT_EQ(Keep("8001", {unpaid, RideOf("suspended", 2, "r1"), BottlesOf("good", 1, 2)}),
            Words({"kept", "kept", "kept"}));
  v1::SuspendScenarioRequest suspend;
  suspend.set_request_id("suspend");
  suspend.set_rule_set("ruleSets/town");
  suspend.set_scenario("ride");
  suspend.set_reason("fraud");
  ASSERT_TRUE(Operator().Call(&RulesStub::SuspendScenario, suspend).ok());
  EXPECT_EQ(Claimed("8001", citizen_), Words({"unpaid INSUFFICIENT_BUDGET kept",
                                              "suspended SCENARIO_SUSPENDED kept", "good 2"}));
  EXPECT_EQ(Listed("8001"), Words({"unpaid", "suspended"}));

  v1::FundRequest fund = e2e::FundOf("fund", 100);
  fund.set_budget("budgets/poor");
  ASSERT_TRUE(Operator().Call(&BudgetsStub::Fund, fund).ok());
  v1::ReopenScenarioRequest reopen;
  reopen.set_request_id("reopen");
  reopen.set_rule_set("ruleSets/town");
  reopen.set_scenario("ride");
  reopen.set_reason("cleared");
  ASSERT_TRUE(Operator().Call(&RulesStub::ReopenScenario, reopen).ok());
  clock_.Wait(20 * kMicrosPerDay);
  EXPECT_EQ(Claimed("8001", citizen_), Words({"unpaid 5", "suspended 3"}));
  EXPECT_EQ(Balance(citizen_), 10);
  EXPECT_TRUE(Rows().empty());
}

TEST_F(ClaimTest, ATroubleOfTheAccountKeepsThem) {
  EXPECT_EQ(Keep("8001", BottlesOf("b", 1, 2)), "kept");
  v1::OpenAccountRequest opening = e2e::OpeningOf("child", "child");
  opening.set_minor(true);
  const auto child = A().Call(&AccountsStub::OpenAccount, opening).response.account().name();
  EXPECT_EQ(Claimed("8001", child), Words({"b CONSENT_REQUIRED kept"}));
  v1::ClaimActsRequest request;
  *request.mutable_holder() = Card("8001");
  request.set_platform_user_id("nobody");
  const auto unknown = A().Call(&UnclaimedStub::ClaimActs, request);
  ASSERT_TRUE(unknown.ok()) << unknown.status.error_message();
  EXPECT_EQ(e2e::ReasonOf(unknown.response.results(0).error()), "UNKNOWN_ACCOUNT");
  EXPECT_TRUE(unknown.response.results(0).kept());
  const std::string stamps = e2e::OpenCitizen(A(), "stamps", "assets/stamps");
  EXPECT_EQ(Claimed("8001", stamps), Words({"b ASSET_MISMATCH kept"}));
  request.set_platform_user_id("other");
  const auto claimed = A().Call(&UnclaimedStub::ClaimActs, request);
  ASSERT_EQ(claimed.response.results_size(), 1);
  EXPECT_EQ(claimed.response.results(0).award().account(), other_);
  EXPECT_EQ(Balance(other_), 2);
  EXPECT_TRUE(Rows().empty());
}

TEST_F(ClaimTest, WhatCanNeverBeIsGivenUp) {
  v1::AwardRequest first = RideOf("first", 2, "r1");
  first.set_account(other_);
  ASSERT_TRUE(A().Call(&PointsStub::Award, first).ok());
  EXPECT_EQ(Keep("8001", {RideOf("claimed", 2, "R-1"), BottlesOf("cancelled", 1, 1)}),
            Words({"kept", "kept"}));
  ASSERT_TRUE(A().Call(&e2e::RequestsStub::CancelRequest, e2e::CancelOf("undo", "cancelled")).ok());
  EXPECT_EQ(Claimed("8001", citizen_),
            Words({"claimed ALREADY_CLAIMED", "cancelled REQUEST_CANCELLED"}));
  EXPECT_TRUE(Rows().empty());
}

// A crash after the award and before the deletion leaves the row.
TEST_F(ClaimTest, WhatWasAwardedAlreadyIsAReplay) {
  EXPECT_EQ(Keep("8001", {BottlesOf("b1", 1, 2), RideOf("ride", 2, "r1")}),
            Words({"kept", "kept"}));
  const auto rows = Rows();
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(Claimed("8001", citizen_), Words({"ride 3", "b1 2"}));
  const std::uint64_t size = engine_->durable_size();
  for (const bool same_account : {true, false}) {
    ASSERT_TRUE(engine_->store().PutOutside(rows, {}).ok());
    EXPECT_EQ(Claimed("8001", same_account ? citizen_ : other_),
              same_account ? Words({"ride 3 again", "b1 2 again"})
                           : Words({"ride REQUEST_ID_REUSED", "b1 REQUEST_ID_REUSED"}));
    EXPECT_TRUE(Rows().empty());
  }
  EXPECT_EQ(engine_->durable_size(), size);
  EXPECT_EQ(Balance(citizen_), 5);
  EXPECT_EQ(Balance(other_), 0);
}

TEST_F(ClaimTest, ManyAtOnceAwardOnce) {
  std::vector<v1::AwardRequest> acts;
  for (int i = 0; i < 50; ++i) {
    acts.push_back(BottlesOf(absl::StrCat("b", i), 1, 1));
  }
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] { EXPECT_EQ(Keep("8001", acts), Words(50, "kept")); });
    }
  }
  EXPECT_EQ(Rows().size(), 150U);
  {
    std::vector<std::jthread> threads;
    for (const std::string& account : {citizen_, other_, citizen_, other_}) {
      threads.emplace_back([this, account] { Claim("8001", account); });
    }
  }
  EXPECT_EQ(Balance(citizen_) + Balance(other_), 50);
  EXPECT_TRUE(Rows().empty());
}

TEST_F(ClaimTest, NothingIsShownOrAwardedAfterItsDays) {
  EXPECT_EQ(Keep("8001", BottlesOf("b", 1, 2)), "kept");
  clock_.Wait(30 * kMicrosPerDay - 1);
  EXPECT_EQ(Listed("8001"), Words({"b"}));
  clock_.Wait(1);
  EXPECT_TRUE(Listed("8001").empty());
  EXPECT_TRUE(Claimed("8001", citizen_).empty());
  EXPECT_EQ(Rows().size(), 3U);
  EXPECT_TRUE(acts_->Purge().ok());
  EXPECT_TRUE(Rows().empty());
}

TEST_F(ClaimTest, AThousandAtATime) {
  std::vector<v1::AwardRequest> acts;
  for (int i = 0; i < 1'003; ++i) {
    acts.push_back(BottlesOf(absl::StrCat("b", i), 1, 1));
  }
  Keep("8001", acts);
  v1::ClaimActsRequest request;
  *request.mutable_holder() = Card("8001");
  request.set_account(citizen_);
  const auto first = A().Call(&UnclaimedStub::ClaimActs, request);
  ASSERT_TRUE(first.ok()) << first.status.error_message();
  EXPECT_EQ(first.response.results_size(), 1'000);
  ASSERT_NE(first.response.next_page_token(), "");
  request.set_page_token(first.response.next_page_token());
  const auto second = A().Call(&UnclaimedStub::ClaimActs, request);
  EXPECT_EQ(second.response.results_size(), 3);
  EXPECT_EQ(second.response.next_page_token(), "");
  EXPECT_EQ(Balance(citizen_), 1'003);
  EXPECT_TRUE(Rows().empty());
}

TEST_F(ClaimTest, Malformed) {
  struct Row {
    std::string change;
    std::string reason;
    std::string field;
  };
  EXPECT_EQ(Keep("8001", BottlesOf("b", 1, 2)), "kept");
  v1::ClaimActsRequest good;
  *good.mutable_holder() = Card("8001");
  good.set_account(citizen_);
  for (const Row& row : std::vector<Row>{
           {"holder { subject: '' }", "FIELD_REQUIRED", "holder.subject"},
           {"holder { source: '--' }", "FIELD_INVALID", "holder.source"},
           {"account: ''", "FIELD_REQUIRED", "account"},
           {"account: 'accounts/1'", "FIELD_INVALID", "account"},
           {"account: 'accounts/00000000000000000000000000000000'", "UNKNOWN_ACCOUNT", "account"},
           {"platform_user_id: 'u'", "FIELD_INVALID", "platform_user_id"},
           {"page_token: 'x'", "FIELD_INVALID", "page_token"},
       }) {
    v1::ClaimActsRequest request = good;
    ASSERT_TRUE(google::protobuf::TextFormat::MergeFromString(row.change, &request)) << row.change;
    const e2e::Refused refused =
        e2e::RefusedOf(A().Call(&UnclaimedStub::ClaimActs, request).status);
    EXPECT_EQ(refused.reason, row.reason) << row.change << ": " << refused.message;
    EXPECT_EQ(refused.metadata.contains("field") ? refused.metadata.at("field") : "", row.field);
  }
  v1::ListUnclaimedActsRequest list;
  EXPECT_EQ(A().Call(&UnclaimedStub::ListUnclaimedActs, list).reason(), "FIELD_REQUIRED");
  *list.mutable_holder() = Card("8001");
  list.set_page_size(-1);
  EXPECT_EQ(A().Call(&UnclaimedStub::ListUnclaimedActs, list).reason(), "FIELD_INVALID");
  list.set_page_size(1);
  list.set_page_token("1");
  EXPECT_EQ(A().Call(&UnclaimedStub::ListUnclaimedActs, list).reason(), "FIELD_INVALID");
  EXPECT_EQ(
      A().Call(&UnclaimedStub::DeleteUnclaimedActs, v1::DeleteUnclaimedActsRequest()).reason(),
      "FIELD_REQUIRED");
  EXPECT_EQ(Listed("8001"), Words({"b"}));
}

TEST(ClaimReasons, WhatIsNotKnownToBeForGoodIsKept) {
  int for_good = 0;
  for (const ReasonRow& row : AllReasons()) {
    for_good += IsForGood(Refusal(row.reason)) ? 1 : 0;
    if (row.kind == RefusalClass::kUnavailable || row.kind == RefusalClass::kExhausted ||
        row.kind == RefusalClass::kDeadline || row.kind == RefusalClass::kInvalid) {
      EXPECT_FALSE(IsForGood(Refusal(row.reason))) << row.name;
    }
  }
  EXPECT_EQ(for_good, 21);
  EXPECT_TRUE(IsForGood(Refusal(Reason::kCapReached).With("cap", "rides")));
  EXPECT_FALSE(IsForGood(Refusal(Reason::kCapReached, "account")));
  EXPECT_FALSE(IsForGood(Refusal(Reason::kUnknownAccount)));
}

}  // namespace
}  // namespace tanhui::rpc
