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
      {"operator", "token of the operator", {"admin", "platform", "auditor"}},
      {"platform-a", "token of a", {"platform"}},
      {"platform-b", "token of b", {"platform"}},
      {"sponsor", "token of the auditor", {"auditor"}},
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
  EXPECT_EQ(LogSize(Operator()), size);
  EXPECT_TRUE(auditor.Call(&LogStub::ListLogEntries, v1::ListLogEntriesRequest()).ok());
  EXPECT_TRUE(platform.Call(&LogStub::GetCheckpoint, v1::GetCheckpointRequest()).ok());
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
  const auto second = B().Call(&PointsStub::Award, AwardOf("same", account, 6));
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
