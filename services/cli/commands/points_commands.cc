// Awards, redemptions, transfers and donations.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/csv/mapped_file.h"
#include "tanhui/v1/points.grpc.pb.h"

namespace tanhui::cli {
namespace {

using PointsStub = v1::PointsService::Stub;

constexpr const char* kWhoActs = "The guardian of a minor, or the member of a household";

template <typename Request>
void AddPointsAndActTime(CLI::App* command, const std::shared_ptr<Request>& request) {
  AddPoints(command, request);
  command
      ->add_option_function<std::string>(
          "--act-time",
          [request](const std::string& text) {
            *request->mutable_act_time() = ToTimestamp(*ParseTime(text));
          },
          "When it happened; default: now")
      ->check(TimeValidator());
}

void AddAward(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("award", "Award points that you state to a citizen; for acts see act");
  command->footer(
      "Example:\n"
      "  tanhui award --user citizen-00001 --budget demo --points 27 --scenario metro_ride");
  const auto request = std::make_shared<v1::AwardRequest>();
  AddCitizen(command, request);
  AddNameOption(
      command, "--budget", "budgets",
      [request](const std::string& name) { request->set_budget(name); }, "Which budget pays")
      ->required();
  command
      ->add_option_function<std::string>(
          "--scenario", [request](const std::string& name) { request->set_scenario(name); },
          "What was done, such as metro_ride")
      ->required();
  command->add_option_function<std::string>(
      "--reason", [request](const std::string& code) { request->set_reason(code); },
      "Why without an act, as a code such as opening_gift");
  AddPointsAndActTime(command, request);
  command->add_option_function<std::uint64_t>(
      "--quantity", [request](std::uint64_t items) { request->set_quantity(items); },
      "How many items earned them, so that some can be reversed; default 1");
  command->add_option_function<std::int64_t>(
      "--grams", [request](std::int64_t grams) { request->set_grams(grams); },
      "Grams of CO2e that the act avoided");
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &PointsStub::Award, request.get()); });
}

struct AwardBatchOptions {
  std::string file;
  std::string not_after = "24h";
  bool atomic = false;
  bool dry_run = false;
};

enum Column : std::size_t {
  kRequestId,
  kBudget,
  kPoints,
  kScenario,
  kAccount,
  kUser,
  kActTime,
  kReference
};

// The award of one line, or what is wrong with it. Only what cannot be put into a request is
// refused here; everything else is for the ledger to judge.
absl::StatusOr<v1::AwardRequest> ReadAward(const CsvLine& line, const CsvColumns& columns) {
  if (const std::string_view fault = columns.FaultOf(line); !fault.empty()) {
    return absl::InvalidArgumentError(std::string(fault));
  }
  const auto text = [&](Column column) { return std::string(columns.Get(line, column)); };
  v1::AwardRequest request;
  request.set_request_id(text(kRequestId));
  request.set_budget(Named("budgets", text(kBudget)));
  request.set_scenario(text(kScenario));
  request.set_platform_user_id(text(kUser));
  request.set_reference(text(kReference));
  if (!text(kAccount).empty()) {
    request.set_account(Named("accounts", text(kAccount)));
  }
  const std::string points = text(kPoints);
  std::int64_t amount = 0;
  const auto [end, error] = std::from_chars(points.data(), points.data() + points.size(), amount);
  if (error != std::errc() || end != points.data() + points.size()) {
    return absl::InvalidArgumentError("points is no whole number");
  }
  request.set_points(amount);
  if (!text(kActTime).empty()) {
    const absl::StatusOr<LedgerTime> time = ParseTime(text(kActTime));
    if (!time.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("act_time ", time.status().message()));
    }
    *request.mutable_act_time() = ToTimestamp(*time);
  }
  return request;
}

absl::StatusOr<v1::BatchAwardRequest> ReadAwards(const AwardBatchOptions& options) {
  const absl::StatusOr<MappedFile> file = MappedFile::Open(options.file);
  if (!file.ok()) {
    return file.status();
  }
  constexpr std::array<std::string_view, 4> kRequired = {"request_id", "budget", "points",
                                                         "scenario"};
  constexpr std::array<std::string_view, 4> kOptional = {"account", "user_id", "act_time",
                                                         "reference"};
  CsvLines lines(file->text());
  const absl::StatusOr<CsvColumns> columns = CsvColumns::Find(&lines, kRequired, kOptional);
  if (!columns.ok()) {
    return absl::Status(columns.status().code(),
                        absl::StrCat(options.file, ": ", columns.status().message()));
  }
  v1::BatchAwardRequest batch;
  batch.set_atomic(options.atomic);
  batch.set_validate_only(options.dry_run);
  const LedgerTime not_after = *ParseNotAfter(options.not_after, WallClock());
  while (const CsvLine* line = lines.Next()) {
    absl::StatusOr<v1::AwardRequest> request = ReadAward(*line, *columns);
    if (!request.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(options.file, ", line ", line->number, ": ", request.status().message()));
    }
    *request->mutable_not_after() = ToTimestamp(not_after);
    *batch.add_requests() = *std::move(request);
  }
  return batch;
}

void AwardBatch(Session* session, const AwardBatchOptions& options) {
  const absl::StatusOr<v1::BatchAwardRequest> batch = ReadAwards(options);
  if (!batch.ok()) {
    session->exit_code = ReportFault(batch.status(), kUsage);
    return;
  }
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  v1::BatchAwardResponse response;
  const grpc::Status status = connection->Call(&PointsStub::BatchAward, *batch, &response);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  PrintOut(session->json ? JsonLine(response) : AwardResultsText(*batch, response));
  const bool refused =
      std::any_of(response.results().begin(), response.results().end(),
                  [](const v1::AwardResult& result) { return result.has_error(); });
  session->exit_code = refused ? kRefused : kDone;
}

void AddAwardBatch(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "award-batch", "Award in one call from a CSV file; for larger files see import");
  command->footer(
      "The file has columns request_id, budget, points, scenario, account or user_id, and "
      "optionally act_time and reference.\n"
      "Example:\n  tanhui award-batch awards.csv --atomic");
  const auto options = std::make_shared<AwardBatchOptions>();
  command->add_option("FILE", options->file, "CSV file of at most 8,192 awards")->required();
  command->add_flag("--atomic", options->atomic, "All or nothing");
  command->add_option("--not-after", options->not_after, "Refused when it arrives later")
      ->check(NotAfterValidator())
      ->capture_default_str();
  command->add_flag("--dry-run", options->dry_run, "Ask what would happen; write nothing");
  command->callback([&session, options] { AwardBatch(&session, *options); });
}

void AddRedeem(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("redeem", "Redeem a citizen's points at a merchant (兑换)");
  command->footer(
      "Example:\n"
      "  tanhui redeem --user citizen-00001 --asset cq-points --merchant tea-house --points 20");
  const auto request = std::make_shared<v1::RedeemRequest>();
  AddCitizen(command, request);
  AddAsset(command, request);
  AddNameOption(
      command, "--merchant", "participants",
      [request](const std::string& name) { request->set_merchant(name); }, "Where")
      ->required();
  AddStoreAndTill(command, request);
  AddPointsAndActTime(command, request);
  AddActing(command, request, kWhoActs);
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &PointsStub::Redeem, request.get()); });
}

void AddDonate(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("donate", "Give a citizen's points to a charity, without return");
  command->footer(
      "Example:\n"
      "  tanhui donate --user citizen-00001 --asset cq-points --charity green-fund --points 20");
  const auto request = std::make_shared<v1::DonateRequest>();
  AddCitizen(command, request);
  AddAsset(command, request);
  AddNameOption(
      command, "--charity", "participants",
      [request](const std::string& name) { request->set_charity(name); }, "To whom")
      ->required();
  AddPoints(command, request);
  AddActing(command, request, kWhoActs);
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &PointsStub::Donate, request.get()); });
}

void AddTransfer(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("transfer", "Move points from one citizen to another");
  command->footer("Example:\n  tanhui transfer --from ACCOUNT --to ACCOUNT --points 5");
  const auto request = std::make_shared<v1::TransferRequest>();
  AddNameOption(
      command, "--from", "accounts",
      [request](const std::string& name) { request->set_from_account(name); }, "The giver")
      ->required();
  AddNameOption(
      command, "--to", "accounts",
      [request](const std::string& name) { request->set_to_account(name); }, "The receiver")
      ->required();
  AddPointsAndActTime(command, request);
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &PointsStub::Transfer, request.get()); });
}

}  // namespace

void AddPointsCommands(CLI::App& app, Session& session) {
  AddAward(app, session);
  AddAwardBatch(app, session);
  AddRedeem(app, session);
  AddTransfer(app, session);
  AddDonate(app, session);
}

}  // namespace tanhui::cli
