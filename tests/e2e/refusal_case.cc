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
  std::map<std::string, std::string> names;  // what stands for $A and so on
};

World* world = nullptr;

using Requests = std::map<std::string, std::string>;

// Every field that is needed, and none that is not.
Requests OfPoints() {
  const std::string spending = "request_id: 'base' account: '$A' asset: 'assets/points' points: 1 ";
  return {
      {"Points/Award",
       "request_id: 'base' account: '$A' budget: 'budgets/demo' points: 1 scenario: 'metro_ride'"},
      {"Points/BatchAward", ""},
      {"Points/Redeem", spending + "merchant: 'participants/shop'"},
      {"Points/Transfer", "request_id: 'base' from_account: '$A' to_account: '$B' points: 1"},
      {"Points/Hold", spending + "merchant: 'participants/shop' deadline { seconds: $SOON }"},
      {"Points/Capture", "request_id: 'base' hold: '$HOLD' points: 1"},
      {"Points/Release", "request_id: 'base' hold: '$HOLD'"},
      {"Points/Refund", "request_id: 'base' entry_index: $SALE points: 1"},
      {"Points/Reverse",
       "request_id: 'base' entry_index: $RIDE quantity: 1 reason: 'goods_returned'"},
      {"Points/Donate", spending + "charity: 'participants/fund'"},
  };
}

Requests OfAccounts() {
  return {
      {"Accounts/OpenAccount", "request_id: 'base' asset: 'assets/points'"},
      {"Accounts/BatchOpenAccounts", ""},
      {"Accounts/GetAccount", ""},
      {"Accounts/ListEntries", "parent: '$A'"},
      {"Accounts/GetBalance", "name: '$A'"},
      {"Accounts/Freeze", "request_id: 'base' account: '$A' reason: 'suspected_fraud'"},
      {"Accounts/Unfreeze", "request_id: 'base' account: '$A' reason: 'identity_proven'"},
      {"Accounts/ReportLost", "request_id: 'base' account: '$A' reason: 'phone_lost'"},
      {"Accounts/Close", "request_id: 'base' account: '$L' reason: 'owner_asked'"},
      {"Accounts/Merge", "request_id: 'base' from: '$L' into: '$A'"},
      {"Accounts/GiveConsent", "request_id: 'base' account: '$C' guardian: '$G'"},
      {"Accounts/WithdrawConsent", "request_id: 'base' account: '$W' guardian: '$G'"},
      {"Accounts/HandOver", "request_id: 'base' account: '$W'"},
      {"Households/Create", "request_id: 'base' asset: 'assets/points' head: '$L'"},
      {"Households/Invite",
       "request_id: 'base' household: '$H' member: '$B' daily_limit: 5 acting_account: '$G'"},
      {"Households/Accept", "request_id: 'base' household: '$H' member: '$I'"},
      {"Households/Leave", "request_id: 'base' household: '$H' member: '$I'"},
      {"Households/SetLimit",
       "request_id: 'base' household: '$H' member: '$I' daily_limit: 5 acting_account: '$G'"},
      {"Households/Contribute", "request_id: 'base' household: '$H' member: '$G' points: 1"},
      {"Households/ListGoals", "account: '$G'"},
      {"Households/Get", "name: '$H'"},
  };
}

Requests OfTheRest() {
  return {
      {"Budgets/Create",
       "request_id: 'base' budget_id: 'base' display_name: '预算' asset: 'assets/points' "
       "sponsor: 'participants/sponsor'"},
      {"Budgets/Fund", "request_id: 'base' budget: 'budgets/demo' points: 1"},
      {"Budgets/Return", "request_id: 'base' budget: 'budgets/demo'"},
      {"Budgets/Get", "name: 'budgets/demo'"},
      {"Budgets/List", ""},
      {"Reports/GetLiability", "asset: 'assets/points'"},
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
      {"Admin/SetTerms", "request_id: 'base' asset: 'assets/points' terms {}"},
      {"Admin/GetAsset", "name: 'assets/points'"},
      {"Admin/ListAssets", ""},
      {"Admin/GetStatus", ""},
      {"Admin/ConfirmClock", ""},
      {"Admin/CreateSnapshot", "snapshot_id: 'base'"},
      {"UnclaimedActs/BatchKeepActs", ""},
      {"UnclaimedActs/ClaimActs", "holder { source: 'metro' subject: '1' } account: '$A'"},
      {"UnclaimedActs/ListUnclaimedActs", "holder { source: 'metro' subject: '1' }"},
      {"UnclaimedActs/DeleteUnclaimedActs", "holder { source: 'metro' subject: '1' }"},
  };
}

// Lines and what becomes of them need a ledger day that is over: see books/settlement_test.cc.
Requests OfSettlement() {
  const std::string of_points = "asset: 'assets/points' ";
  return {
      {"Merchants/CreateUnit", of_points +
                                   "request_id: 'base' parent: 'participants/shop' unit_id: 'base' "
                                   "display_name: '店'"},
      {"Merchants/ChangeUnit",
       of_points + "request_id: 'base' name: 'participants/shop' reason: 'test'"},
      {"Merchants/GetUnit", of_points + "name: 'participants/shop'"},
      {"Merchants/ListUnits", of_points + "parent: 'participants/shop'"},
      {"Settlement/PublishPrice",
       of_points +
           "request_id: 'base' money: 'assets/fen' first_date: '2999-01-01' fen: 1 per_points: 1 "
           "reason: 'test'"},
      {"Settlement/ListPrices", ""},
      {"Settlement/OpenClaim",
       "request_id: 'base' merchant: 'participants/shop' money: 'assets/fen'"},
      {"Settlement/ListClaims", "money: 'assets/fen'"},
      {"Settlement/CreateRun", "request_id: 'base' money: 'assets/fen'"},
      {"Settlement/BatchAddLines", ""},
      {"Settlement/GetRun", ""},
      {"Settlement/ListRuns", ""},
      {"Settlement/ListLines", ""},
      {"Settlement/GetStatement", ""},
  };
}

const Requests& ValidRequests() {
  static const Requests kRequests = [] {
    Requests all = OfPoints();
    all.merge(OfAccounts());
    all.merge(OfTheRest());
    all.merge(OfSettlement());
    return all;
  }();
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
  static const std::vector<std::string> kMethods = [] {
    std::vector<std::string> out;
    for (const std::string& method : AllMethods()) {
      const auto* fields = MethodOf(method)->input_type();
      if (fields->FindFieldByName("not_after") != nullptr &&
          fields->FindFieldByName("request_id") != nullptr) {
        out.push_back(method);
      }
    }
    return out;
  }();
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

namespace {

// Sends the request in text format; its answer, which must be a good one.
template <typename Stub, typename Request, typename Response>
Response Do(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
            const std::string& text) {
  Request request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(absl::StrReplaceAll(text, world->names),
                                                            &request))
      << text;
  const auto answer = world->client->Call(method, request);
  EXPECT_TRUE(answer.ok()) << text << ": " << answer.status.error_message();
  return answer.response;
}

// A guardian with a household, a hold, a redemption and a ward.
void SetUpFamily() {
  std::map<std::string, std::string>& names = world->names;
  for (const auto& [token, user] :
       {std::pair("$G", "guardian"), std::pair("$I", "invited"), std::pair("$L", "lonely")}) {
    names[token] = OpenCitizen(*world->client, user);
  }
  for (const auto& [token, user] : {std::pair("$W", "ward"), std::pair("$C", "child")}) {
    v1::OpenAccountRequest opening = OpeningOf(std::string("open-") + user, user);
    opening.set_minor(true);
    names[token] =
        world->client->Call(&AccountsStub::OpenAccount, opening).response.account().name();
  }
  Do(&AccountsStub::GiveConsent, "request_id: 'consent' account: '$W' guardian: '$G'");
  names["$RIDE"] = std::to_string(
      Do(&PointsStub::Award,
         "request_id: 'ride' account: '$G' budget: 'budgets/demo' points: 200 scenario: 'ride' "
         "quantity: 3")
          .entry_index());
  const std::string shop = "account: '$G' asset: 'assets/points' merchant: 'participants/shop' ";
  names["$SALE"] = std::to_string(
      Do(&PointsStub::Redeem, "request_id: 'sale' points: 10 " + shop).entry_index());
  names["$HOLD"] =
      Do(&PointsStub::Hold, "request_id: 'hold' points: 10 deadline { seconds: $SOON } " + shop)
          .name();
  names["$H"] =
      Do(&HouseholdsStub::Create, "request_id: 'household' asset: 'assets/points' head: '$G'")
          .household()
          .account()
          .name();
  Do(&HouseholdsStub::Invite,
     "request_id: 'invite' household: '$H' member: '$I' daily_limit: 5 acting_account: '$G'");
}

}  // namespace

void RefusalTest::SetUpTestSuite() {
  world = new World;
  ASSERT_TRUE(world->server.Start());
  world->client = std::make_unique<Client>(world->server.NewChannel());
  ASSERT_TRUE(MakeDemoLedger(client()));
  std::map<std::string, std::string>& names = world->names;
  names["$A"] = OpenCitizen(client(), "citizen");
  names["$B"] = OpenCitizen(client(), "other");
  names["$S"] = OpenCitizen(client(), "stamps", "assets/stamps");
  names["$SOON"] = std::to_string(SecondsFromNow(24 * 3600).seconds());
  for (const auto& [token, code] : {std::pair("$M", "shop"), std::pair("$F", "fund")}) {
    v1::OpenAccountRequest again;
    again.set_request_id(std::string("demo-account-") + code);
    again.set_asset("assets/points");
    again.set_merchant(std::string("participants/") + code);
    names[token] = client().Call(&AccountsStub::OpenAccount, again).response.account().name();
  }
  ASSERT_TRUE(client().Call(&PointsStub::Award, AwardOf("first", names["$A"], 500)).ok());
  Do(&AdminStub::CreateAsset,
     "request_id: 'fen' asset_id: 'fen' display_name: '人民币' scheme: 'schemes/green' "
     "max_amount: 1000000000000 money: true");
  SetUpFamily();
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

std::string RefusalTest::Fill(std::string text) { return absl::StrReplaceAll(text, world->names); }

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
