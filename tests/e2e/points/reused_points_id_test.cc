// A request id that comes again with other content: the new methods name the field, too.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/e2e/demo_ledger.h"
#include "tests/e2e/refusal_case.h"

namespace tanhui::e2e {
namespace {

class ReusedPointsIdTest : public RefusalTest {
 protected:
  struct Row {
    std::string change;
    std::string field;
  };
  static void ExpectReused(const std::string& method, const std::string& first,
                           const std::vector<Row>& rows) {
    const std::uint64_t index = LogSize(client());
    ExpectAccepted(method, first);
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

TEST_F(ReusedPointsIdTest, Awards) {
  ExpectReused("Points/Award", "request_id: 'award' quantity: 2 grams: 5",
               {{"quantity: 3", "quantity"}, {"quantity: 1", "quantity"}, {"grams: 6", "grams"}});
  // One item, said or not, is the same.
  ExpectReused("Points/Award", "request_id: 'one' quantity: 1", {});
  ExpectAccepted("Points/Award", "request_id: 'one'");
}

TEST_F(ReusedPointsIdTest, Holds) {
  ExpectReused("Points/Hold", "request_id: 'held'",
               {{"account: '$B'", "account"},
                {"merchant: 'participants/stall'", "merchant"},
                {"points: 2", "points"},
                {"deadline { seconds: $SOON nanos: 1000 }", "deadline"},
                {"acting_account: '$G'", "acting_account"}});
  ExpectReused("Points/Capture", "request_id: 'capture'",
               {{"hold: 'holds/1'", "hold"}, {"points: 2", "points"}});
}

TEST_F(ReusedPointsIdTest, Undoing) {
  ExpectReused("Points/Refund", "request_id: 'refund'",
               {{"entry_index: 1", "entry_index"}, {"points: 2", "points"}});
  ExpectReused("Points/Reverse", "request_id: 'reverse'",
               {{"entry_index: 1", "entry_index"},
                {"quantity: 2", "quantity"},
                {"reason: 'other'", "reason"}});
  ExpectReused("Points/Donate", "request_id: 'donate'",
               {{"account: '$B'", "account"}, {"points: 2", "points"}});
}

TEST_F(ReusedPointsIdTest, Lives) {
  ExpectReused("Accounts/Freeze", "request_id: 'freeze' account: '$B'",
               {{"account: '$A'", "account"}, {"reason: 'other'", "reason"}});
  ExpectReused("Accounts/Unfreeze", "request_id: 'unfreeze' account: '$B'", {});
  ExpectReused("Accounts/GiveConsent", "request_id: 'give'",
               {{"account: '$W'", "account"}, {"guardian: '$A'", "guardian"}});
  ExpectReused("Accounts/OpenAccount", "request_id: 'minor' minor: true",
               {{"minor: false", "minor"}});
  ExpectReused("Accounts/Merge", "request_id: 'merge' from: '$L' into: '$B'",
               {{"from: '$A'", "from"}, {"into: '$A'", "into"}});
}

TEST_F(ReusedPointsIdTest, HouseholdsAndTheRest) {
  ExpectReused("Households/Create", "request_id: 'create' head: '$A'",
               {{"head: '$B'", "head"}, {"asset: 'assets/stamps'", "asset"}});
  ExpectReused("Households/Invite", "request_id: 'invited'",
               {{"member: '$A'", "member"},
                {"daily_limit: 6", "daily_limit"},
                {"household: '$A'", "household"}});
  ExpectReused("Households/Contribute", "request_id: 'contribute'",
               {{"member: '$A'", "member"}, {"points: 2", "points"}});
  ExpectReused("Budgets/Create",
               "request_id: 'dated' budget_id: 'dated' first_date: '2026-01-01' "
               "last_date: '2999-01-01' return_days: 3",
               {{"first_date: '2026-01-02'", "first_date"},
                {"last_date: '2999-01-02'", "last_date"},
                {"return_days: 4", "return_days"}});
  ExpectReused("Admin/SetTerms", "request_id: 'terms' asset: 'assets/stamps'",
               {{"terms { grace_days: 3 }", "terms"}, {"asset: 'assets/points'", "asset"}});
  // Defaults, said or not, are the same.
  ExpectAccepted("Admin/SetTerms",
                 "request_id: 'terms' asset: 'assets/stamps' terms { validity_months: 12 }");
}

}  // namespace
}  // namespace tanhui::e2e
