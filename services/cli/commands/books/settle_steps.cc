// `tanhui settle approve|pay|return`: what becomes of lines. Each line has its own request id, made
// of the line, so that whatever is repeated is done once.
#include <CLI/CLI.hpp>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"
#include "services/cli/client/refusal_details.h"
#include "services/cli/commands/books/settle_commands.h"
#include "services/cli/commands/books/settlement_text.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/csv/mapped_file.h"
#include "services/cli/screen/progress.h"
#include "services/cli/screen/table.h"
#include "services/cli/session.h"
#include "tanhui/v1/settlement.grpc.pb.h"

namespace tanhui::cli {
namespace {

using SettlementStub = v1::SettlementService::Stub;

// One line of a run, and what is said of it.
struct Row {
  std::string line;
  std::string bank_reference;
};

struct StepOptions {
  std::vector<std::string> lines;
  std::string run;   // all claimed lines of it
  std::string file;  // CSV of lines and bank references
  std::string bank_reference;
  std::string reason;
  bool dry_run = false;
};

// What came of one line.
struct Done {
  std::int64_t fen = 0;
  bool replayed = false;
  grpc::Status status;
};

// A step of a line: approve, pay or return.
using Step = std::function<Done(const Connection&, const Row&, const StepOptions&)>;

template <typename Response, typename Request>
Done Call(const Connection& connection,
          grpc::Status (SettlementStub::*method)(grpc::ClientContext*, const Request&, Response*),
          Request request, const Row& row, const StepOptions& options) {
  request.set_line(row.line);
  request.set_validate_only(options.dry_run);
  Response response;
  Done done;
  done.status = connection.Call(method, request, &response);
  done.fen = response.fen();
  done.replayed = response.replayed();
  return done;
}

Done ApproveOne(const Connection& connection, const Row& row, const StepOptions& options) {
  v1::ApproveRequest request;
  request.set_request_id(absl::StrCat("approve:", LastPart(row.line)));
  return Call<v1::ApproveResponse>(connection, &SettlementStub::Approve, std::move(request), row,
                                   options);
}

// A line that was paid under another reference is not a repetition, so the reference counts.
Done PayOne(const Connection& connection, const Row& row, const StepOptions& options) {
  constexpr std::size_t kBytes = 8;
  const Hash256 hash = merkle::Sha256(row.bank_reference);
  v1::PayRequest request;
  request.set_request_id(
      absl::StrCat("pay:", LastPart(row.line), ":",
                   absl::BytesToHexString(absl::string_view(hash.view().data(), kBytes))));
  request.set_bank_reference(row.bank_reference);
  return Call<v1::PayResponse>(connection, &SettlementStub::Pay, std::move(request), row, options);
}

Done ReturnOne(const Connection& connection, const Row& row, const StepOptions& options) {
  v1::SettlementServiceReturnRequest request;
  request.set_request_id(absl::StrCat("return:", LastPart(row.line)));
  request.set_reason(options.reason);
  request.set_bank_reference(row.bank_reference);
  return Call<v1::SettlementServiceReturnResponse>(connection, &SettlementStub::Return,
                                                   std::move(request), row, options);
}

// --- which lines ---

// Every claimed line of the run, into `rows`.
grpc::Status ReadClaimed(const Connection& connection, const std::string& run,
                         std::vector<Row>* rows) {
  constexpr std::int32_t kPage = 1'000;
  v1::ListLinesRequest request;
  request.set_parent(run);
  request.set_state(v1::LINE_STATE_CLAIMED);
  request.set_page_size(kPage);
  do {
    v1::ListLinesResponse page;
    const grpc::Status status = connection.Call(&SettlementStub::ListLines, request, &page);
    if (!status.ok()) {
      return status;
    }
    for (const v1::Line& line : page.lines()) {
      rows->push_back({line.name(), ""});
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return grpc::Status::OK;
}

absl::StatusOr<std::vector<Row>> ReadPayments(const std::string& path) {
  const absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) {
    return file.status();
  }
  enum Column : std::size_t { kLine, kBankReference };
  constexpr std::array<std::string_view, 2> kRequired = {"line", "bank_reference"};
  CsvLines lines(file->text());
  const absl::StatusOr<CsvColumns> columns = CsvColumns::Find(&lines, kRequired, {});
  if (!columns.ok()) {
    return absl::Status(columns.status().code(),
                        absl::StrCat(path, ": ", columns.status().message()));
  }
  std::vector<Row> rows;
  while (const CsvLine* line = lines.Next()) {
    if (const std::string_view fault = columns->FaultOf(*line); !fault.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ", line ", line->number, ": ", std::string(fault)));
    }
    rows.push_back({SettlementLineNamed(columns->Get(*line, kLine)),
                    std::string(columns->Get(*line, kBankReference))});
  }
  return rows;
}

// nullopt after it has reported why.
std::optional<std::vector<Row>> RowsOf(Session* session, const Connection& connection,
                                       const StepOptions& options) {
  std::vector<Row> rows;
  for (const std::string& line : options.lines) {
    rows.push_back({SettlementLineNamed(line), options.bank_reference});
  }
  if (!options.run.empty()) {
    const grpc::Status status = ReadClaimed(connection, options.run, &rows);
    if (!status.ok()) {
      session->exit_code = ReportFailure(*session, status);
      return std::nullopt;
    }
  }
  if (!options.file.empty()) {
    absl::StatusOr<std::vector<Row>> payments = ReadPayments(options.file);
    if (!payments.ok()) {
      session->exit_code = ReportFault(payments.status(), kUsage);
      return std::nullopt;
    }
    rows = *std::move(payments);
  }
  return rows;
}

// --- the report ---

// paid, paid before, or why not.
std::string OutcomeText(const Done& done, const std::string& word, const StepOptions& options) {
  if (done.status.ok()) {
    return absl::StrCat(options.dry_run && !done.replayed ? "would be " : "", word,
                        done.replayed ? " before" : "");
  }
  const RefusalDetails why = DetailsOf(done.status);
  const auto state = why.facts.find("state");
  return absl::StrCat("refused ", ReasonWord(why),
                      state == why.facts.end()
                          ? ""
                          : absl::StrCat(": it is ", absl::AsciiStrToLower(state->second)));
}

void PrintReport(const Session& session, const std::vector<Row>& rows,
                 const std::vector<Done>& done, const std::string& word,
                 const StepOptions& options) {
  std::int64_t fen = 0;
  std::int64_t count = 0;
  Table table({"line", ">yuan", "bank reference", "outcome"});
  for (std::size_t i = 0; i < done.size(); ++i) {
    const std::string outcome = OutcomeText(done[i], word, options);
    if (session.json) {
      const nlohmann::ordered_json json = {{"line", rows[i].line},
                                           {"fen", done[i].fen},
                                           {"replayed", done[i].replayed},
                                           {"reason", DetailsOf(done[i].status).reason},
                                           {"outcome", outcome}};
      PrintOut(json.dump() + "\n");
    }
    if (done[i].status.ok()) {
      fen += done[i].fen;
      ++count;
    }
    const bool personal = DetailsOf(done[i].status).reason == "REFERENCE_IS_PERSONAL";
    table.Add({rows[i].line, done[i].status.ok() ? YuanText(done[i].fen) : "",
               personal ? "" : rows[i].bank_reference, outcome});
  }
  if (!session.json) {
    PrintOut(absl::StrCat(table.empty() ? "" : table.Text(), Grouped(count), " of ",
                          Grouped(static_cast<std::int64_t>(rows.size())), " lines ",
                          options.dry_run ? "would be " : "", word, ", ", YuanText(fen),
                          " yuan\n"));
  }
}

// Every line on its own: one that is refused keeps no other back. Without an answer it ends, since
// the next would wait as long.
void Take(Session* session, const Step& step, const std::string& word, const StepOptions& options) {
  const std::optional<Connection> connection = Connect(session);
  const auto rows = connection ? RowsOf(session, *connection, options) : std::nullopt;
  if (!rows) {
    return;
  }
  if (options.dry_run) {
    AnnounceDryRun();
  }
  Progress progress = Progress::OnStderr("lines", rows->size() > 1 ? rows->size() : 0);
  std::vector<Done> done;
  bool answered = true;
  for (const Row& row : *rows) {
    done.push_back(step(*connection, row, options));
    progress.Update(done.size());
    const bool refused = !done.back().status.ok();
    answered = !refused || !DetailsOf(done.back().status).reason.empty();
    session->exit_code = refused ? kRefused : session->exit_code;
    if (!answered) {
      break;
    }
  }
  progress.Finish();
  PrintReport(*session, *rows, done, word, options);
  if (!answered) {
    session->exit_code = ReportFailure(*session, done.back().status);
    PrintError("the same command again goes on and does nothing twice");
  } else if (rows->size() == 1 && session->exit_code == kRefused) {
    session->exit_code = ReportFailure(*session, done.back().status);
  }
}

// --- commands ---

void AddDryRun(CLI::App* command, const std::shared_ptr<StepOptions>& options) {
  command->add_flag("--dry-run", options->dry_run, "Ask what would happen; write nothing");
}

void AddApprove(CLI::App* settle, Session& session) {
  CLI::App* command = settle->add_subcommand("approve", "Approve lines of a run (复核)");
  command->footer(
      "Example:\n  tanhui settle approve 3/81234 3/81235\n  tanhui settle approve --run 3");
  const auto options = std::make_shared<StepOptions>();
  CLI::Option_group* which = command->add_option_group("which", "One of");
  which->add_option("LINE", options->lines, "RUN/LINE, as lines prints it");
  AddNameOption(
      which, "--run", "settlementRuns", [options](const std::string& name) { options->run = name; },
      "All claimed lines of a run");
  which->require_option(1);
  AddDryRun(command, options);
  command->callback([&session, options] { Take(&session, ApproveOne, "approved", *options); });
}

void AddPay(CLI::App* settle, Session& session) {
  CLI::App* command = settle->add_subcommand("pay", "Say what the bank paid");
  command->footer(
      "The file has columns line and bank_reference; sent again, it pays nothing twice.\n"
      "Example:\n  tanhui settle pay 3/81234 --bank-reference ICBC-20270105-77\n"
      "  tanhui settle pay --file payments.csv");
  const auto options = std::make_shared<StepOptions>();
  CLI::Option* reference = command->add_option("--bank-reference", options->bank_reference,
                                               "The bank's reference of the payment");
  CLI::Option_group* which = command->add_option_group("which", "One of");
  which->add_option("LINE", options->lines, "RUN/LINE, as lines prints it")
      ->expected(1)
      ->needs(reference);
  which->add_option("--file", options->file, "CSV file of many payments")->excludes(reference);
  which->require_option(1);
  AddDryRun(command, options);
  command->callback([&session, options] { Take(&session, PayOne, "paid", *options); });
}

void AddReturn(CLI::App* settle, Session& session) {
  CLI::App* command = settle->add_subcommand(
      "return", "Turn a line down, or say that the bank sent it back; it is claimed again");
  command->footer(
      "Example:\n"
      "  tanhui settle return 3/81234 --reason wrong_bank_account --bank-reference ICBC-R-5");
  const auto options = std::make_shared<StepOptions>();
  command->add_option("LINE", options->lines, "RUN/LINE, as lines prints it")
      ->required()
      ->expected(1);
  command->add_option("--reason", options->reason, "Why, as a code such as wrong_bank_account")
      ->required();
  command->add_option("--bank-reference", options->bank_reference,
                      "The bank's reference; needed for a line that was paid");
  AddDryRun(command, options);
  command->callback([&session, options] { Take(&session, ReturnOne, "returned", *options); });
}

}  // namespace

void AddSettleSteps(CLI::App* settle, Session& session) {
  AddApprove(settle, session);
  AddPay(settle, session);
  AddReturn(settle, session);
}

}  // namespace tanhui::cli
