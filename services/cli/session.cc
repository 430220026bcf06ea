#include "services/cli/session.h"

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/cli/client/refusal_details.h"

namespace tanhui::cli {
namespace {

// What somebody who sees this refusal can do about it; empty when the refusal says it all.
std::string_view AdviceFor(const RefusalDetails& details) {
  switch (details.code) {
    case grpc::StatusCode::UNAUTHENTICATED:
      return "name the file with your token: --token-file FILE or TANHUI_TOKEN_FILE";
    case grpc::StatusCode::PERMISSION_DENIED:
      return "use the token of a participant that has the role";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::UNAVAILABLE:
      return "try again later with the same --request-id";
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return "raise --timeout, and retry with the same --request-id";
    default:
      return {};
  }
}

}  // namespace

void PrintOut(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void PrintError(std::string_view line) {
  std::fflush(stdout);
  std::fprintf(stderr, "tanhui: %.*s\n", static_cast<int>(line.size()), line.data());
}

int ReportFailure(const Session& session, const grpc::Status& status) {
  const RefusalDetails details = DetailsOf(status);
  const bool no_answer =
      details.reason.empty() && (details.code == grpc::StatusCode::UNAVAILABLE ||
                                 details.code == grpc::StatusCode::DEADLINE_EXCEEDED);
  if (no_answer) {
    PrintError(
        absl::StrCat("no answer from ", session.connection.address, ": ", RefusalLine(details)));
    PrintError(details.code == grpc::StatusCode::UNAVAILABLE
                   ? "is tanhuid running there? set --address HOST:PORT or TANHUI_ADDRESS"
                   : "what became of a request: tanhui outcome ID; or raise --timeout and retry "
                     "with the same --request-id");
    return kUnreachable;
  }
  const std::string_view advice = AdviceFor(details);
  PrintError(absl::StrCat(RefusalLine(details), advice.empty() ? "" : "; ", std::string(advice)));
  return kRefused;
}

int ReportFault(const absl::Status& status, int code) {
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(status.message(), '\n'))) {
    PrintError(line);
  }
  return code;
}

std::optional<Connection> Connect(Session* session) {
  absl::StatusOr<Connection> connection = Connection::Open(session->connection);
  if (!connection.ok()) {
    session->exit_code = ReportFault(connection.status(), kUsage);
    return std::nullopt;
  }
  return *std::move(connection);
}

std::string Named(std::string_view collection, std::string_view name) {
  if (name.find('/') != std::string_view::npos) {
    return std::string(name);
  }
  return absl::StrCat(std::string(collection), "/", std::string(name));
}

std::string LastPart(std::string_view name) {
  return std::string(name.substr(name.rfind('/') + 1));
}

void AnnounceRequestId(std::string_view request_id) {
  std::fprintf(stderr, "request id %.*s (a retry with --request-id is safe)\n",
               static_cast<int>(request_id.size()), request_id.data());
}

void AnnounceDryRun() { std::fputs("a dry run: nothing is written\n", stderr); }

CLI::Validator TimeValidator() {
  return CLI::Validator(
      [](const std::string& text) {
        const absl::StatusOr<LedgerTime> time = ParseTime(text);
        return time.ok() ? std::string() : std::string(time.status().message());
      },
      "TIME");
}

CLI::Validator NotAfterValidator() {
  return CLI::Validator(
      [](const std::string& text) {
        const absl::StatusOr<LedgerTime> time = ParseNotAfter(text, WallClock());
        return time.ok() ? std::string() : std::string(time.status().message());
      },
      "TIME|DURATION");
}

CLI::Option* AddNameOption(CLI::App* command, const std::string& option, std::string collection,
                           std::function<void(const std::string&)> set,
                           const std::string& description) {
  return command->add_option_function<std::string>(
      option,
      [collection = std::move(collection), set = std::move(set)](const std::string& name) {
        set(Named(collection, name));
      },
      description);
}

}  // namespace tanhui::cli
