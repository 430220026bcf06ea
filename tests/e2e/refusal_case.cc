#include "tests/e2e/refusal_case.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ledger/core/check.h"
#include "tests/e2e/demo_ledger.h"

namespace tanhui::e2e {
namespace {

using google::protobuf::Message;
using Code = grpc::StatusCode;

struct World {
  ServerProcess server;
  std::unique_ptr<Client> client;
  std::string citizen;
  std::string other;
  std::string stamps;
  std::string shop;
};

World* world = nullptr;

// Every field that is needed, and none that is not.
const std::map<std::string, std::string>& ValidRequests() {
  static const std::map<std::string, std::string> kRequests = {
      {"Points/Award",
       "request_id: 'base' account: '$A' budget: 'budgets/demo' points: 1 scenario: 'metro_ride'"},
      {"Points/BatchAward", ""},
      {"Points/Redeem",
       "request_id: 'base' account: '$A' asset: 'assets/points' merchant: 'participants/shop' "
       "points: 1"},
      {"Points/Transfer", "request_id: 'base' from_account: '$A' to_account: '$B' points: 1"},
      {"Accounts/OpenAccount", "request_id: 'base' asset: 'assets/points'"},
      {"Accounts/BatchOpenAccounts", ""},
      {"Accounts/GetAccount", ""},
      {"Accounts/ListEntries", "parent: '$A'"},
      {"Budgets/Create",
       "request_id: 'base' budget_id: 'base' display_name: '预算' asset: 'assets/points' "
       "sponsor: 'participants/sponsor'"},
      {"Budgets/Fund", "request_id: 'base' budget: 'budgets/demo' points: 1"},
      {"Budgets/Get", "name: 'budgets/demo'"},
      {"Log/GetCheckpoint", ""},
      {"Log/GetReceipt", ""},
      {"Log/GetConsistencyProof", ""},
      {"Log/GetEntry", ""},
      {"Log/ListLogEntries", ""},
      {"Requests/GetOutcome", "request_id: 'base'"},
      {"Requests/CancelRequest", "request_id: 'base' target_request_id: 'never'"},
      {"Requests/GetRequestIdKey", ""},
      {"Files/RecordFile",
       "file_id: 'base' sha256: '01234567890123456789012345678901' period_start: '2026-03-01' "
       "period_end: '2026-03-02' lines: 1 awarded { name: 'metro_ride' count: 1 } points: 27"},
      {"Admin/CreateScheme", "request_id: 'base' scheme_id: 'base' display_name: '计划'"},
      {"Admin/CreateParticipant",
       "request_id: 'base' participant_id: 'base' display_name: '机构' "
       "kind: PARTICIPANT_KIND_MERCHANT"},
      {"Admin/CreateAsset",
       "request_id: 'base' asset_id: 'base' display_name: '积分' scheme: 'schemes/green' "
       "max_amount: 5"},
      {"Admin/GetStatus", ""},
      {"Admin/ConfirmClock", ""},
      {"Admin/CreateSnapshot", "snapshot_id: 'base'"},
  };
  return kRequests;
}

Code CodeOf(const std::string& reason) {
  static const std::map<std::string, Code> kCodes = {
      {"UNAUTHENTICATED", Code::UNAUTHENTICATED},
      {"UNKNOWN_CALLER", Code::PERMISSION_DENIED},
      {"PERMISSION_DENIED", Code::PERMISSION_DENIED},
      {"MALFORMED_REQUEST", Code::INVALID_ARGUMENT},
      {"FIELD_REQUIRED", Code::INVALID_ARGUMENT},
      {"FIELD_INVALID", Code::INVALID_ARGUMENT},
      {"FIELD_TOO_LONG", Code::INVALID_ARGUMENT},
      {"AMOUNT_OUT_OF_RANGE", Code::INVALID_ARGUMENT},
      {"BATCH_EMPTY", Code::INVALID_ARGUMENT},
      {"BATCH_TOO_LARGE", Code::INVALID_ARGUMENT},
      {"SHUTTING_DOWN", Code::UNAVAILABLE},
      {"DEADLINE_EXCEEDED", Code::DEADLINE_EXCEEDED},
      {"QUEUE_FULL", Code::RESOURCE_EXHAUSTED},
      {"WRITES_STOPPED_CLOCK", Code::UNAVAILABLE},
      {"WRITES_STOPPED_DISK", Code::RESOURCE_EXHAUSTED},
      {"UNKNOWN_SCHEME", Code::NOT_FOUND},
      {"UNKNOWN_PARTICIPANT", Code::NOT_FOUND},
      {"UNKNOWN_ASSET", Code::NOT_FOUND},
      {"UNKNOWN_BUDGET", Code::NOT_FOUND},
      {"UNKNOWN_ACCOUNT", Code::NOT_FOUND},
      {"UNKNOWN_ENTRY", Code::NOT_FOUND},
      {"UNKNOWN_FILE", Code::NOT_FOUND},
      {"REQUEST_ID_REUSED", Code::ALREADY_EXISTS},
      {"CODE_EXISTS", Code::ALREADY_EXISTS},
      {"ACCOUNT_EXISTS", Code::ALREADY_EXISTS},
      {"NOT_YET_UNDER_CHECKPOINT", Code::UNAVAILABLE},
  };
  const auto found = kCodes.find(reason);
  return found == kCodes.end() ? Code::FAILED_PRECONDITION : found->second;
}

bool RetryHelps(const std::string& reason) {
  static const std::set<std::string> kReasons = {"SHUTTING_DOWN",       "DEADLINE_EXCEEDED",
                                                 "QUEUE_FULL",          "WRITES_STOPPED_CLOCK",
                                                 "WRITES_STOPPED_DISK", "NOT_YET_UNDER_CHECKPOINT"};
  return kReasons.contains(reason);
}

const google::protobuf::MethodDescriptor* MethodOf(const std::string& method) {
  const std::size_t slash = method.find('/');
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      absl::StrCat("tanhui.v1.", method.substr(0, slash), "Service"));
  Check(service != nullptr, "no such service: " + method);
  const auto* found = service->FindMethodByName(method.substr(slash + 1));
  Check(found != nullptr, "no such method: " + method);
  return found;
}

}  // namespace

std::string FullMethod(std::string_view method) {
  const std::size_t slash = method.find('/');
  return absl::StrCat("tanhui.v1.", std::string(method.substr(0, slash)), "Service",
                      std::string(method.substr(slash)));
}

const std::vector<std::string>& StampedMethods() {
  static const std::vector<std::string> kMethods = {
      "Points/Award",      "Points/Redeem",         "Points/Transfer",    "Budgets/Create",
      "Budgets/Fund",      "Accounts/OpenAccount",  "Admin/CreateScheme", "Admin/CreateParticipant",
      "Admin/CreateAsset", "Requests/CancelRequest"};
  return kMethods;
}

const std::vector<std::string>& AllMethods() {
  static const std::vector<std::string> kMethods = [] {
    std::vector<std::string> out;
    for (const auto& [method, request] : ValidRequests()) {
      out.push_back(method);
    }
    return out;
  }();
  return kMethods;
}

void RefusalTest::SetUpTestSuite() {
  world = new World;
  ASSERT_TRUE(world->server.Start());
  world->client = std::make_unique<Client>(world->server.NewChannel());
  ASSERT_TRUE(MakeDemoLedger(client()));
  world->citizen = OpenCitizen(client(), "citizen");
  world->other = OpenCitizen(client(), "other");
  world->stamps = OpenCitizen(client(), "stamps", "assets/stamps");
  v1::OpenAccountRequest again;
  again.set_request_id("demo-account-shop");
  again.set_asset("assets/points");
  again.set_merchant("participants/shop");
  world->shop = client().Call(&AccountsStub::OpenAccount, again).response.account().name();
  ASSERT_TRUE(client().Call(&PointsStub::Award, AwardOf("first", world->citizen, 500)).ok());
}

void RefusalTest::TearDownTestSuite() {
  world->client.reset();
  if (world->server.running()) {
    EXPECT_EQ(world->server.Stop(), 0) << world->server.Output();
  }
  delete world;
  world = nullptr;
}

const Client& RefusalTest::client() { return *world->client; }

std::string RefusalTest::Fill(std::string text) {
  return absl::StrReplaceAll(
      text,
      {{"$A", world->citizen}, {"$B", world->other}, {"$S", world->stamps}, {"$M", world->shop}});
}

std::unique_ptr<Message> RefusalTest::RequestOf(const std::string& method,
                                                const std::string& change) {
  std::unique_ptr<Message> out(google::protobuf::MessageFactory::generated_factory()
                                   ->GetPrototype(MethodOf(method)->input_type())
                                   ->New());
  for (const std::string& text : {ValidRequests().at(method), change}) {
    EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(Fill(text), out.get()))
        << method << ": " << text;
  }
  return out;
}

void RefusalTest::ExpectRefused(const RefusalCase& row, std::string_view bytes) {
  SCOPED_TRACE(row.method + " " + row.change.substr(0, 200));
  const std::uint64_t size = LogSize(client());
  const grpc::Status status = client().CallRaw(FullMethod(row.method), bytes);
  const Refused refused = RefusedOf(status);
  EXPECT_EQ(refused.reason, row.reason) << refused.message;
  EXPECT_EQ(refused.metadata.contains("field") ? refused.metadata.at("field") : "", row.field);
  for (const auto& [key, value] : row.facts) {
    EXPECT_TRUE(refused.metadata.contains(key)) << key;
    EXPECT_EQ(refused.metadata.contains(key) ? refused.metadata.at(key) : "", value) << key;
  }
  ExpectWhole(refused, "zh-CN");
  const Client english = client().WithLanguage("en");
  ExpectWhole(RefusedOf(english.CallRaw(FullMethod(row.method), bytes)), "en");
  EXPECT_EQ(LogSize(client()), size) << "something was written";
}

void RefusalTest::ExpectAccepted(const std::string& method, const std::string& change) {
  const grpc::Status status = client().CallRaw(FullMethod(method), BytesOf(method, change));
  EXPECT_TRUE(status.ok()) << method << " " << change << ": " << status.error_message();
}

void ExpectWhole(const Refused& refused, const std::string& language) {
  EXPECT_EQ(refused.code, CodeOf(refused.reason)) << refused.reason;
  EXPECT_EQ(refused.domain, "tanhui");
  EXPECT_EQ(refused.locale, language);
  EXPECT_FALSE(refused.message.empty());
  EXPECT_FALSE(refused.text.empty());
  const bool ascii = refused.text.find_first_of("\xe4\xe5\xe6\xe7\xe8\xe9") == std::string::npos;
  EXPECT_EQ(ascii, language == "en") << refused.text;
  EXPECT_EQ(refused.has_retry, RetryHelps(refused.reason)) << refused.reason;
}

}  // namespace tanhui::e2e
