// tanhui_echo: answers PointsService.Award at once with what it got. What gRPC alone costs on a
// machine, for the same messages.
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>

#include "tanhui/v1/points.grpc.pb.h"

namespace {

class EchoService final : public tanhui::v1::PointsService::CallbackService {
  grpc::ServerUnaryReactor* Award(grpc::CallbackServerContext* context,
                                  const tanhui::v1::AwardRequest* request,
                                  tanhui::v1::AwardResponse* response) override {
    response->set_entry_index(1);
    response->set_points(request->points());
    response->set_balance(request->points());
    response->set_account(request->account());
    response->mutable_record_time()->set_seconds(1);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: tanhui_echo ADDRESS_FILE   (ends on SIGTERM)\n");
    return 2;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  EchoService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    std::fprintf(stderr, "tanhui_echo: cannot listen on loopback\n");
    return 1;
  }
  std::ofstream(argv[1]) << "127.0.0.1:" << port << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown();
  return 0;
}
