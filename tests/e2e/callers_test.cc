// Who may do and see what: tokens, roles, and callers that know nothing of each other.
#include <gtest/gtest.h>

#include <string>

#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {
namespace {

ServerOptions WithTokens() {
  ServerOptions options;
  options.trust_loopback = false;
  options.callers = {
      {"operator", "token of the operator", {"admin", "platform", "grantor", "auditor"}},
      {"platform-a", "token of a", {"platform", "grantor"}},
      {"platform-b", "token of b", {"platform", "grantor"}},
      {"sponsor", "token of the auditor", {"auditor"}},
      {"shop", "token of the shop", {"platform", "grantor"}},
      {"not-registered", "token of nobody", {"admin"}},
  };
  return options;
}

class CallersTest : public testing::Test {
 protected:
  CallersTest() : server_(WithTokens()) {}

  void SetUp() override {
    ASSERT_TRUE(server_.Start());
    Connect();
    ASSERT_TRUE(MakeDemoLedger(As("token of the operator")));
  }

  void Connect() { anyone_ = std::make_unique<Client>(server_.NewChannel()); }
  Client As(const std::string& token) const { return anyone_->WithToken(token); }
  Client Operator() const { return As("token of the operator"); }
  Client A() const { return As("token of a"); }
  Client B() const { return As("token of b"); }

  // How `platform` names the account of platform a's user, once that is linked to its own.
  std::string LinkedAt(const Client& platform, const std::string& user,
                       const std::string& own) const {
    v1::CreateLinkCodeRequest create;
    create.set_platform_user_id(user);
    create.set_asset("assets/points");
    v1::LinkRequest link;
    link.set_request_id("link " + own);
    link.set_code(A().Call(&LinksStub::CreateLinkCode, create).response.code());
    link.set_platform_user_id(own);
    *link.mutable_consent_time() = SecondsFromNow(-1);
    const auto linked = platform.Call(&LinksStub::Link, link);
    EXPECT_TRUE(linked.ok()) << linked.status.error_message();
    return linked.response.account();
  }

  // "Points/Award" as gRPC names it.
  static std::string FullMethod(const std::string& method) {
    const std::size_t slash = method.find('/');
    return "tanhui.v1." + method.substr(0, slash) + "Service" + method.substr(slash);
  }

  static std::string ReasonOfEntry(const Client& client, std::uint64_t index) {
    v1::GetEntryRequest request;
    request.set_index(index);
    return client.Call(&LogStub::GetEntry, request).reason();
  }

  ServerProcess server_;
  std::unique_ptr<Client> anyone_;
};

TEST_F(CallersTest, WithoutAKnownTokenNothing) {
  const std::uint64_t size = LogSize(Operator());
  for (const Client& client : {*anyone_, As("wrong"), As("token of the operator ")}) {
    for (const auto& status :
         {client.Call(&PointsStub::Award, AwardOf("x", "", 1)).status,
          client.Call(&LogStub::GetCheckpoint, v1::GetCheckpointRequest()).status,
          client.Call(&AdminStub::GetStatus, v1::GetStatusRequest()).status}) {
      EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
      const Refused refused = RefusedOf(status);
      EXPECT_EQ(refused.reason, "UNAUTHENTICATED");
      EXPECT_EQ(refused.locale, "zh-CN");
    }
  }
  const auto unregistered =
      As("token of nobody").Call(&AdminStub::GetStatus, v1::GetStatusRequest());
  EXPECT_EQ(unregistered.reason(), "UNKNOWN_CALLER");
  EXPECT_EQ(unregistered.status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(LogSize(Operator()), size);
}

// Malformed bytes tell a stranger nothing but that he is one.
TEST_F(CallersTest, WhoAsksComesBeforeWhatIsAsked) {
  EXPECT_EQ(ReasonOf(anyone_->CallRaw("tanhui.v1.PointsService/Award", "\xff")), "UNAUTHENTICATED");
  EXPECT_EQ(ReasonOf(A().CallRaw("tanhui.v1.BudgetsService/Fund", "\xff")), "PERMISSION_DENIED");
}

TEST_F(CallersTest, EachRoleHasItsMethods) {
  const std::uint64_t size = LogSize(Operator());
  const Client auditor = As("token of the auditor");
  const Client platform = A();
  for (const auto& status :
       {platform.Call(&AdminStub::CreateScheme, v1::CreateSchemeRequest()).status,
        platform.Call(&AdminStub::CreateParticipant, v1::CreateParticipantRequest()).status,
        platform.Call(&AdminStub::CreateAsset, v1::CreateAssetRequest()).status,
        platform.Call(&AdminStub::GetStatus, v1::GetStatusRequest()).status,
        platform.Call(&AdminStub::ConfirmClock, v1::ConfirmClockRequest()).status,
        platform.Call(&AdminStub::CreateSnapshot, v1::CreateSnapshotRequest()).status,
        platform.Call(&BudgetsStub::Create, v1::BudgetsServiceCreateRequest()).status,
        platform.Call(&BudgetsStub::Fund, FundOf("f", 1)).status,
        platform.Call(&LogStub::ListLogEntries, v1::ListLogEntriesRequest()).status,
        auditor.Call(&PointsStub::Award, v1::AwardRequest()).status,
        auditor.Call(&PointsStub::BatchAward, v1::BatchAwardRequest()).status,
        auditor.Call(&PointsStub::Redeem, v1::RedeemRequest()).status,
        auditor.Call(&PointsStub::Transfer, v1::TransferRequest()).status,
        auditor.Call(&AccountsStub::OpenAccount, v1::OpenAccountRequest()).status,
        auditor.Call(&AccountsStub::BatchOpenAccounts, v1::BatchOpenAccountsRequest()).status,
        auditor.Call(&FilesStub::RecordFile, v1::RecordFileRequest()).status,
        auditor.Call(&RequestsStub::CancelRequest, v1::CancelRequestRequest()).status,
        auditor.Call(&RequestsStub::GetRequestIdKey, v1::GetRequestIdKeyRequest()).status}) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
    EXPECT_EQ(ReasonOf(status), "PERMISSION_DENIED");
  }
  for (const std::string method :
       {"Accounts/Freeze", "Accounts/Unfreeze", "Accounts/Merge", "Admin/SetTerms",
        "Budgets/Return", "Peers/AgreeRates", "Peers/ChangePeer", "Peers/CreatePeer",
        "Peers/PrepayPeer", "Peers/SignRates", "Peers/SuspendPeer", "Reports/GetLiability"}) {
    EXPECT_EQ(ReasonOf(platform.CallRaw(FullMethod(method), "")), "PERMISSION_DENIED") << method;
  }
  for (const std::string method : {"Points/Hold",
                                   "Points/Capture",
                                   "Points/Release",
                                   "Points/Refund",
                                   "Points/Reverse",
                                   "Points/Donate",
                                   "Accounts/ReportLost",
                                   "Accounts/Close",
                                   "Accounts/GiveConsent",
                                   "Accounts/WithdrawConsent",
                                   "Accounts/HandOver",
                                   "Households/Create",
                                   "Households/Invite",
                                   "Households/Accept",
                                   "Households/Leave",
                                   "Households/SetLimit",
                                   "Households/Contribute",
                                   "Households/ClaimGoalReward",
                                   "Venues/GetCheckInCode",
                                   "Exchanges/PrepareExchange",
                                   "Exchanges/WithdrawExchange",
                                   "Links/CreateLinkCode",
                                   "Links/Link",
                                   "Links/Unlink",
                                   "Links/Rebind",
                                   "Links/Resolve",
                                   "UnclaimedActs/BatchKeepActs",
                                   "UnclaimedActs/ClaimActs",
                                   "UnclaimedActs/ListUnclaimedActs",
                                   "UnclaimedActs/DeleteUnclaimedActs"}) {
    EXPECT_EQ(ReasonOf(auditor.CallRaw(FullMethod(method), "")), "PERMISSION_DENIED") << method;
  }
  EXPECT_EQ(LogSize(Operator()), size);
  EXPECT_TRUE(auditor.Call(&LogStub::ListLogEntries, v1::ListLogEntriesRequest()).ok());
  EXPECT_TRUE(platform.Call(&LogStub::GetCheckpoint, v1::GetCheckpointRequest()).ok());
  EXPECT_TRUE(platform.Call(&AdminStub::ListAssets, v1::ListAssetsRequest()).ok());
  v1::GetLiabilityRequest report;
  report.set_asset("assets/points");
  EXPECT_TRUE(auditor.Call(&ReportsStub::GetLiability, report).ok());
}

// Who made an entry may undo it, its merchant may, and an operator; to others it is not there.
TEST_F(CallersTest, EntriesAreUndoneByTheirOwn) {
  const std::string account = OpenCitizen(A(), "citizen");
  const auto award = A().Call(&PointsStub::Award, AwardOf("award", account, 100));
  const auto sale = A().Call(&PointsStub::Redeem, RedeemOf("sale", account, 30));
  const auto hold = A().Call(&PointsStub::Hold, HoldOf("hold", account, 20));
  ASSERT_TRUE(hold.ok()) << hold.status.error_message();
  v1::RefundRequest refund;
  refund.set_request_id("refund");
  refund.set_entry_index(sale.response.entry_index());
  refund.set_points(10);
  v1::ReverseRequest reverse;
  reverse.set_request_id("reverse");
  reverse.set_entry_index(award.response.entry_index());
  reverse.set_quantity(1);
  reverse.set_reason("fraud");
  v1::CaptureRequest capture;
  capture.set_request_id("capture");
  capture.set_hold(hold.response.name());
  capture.set_points(5);
  EXPECT_EQ(B().Call(&PointsStub::Refund, refund).reason(), "UNKNOWN_ENTRY");
  EXPECT_EQ(B().Call(&PointsStub::Reverse, reverse).reason(), "UNKNOWN_ENTRY");
  EXPECT_EQ(B().Call(&PointsStub::Capture, capture).reason(), "UNKNOWN_ENTRY");
  const Client shop = As("token of the shop");
  EXPECT_TRUE(shop.Call(&PointsStub::Refund, refund).ok());
  EXPECT_TRUE(shop.Call(&PointsStub::Capture, capture).ok());
  EXPECT_EQ(shop.Call(&PointsStub::Reverse, reverse).reason(), "UNKNOWN_ENTRY");
  EXPECT_TRUE(A().Call(&PointsStub::Refund, refund).ok());
  EXPECT_TRUE(Operator().Call(&PointsStub::Reverse, reverse).ok());
}

// A household is seen by its members' platforms, a charity's account by itself and operators.
TEST_F(CallersTest, WhoSeesWhichAccount) {
  v1::HouseholdsServiceCreateRequest create;
  create.set_request_id("household");
  create.set_asset("assets/points");
  create.set_head(OpenCitizen(A(), "citizen"));
  v1::HouseholdsServiceGetRequest get;
  get.set_name(A().Call(&HouseholdsStub::Create, create).response.household().account().name());
  EXPECT_TRUE(A().Call(&HouseholdsStub::Get, get).ok());
  EXPECT_EQ(B().Call(&HouseholdsStub::Get, get).reason(), "UNKNOWN_ACCOUNT");
  EXPECT_EQ(Operator().Call(&HouseholdsStub::Get, get).reason(), "UNKNOWN_ACCOUNT")
      << "the name is platform a's own";
  v1::OpenAccountRequest again;
  again.set_request_id("demo-account-fund");
  again.set_asset("assets/points");
  again.set_merchant("participants/fund");
  v1::GetAccountRequest fund;
  fund.set_name(Operator().Call(&AccountsStub::OpenAccount, again).response.account().name());
  v1::GetBalanceRequest past;
  past.set_name(fund.name());
  past.set_entry_index(1);
  EXPECT_EQ(A().Call(&AccountsStub::GetAccount, fund).reason(), "UNKNOWN_ACCOUNT");
  EXPECT_EQ(A().Call(&AccountsStub::GetBalance, past).reason(), "UNKNOWN_ACCOUNT");
  EXPECT_TRUE(Operator().Call(&AccountsStub::GetBalance, past).ok());
}

TEST_F(CallersTest, EntriesAndReceiptsAreTheCallersOwn) {
  const std::string account = OpenCitizen(A(), "citizen");
  const auto done = A().Call(&PointsStub::Award, AwardOf("mine", account, 5));
  ASSERT_TRUE(done.ok()) << done.status.error_message();
  const std::uint64_t index = done.response.entry_index();
  EXPECT_EQ(ReasonOfEntry(A(), index), "");
  EXPECT_EQ(ReasonOfEntry(As("token of the auditor"), index), "");
  EXPECT_EQ(ReasonOfEntry(B(), index), "UNKNOWN_ENTRY");
  EXPECT_EQ(ReasonOfEntry(B(), 0), "UNKNOWN_ENTRY") << "the engine's own entries are for auditors";
  v1::GetReceiptRequest receipt;
  receipt.set_index(index);
  const auto refused = B().Call(&LogStub::GetReceipt, receipt);
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(refused.reason(), "UNKNOWN_ENTRY");
  // It looks the same as what is not there at all.
  receipt.set_index(1'000'000);
  EXPECT_EQ(B().Call(&LogStub::GetReceipt, receipt).status.error_message(),
            refused.status.error_message());
  receipt.set_request_id("mine");
  EXPECT_EQ(B().Call(&LogStub::GetReceipt, receipt).reason(), "UNKNOWN_ENTRY");
}

// A reference is for the caller that gave it; an auditor sees that there is one, not what it says.
TEST_F(CallersTest, ReferencesAreTheCallersOwn) {
  v1::AwardRequest award = AwardOf("mine", OpenCitizen(A(), "citizen"), 5);
  award.set_reference("till 7");
  const auto done = A().Call(&PointsStub::Award, award);
  v1::GetEntryRequest request;
  request.set_index(done.response.entry_index());
  EXPECT_EQ(A().Call(&LogStub::GetEntry, request).response.entry().reference(), "till 7");
  EXPECT_EQ(
      As("token of the auditor").Call(&LogStub::GetEntry, request).response.entry().reference(),
      "");
}

TEST_F(CallersTest, RequestIdsAreTheCallersOwn) {
  const std::string account = OpenCitizen(A(), "citizen");
  ASSERT_TRUE(A().Call(&PointsStub::Award, AwardOf("same", account, 5)).ok());
  const auto second =
      B().Call(&PointsStub::Award, AwardOf("same", LinkedAt(B(), "citizen", "b's"), 6));
  ASSERT_TRUE(second.ok()) << second.status.error_message();
  EXPECT_FALSE(second.response.replayed());
  EXPECT_EQ(second.response.balance(), 11);
  v1::GetOutcomeRequest look;
  look.set_request_id("same");
  EXPECT_EQ(A().Call(&RequestsStub::GetOutcome, look).response.points(), 5);
  EXPECT_EQ(B().Call(&RequestsStub::GetOutcome, look).response.points(), 6);
  // B's cancellation of an id that only A used blocks B's id and leaves A's alone.
  ASSERT_TRUE(A().Call(&PointsStub::Award, AwardOf("of a", account, 1)).ok());
  const auto cancelled = B().Call(&RequestsStub::CancelRequest, CancelOf("c", "of a"));
  EXPECT_EQ(cancelled.response.state(), v1::REQUEST_STATE_BLOCKED);
  look.set_request_id("of a");
  EXPECT_EQ(A().Call(&RequestsStub::GetOutcome, look).response.state(), v1::REQUEST_STATE_DONE);
}

TEST_F(CallersTest, UsersAreTheirPlatformsOwn) {
  const std::string of_a = OpenCitizen(A(), "same user");
  v1::GetAccountRequest request;
  request.set_platform_user_id("same user");
  request.set_asset("assets/points");
  EXPECT_EQ(A().Call(&AccountsStub::GetAccount, request).response.account().name(), of_a);
  EXPECT_EQ(B().Call(&AccountsStub::GetAccount, request).reason(), "UNKNOWN_ACCOUNT");
  v1::AwardRequest award = AwardOf("a", "", 1);
  award.set_platform_user_id("same user");
  EXPECT_EQ(B().Call(&PointsStub::Award, award).reason(), "UNKNOWN_ACCOUNT");
  const std::string of_b = OpenCitizen(B(), "same user");
  EXPECT_NE(of_b, "");
  EXPECT_NE(of_b, of_a);
}

TEST_F(CallersTest, RequestIdKeys) {
  const auto key_of = [](const Client& client) {
    return client.Call(&RequestsStub::GetRequestIdKey, v1::GetRequestIdKeyRequest()).response.key();
  };
  const std::string key = key_of(A());
  EXPECT_EQ(key.size(), 32U);
  EXPECT_NE(key, key_of(B()));
  EXPECT_NE(key, key_of(Operator()));
  anyone_.reset();  // an idle connection delays the end
  ASSERT_EQ(server_.Stop(), 0);
  ASSERT_TRUE(server_.Start());
  Connect();
  EXPECT_EQ(key_of(A()), key);
}

}  // namespace
}  // namespace tanhui::e2e
