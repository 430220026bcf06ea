// Every kind of bad input, one by one, through real gRPC: the answer names what is wrong, nothing
// is written, and the server goes on.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/demo_ledger.h"
#include "tests/e2e/refusal_case.h"

namespace tanhui::e2e {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

class BadInputTest : public RefusalTest {};

std::string Times(std::size_t count, char c) { return std::string(count, c); }

std::string Seconds(std::int64_t from_now) {
  return absl::StrCat("{ seconds: ", SecondsFromNow(from_now).seconds(), " }");
}

// A text field as it travels, whatever its bytes are.
std::string TextOnTheWire(int field, std::string_view text) {
  std::string out;
  for (std::uint32_t tag = static_cast<std::uint32_t>(field) << 3 | 2; tag != 0; tag >>= 7) {
    out.push_back(static_cast<char>((tag & 0x7f) | (tag > 0x7f ? 0x80 : 0)));
  }
  out.push_back(static_cast<char>(text.size()));
  return out.append(text);
}

// The requests that the rows change are good themselves.
TEST_F(BadInputTest, UnchangedRequestsWouldBeAccepted) {
  const std::uint64_t size = LogSize(client());
  for (const std::string& method : StampedMethods()) {
    ExpectAccepted(method, "validate_only: true");
  }
  ExpectAccepted("Files/RecordFile", "validate_only: true");
  EXPECT_EQ(LogSize(client()), size);
}

TEST_F(BadInputTest, RequestIds) {
  const std::string old = UuidV7(std::chrono::system_clock::now() - std::chrono::hours(25), 1);
  for (const std::string& method : StampedMethods()) {
    ExpectRefused({
        {method, "request_id: ''", "FIELD_REQUIRED", "request_id", {}},
        {method,
         "request_id: '" + Times(65, 'x') + "'",
         "FIELD_TOO_LONG",
         "request_id",
         {{"limit", "64"}}},
        {method, "request_id: 'file:x'", "FIELD_INVALID", "request_id", {}},
        {method, "request_id: '" + old + "'", "REQUEST_TOO_LATE", "not_after", {}},
    });
    ExpectAccepted(method, "validate_only: true request_id: '" + Times(64, 'x') + "'");
  }
}

TEST_F(BadInputTest, NotAfter) {
  std::vector<std::string> methods = StampedMethods();
  methods.push_back("Files/RecordFile");
  for (const std::string& method : methods) {
    ExpectRefused({
        {method, "not_after " + Seconds(-2), "REQUEST_TOO_LATE", "not_after", {}},
        {method, "not_after { seconds: -62135596801 }", "FIELD_INVALID", "not_after", {}},
        {method, "not_after { seconds: 253402300800 }", "FIELD_INVALID", "not_after", {}},
        {method,
         "not_after { seconds: 1700000000 nanos: 1000000000 }",
         "FIELD_INVALID",
         "not_after",
         {}},
        {method, "not_after { seconds: 1700000000 nanos: -1 }", "FIELD_INVALID", "not_after", {}},
    });
    ExpectAccepted(method, "validate_only: true not_after " + Seconds(60));
  }
}

TEST_F(BadInputTest, References) {
  for (const std::string& method : StampedMethods()) {
    ExpectRefused({
        {method,
         "reference: '" + Times(129, 'r') + "'",
         "FIELD_TOO_LONG",
         "reference",
         {{"limit", "128"}}},
        {method, "reference: 'a\\nb'", "FIELD_INVALID", "reference", {}},
        {method, "reference: '\\177'", "FIELD_INVALID", "reference", {}},
        {method, "reference: '\\000'", "FIELD_INVALID", "reference", {}},
    });
    ExpectAccepted(method, "validate_only: true reference: '" + Times(128, 'r') + "'");
  }
}

TEST_F(BadInputTest, ActTimes) {
  for (const std::string method : {"Points/Award", "Points/Redeem", "Points/Transfer"}) {
    ExpectRefused({
        {method, "act_time " + Seconds(360), "ACT_IN_FUTURE", "act_time", {}},
        {method, "act_time { seconds: 0 }", "FIELD_INVALID", "act_time", {}},
        {method, "act_time { seconds: 1700000000 nanos: -1 }", "FIELD_INVALID", "act_time", {}},
    });
    ExpectAccepted(method, "validate_only: true act_time " + Seconds(240));
  }
}

TEST_F(BadInputTest, Amounts) {
  const std::map<std::string, std::string> range = {{"smallest", "1"},
                                                    {"largest", "1000000000000"}};
  for (const std::string method :
       {"Points/Award", "Points/Redeem", "Points/Transfer", "Budgets/Fund"}) {
    for (const std::string amount :
         {"0", "-1", "1000000000001", "9223372036854775807", "-9223372036854775808"}) {
      ExpectRefused({method, "points: " + amount, "AMOUNT_OUT_OF_RANGE", "points", range});
    }
  }
  ExpectRefused({
      {"Admin/CreateAsset", "max_amount: 0", "AMOUNT_OUT_OF_RANGE", "max_amount", range},
      {"Admin/CreateAsset", "max_amount: 1000000000001", "AMOUNT_OUT_OF_RANGE", "max_amount",
       range},
      {"Files/RecordFile", "points: -1", "AMOUNT_OUT_OF_RANGE", "points", {}},
      {"Points/Award",
       "points: 100001",
       "AMOUNT_OVER_ASSET_LIMIT",
       "points",
       {{"limit", "100000"}}},
      {"Points/Redeem",
       "points: 100001",
       "AMOUNT_OVER_ASSET_LIMIT",
       "points",
       {{"limit", "100000"}}},
      {"Points/Transfer",
       "points: 100001",
       "AMOUNT_OVER_ASSET_LIMIT",
       "points",
       {{"limit", "100000"}}},
  });
}

TEST_F(BadInputTest, TooLittle) {
  ExpectRefused({
      {"Points/Redeem",
       "points: 501",
       "INSUFFICIENT_BALANCE",
       "points",
       {{"needed", "501"}, {"available", "500"}}},
      {"Points/Transfer",
       "points: 501",
       "INSUFFICIENT_BALANCE",
       "points",
       {{"needed", "501"}, {"available", "500"}}},
      {"Points/Award",
       "account: '$S' budget: 'budgets/stamps' points: 3",
       "INSUFFICIENT_BUDGET",
       "points",
       {{"needed", "3"}, {"available", "0"}}},
  });
}

TEST_F(BadInputTest, UnknownNames) {
  const std::string nobody = "accounts/" + Times(32, '0');
  ExpectRefused({
      {"Points/Award", "account: '" + nobody + "'", "UNKNOWN_ACCOUNT", "account", {}},
      {"Points/Award",
       "account: '' platform_user_id: 'nobody'",
       "UNKNOWN_ACCOUNT",
       "platform_user_id",
       {}},
      {"Points/Award", "budget: 'budgets/none'", "UNKNOWN_BUDGET", "budget", {}},
      {"Points/Redeem", "account: '" + nobody + "'", "UNKNOWN_ACCOUNT", "account", {}},
      {"Points/Redeem",
       "account: '' platform_user_id: 'nobody' asset: 'assets/points'",
       "UNKNOWN_ACCOUNT",
       "platform_user_id",
       {}},
      {"Points/Redeem", "asset: 'assets/none'", "UNKNOWN_ASSET", "asset", {}},
      {"Points/Redeem", "merchant: 'participants/none'", "UNKNOWN_PARTICIPANT", "merchant", {}},
      {"Points/Redeem", "merchant: 'participants/kiosk'", "UNKNOWN_ACCOUNT", "merchant", {}},
      {"Points/Transfer", "from_account: '" + nobody + "'", "UNKNOWN_ACCOUNT", "from_account", {}},
      {"Points/Transfer", "to_account: '" + nobody + "'", "UNKNOWN_ACCOUNT", "to_account", {}},
      {"Accounts/OpenAccount", "asset: 'assets/none'", "UNKNOWN_ASSET", "asset", {}},
      {"Accounts/OpenAccount",
       "merchant: 'participants/none'",
       "UNKNOWN_PARTICIPANT",
       "merchant",
       {}},
      {"Accounts/GetAccount", "name: '" + nobody + "'", "UNKNOWN_ACCOUNT", "name", {}},
      {"Accounts/GetAccount",
       "platform_user_id: 'nobody' asset: 'assets/points'",
       "UNKNOWN_ACCOUNT",
       "platform_user_id",
       {}},
      {"Accounts/GetAccount",
       "platform_user_id: 'citizen' asset: 'assets/none'",
       "UNKNOWN_ASSET",
       "asset",
       {}},
      {"Accounts/ListEntries", "parent: '" + nobody + "'", "UNKNOWN_ACCOUNT", "parent", {}},
      {"Budgets/Create", "asset: 'assets/none'", "UNKNOWN_ASSET", "asset", {}},
      {"Budgets/Create", "sponsor: 'participants/none'", "UNKNOWN_PARTICIPANT", "sponsor", {}},
      {"Budgets/Fund", "budget: 'budgets/none'", "UNKNOWN_BUDGET", "budget", {}},
      {"Budgets/Get", "name: 'budgets/none'", "UNKNOWN_BUDGET", "name", {}},
      {"Admin/CreateAsset", "scheme: 'schemes/none'", "UNKNOWN_SCHEME", "scheme", {}},
      {"Log/GetEntry", "index: 1000000", "UNKNOWN_ENTRY", "index", {}},
      {"Log/GetEntry", "request_id: 'never'", "UNKNOWN_ENTRY", "request_id", {}},
      {"Log/GetReceipt", "index: 18446744073709551615", "UNKNOWN_ENTRY", "index", {}},
      {"Log/GetReceipt", "request_id: 'never'", "UNKNOWN_ENTRY", "request_id", {}},
      {"Files/RecordFile", "supersedes_file_id: 'none'", "UNKNOWN_FILE", "supersedes_file_id", {}},
      {"Files/RecordFile", "supersedes_file_id: 'base'", "UNKNOWN_FILE", "supersedes_file_id", {}},
  });
}

TEST_F(BadInputTest, NamesOfWrongForm) {
  ExpectRefused({
      {"Points/Award", "account: ''", "FIELD_REQUIRED", "account", {}},
      {"Points/Award", "account: 'citizen'", "FIELD_INVALID", "account", {}},
      {"Points/Award",
       "account: 'accounts/" + Times(32, 'A') + "'",
       "FIELD_INVALID",
       "account",
       {}},
      {"Points/Award",
       "account: 'accounts/" + Times(31, 'a') + "'",
       "FIELD_INVALID",
       "account",
       {}},
      {"Points/Award", "platform_user_id: 'citizen'", "FIELD_INVALID", "platform_user_id", {}},
      {"Points/Award",
       "account: '' platform_user_id: '" + Times(129, 'u') + "'",
       "FIELD_TOO_LONG",
       "platform_user_id",
       {{"limit", "128"}}},
      {"Points/Award",
       "account: '' platform_user_id: 'a\\tb'",
       "FIELD_INVALID",
       "platform_user_id",
       {}},
      {"Points/Award", "budget: ''", "FIELD_REQUIRED", "budget", {}},
      {"Points/Award", "budget: 'demo'", "FIELD_INVALID", "budget", {}},
      {"Points/Award", "budget: 'budgets/'", "FIELD_INVALID", "budget", {}},
      {"Points/Award", "scenario: ''", "FIELD_REQUIRED", "scenario", {}},
      {"Points/Award", "scenario: '" + Times(33, 's') + "'", "FIELD_TOO_LONG", "scenario", {}},
      {"Points/Award", "scenario: 'Metro'", "FIELD_INVALID", "scenario", {}},
      {"Points/Award", "scenario: 'metro-ride'", "FIELD_INVALID", "scenario", {}},
      {"Points/Redeem", "asset: ''", "FIELD_REQUIRED", "asset", {}},
      {"Points/Redeem",
       "account: '' platform_user_id: 'citizen' asset: ''",
       "FIELD_REQUIRED",
       "asset",
       {}},
      {"Points/Redeem", "merchant: ''", "FIELD_REQUIRED", "merchant", {}},
      {"Points/Redeem", "merchant: 'shop'", "FIELD_INVALID", "merchant", {}},
      {"Points/Redeem", "asset: 'points'", "FIELD_INVALID", "asset", {}},
      {"Points/Transfer", "from_account: ''", "FIELD_REQUIRED", "from_account", {}},
      {"Points/Transfer", "to_account: 'accounts/x'", "FIELD_INVALID", "to_account", {}},
      {"Accounts/OpenAccount", "asset: ''", "FIELD_REQUIRED", "asset", {}},
      {"Accounts/OpenAccount", "owner: 'x'", "FIELD_INVALID", "owner", {}},
      {"Accounts/OpenAccount",
       "platform_user_id: '" + Times(129, 'u') + "'",
       "FIELD_TOO_LONG",
       "platform_user_id",
       {}},
      {"Accounts/OpenAccount",
       "merchant: 'participants/kiosk' platform_user_id: 'u'",
       "FIELD_INVALID",
       "merchant",
       {}},
      {"Accounts/GetAccount", "", "FIELD_REQUIRED", "name", {}},
      {"Accounts/GetAccount", "name: 'x'", "FIELD_INVALID", "name", {}},
      {"Accounts/GetAccount",
       "name: '$A' platform_user_id: 'citizen'",
       "FIELD_INVALID",
       "platform_user_id",
       {}},
      {"Accounts/GetAccount", "platform_user_id: 'citizen'", "FIELD_REQUIRED", "asset", {}},
      {"Accounts/ListEntries", "parent: ''", "FIELD_REQUIRED", "parent", {}},
      {"Budgets/Get", "name: ''", "FIELD_REQUIRED", "name", {}},
      {"Log/GetEntry", "", "FIELD_REQUIRED", "index", {}},
      {"Log/GetReceipt", "", "FIELD_REQUIRED", "index", {}},
      {"Log/GetEntry", "request_id: '" + Times(65, 'x') + "'", "FIELD_TOO_LONG", "request_id", {}},
      {"Log/GetEntry", "request_id: ''", "FIELD_REQUIRED", "request_id", {}},
      {"Requests/GetOutcome", "request_id: ''", "FIELD_REQUIRED", "request_id", {}},
      {"Requests/GetOutcome",
       "request_id: '" + Times(65, 'x') + "'",
       "FIELD_TOO_LONG",
       "request_id",
       {}},
  });
}

TEST_F(BadInputTest, FormsOfRegistrations) {
  for (const auto& [method, field] :
       {std::pair<std::string, std::string>{"Budgets/Create", "budget_id"},
        {"Admin/CreateScheme", "scheme_id"},
        {"Admin/CreateParticipant", "participant_id"},
        {"Admin/CreateAsset", "asset_id"},
        {"Admin/CreateSnapshot", "snapshot_id"}}) {
    ExpectRefused({
        {method, field + ": ''", "FIELD_REQUIRED", field, {}},
        {method, field + ": 'UPPER'", "FIELD_INVALID", field, {}},
        {method, field + ": '../up'", "FIELD_INVALID", field, {}},
        {method, field + ": '" + Times(41, 'c') + "'", "FIELD_TOO_LONG", field, {{"limit", "40"}}},
    });
    if (method == "Admin/CreateSnapshot") {
      continue;
    }
    ExpectRefused({
        {method, "display_name: ''", "FIELD_REQUIRED", "display_name", {}},
        {method, "display_name: '" + Times(81, 'n') + "'", "FIELD_TOO_LONG", "display_name", {}},
        {method, "display_name: 'a\\nb'", "FIELD_INVALID", "display_name", {}},
    });
  }
  ExpectRefused({
      {"Admin/CreateScheme", "cutoff_minute: 1440", "FIELD_INVALID", "cutoff_minute", {}},
      {"Admin/CreateScheme", "scheme_id: 'green'", "CODE_EXISTS", "scheme_id", {}},
      {"Admin/CreateParticipant",
       "kind: PARTICIPANT_KIND_UNSPECIFIED",
       "FIELD_REQUIRED",
       "kind",
       {}},
      {"Admin/CreateParticipant", "kind: 99", "FIELD_INVALID", "kind", {}},
      {"Admin/CreateParticipant", "participant_id: 'shop'", "CODE_EXISTS", "participant_id", {}},
      {"Admin/CreateAsset", "scheme: 'green'", "FIELD_INVALID", "scheme", {}},
      {"Admin/CreateAsset", "asset_id: 'points'", "CODE_EXISTS", "asset_id", {}},
      {"Budgets/Create", "sponsor: 'participants/shop'", "WRONG_PARTICIPANT_KIND", "sponsor", {}},
      {"Budgets/Create", "budget_id: 'demo'", "CODE_EXISTS", "budget_id", {}},
      {"Accounts/OpenAccount",
       "merchant: 'participants/sponsor'",
       "WRONG_PARTICIPANT_KIND",
       "merchant",
       {}},
      {"Accounts/OpenAccount", "merchant: 'participants/shop'", "ACCOUNT_EXISTS", "merchant", {}},
      {"Accounts/OpenAccount",
       "platform_user_id: 'citizen'",
       "ACCOUNT_EXISTS",
       "platform_user_id",
       {{"account", Fill("$A")}}},
      {"Admin/ConfirmClock", "", "FIELD_REQUIRED", "trusted_time", {}},
      {"Admin/ConfirmClock", "trusted_time { seconds: 0 }", "FIELD_INVALID", "trusted_time", {}},
      {"Admin/ConfirmClock", "trusted_time " + Seconds(-360), "FIELD_INVALID", "trusted_time", {}},
  });
}

// Who asks for a merchant's account again learns that there is one, not its name.
TEST_F(BadInputTest, AMerchantsAccountIsNotNamed) {
  const Refused refused =
      RefusedOf(client().CallRaw(FullMethod("Accounts/OpenAccount"),
                                 BytesOf("Accounts/OpenAccount", "merchant: 'participants/shop'")));
  EXPECT_EQ(refused.reason, "ACCOUNT_EXISTS");
  EXPECT_FALSE(refused.metadata.contains("account"));
}

TEST_F(BadInputTest, FormsOfFiles) {
  std::string many;
  for (int i = 0; i < 65; ++i) {
    absl::StrAppend(&many, "refused { name: 'reason_", i, "' } ");
  }
  ExpectRefused({
      {"Files/RecordFile", "file_id: ''", "FIELD_REQUIRED", "file_id", {}},
      {"Files/RecordFile", "file_id: '" + Times(60, 'f') + "'", "FIELD_TOO_LONG", "file_id", {}},
      {"Files/RecordFile", "file_id: 'a\\nb'", "FIELD_INVALID", "file_id", {}},
      {"Files/RecordFile", "sha256: ''", "FIELD_INVALID", "sha256", {}},
      {"Files/RecordFile", "sha256: '" + Times(33, 'x') + "'", "FIELD_INVALID", "sha256", {}},
      {"Files/RecordFile", "period_start: ''", "FIELD_INVALID", "period_start", {}},
      {"Files/RecordFile", "period_start: '2026-02-29'", "FIELD_INVALID", "period_start", {}},
      {"Files/RecordFile", "period_end: '2026-3-2'", "FIELD_INVALID", "period_end", {}},
      {"Files/RecordFile", "period_end: '2026-02-28'", "FIELD_INVALID", "period_end", {}},
      {"Files/RecordFile", "awarded { name: 'metro_ride' }", "FIELD_INVALID", "awarded", {}},
      {"Files/RecordFile", "refused { name: '' }", "FIELD_REQUIRED", "refused", {}},
      {"Files/RecordFile", "refused { name: 'No Good' }", "FIELD_INVALID", "refused", {}},
      {"Files/RecordFile", many, "FIELD_TOO_LONG", "refused", {{"limit", "64"}}},
      {"Files/RecordFile",
       "supersedes_file_id: '" + Times(60, 'f') + "'",
       "FIELD_TOO_LONG",
       "supersedes_file_id",
       {}},
  });
}

TEST_F(BadInputTest, Rules) {
  ExpectRefused({
      {"Points/Award", "account: '$M'", "WRONG_ACCOUNT_KIND", "account", {}},
      {"Points/Award", "account: '$S'", "ASSET_MISMATCH", "budget", {}},
      {"Points/Redeem", "account: '$S'", "ASSET_MISMATCH", "merchant", {}},
      {"Points/Redeem", "account: '$M'", "WRONG_ACCOUNT_KIND", "account", {}},
      {"Points/Transfer", "from_account: '$M'", "WRONG_ACCOUNT_KIND", "from_account", {}},
      {"Points/Transfer", "to_account: '$M'", "WRONG_ACCOUNT_KIND", "to_account", {}},
      {"Points/Transfer", "to_account: '$S'", "ASSET_MISMATCH", "to_account", {}},
      {"Points/Transfer", "to_account: '$A'", "SAME_ACCOUNT", "to_account", {}},
      {"Requests/CancelRequest",
       "target_request_id: 'base'",
       "FIELD_INVALID",
       "target_request_id",
       {}},
      {"Requests/CancelRequest",
       "target_request_id: ''",
       "FIELD_REQUIRED",
       "target_request_id",
       {}},
      {"Requests/CancelRequest",
       "target_request_id: '" + Times(65, 't') + "'",
       "FIELD_TOO_LONG",
       "target_request_id",
       {}},
      {"Requests/CancelRequest",
       "target_request_id: 'demo-asset-points'",
       "NOT_CANCELLABLE",
       "target_request_id",
       {}},
  });
}

TEST_F(BadInputTest, PageTokens) {
  const std::uint64_t size = LogSize(client());
  for (const std::string token :
       {"x", "-1", "1-", "0", "999999999", "99999999999999999999999", "1 ", " 1", "0-0"}) {
    ExpectRefused(
        {{"Accounts/ListEntries", "page_token: '" + token + "'", "FIELD_INVALID", "page_token", {}},
         {"Log/ListLogEntries", "page_token: '" + token + "'", "FIELD_INVALID", "page_token", {}}});
  }
  ExpectRefused({
      {"Log/ListLogEntries",
       absl::StrCat("page_token: '", size + 1, "'"),
       "FIELD_INVALID",
       "page_token",
       {}},
      {"Accounts/ListEntries", "page_size: -1", "FIELD_INVALID", "page_size", {}},
      {"Log/ListLogEntries", "page_size: -1", "FIELD_INVALID", "page_size", {}},
      {"Log/GetConsistencyProof", "old_size: 1000000", "FIELD_INVALID", "old_size", {}},
      {"Log/GetConsistencyProof", "new_size: 1000000", "FIELD_INVALID", "new_size", {}},
      {"Log/GetConsistencyProof", "old_size: 5 new_size: 4", "FIELD_INVALID", "old_size", {}},
  });
}

// A shape that is wrong stays wrong whatever else is: it is told before names that are unknown.
TEST_F(BadInputTest, ShapesComeBeforeNames) {
  ExpectRefused({
      {"Points/Award", "budget: 'budgets/none' points: 0", "AMOUNT_OUT_OF_RANGE", "points", {}},
      {"Points/Award",
       "budget: 'budgets/none' account: '' platform_user_id: '" + Times(129, 'u') + "'",
       "FIELD_TOO_LONG",
       "platform_user_id",
       {}},
      {"Points/Redeem",
       "asset: 'assets/none' account: '' platform_user_id: '" + Times(129, 'u') + "'",
       "FIELD_TOO_LONG",
       "platform_user_id",
       {}},
      {"Points/Redeem",
       "account: 'accounts/" + Times(32, '0') + "' points: 0",
       "AMOUNT_OUT_OF_RANGE",
       "points",
       {}},
      {"Points/Transfer", "points: 0 request_id: ''", "FIELD_REQUIRED", "request_id", {}},
  });
}

TEST_F(BadInputTest, Batches) {
  const std::string awards = "Points/BatchAward";
  const std::string openings = "Accounts/BatchOpenAccounts";
  ExpectRefused(
      {{awards, "", "BATCH_EMPTY", "requests", {}}, {openings, "", "BATCH_EMPTY", "requests", {}}});
  v1::BatchAwardRequest many;
  v1::BatchOpenAccountsRequest many_openings;
  for (int i = 0; i < 8'193; ++i) {
    *many.add_requests() = AwardOf("many-" + std::to_string(i), Fill("$A"), 1);
    *many_openings.add_requests() = OpeningOf("many-" + std::to_string(i), "");
  }
  ExpectRefused({awards, "8,193 requests", "BATCH_TOO_LARGE", "requests", {{"limit", "8192"}}},
                many.SerializeAsString());
  ExpectRefused({openings, "8,193 requests", "BATCH_TOO_LARGE", "requests", {{"limit", "8192"}}},
                many_openings.SerializeAsString());
}

TEST_F(BadInputTest, MoreThanFourMiB) {
  constexpr std::size_t kLimit = std::size_t{4} << 20;
  v1::BatchAwardRequest batch;
  *batch.add_requests() = AwardOf("large", Fill("$A"), 1);
  for (const std::size_t size : {kLimit, 3 * kLimit}) {
    batch.mutable_requests(0)->set_reference(Times(size, 'r'));
    ExpectRefused({"Points/BatchAward",
                   "more than 4 MiB",
                   "BATCH_TOO_LARGE",
                   "",
                   {{"limit", std::to_string(kLimit)}}},
                  batch.SerializeAsString());
  }
}

TEST_F(BadInputTest, BytesThatAreNoMessage) {
  const std::vector<std::string> malformed = {"\xff",
                                              "\x0a\x50"
                                              "abc",
                                              "\x07", std::string(3, '\0')};
  for (const std::string& method : AllMethods()) {
    for (const std::string& bytes : malformed) {
      ExpectRefused({method, "malformed", "MALFORMED_REQUEST", "", {}}, bytes);
    }
  }
}

// Every text field of every request, those inside a batch too.
TEST_F(BadInputTest, TextThatIsNoUtf8) {
  const std::vector<std::string> texts = {"\xff", "ab\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80",
                                          "\xe4\xbd"};
  for (const std::string& method : AllMethods()) {
    const auto request = RequestOf(method, "");
    for (int i = 0; i < request->GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor& field = *request->GetDescriptor()->field(i);
      if (field.type() != FieldDescriptor::TYPE_STRING) {
        continue;
      }
      const std::string& text = texts[static_cast<std::size_t>(i) % texts.size()];
      ExpectRefused({method, "no UTF-8 in " + field.name(), "FIELD_INVALID", field.name(), {}},
                    request->SerializeAsString() + TextOnTheWire(field.number(), text));
    }
  }
  const std::string award = BytesOf("Points/Award", "") + TextOnTheWire(1, "\xff\xfe");
  ASSERT_LT(award.size(), 256U);
  std::string batch = "\x0a";
  batch.push_back(static_cast<char>((award.size() & 0x7f) | 0x80));
  batch.push_back(static_cast<char>(award.size() >> 7));
  ExpectRefused({"Points/BatchAward", "no UTF-8", "FIELD_INVALID", "requests.request_id", {}},
                batch + award);
}

}  // namespace
}  // namespace tanhui::e2e
