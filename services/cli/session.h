// What every command of `tanhui` shares: the global options, the exit status, and the ways to ask
// the ledger and to print its answer.
#ifndef TANHUI_SERVICES_CLI_SESSION_H_
#define TANHUI_SERVICES_CLI_SESSION_H_

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "grpcpp/grpcpp.h"
#include "services/cli/client/connection.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/screen/answer_text.h"

namespace tanhui::cli {

inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;      // the ledger, or a check, said no
inline constexpr int kUsage = 2;        // the command line or a file on it is wrong
inline constexpr int kUnreachable = 3;  // no answer from the server

struct Session {
  ConnectionOptions connection;
  bool json = false;
  int exit_code = kDone;
};

void PrintOut(std::string_view text);
// One line on stderr, with `tanhui: ` in front.
void PrintError(std::string_view line);

// Prints what is wrong on stderr, says what to do, and answers the exit status.
int ReportFailure(const Session& session, const grpc::Status& status);
// The same for a file or an option, a line for each line of the message; the exit status is `code`.
int ReportFault(const absl::Status& status, int code);

// nullopt after it has reported why and set the exit status.
std::optional<Connection> Connect(Session* session);

// `name` in the collection, such as demo in budgets: budgets/demo. A full name stays as it is.
std::string Named(std::string_view collection, std::string_view name);
// The last part of a name: demo of budgets/demo. What has no slash stays as it is.
std::string LastPart(std::string_view name);

// How people read an answer. Callers give a lambda, so it takes no part in template deduction.
template <typename Response>
using AnswerWriter = std::type_identity_t<std::function<std::string(const Response&)>>;

// As JSON or as people read it.
template <typename Response>
void PrintAnswer(const Session& session, const Response& response,
                 const AnswerWriter<Response>& text = AnswerText) {
  PrintOut(session.json ? JsonLine(response) : text(response));
}

// Asks and prints.
template <typename Stub, typename Request, typename Response>
void Ask(Session* session,
         grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
         const Request& request, const AnswerWriter<Response>& text = AnswerText) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  Response response;
  const grpc::Status status = connection->Call(method, request, &response);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  PrintAnswer(*session, response, text);
}

// Asks for all pages, each of which the server may take long for, and prints them as one; `add`
// adds a later page to those before.
template <typename Stub, typename Request, typename Response>
void AskPages(Session* session,
              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
              Request request, std::type_identity_t<void (*)(const Response&, Response*)> add,
              const AnswerWriter<Response>& text) {
  constexpr std::chrono::seconds kTimeout{60};
  session->connection.timeout = std::max(session->connection.timeout, kTimeout);
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  Response whole;
  do {
    Response page;
    const grpc::Status status = connection->Call(method, request, &page);
    if (!status.ok()) {
      session->exit_code = ReportFailure(*session, status);
      return;
    }
    add(page, &whole);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  PrintAnswer<Response>(*session, whole, text);
}

// Says which id a request goes out under, so that whoever loses the answer can retry.
void AnnounceRequestId(std::string_view request_id);
void AnnounceDryRun();

// Puts a fresh id and a not_after on the request where the command line gave none.
template <typename Request>
void Stamp(Request* request) {
  const bool fresh = request->request_id().empty();
  if (fresh) {
    request->set_request_id(NewRequestId());
  }
  if (request->validate_only()) {
    AnnounceDryRun();
  } else if (fresh) {
    AnnounceRequestId(request->request_id());
  }
  if (!request->has_not_after()) {
    *request->mutable_not_after() =
        ToTimestamp(LedgerTime(WallClock().value() + kDefaultNotAfterMicros));
  }
}

// Ask for a request that writes.
template <typename Stub, typename Request, typename Response>
void Mutate(Session* session,
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
            Request* request) {
  Stamp(request);
  Ask(session, method, *request);
}

// Checks of option values; CLI11 reports what they answer.
CLI::Validator TimeValidator();
CLI::Validator NotAfterValidator();

// --request-id, --reference, --not-after and --dry-run.
template <typename Request>
void AddMutationOptions(CLI::App* command, const std::shared_ptr<Request>& request) {
  command->add_option_function<std::string>(
      "--request-id", [request](const std::string& id) { request->set_request_id(id); },
      "Makes a retry safe: the same id and content is done once. Default: a new UUIDv7, printed");
  command->add_option_function<std::string>(
      "--reference", [request](const std::string& text) { request->set_reference(text); },
      "Your own reference; kept apart from the log");
  command
      ->add_option_function<std::string>(
          "--not-after",
          [request](const std::string& text) {
            *request->mutable_not_after() = ToTimestamp(*ParseNotAfter(text, WallClock()));
          },
          "Refused when it arrives later: a time, or a duration such as 10m. Default: 24h")
      ->check(NotAfterValidator());
  command->add_flag_callback(
      "--dry-run", [request] { request->set_validate_only(true); },
      "Ask what would happen; write nothing");
}

// --page-size and --page-token.
template <typename Request>
void AddPage(CLI::App* command, const std::shared_ptr<Request>& request) {
  command->add_option_function<std::int32_t>(
      "--page-size", [request](std::int32_t size) { request->set_page_size(size); },
      "1 to 1,000; default 50");
  command->add_option_function<std::string>(
      "--page-token", [request](const std::string& token) { request->set_page_token(token); },
      "Where the page before ended");
}

// An option whose text is a name in a collection.
CLI::Option* AddNameOption(CLI::App* command, const std::string& option, std::string collection,
                           std::function<void(const std::string&)> set,
                           const std::string& description);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_SESSION_H_
