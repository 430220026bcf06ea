#include "services/cli/client/connection.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/cli/client/whole_file.h"

namespace tanhui::cli {

std::string LocaleFor(std::string_view lang_option, std::string_view lang_environment) {
  const std::string_view lang = lang_option.empty() ? lang_environment : lang_option;
  return lang.starts_with("zh") ? "zh-CN" : "en";
}

absl::StatusOr<Connection> Connection::Open(const ConnectionOptions& options) {
  std::string authorization;
  if (!options.token_file.empty()) {
    absl::StatusOr<std::string> token = ReadWholeFile(options.token_file);
    if (!token.ok()) {
      return token.status();
    }
    absl::StripAsciiWhitespace(&*token);
    if (token->empty() || token->find_first_of(" \t\r\n") != std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat(options.token_file, " must hold one token on one line"));
    }
    authorization = absl::StrCat("Bearer ", *token);
  }
  return Connection(options, std::move(authorization));
}

Connection::Connection(ConnectionOptions options, std::string authorization)
    : options_(std::move(options)), authorization_(std::move(authorization)) {
  grpc::ChannelArguments arguments;
  // A proxy meant for the web would swallow calls to a ledger on the same machine or network.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  channel_ =
      grpc::CreateCustomChannel(options_.address, grpc::InsecureChannelCredentials(), arguments);
}

void Connection::Prepare(grpc::ClientContext* context) const {
  context->set_deadline(std::chrono::system_clock::now() + options_.timeout);
  context->AddMetadata("accept-language", options_.locale);
  if (!authorization_.empty()) {
    context->AddMetadata("authorization", authorization_);
  }
}

}  // namespace tanhui::cli
