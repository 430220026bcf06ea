// Reports over the whole ledger.
#include <memory>
#include <optional>

#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/screen/report_text.h"
#include "tanhui/v1/reports.grpc.pb.h"

namespace tanhui::cli {
namespace {

using ReportsStub = v1::ReportsService::Stub;

// A report that does not add up must not look like a success to a script.
void ShowLiability(Session* session, const v1::GetLiabilityRequest& request) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  v1::GetLiabilityResponse response;
  const grpc::Status status = connection->Call(&ReportsStub::GetLiability, request, &response);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  PrintAnswer(*session, response, LiabilityText);
  session->exit_code = response.balanced() ? kDone : kRefused;
}

}  // namespace

void AddReportCommands(CLI::App& app, Session& session) {
  CLI::App* report = app.add_subcommand("report", "Reports over the whole ledger");
  report->require_subcommand(1);
  CLI::App* command = report->add_subcommand(
      "liability", "Points outstanding by expiry and funder, and whether they add up");
  command->footer("Example:\n  tanhui report liability --asset cq-points --timeout 60");
  const auto request = std::make_shared<v1::GetLiabilityRequest>();
  AddAsset(command, request);
  command->callback([&session, request] { ShowLiability(&session, *request); });
}

}  // namespace tanhui::cli
