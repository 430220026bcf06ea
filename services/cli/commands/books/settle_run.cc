// `tanhui settle run`: a whole run, from its beginning to its last line.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/cli/client/refusal_details.h"
#include "services/cli/commands/books/settle_commands.h"
#include "services/cli/commands/books/settlement_text.h"
#include "services/cli/screen/progress.h"
#include "services/cli/screen/table.h"
#include "tanhui/v1/settlement.grpc.pb.h"

namespace tanhui::cli {
namespace {

using SettlementStub = v1::SettlementService::Stub;

constexpr int kBatch = 500;
constexpr std::int32_t kPage = 1'000;
constexpr std::chrono::seconds kBatchTimeout{60};

struct RunOptions {
  std::string money;
  bool dry_run = false;
};

struct RunTotals {
  std::uint64_t added = 0;  // by this run of the program
  std::int64_t fen = 0;
  std::uint64_t before = 0;                      // whose answer was lost then
  std::map<std::string, std::uint64_t> refused;  // by reason
};

// The run of today, which may have been begun by a program that was stopped; and its lines.
class WholeRun {
 public:
  WholeRun(const Connection& connection, const RunOptions& options)
      : connection_(connection), options_(options) {}

  grpc::Status Do() {
    if (grpc::Status begun = Begin(); !begun.ok()) {
      return begun;
    }
    if (grpc::Status read = ReadClaims(); !read.ok()) {
      return read;
    }
    return AddLines();
  }

  const v1::Run& run() const { return run_; }
  bool went_on() const { return went_on_; }
  const RunTotals& totals() const { return totals_; }

  // What a run would take, when none is there yet; otherwise what is left for today's.
  grpc::Status Try(v1::CreateRunResponse* answer) {
    v1::CreateRunRequest request = NewRun();
    request.set_validate_only(true);
    const grpc::Status status = connection_.Call(&SettlementStub::CreateRun, request, answer);
    if (!IsThere(status)) {
      return status;
    }
    if (grpc::Status begun = Find(status); !begun.ok()) {
      return begun;
    }
    const grpc::Status read = ReadClaims();
    *answer->mutable_run() = run_;
    for (const v1::Claim& claim : left_) {
      *answer->add_claims() = claim;
      answer->set_to_settle(answer->to_settle() + claim.to_settle());
    }
    return read;
  }

 private:
  v1::CreateRunRequest NewRun() const {
    v1::CreateRunRequest request;
    request.set_request_id(NewRequestId());
    request.set_money(options_.money);
    return request;
  }

  // Whether today's run was refused because it is there already.
  static bool IsThere(const grpc::Status& status) {
    const RefusalDetails why = DetailsOf(status);
    const auto state = why.facts.find("state");
    return why.reason == "SETTLEMENT_STATE" && state != why.facts.end() &&
           state->second == "RUN_EXISTS";
  }

  grpc::Status Begin() {
    v1::CreateRunResponse made;
    const grpc::Status status = connection_.Call(&SettlementStub::CreateRun, NewRun(), &made);
    run_ = made.run();
    return IsThere(status) ? Find(status) : status;
  }

  // The run that the refusal is about, by the index of its entry.
  grpc::Status Find(const grpc::Status& refused) {
    went_on_ = true;
    const RefusalDetails why = DetailsOf(refused);
    const auto entry = why.facts.find("entry_index");
    v1::ListRunsRequest request;
    request.set_money(options_.money);
    request.set_page_size(1);  // the newest
    v1::ListRunsResponse page;
    const grpc::Status status = connection_.Call(&SettlementStub::ListRuns, request, &page);
    if (!status.ok()) {
      return status;
    }
    const bool found = page.runs_size() > 0 && entry != why.facts.end() &&
                       std::to_string(page.runs(0).entry_index()) == entry->second;
    if (!found) {
      return refused;
    }
    run_ = page.runs(0);
    return grpc::Status::OK;
  }

  grpc::Status ReadClaims() {
    v1::ListClaimsRequest request;
    request.set_money(options_.money);
    request.set_page_size(kPage);
    do {
      v1::ListClaimsResponse page;
      const grpc::Status status = connection_.Call(&SettlementStub::ListClaims, request, &page);
      if (!status.ok()) {
        return status;
      }
      std::copy_if(page.claims().begin(), page.claims().end(), std::back_inserter(left_),
                   [](const v1::Claim& claim) { return claim.to_settle() > 0; });
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return grpc::Status::OK;
  }

  grpc::Status AddLines() {
    Progress progress = Progress::OnStderr("lines", left_.size());
    grpc::Status status;
    for (std::size_t at = 0; at < left_.size() && status.ok();) {
      v1::BatchAddLinesRequest batch;
      while (at < left_.size() && batch.requests_size() < kBatch) {
        v1::AddLineRequest& request = *batch.add_requests();
        request.set_run(run_.name());
        request.set_merchant(left_[at].merchant());
        request.set_request_id(LineId(left_[at].merchant()));
        ++at;
      }
      status = Send(batch);
      progress.Update(status.ok() ? at : 0);
    }
    progress.Finish();
    return status;
  }

  // The same whenever this run adds this merchant, so that no line is added twice.
  std::string LineId(const std::string& merchant) const {
    return absl::StrCat("settle:", LastPart(run_.name()), ":", LastPart(merchant));
  }

  grpc::Status Send(const v1::BatchAddLinesRequest& batch) {
    v1::BatchAddLinesResponse response;
    const grpc::Status status = connection_.Call(&SettlementStub::BatchAddLines, batch, &response);
    for (const v1::AddLineResult& result : response.results()) {
      if (result.has_error()) {
        ++totals_.refused[ReasonWord(DetailsOf(result.error()))];
      } else if (result.line().replayed()) {
        ++totals_.before;
      } else {
        ++totals_.added;
        totals_.fen += result.line().fen();
      }
    }
    return status;
  }

  const Connection& connection_;
  const RunOptions& options_;
  v1::Run run_;
  bool went_on_ = false;
  std::vector<v1::Claim> left_;
  RunTotals totals_;
};

void PrintTotals(const Session& session, const WholeRun& whole) {
  const RunTotals& totals = whole.totals();
  if (session.json) {
    const nlohmann::ordered_json json = {
        {"run", whole.run().name()},  {"until_date", whole.run().until_date()},
        {"went_on", whole.went_on()}, {"lines_added", totals.added},
        {"fen", totals.fen},          {"added_before", totals.before},
        {"refused", totals.refused}};
    return PrintOut(json.dump() + "\n");
  }
  const auto grouped = [](std::uint64_t count) {
    return Grouped(static_cast<std::int64_t>(count));
  };
  FactList facts;
  facts.Add(whole.went_on() ? "went on with" : "run", whole.run().name());
  facts.Add("settles to the end of", whole.run().until_date());
  facts.Add("lines added", grouped(totals.added));
  facts.Add("yuan", YuanText(totals.fen));
  if (totals.before > 0) {
    facts.Add("added before", grouped(totals.before));
  }
  for (const auto& [reason, count] : totals.refused) {
    facts.Add("refused " + reason, grouped(count));
  }
  PrintOut(facts.Text());
}

void Run(Session* session, const RunOptions& options) {
  session->connection.timeout = std::max(session->connection.timeout, kBatchTimeout);
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  WholeRun whole(*connection, options);
  if (options.dry_run) {
    AnnounceDryRun();
    v1::CreateRunResponse answer;
    const grpc::Status status = whole.Try(&answer);
    if (!status.ok()) {
      session->exit_code = ReportFailure(*session, status);
      return;
    }
    PrintAnswer<v1::CreateRunResponse>(*session, answer, [](const v1::CreateRunResponse& told) {
      return absl::StrCat(
          told.run().name().empty() ? "a new run" : absl::StrCat("today's ", told.run().name()),
          " would take what was claimed to the end of ", told.run().until_date(), ":\n",
          ClaimsText(told.claims()), "to settle ", YuanText(told.to_settle()), " yuan\n");
    });
    return;
  }
  const grpc::Status status = whole.Do();
  if (!whole.run().name().empty()) {
    PrintTotals(*session, whole);
  }
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    if (!whole.run().name().empty()) {
      PrintError("not all lines are added; the same command again goes on and adds none twice");
    }
  } else if (!whole.totals().refused.empty()) {
    session->exit_code = kRefused;
  }
}

}  // namespace

void AddSettleRun(CLI::App* settle, Session& session) {
  CLI::App* command = settle->add_subcommand(
      "run", "Take all that was claimed to the end of the day before into a run");
  command->footer(
      "Running it again on the same ledger day goes on where it stopped. Look first: --dry-run.\n"
      "Example:\n  tanhui settle run --money cq-fen --dry-run");
  const auto options = std::make_shared<RunOptions>();
  AddNameOption(
      command, "--money", "assets", [options](const std::string& name) { options->money = name; },
      "In which money")
      ->required();
  command->add_flag("--dry-run", options->dry_run,
                    "Show what each merchant would get; write nothing");
  command->callback([&session, options] { Run(&session, *options); });
}

}  // namespace tanhui::cli
