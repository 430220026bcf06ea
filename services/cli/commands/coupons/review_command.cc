// `tanhui coupon review`: what funders pay of uses that wait for review, one by one or by a file.
// Each has its own request id, made of entry and fen, so that whatever is repeated is done once.
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/cli/client/refusal_details.h"
#include "services/cli/commands/books/settlement_text.h"
#include "services/cli/commands/coupons/coupon_commands.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/csv/mapped_file.h"
#include "services/cli/csv/whole_number.h"
#include "services/cli/screen/progress.h"
#include "services/cli/screen/table.h"
#include "tanhui/v1/coupons.grpc.pb.h"

namespace tanhui::cli {
namespace {

using CouponsStub = v1::CouponsService::Stub;

constexpr std::size_t kBatch = 500;

struct Review {
  std::uint64_t entry = 0;
  std::int64_t fen = 0;
  std::string reason;
};

struct ReviewOptions {
  Review one;
  bool rejects = false;
  std::string file;
  bool dry_run = false;
};

absl::StatusOr<std::vector<Review>> ReadReviews(const std::string& path) {
  const absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) {
    return file.status();
  }
  enum Column : std::size_t { kEntry, kFen, kReason };
  constexpr std::array<std::string_view, 2> kRequired = {"entry", "approved_fen"};
  constexpr std::array<std::string_view, 1> kOptional = {"reason"};
  CsvLines lines(file->text());
  const absl::StatusOr<CsvColumns> columns = CsvColumns::Find(&lines, kRequired, kOptional);
  if (!columns.ok()) {
    return absl::Status(columns.status().code(),
                        absl::StrCat(path, ": ", columns.status().message()));
  }
  std::vector<Review> reviews;
  while (const CsvLine* line = lines.Next()) {
    std::string fault(columns->FaultOf(*line));
    const auto entry = WholeNumber<std::uint64_t>(columns->Get(*line, kEntry));
    const auto fen = WholeNumber<std::int64_t>(columns->Get(*line, kFen));
    if (fault.empty() && (!entry.has_value() || !fen.has_value())) {
      fault = "entry and approved_fen must be whole numbers";
    }
    if (!fault.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(path, ", line ", line->number, ": ", fault));
    }
    reviews.push_back({*entry, *fen, std::string(columns->Get(*line, kReason))});
  }
  return reviews;
}

grpc::Status Send(const Connection& connection, const std::vector<Review>& reviews, bool dry_run,
                  std::vector<v1::ReviewRedemptionResult>* results) {
  Progress progress = Progress::OnStderr("reviews", reviews.size() > kBatch ? reviews.size() : 0);
  grpc::Status status;
  for (std::size_t at = 0; at < reviews.size() && status.ok();) {
    v1::BatchReviewRequest batch;
    batch.set_validate_only(dry_run);
    for (const std::size_t end = std::min(at + kBatch, reviews.size()); at < end; ++at) {
      v1::ReviewRedemptionRequest& request = *batch.add_requests();
      request.set_request_id(absl::StrCat("review:", reviews[at].entry, ":", reviews[at].fen));
      request.set_entry_index(reviews[at].entry);
      request.set_approved_fen(reviews[at].fen);
      request.set_reason(reviews[at].reason);
    }
    v1::BatchReviewResponse answer;
    status = connection.Call(&CouponsStub::BatchReview, batch, &answer);
    results->insert(results->end(), answer.results().begin(), answer.results().end());
    progress.Update(results->size());
  }
  progress.Finish();
  return status;
}

// approved, rejected, the same before, or why not.
std::string OutcomeText(const Review& review, const v1::ReviewRedemptionResult& result,
                        bool dry_run) {
  if (result.has_error()) {
    return absl::StrCat("refused ", ReasonWord(DetailsOf(result.error())));
  }
  return absl::StrCat(dry_run && !result.review().replayed() ? "would be " : "",
                      review.fen > 0 ? "approved" : "rejected",
                      result.review().replayed() ? " before" : "");
}

void PrintReport(Session* session, const std::vector<Review>& reviews,
                 const std::vector<v1::ReviewRedemptionResult>& results, bool dry_run) {
  Table table({">redemption", ">yuan", "reason", "outcome"});
  std::int64_t fen = 0;
  for (std::size_t i = 0; i < std::min(results.size(), reviews.size()); ++i) {
    const Review& review = reviews[i];
    const std::string outcome = OutcomeText(review, results[i], dry_run);
    const bool refused = results[i].has_error();
    fen += refused ? 0 : review.fen;
    session->exit_code = refused ? kRefused : session->exit_code;
    if (session->json) {
      const nlohmann::ordered_json json = {{"entry", review.entry},
                                           {"approved_fen", review.fen},
                                           {"refused", refused},
                                           {"outcome", outcome}};
      PrintOut(json.dump() + "\n");
    }
    table.Add({std::to_string(review.entry), YuanText(review.fen), review.reason, outcome});
  }
  if (!session->json) {
    PrintOut(absl::StrCat(table.empty() ? "" : table.Text(), YuanText(fen), " yuan ",
                          dry_run ? "would be approved\n" : "approved\n"));
  }
}

void Take(Session* session, const ReviewOptions& options) {
  std::vector<Review> reviews = {options.one};
  if (!options.file.empty()) {
    absl::StatusOr<std::vector<Review>> read = ReadReviews(options.file);
    if (!read.ok()) {
      session->exit_code = ReportFault(read.status(), kUsage);
      return;
    }
    reviews = *std::move(read);
  }
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  if (options.dry_run) {
    AnnounceDryRun();
  }
  std::vector<v1::ReviewRedemptionResult> results;
  const grpc::Status status = Send(*connection, reviews, options.dry_run, &results);
  PrintReport(session, reviews, results, options.dry_run);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    PrintError("the same command again goes on and does nothing twice");
  } else if (options.file.empty() && session->exit_code == kRefused) {
    PrintError(RefusalLine(DetailsOf(results.front().error())));
  }
}

}  // namespace

void AddReviewCommand(CLI::App* coupon, Session& session) {
  CLI::App* command = coupon->add_subcommand(
      "review", "Approve or reject what funders pay for uses that wait for review (审核)");
  command->footer(
      "FILE has columns entry, approved_fen and perhaps reason. Examples:\n"
      "  tanhui coupon review --entry 4720 --approve 1600\n"
      "  tanhui coupon review --entry 4720 --reject --reason no_invoice\n"
      "  tanhui coupon review --file reviews.csv");
  const auto options = std::make_shared<ReviewOptions>();
  CLI::Option_group* which = command->add_option_group("which", "Which; one of");
  CLI::Option* entry = which->add_option("--entry", options->one.entry, "Entry of the redemption");
  CLI::Option* file = which->add_option("--file", options->file, "CSV of many");
  which->require_option(1);
  CLI::Option_group* outcome = command->add_option_group("outcome", "With --entry, one of");
  outcome->add_option("--approve", options->one.fen, "So many fen")->needs(entry);
  outcome->add_flag("--reject", options->rejects, "Nothing")->needs(entry);
  outcome->require_option(0, 1);
  command->add_option("--reason", options->one.reason, "Why less than was asked for, as a code")
      ->needs(entry)
      ->excludes(file);
  command->add_flag("--dry-run", options->dry_run, "Ask what would happen; write nothing");
  command->callback([&session, options] {
    if (options->file.empty() && !options->rejects && options->one.fen <= 0) {
      session.exit_code =
          ReportFault(absl::InvalidArgumentError("say --approve FEN or --reject"), kUsage);
      return;
    }
    Take(&session, *options);
  });
}

}  // namespace tanhui::cli
