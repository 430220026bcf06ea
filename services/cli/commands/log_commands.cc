// The signed log, and the operator's own calls.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/cli/client/refusal_details.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands.h"
#include "services/cli/import/delivery.h"
#include "tanhui/v1/admin.grpc.pb.h"
#include "tanhui/v1/log.grpc.pb.h"

namespace tanhui::cli {
namespace {

using AdminStub = v1::AdminService::Stub;
using LogStub = v1::LogService::Stub;

// Calls again while the entry is durable but not yet under a checkpoint, which comes within a
// second; not longer than one call may take.
template <typename Request, typename Response>
grpc::Status CallOnceCovered(const Session& session, const Connection& connection,
                             grpc::Status (LogStub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                             const Request& request, Response* response) {
  const auto give_up = std::chrono::steady_clock::now() + session.connection.timeout;
  const StopFlag never(false);
  while (true) {
    const grpc::Status status = connection.Call(method, request, response);
    const RefusalDetails details = DetailsOf(status);
    if (details.reason != "NOT_YET_UNDER_CHECKPOINT" ||
        std::chrono::steady_clock::now() >= give_up ||
        !PauseFor(details.retry_after.value_or(std::chrono::seconds(1)), never)) {
      return status;
    }
  }
}

// Asks for a document: it goes to the file when one is named, else to stdout; with --json the
// whole answer goes to stdout.
template <typename Request, typename Response>
void AskForDocument(Session* session,
                    grpc::Status (LogStub::*method)(grpc::ClientContext*, const Request&,
                                                    Response*),
                    const Request& request, const std::string& (Response::*document)() const,
                    const std::string& out_file) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  Response response;
  const grpc::Status status = CallOnceCovered(*session, *connection, method, request, &response);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  const std::string& text = (response.*document)();
  if (!out_file.empty()) {
    if (const absl::Status written = ReplaceFile(out_file, text); !written.ok()) {
      session->exit_code = ReportFault(written, kUsage);
      return;
    }
  }
  if (session->json) {
    PrintOut(JsonLine(response));
  } else if (out_file.empty()) {
    PrintOut(text);
  }
}

void AddCheckpoint(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("checkpoint", "Get the newest signed checkpoint");
  command->footer(
      "Example:\n"
      "  tanhui checkpoint --out log.checkpoint && tanhui verify log.checkpoint --key log.vkey");
  const auto out = std::make_shared<std::string>();
  command->add_option("--out", *out, "Write the signed note to this file");
  command->callback([&session, out] {
    AskForDocument(&session, &LogStub::GetCheckpoint, v1::GetCheckpointRequest(),
                   &v1::GetCheckpointResponse::checkpoint, *out);
  });
}

// --index or --request-id.
template <typename Request>
void AddWhichEntry(CLI::App* command, const std::shared_ptr<Request>& request) {
  CLI::Option_group* which = command->add_option_group("entry", "Which entry; one of");
  which->add_option_function<std::uint64_t>(
      "--index", [request](std::uint64_t index) { request->set_index(index); },
      "By its place in the log, from 0");
  which->add_option_function<std::string>(
      "--request-id", [request](const std::string& id) { request->set_request_id(id); },
      "By your request id");
  which->require_option(1);
}

void AddReceipt(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("receipt", "Get an entry's receipt, which anyone can check offline");
  command->footer(
      "Example:\n"
      "  tanhui receipt --index 42 --out 42.tlog-proof && tanhui verify 42.tlog-proof --key "
      "log.vkey");
  const auto request = std::make_shared<v1::GetReceiptRequest>();
  const auto out = std::make_shared<std::string>();
  AddWhichEntry(command, request);
  command->add_option("--out", *out, "Write the receipt to this file");
  command->callback([&session, request, out] {
    AskForDocument(&session, &LogStub::GetReceipt, *request, &v1::GetReceiptResponse::receipt,
                   *out);
  });
}

void AddConsistency(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "consistency", "Get a proof that a newer state of the log extends an older one");
  command->footer("Example:\n  tanhui consistency --old 100 --new 250");
  const auto request = std::make_shared<v1::GetConsistencyProofRequest>();
  command
      ->add_option_function<std::uint64_t>(
          "--old", [request](std::uint64_t size) { request->set_old_size(size); },
          "Size of the older log")
      ->required();
  command->add_option_function<std::uint64_t>(
      "--new", [request](std::uint64_t size) { request->set_new_size(size); },
      "Size of the newer log; default: that of the newest checkpoint");
  command->callback(
      [&session, request] { Ask(&session, &LogStub::GetConsistencyProof, *request); });
}

void AddEntry(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("entry", "Show one entry of the log");
  command->footer("Example:\n  tanhui entry --index 42");
  const auto request = std::make_shared<v1::GetEntryRequest>();
  AddWhichEntry(command, request);
  command->callback([&session, request] {
    Ask(&session, &LogStub::GetEntry, *request, [](const v1::GetEntryResponse& response) {
      v1::GetEntryResponse shown = response;
      shown.mutable_entry()->clear_leaf();  // bytes for programs; --json has them
      return AnswerText(shown);
    });
  });
}

void AddLog(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("log", "List the newest entries of the log");
  command->footer("Example:\n  tanhui log --page-size 10");
  const auto request = std::make_shared<v1::ListLogEntriesRequest>();
  AddPage(command, request);
  command->callback(
      [&session, request] { Ask(&session, &LogStub::ListLogEntries, *request, LogText); });
}

void AddClockConfirm(CLI::App& app, Session& session) {
  CLI::App* clock = app.add_subcommand("clock", "The clock guard");
  clock->require_subcommand(1);
  CLI::App* command =
      clock->add_subcommand("confirm", "Let writes go on after the clock guard stopped them");
  command->footer(
      "Read the time off a clock that you trust, then:\n"
      "  tanhui clock confirm --time 2026-01-02T15:04:05+08:00");
  const auto request = std::make_shared<v1::ConfirmClockRequest>();
  command
      ->add_option_function<std::string>(
          "--time",
          [request](const std::string& text) {
            *request->mutable_trusted_time() = ToTimestamp(*ParseTime(text));
          },
          "The trusted time; within 5 minutes of the server's clock")
      ->required()
      ->check(TimeValidator());
  command->callback([&session, request] { Ask(&session, &AdminStub::ConfirmClock, *request); });
}

void AddSnapshot(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "snapshot", "Make a consistent copy of the data on the server's machine, for audit");
  command->footer("Example:\n  tanhui snapshot before-upgrade");
  const auto request = std::make_shared<v1::CreateSnapshotRequest>();
  command
      ->add_option_function<std::string>(
          "NAME", [request](const std::string& name) { request->set_snapshot_id(name); },
          "Name of the new directory")
      ->required();
  command->callback([&session, request] { Ask(&session, &AdminStub::CreateSnapshot, *request); });
}

}  // namespace

void AddLogCommands(CLI::App& app, Session& session) {
  AddCheckpoint(app, session);
  AddReceipt(app, session);
  AddConsistency(app, session);
  AddEntry(app, session);
  AddLog(app, session);
}

void AddOperatorCommands(CLI::App& app, Session& session) {
  CLI::App* status = app.add_subcommand("status", "Show how the ledger is doing");
  status->footer("Example:\n  tanhui status --json");
  status->callback([&session] { Ask(&session, &AdminStub::GetStatus, v1::GetStatusRequest()); });
  AddClockConfirm(app, session);
  AddSnapshot(app, session);
}

}  // namespace tanhui::cli
