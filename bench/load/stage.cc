#include "bench/load/stage.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/load/call.h"
#include "tanhui/v1/accounts.grpc.pb.h"
#include "tanhui/v1/admin.grpc.pb.h"
#include "tanhui/v1/budgets.grpc.pb.h"

namespace tanhui::bench {
namespace {

constexpr char kScheme[] = "bench";
constexpr char kAsset[] = "bench-points";
constexpr char kSponsor[] = "bench-sponsor";
constexpr std::int64_t kMaxAmount = 1'000'000;
constexpr std::int64_t kBudgetPoints = 1'000'000'000'000;  // the most that one funding may issue
constexpr int kBatch = 4'000;

absl::Status Register(const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = v1::AdminService::NewStub(channel);
  using Stub = v1::AdminService::Stub;
  v1::CreateSchemeRequest scheme;
  scheme.set_request_id("bench-scheme");
  scheme.set_scheme_id(kScheme);
  scheme.set_display_name("Load");
  v1::CreateSchemeResponse scheme_out;
  absl::Status status = Call(*stub, &Stub::CreateScheme, scheme, scheme_out, "creating the scheme");
  if (!status.ok()) {
    return status;
  }
  v1::CreateParticipantRequest sponsor;
  sponsor.set_request_id("bench-sponsor");
  sponsor.set_participant_id(kSponsor);
  sponsor.set_display_name("Sponsor of load");
  sponsor.set_kind(v1::PARTICIPANT_KIND_SPONSOR);
  v1::CreateParticipantResponse sponsor_out;
  status = Call(*stub, &Stub::CreateParticipant, sponsor, sponsor_out, "creating the sponsor");
  if (!status.ok()) {
    return status;
  }
  v1::CreateAssetRequest asset;
  asset.set_request_id("bench-asset");
  asset.set_asset_id(kAsset);
  asset.set_display_name("Points of load");
  asset.set_scheme(absl::StrCat("schemes/", kScheme));
  asset.set_max_amount(kMaxAmount);
  asset.mutable_terms()->set_transfers(v1::TRANSFER_POLICY_CAPPED);
  v1::CreateAssetResponse asset_out;
  return Call(*stub, &Stub::CreateAsset, asset, asset_out, "creating the asset");
}

absl::Status OpenBudget(v1::BudgetsService::Stub& stub, const std::string& code,
                        const std::string& asset) {
  using Stub = v1::BudgetsService::Stub;
  v1::BudgetsServiceCreateRequest create;
  create.set_request_id(absl::StrCat("open-", code));
  create.set_budget_id(code);
  create.set_display_name("Budget of load");
  create.set_asset(asset);
  create.set_sponsor(absl::StrCat("participants/", kSponsor));
  v1::BudgetsServiceCreateResponse created;
  absl::Status status = Call(stub, &Stub::Create, create, created, "creating a budget");
  if (!status.ok()) {
    return status;
  }
  v1::FundRequest fund;
  fund.set_request_id(absl::StrCat("fund-", code));
  fund.set_budget(absl::StrCat("budgets/", code));
  fund.set_points(kBudgetPoints);
  v1::FundResponse funded;
  return Call(stub, &Stub::Fund, fund, funded, "funding a budget");
}

// A retry's answer names the account that the first call opened.
absl::Status OpenCitizens(v1::AccountsService::Stub& stub, int first, int count, Stage& stage) {
  v1::BatchOpenAccountsRequest request;
  for (int i = first; i < first + count; ++i) {
    v1::OpenAccountRequest& one = *request.add_requests();
    one.set_request_id(absl::StrCat("bench-citizen-", i));
    one.set_asset(stage.asset);
    one.set_platform_user_id(absl::StrCat("bench-user-", i));
  }
  v1::BatchOpenAccountsResponse response;
  absl::Status status = Call(stub, &v1::AccountsService::Stub::BatchOpenAccounts, request, response,
                             "opening citizens");
  if (!status.ok()) {
    return status;
  }
  for (const v1::OpenAccountResult& result : response.results()) {
    if (!result.has_opened()) {
      return absl::InternalError(absl::StrCat("opening a citizen: ", result.error().message()));
    }
    stage.accounts.push_back(result.opened().account().name());
  }
  return absl::OkStatus();
}

std::string BudgetCode(int i) { return absl::StrCat("bench-budget-", i); }

}  // namespace

absl::StatusOr<Stage> SetStage(const std::shared_ptr<grpc::Channel>& channel,
                               const StageOptions& options) {
  if (absl::Status status = Register(channel); !status.ok()) {
    return status;
  }
  Stage stage;
  stage.asset = absl::StrCat("assets/", kAsset);
  const auto budgets = v1::BudgetsService::NewStub(channel);
  for (int i = 0; i < options.budgets; ++i) {
    if (absl::Status status = OpenBudget(*budgets, BudgetCode(i), stage.asset); !status.ok()) {
      return status;
    }
    stage.budgets.push_back(absl::StrCat("budgets/", BudgetCode(i)));
  }
  const auto accounts = v1::AccountsService::NewStub(channel);
  for (int first = 0; first < options.citizens; first += kBatch) {
    const int count = std::min(kBatch, options.citizens - first);
    if (absl::Status status = OpenCitizens(*accounts, first, count, stage); !status.ok()) {
      return status;
    }
  }
  return stage;
}

bool WriteStage(const std::string& path, const Stage& stage) {
  std::ofstream file(path);
  file << stage.asset << "\n";
  for (const std::vector<std::string>* names : {&stage.budgets, &stage.accounts}) {
    for (const std::string& name : *names) {
      file << name << "\n";
    }
  }
  return file.flush().good();
}

std::optional<Stage> ReadStage(const std::string& path, const StageOptions& options) {
  std::ifstream file(path);
  Stage stage;
  std::getline(file, stage.asset);
  for (std::string name; std::getline(file, name);) {
    const bool budget = name.starts_with("budgets/");
    std::vector<std::string>& names = budget ? stage.budgets : stage.accounts;
    if (names.size() < static_cast<std::size_t>(budget ? options.budgets : options.citizens)) {
      names.push_back(std::move(name));
    }
  }
  const bool enough = stage.budgets.size() == static_cast<std::size_t>(options.budgets) &&
                      stage.accounts.size() == static_cast<std::size_t>(options.citizens);
  return enough ? std::optional(std::move(stage)) : std::nullopt;
}

Stage MadeUpStage(const StageOptions& options) {
  Stage stage;
  stage.asset = absl::StrCat("assets/", kAsset);
  for (int i = 0; i < options.budgets; ++i) {
    stage.budgets.push_back(absl::StrCat("budgets/", BudgetCode(i)));
  }
  for (int i = 0; i < options.citizens; ++i) {
    stage.accounts.push_back(
        absl::StrCat("accounts/", absl::Hex(static_cast<std::uint64_t>(i), absl::kZeroPad16),
                     "0000000000000000"));
  }
  return stage;
}

std::string Describe(const grpc::Status& status) {
  return absl::StrCat("gRPC status ", static_cast<int>(status.error_code()), ", ",
                      status.error_message());
}

}  // namespace tanhui::bench
