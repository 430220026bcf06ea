// The way to a running tanhuid: address, token, language, and a deadline on every call.
#ifndef TANHUI_SERVICES_CLI_CLIENT_CONNECTION_H_
#define TANHUI_SERVICES_CLI_CLIENT_CONNECTION_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"

namespace tanhui::cli {

struct ConnectionOptions {
  std::string address = "127.0.0.1:7341";
  // A file whose one line is the caller's token; empty: calls go out without one.
  std::string token_file;
  // Language of the messages in refusals, as in BCP 47: zh-CN or en.
  std::string locale = "en";
  // How long one call may take. Too low: a busy server looks unreachable. Too high: a script hangs.
  std::chrono::seconds timeout{10};
};

// zh-CN or en: what --lang says, and without it what the environment's LANG says.
std::string LocaleFor(std::string_view lang_option, std::string_view lang_environment);

// A channel and what goes along with every call. Any thread may use it.
class Connection {
 public:
  // Fails when the token file cannot be read or holds no token; does not connect yet.
  static absl::StatusOr<Connection> Open(const ConnectionOptions& options);

  // One call through the generated stub's method, such as &PointsService::Stub::Award.
  template <typename Stub, typename Request, typename Response>
  grpc::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) const {
    grpc::ClientContext context;
    Prepare(&context);
    Stub stub(channel_);
    return (stub.*method)(&context, request, response);
  }

  // A call that answers many messages, such as &EventsService::Stub::WatchEvents: `visit` gets each
  // until it answers false, and the status is then OK. It takes as long as it takes.
  template <typename Stub, typename Request, typename Response>
  grpc::Status Stream(std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(
                          grpc::ClientContext*, const Request&),
                      const Request& request,
                      const std::function<bool(const Response&)>& visit) const {
    grpc::ClientContext context;
    Prepare(&context);
    context.set_deadline(std::chrono::system_clock::time_point::max());
    Stub stub(channel_);
    const auto reader = (stub.*method)(&context, request);
    Response response;
    while (reader->Read(&response)) {
      if (!visit(response)) {
        context.TryCancel();
        (void)reader->Finish();
        return grpc::Status::OK;
      }
    }
    return reader->Finish();
  }

  const std::string& address() const { return options_.address; }

 private:
  Connection(ConnectionOptions options, std::string authorization);
  void Prepare(grpc::ClientContext* context) const;

  ConnectionOptions options_;
  std::string authorization_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_CLIENT_CONNECTION_H_
