// What became of a request, and how to take it back.
#include <memory>
#include <string>

#include "services/cli/commands.h"
#include "tanhui/v1/requests.grpc.pb.h"

namespace tanhui::cli {
namespace {

using RequestsStub = v1::RequestsService::Stub;

void AddOutcome(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("outcome", "Look up what became of a request");
  command->footer("Example:\n  tanhui outcome 01890a5d-ac96-774b-bcce-b302099a8057");
  const auto request = std::make_shared<v1::GetOutcomeRequest>();
  command
      ->add_option_function<std::string>(
          "REQUEST_ID,--request-id",
          [request](const std::string& id) { request->set_request_id(id); }, "Its id")
      ->required();
  command->callback([&session, request] { Ask(&session, &RequestsStub::GetOutcome, *request); });
}

void AddCancel(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("cancel", "Undo a request (冲正): reverse it, or block its id for ever");
  command->footer("Example:\n  tanhui cancel 01890a5d-ac96-774b-bcce-b302099a8057");
  const auto request = std::make_shared<v1::CancelRequestRequest>();
  command
      ->add_option_function<std::string>(
          "TARGET_REQUEST_ID",
          [request](const std::string& id) { request->set_target_request_id(id); },
          "Id of the request to undo")
      ->required();
  command->add_option_function<std::string>(
      "--booked-on", [request](const std::string& date) { request->set_booked_on(date); },
      "Accounting date YYYY-MM-DD, in a month that is not closed; default today's");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &RequestsStub::CancelRequest, request.get()); });
}

void AddRequestIdKey(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("request-id-key",
                                         "Print the secret from which import derives request ids");
  command->group("");  // not in the list: a secret that only import needs
  command->callback(
      [&session] { Ask(&session, &RequestsStub::GetRequestIdKey, v1::GetRequestIdKeyRequest()); });
}

}  // namespace

void AddRequestCommands(CLI::App& app, Session& session) {
  AddOutcome(app, session);
  AddCancel(app, session);
  AddRequestIdKey(app, session);
}

}  // namespace tanhui::cli
