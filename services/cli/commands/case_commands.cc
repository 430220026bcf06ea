// Cases of suspected abuse: look, decide, and act on them by the ledger's ordinary calls.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/screen/case_text.h"
#include "tanhui/entry/v1/entry.pb.h"
#include "tanhui/v1/accounts.grpc.pb.h"
#include "tanhui/v1/cases.grpc.pb.h"
#include "tanhui/v1/points.grpc.pb.h"

namespace tanhui::cli {
namespace {

using CasesStub = v1::CasesService::Stub;

template <typename Request>
void AddCase(CLI::App* command, const std::shared_ptr<Request>& request) {
  AddNameOption(
      command, "CASE", "cases", [request](const std::string& name) { request->set_name(name); },
      "The case's name")
      ->required();
}

// The export of a case; nullopt after it has reported why not and set the exit status.
std::optional<v1::ExportCaseResponse> ExportOf(Session* session, const Connection& connection,
                                               const v1::ExportCaseRequest& request) {
  v1::ExportCaseResponse response;
  const grpc::Status status = connection.Call(&CasesStub::ExportCase, request, &response);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return std::nullopt;
  }
  return response;
}

struct FreezeOptions {
  v1::GetCaseRequest of;
  v1::FreezeRequest freeze;
};

void Freeze(Session* session, FreezeOptions& options) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  v1::GetCaseResponse found;
  const grpc::Status status = connection->Call(&CasesStub::GetCase, options.of, &found);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  const std::string& subject = found.case_().subject();
  if (!subject.starts_with("accounts/")) {
    PrintError(absl::StrCat(options.of.name(), " is about ", subject,
                            ", which has no points to freeze: look at its entries (tanhui case "
                            "show), and freeze accounts by tanhui account freeze"));
    session->exit_code = kRefused;
    return;
  }
  options.freeze.set_account(subject);
  Mutate(session, &v1::AccountsService::Stub::Freeze, &options.freeze);
}

struct ReverseOptions {
  v1::ExportCaseRequest of;
  std::string reason;
  bool dry_run = false;
};

bool CanBeTakenBack(const v1::CaseEntry& one) {
  entry::v1::Entry entry;
  return entry.ParseFromString(one.leaf()) && (entry.has_award() || entry.has_earning());
}

// Of what is left of each award and act. Request ids follow from case and entry, so that of two who
// run it nobody takes back anything twice.
v1::BatchReverseRequest ReversalsOf(const v1::ExportCaseResponse& found,
                                    const ReverseOptions& options) {
  v1::BatchReverseRequest batch;
  batch.set_validate_only(options.dry_run);
  for (const v1::CaseEntry& entry : found.entries()) {
    if (entry.quantity_left() == 0) {
      continue;
    }
    v1::ReverseRequest& one = *batch.add_requests();
    one.set_request_id(absl::StrCat(found.case_().name(), "/reverse/", entry.index()));
    one.set_entry_index(entry.index());
    one.set_quantity(entry.quantity_left());
    one.set_expected_revision(entry.revision());
    one.set_reason(options.reason);
  }
  return batch;
}

void Reverse(Session* session, const ReverseOptions& options) {
  const std::optional<Connection> connection = Connect(session);
  const auto found = connection ? ExportOf(session, *connection, options.of) : std::nullopt;
  if (!found) {
    return;
  }
  const auto awards =
      std::count_if(found->entries().begin(), found->entries().end(), CanBeTakenBack);
  if (awards == 0) {
    PrintError(absl::StrCat(options.of.name(), " names no award that could be taken back"));
    session->exit_code = kRefused;
    return;
  }
  const v1::BatchReverseRequest batch = ReversalsOf(*found, options);
  if (options.dry_run) {
    AnnounceDryRun();
  }
  v1::BatchReverseResponse response;
  const grpc::Status status =
      batch.requests().empty()
          ? grpc::Status::OK
          : connection->Call(&v1::PointsService::Stub::BatchReverse, batch, &response);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  PrintAnswer(*session, response, [&](const v1::BatchReverseResponse& answer) {
    const auto before = awards - batch.requests_size();
    return absl::StrCat(batch.requests().empty() ? "" : ReversalsText(batch, answer),
                        before == 0 ? ""
                                    : absl::StrCat("nothing is left of ", before,
                                                   " awards, which were taken back before\n"));
  });
  for (const v1::ReverseResult& result : response.results()) {
    session->exit_code = result.has_error() ? kRefused : session->exit_code;
  }
}

// Always JSON: it is evidence, for programs and files.
void Export(Session* session, const v1::ExportCaseRequest& request, const std::string& out_file) {
  const std::optional<Connection> connection = Connect(session);
  const auto found = connection ? ExportOf(session, *connection, request) : std::nullopt;
  if (!found) {
    return;
  }
  if (out_file.empty()) {
    PrintOut(JsonLine(*found));
  } else if (const absl::Status written = ReplaceFile(out_file, JsonLine(*found)); !written.ok()) {
    session->exit_code = ReportFault(written, kUsage);
  }
}

void AddList(CLI::App* cases, Session& session) {
  CLI::App* command = cases->add_subcommand("list", "List cases, newest first");
  command->footer("Example:\n  tanhui case list --state open --kind impossible-travel");
  const auto request = std::make_shared<v1::ListCasesRequest>();
  static const std::map<std::string, v1::CaseState> kStates = {
      {"open", v1::CASE_STATE_OPEN},
      {"dismissed", v1::CASE_STATE_DISMISSED},
      {"confirmed", v1::CASE_STATE_CONFIRMED}};
  static const std::map<std::string, v1::CaseKind> kKinds = {
      {"citizen-velocity", v1::CASE_KIND_CITIZEN_VELOCITY},
      {"device-velocity", v1::CASE_KIND_DEVICE_VELOCITY},
      {"caller-velocity", v1::CASE_KIND_CALLER_VELOCITY},
      {"impossible-travel", v1::CASE_KIND_IMPOSSIBLE_TRAVEL},
      {"many-citizens", v1::CASE_KIND_MANY_CITIZENS},
      {"cap-refusals", v1::CASE_KIND_CAP_REFUSALS},
      {"coupon-split", v1::CASE_KIND_COUPON_SPLIT},
      {"coupon-group", v1::CASE_KIND_COUPON_GROUP},
      {"coupon-codes", v1::CASE_KIND_COUPON_CODES},
      {"coupon-device", v1::CASE_KIND_COUPON_DEVICE}};
  command
      ->add_option_function<std::string>(
          "--state", [request](const std::string& state) { request->set_state(kStates.at(state)); },
          "Only those in this state")
      ->check(CLI::IsMember(kStates));
  command
      ->add_option_function<std::string>(
          "--kind", [request](const std::string& kind) { request->set_kind(kKinds.at(kind)); },
          "Only those of this kind")
      ->check(CLI::IsMember(kKinds));
  AddPage(command, request);
  command->callback(
      [&session, request] { Ask(&session, &CasesStub::ListCases, *request, CasesText); });
}

void AddShow(CLI::App* cases, Session& session) {
  CLI::App* command = cases->add_subcommand("show", "Show one case");
  command->footer("Example:\n  tanhui case show CASE");
  const auto request = std::make_shared<v1::GetCaseRequest>();
  AddCase(command, request);
  command->callback([&session, request] { Ask(&session, &CasesStub::GetCase, *request); });
}

void AddDecide(CLI::App* cases, Session& session) {
  CLI::App* command = cases->add_subcommand("decide", "Dismiss or confirm a case");
  command->footer("Example:\n  tanhui case decide CASE --dismiss --note 'two riders, one card'");
  const auto request = std::make_shared<v1::DecideCaseRequest>();
  AddCase(command, request);
  CLI::Option_group* decision = command->add_option_group("decision", "What it was; one of");
  decision->add_flag_callback(
      "--dismiss", [request] { request->set_state(v1::CASE_STATE_DISMISSED); },
      "Nothing was wrong");
  decision->add_flag_callback(
      "--confirm", [request] { request->set_state(v1::CASE_STATE_CONFIRMED); },
      "It is abuse; freezing and reversing are commands of their own");
  decision->require_option(1);
  command->add_option_function<std::string>(
      "--note", [request](const std::string& note) { request->set_note(note); },
      "Why; no names, phone or identity numbers");
  command->callback([&session, request] { Ask(&session, &CasesStub::DecideCase, *request); });
}

void AddFreeze(CLI::App* cases, Session& session) {
  CLI::App* command = cases->add_subcommand("freeze", "Freeze the account that a case is about");
  command->footer("Example:\n  tanhui case freeze CASE --reason suspected_fraud --dry-run");
  const auto options = std::make_shared<FreezeOptions>();
  AddCase(command, std::shared_ptr<v1::GetCaseRequest>(options, &options->of));
  const std::shared_ptr<v1::FreezeRequest> freeze(options, &options->freeze);
  AddReason(command, freeze, "suspected_fraud");
  AddMutationOptions(command, freeze);
  command->callback([&session, options] { Freeze(&session, *options); });
}

void AddReverse(CLI::App* cases, Session& session) {
  CLI::App* command =
      cases->add_subcommand("reverse", "Take back every award that a case names (追回)");
  command->footer("Example:\n  tanhui case reverse CASE --reason confirmed_fraud --dry-run");
  const auto options = std::make_shared<ReverseOptions>();
  AddCase(command, std::shared_ptr<v1::ExportCaseRequest>(options, &options->of));
  command->add_option("--reason", options->reason, "Why, as a code such as confirmed_fraud")
      ->required();
  command->add_flag("--dry-run", options->dry_run, "Ask what would happen; write nothing");
  command->callback([&session, options] { Reverse(&session, *options); });
}

void AddExport(CLI::App* cases, Session& session) {
  CLI::App* command = cases->add_subcommand(
      "export", "A case with the bytes of its entries, as JSON; receipts: tanhui receipt");
  command->footer("Example:\n  tanhui case export CASE --out case.json");
  const auto request = std::make_shared<v1::ExportCaseRequest>();
  AddCase(command, request);
  const auto out = std::make_shared<std::string>();
  command->add_option("--out", *out, "Write it to this file");
  command->callback([&session, request, out] { Export(&session, *request, *out); });
}

}  // namespace

void AddCaseCommands(CLI::App& app, Session& session) {
  CLI::App* cases = app.add_subcommand("case", "Cases of suspected abuse");
  cases->require_subcommand(1);
  AddList(cases, session);
  AddShow(cases, session);
  AddDecide(cases, session);
  AddFreeze(cases, session);
  AddReverse(cases, session);
  AddExport(cases, session);
}

}  // namespace tanhui::cli
