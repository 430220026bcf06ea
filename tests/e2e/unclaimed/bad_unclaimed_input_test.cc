// Bad input of the methods about acts of unlinked holders.
#include <gtest/gtest.h>

#include <string>

#include "tests/e2e/refusal_case.h"

namespace tanhui::e2e {
namespace {

using BadUnclaimedInputTest = RefusalTest;

TEST_F(BadUnclaimedInputTest, Holders) {
  for (const std::string method : {"UnclaimedActs/ClaimActs", "UnclaimedActs/ListUnclaimedActs",
                                   "UnclaimedActs/DeleteUnclaimedActs"}) {
    ExpectRefused({
        {method, "holder { source: '' }", "FIELD_REQUIRED", "holder.source", {}},
        {method, "holder { subject: '' }", "FIELD_REQUIRED", "holder.subject", {}},
        {method, "holder { subject: '- _' }", "FIELD_INVALID", "holder.subject", {}},
        {method, "holder { subject: 'a\\nb' }", "FIELD_INVALID", "holder.subject", {}},
        {method,
         "holder { source: '" + std::string(129, 'm') + "' }",
         "FIELD_TOO_LONG",
         "holder.source",
         {{"limit", "128"}}},
    });
    ExpectRefused({method, "no holder", "FIELD_REQUIRED", "holder", {}}, "");
    ExpectAccepted(method, "holder { source: '" + std::string(128, 'm') + "' }");
  }
}

TEST_F(BadUnclaimedInputTest, TheRest) {
  const std::string claim = "UnclaimedActs/ClaimActs";
  const std::string list = "UnclaimedActs/ListUnclaimedActs";
  const std::string nobody = "accounts/" + std::string(32, '0');
  ExpectRefused({
      {"UnclaimedActs/BatchKeepActs", "", "BATCH_EMPTY", "requests", {}},
      {claim, "account: ''", "FIELD_REQUIRED", "account", {}},
      {claim, "account: 'citizen'", "FIELD_INVALID", "account", {}},
      {claim, "account: '" + nobody + "'", "UNKNOWN_ACCOUNT", "account", {}},
      {claim, "platform_user_id: 'u'", "FIELD_INVALID", "platform_user_id", {}},
      {claim, "page_token: '1'", "FIELD_INVALID", "page_token", {}},
      {list, "page_size: -1", "FIELD_INVALID", "page_size", {}},
      {list, "page_token: '1-2'", "FIELD_INVALID", "page_token", {}},
  });
  ExpectAccepted(claim, "validate_only: true");
  ExpectAccepted(list, "page_size: 2000000000");
}

}  // namespace
}  // namespace tanhui::e2e
