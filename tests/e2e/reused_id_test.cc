// A request id that comes again with other content is refused, and the answer names the field.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/e2e/demo_ledger.h"
#include "tests/e2e/refusal_case.h"

namespace tanhui::e2e {
namespace {

class ReusedIdTest : public RefusalTest {
 protected:
  struct Row {
    std::string change;  // of the first request
    std::string field;   // that the answer must name
  };

  // Sends the request, the same again, and each changed one.
  static void ExpectReused(const std::string& method, const std::string& first,
                           const std::vector<Row>& rows) {
    const std::uint64_t index = LogSize(client());
    ExpectAccepted(method, first);
    EXPECT_EQ(LogSize(client()), index + 1) << method;
    ExpectAccepted(method, first);
    EXPECT_EQ(LogSize(client()), index + 1) << "a retry wrote something: " << method;
    for (const Row& row : rows) {
      ExpectRefused({method,
                     first + " " + row.change,
                     "REQUEST_ID_REUSED",
                     row.field,
                     {{"entry_index", std::to_string(index)}}});
    }
  }
};

TEST_F(ReusedIdTest, Award) {
  ExpectReused("Points/Award", "request_id: 'award' act_time { seconds: 1750000000 }",
               {
                   {"account: '$B'", "account"},
                   {"account: '' platform_user_id: 'other'", "account"},
                   {"budget: 'budgets/stamps'", "budget"},
                   {"points: 2", "points"},
                   {"scenario: 'bus_ride'", "scenario"},
                   {"act_time { seconds: 1750000001 }", "act_time"},
                   {"reference: 'r'", "reference"},
               });
  // The same citizen by another name, and another life time, are the same request.
  ExpectAccepted("Points/Award",
                 "request_id: 'award' act_time { seconds: 1750000000 } account: '' "
                 "platform_user_id: 'citizen' not_after { seconds: 1750000000 }");
}

TEST_F(ReusedIdTest, Redeem) {
  ExpectReused("Points/Redeem", "request_id: 'redeem' reference: 'r'",
               {
                   {"account: '$B'", "account"},
                   {"merchant: 'participants/stall'", "merchant"},
                   {"points: 2", "points"},
                   {"act_time { seconds: 1750000001 }", "act_time"},
                   {"reference: 'q'", "reference"},
                   {"reference: ''", "reference"},
               });
}

TEST_F(ReusedIdTest, Transfer) {
  ExpectReused("Points/Transfer", "request_id: 'transfer'",
               {
                   {"from_account: '$S'", "from_account"},
                   {"to_account: '$S'", "to_account"},
                   {"points: 2", "points"},
                   {"act_time { seconds: 1750000001 }", "act_time"},
                   {"reference: 'r'", "reference"},
               });
}

TEST_F(ReusedIdTest, CancelRequest) {
  ExpectReused("Requests/CancelRequest", "request_id: 'cancel' target_request_id: 'nothing'",
               {
                   {"target_request_id: 'other'", "target_request_id"},
                   {"reference: 'r'", "reference"},
               });
}

TEST_F(ReusedIdTest, OpenAccount) {
  const std::string owner(32, '1');
  ExpectReused("Accounts/OpenAccount", "request_id: 'open' platform_user_id: 'new user'",
               {
                   {"asset: 'assets/stamps'", "asset"},
                   {"platform_user_id: 'newer user'", "platform_user_id"},
                   {"platform_user_id: ''", "platform_user_id"},
                   {"owner: '" + owner + "'", "owner"},
                   {"platform_user_id: '' merchant: 'participants/kiosk'", "merchant"},
                   {"reference: 'r'", "reference"},
               });
  ExpectReused("Accounts/OpenAccount", "request_id: 'open-owner' owner: '" + owner + "'",
               {{"owner: '" + std::string(32, '2') + "'", "owner"}});
  ExpectReused("Accounts/OpenAccount",
               "request_id: 'open-kiosk' asset: 'assets/stamps' merchant: 'participants/kiosk'",
               {{"merchant: 'participants/stall'", "merchant"}, {"merchant: ''", "merchant"}});
}

TEST_F(ReusedIdTest, Budgets) {
  ExpectReused("Budgets/Create", "request_id: 'create' budget_id: 'reused'",
               {
                   {"budget_id: 'other'", "budget_id"},
                   {"display_name: 'other'", "display_name"},
                   {"asset: 'assets/stamps'", "asset"},
                   {"sponsor: 'participants/shop'", "sponsor"},
                   {"reference: 'r'", "reference"},
               });
  ExpectReused("Budgets/Fund", "request_id: 'fund'",
               {
                   {"budget: 'budgets/stamps'", "budget"},
                   {"points: 2", "points"},
                   {"reference: 'r'", "reference"},
               });
}

TEST_F(ReusedIdTest, Registrations) {
  ExpectReused("Admin/CreateScheme", "request_id: 'scheme' scheme_id: 'reused'",
               {
                   {"scheme_id: 'other'", "scheme_id"},
                   {"display_name: 'other'", "display_name"},
                   {"cutoff_minute: 1", "cutoff_minute"},
                   {"reference: 'r'", "reference"},
               });
  ExpectReused("Admin/CreateParticipant", "request_id: 'participant' participant_id: 'reused'",
               {
                   {"participant_id: 'other'", "participant_id"},
                   {"display_name: 'other'", "display_name"},
                   {"kind: PARTICIPANT_KIND_SPONSOR", "kind"},
                   {"reference: 'r'", "reference"},
               });
  ExpectReused("Admin/CreateAsset", "request_id: 'asset' asset_id: 'reused'",
               {
                   {"asset_id: 'other'", "asset_id"},
                   {"display_name: 'other'", "display_name"},
                   {"scheme: 'schemes/stamps'", "scheme"},
                   {"max_amount: 6", "max_amount"},
                   {"terms { validity_months: 6 }", "terms"},
                   {"reference: 'r'", "reference"},
               });
}

TEST_F(ReusedIdTest, RecordFile) {
  ExpectReused("Files/RecordFile", "file_id: 'older'", {});
  ExpectReused("Files/RecordFile", "file_id: 'file'",
               {
                   {"sha256: '" + std::string(32, 'x') + "'", "sha256"},
                   {"period_start: '2026-02-01'", "period_start"},
                   {"period_end: '2026-03-03'", "period_end"},
                   {"lines: 2", "lines"},
                   {"awarded { name: 'bus_ride' count: 1 }", "awarded"},
                   {"refused { name: 'orphan_in' count: 1 }", "refused"},
                   {"points: 28", "points"},
                   {"supersedes_file_id: 'older'", "supersedes_file_id"},
               });
}

// The same id for something else altogether.
TEST_F(ReusedIdTest, OtherMethod) {
  ExpectAccepted("Points/Award", "request_id: 'taken'");
  for (const std::string& method : StampedMethods()) {
    if (method != "Points/Award") {
      ExpectRefused({method, "request_id: 'taken'", "REQUEST_ID_REUSED", "request_id", {}});
    }
  }
}

// A cancelled request says so only to who sends the same; its id stays taken for everything else.
TEST_F(ReusedIdTest, AfterCancellation) {
  ExpectAccepted("Points/Award", "request_id: 'undone'");
  const std::uint64_t index = LogSize(client());
  ExpectAccepted("Requests/CancelRequest", "request_id: 'undo' target_request_id: 'undone'");
  ExpectRefused({
      {"Points/Award",
       "request_id: 'undone'",
       "REQUEST_CANCELLED",
       "request_id",
       {{"entry_index", std::to_string(index)}}},
      {"Points/Award", "request_id: 'undone' points: 2", "REQUEST_ID_REUSED", "points", {}},
      {"Requests/CancelRequest",
       "request_id: 'undo 2' target_request_id: 'undone'",
       "ALREADY_CANCELLED",
       "target_request_id",
       {{"entry_index", std::to_string(index)}}},
  });
  ExpectAccepted("Requests/CancelRequest", "request_id: 'block' target_request_id: 'blocked'");
  ExpectRefused({
      {"Points/Award",
       "request_id: 'blocked'",
       "REQUEST_CANCELLED",
       "request_id",
       {{"entry_index", std::to_string(index + 1)}}},
      {"Requests/CancelRequest",
       "request_id: 'block 2' target_request_id: 'blocked'",
       "ALREADY_CANCELLED",
       "target_request_id",
       {}},
  });
}

// Points that were spent since cannot be taken back.
TEST_F(ReusedIdTest, CancellationOfSpentPoints) {
  ExpectAccepted("Points/Award", "request_id: 'to spend' account: '$B' points: 90");
  ExpectAccepted("Points/Transfer",
                 "request_id: 'spend' from_account: '$B' to_account: '$A' "
                 "points: 90");
  const std::int64_t left = BalanceOf(client(), Fill("$B"));
  ExpectRefused({"Requests/CancelRequest",
                 "target_request_id: 'to spend'",
                 "INSUFFICIENT_BALANCE",
                 "target_request_id",
                 {{"needed", "90"}, {"available", std::to_string(left)}}});
}

}  // namespace
}  // namespace tanhui::e2e
