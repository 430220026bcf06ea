// Acts of cards and members that nobody has linked yet (待认领): keep, claim, list, delete.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/commands/rules/act_options.h"
#include "services/cli/screen/unclaimed_text.h"
#include "tanhui/v1/unclaimed.grpc.pb.h"

namespace tanhui::cli {
namespace {

using UnclaimedStub = v1::UnclaimedActsService::Stub;

// --source and --subject.
template <typename Request>
void AddHolder(CLI::App* command, const std::shared_ptr<Request>& request) {
  command
      ->add_option_function<std::string>(
          "--source",
          [request](const std::string& text) { request->mutable_holder()->set_source(text); },
          "Whose card or member, such as cq-metro")
      ->required();
  command
      ->add_option_function<std::string>(
          "--subject",
          [request](const std::string& text) { request->mutable_holder()->set_subject(text); },
          "Number of the card or member, in whatever spelling")
      ->required();
}

void Keep(Session* session, const v1::KeepActRequest& request) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  v1::BatchKeepActsRequest batch;
  *batch.add_requests() = request;
  v1::BatchKeepActsResponse response;
  const grpc::Status status = connection->Call(&UnclaimedStub::BatchKeepActs, batch, &response);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  PrintAnswer(*session, response, KeptText);
  for (const v1::KeepActResult& result : response.results()) {
    session->exit_code = result.has_error() ? kRefused : session->exit_code;
  }
}

void AddKeep(CLI::App* unclaimed, Session& session) {
  CLI::App* command =
      unclaimed->add_subcommand("keep", "Keep an act until its card or member is linked");
  command->footer(
      "Example:\n"
      "  tanhui unclaimed keep --source cq-bus --subject 8001 --budget spring --scenario bus_ride "
      "--district 500103 --evidence source=cq-bus,subject=8001,kind=moment,time='2027-01-02 "
      "08:00:00'");
  const auto request = std::make_shared<v1::KeepActRequest>();
  AddHolder(command, request);
  const std::shared_ptr<v1::AwardRequest> award(request, request->mutable_award());
  AddActOptions(command, award);
  command->add_option_function<std::string>(
      "--request-id", [award](const std::string& id) { award->set_request_id(id); },
      "Makes a retry safe, and names the award. Default: a new UUIDv7, printed");
  command->add_option_function<std::string>(
      "--reference", [award](const std::string& text) { award->set_reference(text); },
      "Your own reference; kept apart from the log");
  command->callback([&session, request, award] {
    CompleteAct(award.get());
    if (award->request_id().empty()) {
      award->set_request_id(NewRequestId());
      AnnounceRequestId(award->request_id());
    }
    Keep(&session, *request);
  });
}

void Claim(Session* session, const v1::ClaimActsRequest& request) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  if (request.validate_only()) {
    AnnounceDryRun();
  }
  v1::ClaimActsResponse response;
  const grpc::Status status = connection->Call(&UnclaimedStub::ClaimActs, request, &response);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  PrintAnswer(*session, response,
              [&request](const v1::ClaimActsResponse& page) { return ClaimsText(request, page); });
  for (const v1::ClaimResult& result : response.results()) {
    session->exit_code = result.has_error() ? kRefused : session->exit_code;
  }
}

void AddClaim(CLI::App* unclaimed, Session& session) {
  CLI::App* command = unclaimed->add_subcommand(
      "claim", "Award what is kept for a card or member that is linked now (认领)");
  command->footer(
      "At most 1,000 acts at once, oldest first; what may be awarded later is kept on.\n"
      "Example:\n  tanhui unclaimed claim --source cq-bus --subject 8001 --user alice");
  const auto request = std::make_shared<v1::ClaimActsRequest>();
  AddHolder(command, request);
  AddCitizen(command, request);
  command->add_option_function<std::string>(
      "--page-token", [request](const std::string& token) { request->set_page_token(token); },
      "Where the page before ended");
  command->add_flag_callback(
      "--dry-run", [request] { request->set_validate_only(true); },
      "Ask what would happen; write nothing");
  command->callback([&session, request] { Claim(&session, *request); });
}

void AddList(CLI::App* unclaimed, Session& session) {
  CLI::App* command = unclaimed->add_subcommand("list", "List what is kept for a card or member");
  command->footer("Example:\n  tanhui unclaimed list --source cq-bus --subject 8001");
  const auto request = std::make_shared<v1::ListUnclaimedActsRequest>();
  AddHolder(command, request);
  AddPage(command, request);
  command->callback([&session, request] {
    Ask(&session, &UnclaimedStub::ListUnclaimedActs, *request, UnclaimedText);
  });
}

void AddDelete(CLI::App* unclaimed, Session& session) {
  CLI::App* command =
      unclaimed->add_subcommand("delete", "Delete all that is kept for a card or member");
  command->footer("Example:\n  tanhui unclaimed delete --source cq-bus --subject 8001");
  const auto request = std::make_shared<v1::DeleteUnclaimedActsRequest>();
  AddHolder(command, request);
  command->callback(
      [&session, request] { Ask(&session, &UnclaimedStub::DeleteUnclaimedActs, *request); });
}

}  // namespace

void AddUnclaimedCommands(CLI::App& app, Session& session) {
  CLI::App* unclaimed =
      app.add_subcommand("unclaimed", "Acts of cards and members that nobody has linked (待认领)");
  unclaimed->require_subcommand(1);
  AddKeep(unclaimed, session);
  AddClaim(unclaimed, session);
  AddList(unclaimed, session);
  AddDelete(unclaimed, session);
}

}  // namespace tanhui::cli
