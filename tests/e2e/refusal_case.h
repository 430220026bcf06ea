// Tables of requests that must be refused. A row changes a valid request in text format and says
// what the answer must be; whatever holds for every refusal is checked with each row.
#ifndef TANHUI_TESTS_E2E_REFUSAL_CASE_H_
#define TANHUI_TESTS_E2E_REFUSAL_CASE_H_

#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/e2e/client.h"
#include "tests/e2e/server_process.h"

namespace tanhui::e2e {

// Methods by their short names, such as "Points/Award".
std::string FullMethod(std::string_view method);
// Those that write one thing under a request id of their own; FilesService's is made of its file
// id.
const std::vector<std::string>& StampedMethods();
const std::vector<std::string>& AllMethods();

struct RefusalCase {
  std::string method;
  // What is different from the valid request: fields in protobuf text format. $A, $B: accounts of
  // two citizens in points with 500 and 0 points; $S: one in stamps; $M, $F: the shop's and the
  // fund's account. $G: a citizen with 180 points who is head of the household $H, guardian of $W,
  // was awarded points by entry $RIDE (3 items), redeemed 10 by entry $SALE, and has the hold $HOLD
  // of 10. $I is invited to $H. $C: a minor without a guardian. $L: a citizen with nothing. $SOON:
  // a second a day from now.
  std::string change;
  std::string reason;
  std::string field;
  std::map<std::string, std::string> facts;  // that must be told, among others
};

// One server for all tests of a suite.
class RefusalTest : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

  static const Client& client();
  // A valid request of the method, with `change` made to it. Request ids are "base".
  static std::unique_ptr<google::protobuf::Message> RequestOf(const std::string& method,
                                                              const std::string& change);
  static std::string BytesOf(const std::string& method, const std::string& change) {
    return RequestOf(method, change)->SerializeAsString();
  }

  static void ExpectRefused(const RefusalCase& row) {
    ExpectRefused(row, BytesOf(row.method, row.change));
  }
  // The row's change only names the case.
  static void ExpectRefused(const RefusalCase& row, std::string_view bytes);
  static void ExpectRefused(const std::vector<RefusalCase>& rows) {
    for (const RefusalCase& row : rows) {
      ExpectRefused(row);
    }
  }
  static void ExpectAccepted(const std::string& method, const std::string& change);
  static std::string Fill(std::string text);
};

// What every refusal carries: code and domain by its reason, a text in the language, and RetryInfo
// exactly where the same call may succeed later.
void ExpectWhole(const Refused& refused, const std::string& language);

}  // namespace tanhui::e2e

#endif  // TANHUI_TESTS_E2E_REFUSAL_CASE_H_
