// Bad input of the methods about holds, refunds, households, accounts' lives, budgets and reports.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/e2e/demo_ledger.h"
#include "tests/e2e/refusal_case.h"

namespace tanhui::e2e {
namespace {

class BadPointsInputTest : public RefusalTest {
 protected:
  inline static const std::string kNobody = "accounts/" + std::string(32, '0');
};

// Every field that names an account: missing, of wrong form, unknown.
TEST_F(BadPointsInputTest, Accounts) {
  const std::vector<std::pair<std::string, std::string>> fields = {
      {"Points/Hold", "account"},
      {"Points/Donate", "account"},
      {"Accounts/GetBalance", "name"},
      {"Accounts/Freeze", "account"},
      {"Accounts/Unfreeze", "account"},
      {"Accounts/ReportLost", "account"},
      {"Accounts/Close", "account"},
      {"Accounts/Merge", "from"},
      {"Accounts/Merge", "into"},
      {"Accounts/GiveConsent", "account"},
      {"Accounts/GiveConsent", "guardian"},
      {"Accounts/WithdrawConsent", "account"},
      {"Accounts/WithdrawConsent", "guardian"},
      {"Accounts/HandOver", "account"},
      {"Households/Create", "head"},
      {"Households/Invite", "household"},
      {"Households/Invite", "member"},
      {"Households/Invite", "acting_account"},
      {"Households/Accept", "household"},
      {"Households/Accept", "member"},
      {"Households/Leave", "household"},
      {"Households/Leave", "member"},
      {"Households/SetLimit", "household"},
      {"Households/SetLimit", "member"},
      {"Households/SetLimit", "acting_account"},
      {"Households/Contribute", "household"},
      {"Households/Contribute", "member"},
      {"Households/ListGoals", "account"},
      {"Households/Get", "name"},
  };
  for (const auto& [method, field] : fields) {
    ExpectRefused({
        {method, field + ": ''", "FIELD_REQUIRED", field, {}},
        {method, field + ": 'accounts/x'", "FIELD_INVALID", field, {}},
        {method, field + ": '" + kNobody + "'", "UNKNOWN_ACCOUNT", field, {}},
    });
  }
  // These may be left out.
  for (const std::string method :
       {"Points/Redeem", "Points/Hold", "Points/Donate", "Households/Accept", "Households/Leave"}) {
    ExpectRefused({
        {method, "acting_account: 'x'", "FIELD_INVALID", "acting_account", {}},
        {method, "acting_account: '" + kNobody + "'", "UNKNOWN_ACCOUNT", "acting_account", {}},
    });
  }
}

TEST_F(BadPointsInputTest, NamesAndIndexes) {
  const std::string large = "1844674407370955161";
  for (const std::string method : {"Points/Capture", "Points/Release"}) {
    ExpectRefused({{method, "hold: ''", "FIELD_REQUIRED", "hold", {}}});
    for (const std::string name : {"42", "holds/", "holds/x", "holds/0", "holds/042", "holds/-1",
                                   "holds/1 ", "holds/99999999999999999999", "hold/1"}) {
      ExpectRefused({{method, "hold: '" + name + "'", "FIELD_INVALID", "hold", {}}});
    }
    ExpectRefused({
        {method, "hold: 'holds/" + large + "'", "UNKNOWN_ENTRY", "hold", {}},
        {method, "hold: 'holds/$RIDE'", "WRONG_ENTRY_KIND", "hold", {}},
    });
  }
  for (const std::string method : {"Points/Refund", "Points/Reverse"}) {
    ExpectRefused({
        {method, "entry_index: 0", "FIELD_REQUIRED", "entry_index", {}},
        {method, "entry_index: " + large, "UNKNOWN_ENTRY", "entry_index", {}},
        {method, "entry_index: 1", "WRONG_ENTRY_KIND", "entry_index", {}},
    });
  }
  ExpectRefused({
      {"Points/Hold", "asset: ''", "FIELD_REQUIRED", "asset", {}},
      {"Points/Hold", "asset: 'assets/none'", "UNKNOWN_ASSET", "asset", {}},
      {"Points/Hold", "merchant: ''", "FIELD_REQUIRED", "merchant", {}},
      {"Points/Hold", "merchant: 'participants/none'", "UNKNOWN_PARTICIPANT", "merchant", {}},
      {"Points/Hold", "merchant: 'participants/kiosk'", "UNKNOWN_ACCOUNT", "merchant", {}},
      {"Points/Hold", "merchant: 'participants/fund'", "WRONG_ACCOUNT_KIND", "merchant", {}},
      {"Points/Hold", "platform_user_id: 'citizen'", "FIELD_INVALID", "platform_user_id", {}},
      {"Points/Donate", "charity: ''", "FIELD_REQUIRED", "charity", {}},
      {"Points/Donate", "charity: 'fund'", "FIELD_INVALID", "charity", {}},
      {"Points/Donate", "charity: 'participants/shop'", "WRONG_ACCOUNT_KIND", "charity", {}},
      {"Households/Create", "asset: ''", "FIELD_REQUIRED", "asset", {}},
      {"Households/ListGoals", "account: '$H'", "WRONG_ACCOUNT_KIND", "account", {}},
      {"Households/Create", "asset: 'assets/stamps'", "ASSET_MISMATCH", "head", {}},
      {"Budgets/Return", "budget: ''", "FIELD_REQUIRED", "budget", {}},
      {"Budgets/Return", "budget: 'budgets/none'", "UNKNOWN_BUDGET", "budget", {}},
      {"Budgets/Return", "budget: 'budgets/stamps'", "INSUFFICIENT_BUDGET", "budget", {}},
      {"Budgets/List", "asset: 'assets/none'", "UNKNOWN_ASSET", "asset", {}},
      {"Budgets/List", "page_size: -1", "FIELD_INVALID", "page_size", {}},
      {"Budgets/List", "page_token: 'x'", "FIELD_INVALID", "page_token", {}},
      {"Admin/GetAsset", "name: 'points'", "FIELD_INVALID", "name", {}},
      {"Admin/GetAsset", "name: 'assets/none'", "UNKNOWN_ASSET", "name", {}},
      {"Admin/SetTerms", "asset: ''", "FIELD_REQUIRED", "asset", {}},
      {"Admin/SetTerms", "asset: 'assets/none'", "UNKNOWN_ASSET", "asset", {}},
      {"Reports/GetLiability", "asset: ''", "FIELD_REQUIRED", "asset", {}},
      {"Reports/GetLiability", "asset: 'assets/none'", "UNKNOWN_ASSET", "asset", {}},
  });
}

TEST_F(BadPointsInputTest, Numbers) {
  const std::map<std::string, std::string> amounts = {{"smallest", "1"},
                                                      {"largest", "1000000000000"}};
  for (const std::string method : {"Points/Hold", "Points/Capture", "Points/Refund",
                                   "Points/Donate", "Households/Contribute"}) {
    for (const std::string amount : {"0", "-1", "1000000000001"}) {
      ExpectRefused({method, "points: " + amount, "AMOUNT_OUT_OF_RANGE", "points", amounts});
    }
  }
  for (const std::string method : {"Points/Hold", "Points/Donate"}) {
    ExpectRefused(
        {method, "points: 100001", "AMOUNT_OVER_ASSET_LIMIT", "points", {{"limit", "100000"}}});
  }
  const std::map<std::string, std::string> items = {{"smallest", "1"}, {"largest", "1000000"}};
  const std::map<std::string, std::string> parts = {{"smallest", "1"},
                                                    {"largest", "1000000000000"}};
  for (const std::string method : {"Households/Invite", "Households/SetLimit"}) {
    ExpectRefused({
        {method, "daily_limit: -1", "FIELD_INVALID", "daily_limit", {{"smallest", "0"}}},
        {method, "daily_limit: 1000000000001", "FIELD_INVALID", "daily_limit", {}},
    });
  }
  ExpectRefused({
      {"Points/Award", "quantity: 1000001", "FIELD_INVALID", "quantity", items},
      {"Points/Award", "quantity: 18446744073709551615", "FIELD_INVALID", "quantity", items},
      {"Points/Award", "grams: -1", "FIELD_INVALID", "grams", {{"smallest", "0"}}},
      {"Points/Award", "grams: 1000000000001", "FIELD_INVALID", "grams", {}},
      {"Points/Reverse", "quantity: 0", "FIELD_INVALID", "quantity", parts},
      {"Points/Reverse", "quantity: 1000000000001", "FIELD_INVALID", "quantity", parts},
      {"Points/Reverse", "quantity: 1000001", "NOTHING_LEFT_TO_UNDO", "quantity", {{"left", "3"}}},
      {"Points/Reverse", "quantity: 4", "NOTHING_LEFT_TO_UNDO", "quantity", {{"left", "3"}}},
      {"Points/Refund", "points: 11", "NOTHING_LEFT_TO_UNDO", "points", {{"left", "10"}}},
      {"Points/Capture",
       "points: 11",
       "INSUFFICIENT_BALANCE",
       "points",
       {{"needed", "11"}, {"available", "10"}}},
      {"Points/Hold", "points: 501", "INSUFFICIENT_BALANCE", "points", {{"available", "500"}}},
      {"Points/Donate", "points: 501", "INSUFFICIENT_BALANCE", "points", {{"available", "500"}}},
      {"Households/Contribute", "points: 181", "INSUFFICIENT_BALANCE", "points", {}},
  });
}

TEST_F(BadPointsInputTest, TimesDatesAndCodes) {
  for (const std::string method : {"Points/Reverse", "Accounts/Freeze", "Accounts/Unfreeze",
                                   "Accounts/ReportLost", "Accounts/Close"}) {
    ExpectRefused({
        {method, "reason: ''", "FIELD_REQUIRED", "reason", {}},
        {method, "reason: 'Because'", "FIELD_INVALID", "reason", {}},
        {method, "reason: 'a-b'", "FIELD_INVALID", "reason", {}},
        {method, "reason: '" + std::string(33, 'r') + "'", "FIELD_TOO_LONG", "reason", {}},
    });
  }
  ExpectRefused({
      {"Points/Hold", "deadline { seconds: 0 }", "FIELD_INVALID", "deadline", {}},
      {"Points/Hold", "deadline { nanos: -1 }", "FIELD_INVALID", "deadline", {}},
      {"Points/Hold", "deadline { seconds: 1700000000 }", "HOLD_DEADLINE", "deadline", {}},
      {"Points/Hold",
       "deadline { seconds: 253402214400 }",
       "HOLD_DEADLINE",
       "deadline",
       {{"max_days", "30"}}},
      {"Accounts/GetBalance", "", "FIELD_REQUIRED", "entry_index", {}},
      {"Accounts/GetBalance", "entry_index: 1000000", "UNKNOWN_ENTRY", "entry_index", {}},
      {"Accounts/GetBalance", "time { seconds: 0 }", "FIELD_INVALID", "time", {}},
      {"Accounts/GetBalance", "time { seconds: 1700000000 }", "UNKNOWN_ENTRY", "time", {}},
      {"Accounts/GetBalance", "time { seconds: $SOON }", "FIELD_INVALID", "time", {}},
      {"Budgets/Create", "first_date: 'x'", "FIELD_INVALID", "first_date", {}},
      {"Budgets/Create", "last_date: '2026-02-30'", "FIELD_INVALID", "last_date", {}},
      {"Budgets/Create", "last_date: '1970-01-01'", "FIELD_INVALID", "last_date", {}},
      {"Budgets/Create",
       "first_date: '2026-02-02' last_date: '2026-02-01'",
       "FIELD_INVALID",
       "last_date",
       {}},
      {"Budgets/Create", "return_days: 1", "FIELD_INVALID", "return_days", {}},
      {"Budgets/Create",
       "last_date: '2026-02-01' return_days: 3661",
       "FIELD_INVALID",
       "return_days",
       {{"largest", "3660"}}},
  });
  v1::HoldRequest no_deadline;
  no_deadline.CopyFrom(*RequestOf("Points/Hold", ""));
  no_deadline.clear_deadline();
  ExpectRefused({"Points/Hold", "no deadline", "FIELD_REQUIRED", "deadline", {}},
                no_deadline.SerializeAsString());
}

TEST_F(BadPointsInputTest, Terms) {
  for (const std::string method : {"Admin/CreateAsset", "Admin/SetTerms"}) {
    for (const auto& [field, value] :
         {std::pair<std::string, std::string>{"validity_months", "1201"},
          {"grace_days", "3661"},
          {"max_hold_days", "3661"},
          {"max_members", "0"},
          {"max_members", "65"},
          {"transfer_daily_cap", "-1"},
          {"transfer_daily_cap", "1000000000001"},
          {"transfers", "9"},
          {"spent_reversal", "9"}}) {
      ExpectRefused({{method,
                      "terms { " + field + ": " + value + " }",
                      "FIELD_INVALID",
                      "terms." + field,
                      {}}});
    }
  }
  v1::SetTermsRequest none;
  none.CopyFrom(*RequestOf("Admin/SetTerms", ""));
  none.clear_terms();
  ExpectRefused({"Admin/SetTerms", "no terms", "FIELD_REQUIRED", "terms", {}},
                none.SerializeAsString());
}

TEST_F(BadPointsInputTest, Rules) {
  ExpectRefused({
      {"Points/Redeem", "acting_account: '$B'", "NOT_A_MINOR", "acting_account", {}},
      {"Points/Redeem", "account: '$H'", "NOT_IN_HOUSEHOLD", "acting_account", {}},
      {"Points/Redeem",
       "account: '$H' acting_account: '$I'",
       "NOT_IN_HOUSEHOLD",
       "acting_account",
       {}},
      {"Points/Award", "account: '$C'", "CONSENT_REQUIRED", "account", {}},
      {"Points/Award", "account: '$H'", "WRONG_ACCOUNT_KIND", "account", {}},
      {"Points/Donate", "account: '$W'", "GUARDIAN_REQUIRED", "acting_account", {}},
      {"Points/Hold", "account: '$H' acting_account: '$G'", "WRONG_ACCOUNT_KIND", "account", {}},
      {"Points/Transfer", "to_account: '$W'", "NOT_FOR_MINORS", "to_account", {}},
      {"Accounts/OpenAccount",
       "merchant: 'participants/kiosk' minor: true",
       "FIELD_INVALID",
       "merchant",
       {}},
      {"Accounts/Freeze", "account: '$M'", "WRONG_ACCOUNT_KIND", "account", {}},
      {"Accounts/Close", "account: '$A'", "NOT_EMPTY", "account", {{"available", "500"}}},
      {"Accounts/Close", "account: '$G'", "HOUSEHOLD_EXISTS", "account", {}},
      {"Accounts/Merge", "into: '$L'", "SAME_ACCOUNT", "into", {}},
      {"Accounts/Merge", "into: '$S'", "ASSET_MISMATCH", "into", {}},
      {"Accounts/Merge", "into: '$F'", "WRONG_ACCOUNT_KIND", "into", {}},
      {"Accounts/Merge", "into: '$W'", "NOT_FOR_MINORS", "into", {}},
      {"Accounts/GiveConsent", "account: '$A'", "NOT_A_MINOR", "account", {}},
      {"Accounts/GiveConsent", "guardian: '$C'", "SAME_ACCOUNT", "guardian", {}},
      {"Accounts/GiveConsent", "guardian: '$W'", "NOT_FOR_MINORS", "guardian", {}},
      {"Accounts/WithdrawConsent", "guardian: '$A'", "GUARDIAN_REQUIRED", "guardian", {}},
      {"Accounts/HandOver", "account: '$A'", "NOT_A_MINOR", "account", {}},
      {"Households/Create", "head: '$G'", "HOUSEHOLD_EXISTS", "head", {}},
      {"Households/Create", "head: '$W'", "NOT_FOR_MINORS", "head", {}},
      {"Households/Invite", "acting_account: '$A'", "NOT_HEAD_OF_HOUSEHOLD", "acting_account", {}},
      {"Households/Invite", "member: '$G'", "HOUSEHOLD_EXISTS", "member", {}},
      {"Households/Invite", "household: '$A'", "WRONG_ACCOUNT_KIND", "household", {}},
      {"Households/Invite", "member: '$S'", "ASSET_MISMATCH", "member", {}},
      {"Households/Accept", "member: '$B'", "NOT_IN_HOUSEHOLD", "member", {}},
      {"Households/Leave", "member: '$B'", "NOT_IN_HOUSEHOLD", "member", {}},
      {"Households/SetLimit", "member: '$B'", "NOT_IN_HOUSEHOLD", "member", {}},
      {"Households/Contribute", "member: '$A'", "NOT_IN_HOUSEHOLD", "member", {}},
      {"Households/Get", "name: '$A'", "UNKNOWN_ACCOUNT", "name", {}},
  });
}

// Shape before names, names before rules.
TEST_F(BadPointsInputTest, Order) {
  ExpectRefused({
      {"Points/Hold", "asset: 'assets/none' points: 0", "AMOUNT_OUT_OF_RANGE", "points", {}},
      {"Points/Refund", "entry_index: 1000000 points: 0", "AMOUNT_OUT_OF_RANGE", "points", {}},
      {"Points/Reverse", "entry_index: 1000000 reason: ''", "FIELD_REQUIRED", "reason", {}},
      {"Accounts/Freeze", "account: '" + kNobody + "' reason: 'No'", "FIELD_INVALID", "reason", {}},
      {"Households/Invite",
       "member: '" + kNobody + "' daily_limit: -1",
       "FIELD_INVALID",
       "daily_limit",
       {}},
      {"Points/Capture", "hold: 'holds/1000000' points: 99999999", "UNKNOWN_ENTRY", "hold", {}},
  });
}

}  // namespace
}  // namespace tanhui::e2e
