#include "tests/e2e/demo_ledger.h"

#include <array>
#include <cstdio>

namespace tanhui::e2e {
namespace {

grpc::Status Scheme(const Client& admin, const std::string& code, std::uint32_t cutoff) {
  v1::CreateSchemeRequest request;
  request.set_request_id("demo-scheme-" + code);
  request.set_scheme_id(code);
  request.set_display_name("演示计划");
  request.set_cutoff_minute(cutoff);
  return admin.Call(&AdminStub::CreateScheme, request).status;
}

grpc::Status Participant(const Client& admin, const std::string& code, v1::ParticipantKind kind) {
  v1::CreateParticipantRequest request;
  request.set_request_id("demo-participant-" + code);
  request.set_participant_id(code);
  request.set_display_name("演示机构");
  request.set_kind(kind);
  return admin.Call(&AdminStub::CreateParticipant, request).status;
}

grpc::Status Asset(const Client& admin, const std::string& code, const std::string& scheme,
                   std::int64_t max_amount, bool transfers) {
  v1::CreateAssetRequest request;
  request.set_request_id("demo-asset-" + code);
  request.set_asset_id(code);
  request.set_display_name("演示积分");
  request.set_scheme("schemes/" + scheme);
  request.set_max_amount(max_amount);
  // Acts of years ago can be awarded, and nothing expires while a test runs.
  request.mutable_terms()->set_validity_months(1'200);
  request.mutable_terms()->set_transfers(transfers ? v1::TRANSFER_POLICY_CAPPED
                                                   : v1::TRANSFER_POLICY_OFF);
  return admin.Call(&AdminStub::CreateAsset, request).status;
}

grpc::Status Budget(const Client& admin, const std::string& code, const std::string& asset) {
  v1::BudgetsServiceCreateRequest request;
  request.set_request_id("demo-budget-" + code);
  request.set_budget_id(code);
  request.set_display_name("演示预算");
  request.set_asset("assets/" + asset);
  request.set_sponsor("participants/sponsor");
  return admin.Call(&BudgetsStub::Create, request).status;
}

grpc::Status MerchantAccount(const Client& admin, const std::string& code) {
  v1::OpenAccountRequest request;
  request.set_request_id("demo-account-" + code);
  request.set_asset("assets/points");
  request.set_merchant("participants/" + code);
  return admin.Call(&AccountsStub::OpenAccount, request).status;
}

}  // namespace

testing::AssertionResult MakeDemoLedger(const Client& admin) {
  const std::array steps = {
      Scheme(admin, "green", 18 * 60),
      Scheme(admin, "stamps", 0),
      Participant(admin, "sponsor", v1::PARTICIPANT_KIND_SPONSOR),
      Participant(admin, "shop", v1::PARTICIPANT_KIND_MERCHANT),
      Participant(admin, "stall", v1::PARTICIPANT_KIND_MERCHANT),
      Participant(admin, "kiosk", v1::PARTICIPANT_KIND_MERCHANT),
      Participant(admin, "fund", v1::PARTICIPANT_KIND_CHARITY),
      Participant(admin, "platform-a", v1::PARTICIPANT_KIND_PLATFORM),
      Participant(admin, "platform-b", v1::PARTICIPANT_KIND_PLATFORM),
      Asset(admin, "points", "green", 100'000, true),
      Asset(admin, "stamps", "stamps", 1'000'000'000'000, false),
      Budget(admin, "demo", "points"),
      Budget(admin, "stamps", "stamps"),
      MerchantAccount(admin, "shop"),
      MerchantAccount(admin, "stall"),
      MerchantAccount(admin, "fund"),
      admin.Call(&BudgetsStub::Fund, FundOf("demo-funding", 1'000'000)).status,
  };
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].ok()) {
      return testing::AssertionFailure() << "step " << i << ": " << steps[i].error_message();
    }
  }
  return testing::AssertionSuccess();
}

std::string OpenCitizen(const Client& platform, const std::string& user, const std::string& asset) {
  v1::OpenAccountRequest request = OpeningOf("open-" + user + "-" + asset, user);
  request.set_asset(asset);
  const auto answer = platform.Call(&AccountsStub::OpenAccount, request);
  EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  return answer.response.account().name();
}

v1::AwardRequest AwardOf(const std::string& id, const std::string& account, std::int64_t points) {
  v1::AwardRequest request;
  request.set_request_id(id);
  request.set_account(account);
  request.set_budget("budgets/demo");
  request.set_points(points);
  request.set_scenario("metro_ride");
  return request;
}

v1::RedeemRequest RedeemOf(const std::string& id, const std::string& account, std::int64_t points) {
  v1::RedeemRequest request;
  request.set_request_id(id);
  request.set_account(account);
  request.set_asset("assets/points");
  request.set_merchant("participants/shop");
  request.set_points(points);
  return request;
}

v1::HoldRequest HoldOf(const std::string& id, const std::string& account, std::int64_t points) {
  v1::HoldRequest request;
  request.set_request_id(id);
  request.set_account(account);
  request.set_asset("assets/points");
  request.set_merchant("participants/shop");
  request.set_points(points);
  *request.mutable_deadline() = SecondsFromNow(3'600);
  return request;
}

v1::TransferRequest TransferOf(const std::string& id, const std::string& from,
                               const std::string& to, std::int64_t points) {
  v1::TransferRequest request;
  request.set_request_id(id);
  request.set_from_account(from);
  request.set_to_account(to);
  request.set_points(points);
  return request;
}

v1::CancelRequestRequest CancelOf(const std::string& id, const std::string& target) {
  v1::CancelRequestRequest request;
  request.set_request_id(id);
  request.set_target_request_id(target);
  return request;
}

v1::OpenAccountRequest OpeningOf(const std::string& id, const std::string& user) {
  v1::OpenAccountRequest request;
  request.set_request_id(id);
  request.set_asset("assets/points");
  request.set_platform_user_id(user);
  return request;
}

v1::FundRequest FundOf(const std::string& id, std::int64_t points) {
  v1::FundRequest request;
  request.set_request_id(id);
  request.set_budget("budgets/demo");
  request.set_points(points);
  return request;
}

v1::RecordFileRequest FileOf(const std::string& file_id) {
  v1::RecordFileRequest request;
  request.set_file_id(file_id);
  request.set_sha256(std::string(32, '\x5a'));
  request.set_period_start("2026-03-01");
  request.set_period_end("2026-03-02");
  request.set_lines(3);
  v1::NamedCount& awarded = *request.add_awarded();
  awarded.set_name("metro_ride");
  awarded.set_count(2);
  v1::NamedCount& refused = *request.add_refused();
  refused.set_name("orphan_in");
  refused.set_count(1);
  request.set_points(54);
  return request;
}

std::uint64_t LogSize(const Client& admin) {
  const auto answer = admin.Call(&AdminStub::GetStatus, v1::GetStatusRequest());
  EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  return answer.response.log_size();
}

std::int64_t BalanceOf(const Client& client, const std::string& account) {
  v1::GetAccountRequest request;
  request.set_name(account);
  const auto answer = client.Call(&AccountsStub::GetAccount, request);
  EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  return answer.response.account().available();
}

google::protobuf::Timestamp SecondsFromNow(std::int64_t seconds) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  google::protobuf::Timestamp out;
  out.set_seconds(std::chrono::duration_cast<std::chrono::seconds>(now).count() + seconds);
  return out;
}

std::string UuidV7(std::chrono::system_clock::time_point time, std::uint64_t tail) {
  const auto millis = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-7%03x-8%03x-%012llx",
                static_cast<unsigned>(millis >> 16), static_cast<unsigned>(millis & 0xffff),
                static_cast<unsigned>(tail >> 60), static_cast<unsigned>((tail >> 48) & 0xfff),
                static_cast<unsigned long long>(tail & 0xffff'ffff'ffff));
  return text.data();
}

}  // namespace tanhui::e2e
