// Deliveries and uploads against a ledger of a few lines that can be made to fail.
#include "services/cli/import/upload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "services/cli/import/acts.h"
#include "tests/services/cli/read_claims.h"

namespace tanhui::cli {
namespace {

using testing::ElementsAre;
using testing::Pair;

google::rpc::Status Refused(grpc::StatusCode code, const std::string& reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  google::rpc::Status status;
  status.set_code(static_cast<int>(code));
  status.add_details()->PackFrom(info);
  return status;
}

// Remembers request ids as the ledger does. Any thread.
class FakeLedger {
 public:
  std::int64_t budget = 1'000'000;
  int lose_answers = 0;  // of calls that were carried out
  int busy_items = 0;    // items refused as RESOURCE_EXHAUSTED
  int refuse_calls = 0;  // calls refused before they were carried out
  StopFlag* stop_after_first_call = nullptr;
  std::map<std::string, std::int64_t> balances;
  std::uint64_t entries = 100;
  int calls = 0;

  SendOpenings Openings() {
    return [this](const std::vector<const v1::OpenAccountRequest*>& requests,
                  std::vector<v1::OpenAccountResult>* results) {
      const std::lock_guard<std::mutex> lock(mutex_);
      for (const v1::OpenAccountRequest* request : requests) {
        EXPECT_FALSE(request->has_not_after());
        v1::OpenAccountResult& result = results->emplace_back();
        if (!balances.emplace(request->platform_user_id(), 0).second) {
          *result.mutable_error() = Refused(grpc::StatusCode::ALREADY_EXISTS, "ACCOUNT_EXISTS");
        } else {
          result.mutable_opened()->set_entry_index(entries++);
        }
      }
      return grpc::Status::OK;
    };
  }

  SendAwards Awards() {
    return [this](const std::vector<const v1::AwardRequest*>& requests,
                  std::vector<v1::AwardResult>* results) {
      const std::lock_guard<std::mutex> lock(mutex_);
      ++calls;
      if (refuse_calls > 0) {
        --refuse_calls;
        return grpc::Status(grpc::StatusCode::UNAVAILABLE, "starting");
      }
      for (const v1::AwardRequest* request : requests) {
        results->push_back(Award(*request));
      }
      if (stop_after_first_call != nullptr) {
        stop_after_first_call->store(true);
      }
      if (lose_answers > 0) {
        --lose_answers;
        results->clear();
        return grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "lost");
      }
      return grpc::Status::OK;
    };
  }

 private:
  v1::AwardResult Award(const v1::AwardRequest& request) {
    EXPECT_FALSE(request.has_not_after());
    v1::AwardResult result;
    if (busy_items > 0) {
      --busy_items;
      *result.mutable_error() = Refused(grpc::StatusCode::RESOURCE_EXHAUSTED, "QUEUE_FULL");
      return result;
    }
    const auto seen = done_.find(request.request_id());
    if (seen != done_.end()) {
      *result.mutable_award() = seen->second;
      result.mutable_award()->set_replayed(true);
      return result;
    }
    if (!balances.contains(request.platform_user_id())) {
      *result.mutable_error() = Refused(grpc::StatusCode::NOT_FOUND, "UNKNOWN_ACCOUNT");
    } else if (request.points() > budget) {
      *result.mutable_error() =
          Refused(grpc::StatusCode::FAILED_PRECONDITION, "INSUFFICIENT_BUDGET");
    } else {
      budget -= request.points();
      balances[request.platform_user_id()] += request.points();
      v1::AwardResponse& award = *result.mutable_award();
      award.set_entry_index(entries++);
      award.set_points(request.points());
      done_[request.request_id()] = award;
    }
    return result;
  }

  std::mutex mutex_;
  std::map<std::string, v1::AwardResponse> done_;
};

std::string Acts(int count) {
  std::string text = "user_id,scenario,act_time,evidence\n";
  for (int i = 0; i < count; ++i) {
    text +=
        "u" + std::to_string(i % 7) + ",cycling,2025-06-05 08:00:00,e" + std::to_string(i) + "\n";
  }
  return text;
}

UploadPlan PlanFor(const FakeLedger& ledger) {
  UploadPlan plan;
  plan.budget = "budgets/demo";
  plan.asset = "assets/a";
  plan.last_entry_before = ledger.entries - 1;
  plan.policy.chunk = 10;
  plan.policy.in_flight = 4;
  plan.policy.first_pause = std::chrono::milliseconds(1);
  plan.policy.longest_pause = std::chrono::milliseconds(2);
  return plan;
}

struct UploadRun {
  grpc::Status status;
  ImportTotals totals;
};

UploadRun Upload(FakeLedger* ledger, const std::string& acts, const StopFlag& stop) {
  ClaimFile file = *ReadActs(acts, Rates(), EvidenceIds(TestKey()), GoOn);
  const UploadPlan plan = PlanFor(*ledger);
  const auto ignore = [](std::uint64_t) {};
  UploadRun run;
  run.status = OpenAccounts(file, EvidenceIds(TestKey()), plan, ledger->Openings(), ignore, stop);
  EXPECT_TRUE(run.status.ok());
  run.status = AwardClaims(&file, plan, ledger->Awards(), &run.totals, ignore, stop);
  run.totals.refused = TotalsOf(file).refused;
  return run;
}

UploadRun Upload(FakeLedger* ledger, const std::string& acts) {
  return Upload(ledger, acts, StopFlag(false));
}

std::int64_t SumOfBalances(const FakeLedger& ledger) {
  std::int64_t sum = 0;
  for (const auto& [user, balance] : ledger.balances) {
    sum += balance;
  }
  return sum;
}

TEST(Upload, AwardsEveryClaimOnce) {
  FakeLedger ledger;
  const UploadRun first = Upload(&ledger, Acts(95));
  EXPECT_TRUE(first.status.ok());
  EXPECT_THAT(first.totals.awarded, ElementsAre(Pair("cycling", 95)));
  EXPECT_EQ(first.totals.points, 95 * 8);
  EXPECT_EQ(ledger.balances.size(), 7U);
  const UploadRun second = Upload(&ledger, Acts(95));
  EXPECT_EQ(second.totals.points, 0);
  EXPECT_THAT(second.totals.refused, ElementsAre(Pair("already_awarded", 95)));
  EXPECT_EQ(SumOfBalances(ledger), 95 * 8);
}

TEST(Upload, ALostAnswerIsNotSomebodyElsesAward) {
  FakeLedger ledger;
  Upload(&ledger, Acts(20));  // an earlier run
  ledger.lose_answers = 3;
  const UploadRun run = Upload(&ledger, Acts(95));
  EXPECT_TRUE(run.status.ok());
  EXPECT_THAT(run.totals.awarded, ElementsAre(Pair("cycling", 75)));
  EXPECT_THAT(run.totals.refused, ElementsAre(Pair("already_awarded", 20)));
  EXPECT_EQ(SumOfBalances(ledger), 95 * 8);
}

TEST(Upload, BusyItemsAreSentAgain) {
  FakeLedger ledger;
  ledger.busy_items = 33;
  ledger.refuse_calls = 2;
  const UploadRun run = Upload(&ledger, Acts(95));
  EXPECT_TRUE(run.status.ok());
  EXPECT_THAT(run.totals.awarded, ElementsAre(Pair("cycling", 95)));
  EXPECT_EQ(SumOfBalances(ledger), 95 * 8);
}

TEST(Upload, RefusalsKeepTheLedgersReason) {
  FakeLedger ledger;
  ledger.budget = 10 * 8;
  const UploadRun run = Upload(&ledger, Acts(25));
  EXPECT_TRUE(run.status.ok());
  EXPECT_THAT(run.totals.awarded, ElementsAre(Pair("cycling", 10)));
  EXPECT_THAT(run.totals.refused, ElementsAre(Pair("insufficient_budget", 15)));
}

TEST(Upload, GivesUpOnALedgerThatStaysAway) {
  FakeLedger ledger;
  ledger.refuse_calls = 1'000'000;
  const UploadRun run = Upload(&ledger, Acts(5));
  EXPECT_EQ(run.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ledger.calls, DeliveryPolicy().tries);
}

TEST(Upload, AStoppedRunIsResumed) {
  FakeLedger ledger;
  StopFlag stop(false);
  ledger.stop_after_first_call = &stop;
  const UploadRun stopped = Upload(&ledger, Acts(95), stop);
  EXPECT_TRUE(IsStopped(stopped.status));
  EXPECT_LT(SumOfBalances(ledger), 95 * 8);
  ledger.stop_after_first_call = nullptr;
  const UploadRun resumed = Upload(&ledger, Acts(95));
  EXPECT_TRUE(resumed.status.ok());
  EXPECT_EQ(resumed.totals.awarded.at("cycling") + resumed.totals.refused.at("already_awarded"),
            95U);
  EXPECT_EQ(SumOfBalances(ledger), 95 * 8);
}

TEST(Upload, AnEmptyFileSendsNothing) {
  FakeLedger ledger;
  EXPECT_TRUE(Upload(&ledger, Acts(0)).status.ok());
  EXPECT_EQ(ledger.calls, 0);
}

TEST(Delivery, PausesGrowAndHonourTheLedger) {
  DeliveryPolicy policy;
  policy.first_pause = std::chrono::milliseconds(100);
  policy.longest_pause = std::chrono::milliseconds(1000);
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(PauseAfter(1, policy, {}).count(),
                testing::AllOf(testing::Ge(50), testing::Le(100)));
    EXPECT_THAT(PauseAfter(3, policy, {}).count(),
                testing::AllOf(testing::Ge(200), testing::Le(400)));
    EXPECT_THAT(PauseAfter(30, policy, {}).count(),
                testing::AllOf(testing::Ge(500), testing::Le(1000)));
  }
  EXPECT_EQ(PauseAfter(1, policy, std::chrono::milliseconds(700)).count(), 700);
  EXPECT_EQ(PauseAfter(1, policy, std::chrono::hours(7)).count(), 6000);
}

TEST(Delivery, AStopEndsAPause) {
  StopFlag stop(true);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(PauseFor(std::chrono::seconds(60), stop));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  stop = false;
  EXPECT_TRUE(PauseFor(std::chrono::milliseconds(1), stop));
}

TEST(Delivery, OutcomesComeInOrder) {
  std::vector<std::size_t> seen;
  RunInOrder<std::size_t>(
      50, 4, [](std::size_t i) { return i * i; },
      [&](std::size_t i, std::size_t outcome) {
        EXPECT_EQ(outcome, i * i);
        seen.push_back(i);
        return i < 29;
      });
  ASSERT_EQ(seen.size(), 30U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

}  // namespace
}  // namespace tanhui::cli
