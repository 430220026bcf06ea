#include "interop/peer/grpc_transport.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace tanhui::peer {
namespace {

// Tries again soon after another city came back; the outbox keeps the pace besides.
constexpr int kMostReconnectMillis = 5'000;

std::shared_ptr<grpc::Channel> ChannelTo(const OwnCertificate& own, const PeerEndpoint& endpoint) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = endpoint.certificate;
  options.pem_cert_chain = own.certificate;
  options.pem_private_key = own.private_key;
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride(endpoint.server_name);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMostReconnectMillis);
  return grpc::CreateCustomChannel(endpoint.address, grpc::SslCredentials(options), arguments);
}

}  // namespace

struct GrpcTransport::Call {
  grpc::ClientContext context;
  v1::DeliverRequest request;
  v1::DeliverResponse response;
  Done done;
};

GrpcTransport::GrpcTransport(const OwnCertificate& own,
                             const std::vector<PeerEndpoint>& endpoints) {
  for (const PeerEndpoint& endpoint : endpoints) {
    stubs_.emplace(endpoint.log, v1::PeerService::NewStub(ChannelTo(own, endpoint)));
  }
}

GrpcTransport::~GrpcTransport() { Stop(); }

void GrpcTransport::Stop() {
  std::unique_lock<std::mutex> lock(mutex_);
  stopping_ = true;
  for (const auto& [call, owner] : calls_) {
    call->context.TryCancel();
  }
  idle_.wait(lock, [this] { return calls_.empty(); });
}

void GrpcTransport::Deliver(const std::string& log, const v1::SignedMessage& message, Done done) {
  const auto stub = stubs_.find(log);
  if (stub == stubs_.end()) {
    done(absl::NotFoundError(absl::StrCat("no way to ", log, " is configured: see [[peers]]")));
    return;
  }
  auto owner = std::make_unique<Call>();
  Call* call = owner.get();
  *call->request.mutable_message() = message;
  call->done = std::move(done);
  call->context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!stopping_) {
      calls_.emplace(call, std::move(owner));
    }
  }
  if (owner != nullptr) {
    owner->done(absl::CancelledError("the server is stopping"));
    return;
  }
  stub->second->async()->Deliver(
      &call->context, &call->request, &call->response,
      [this, call](const grpc::Status& status) { Finish(call, status); });
}

void GrpcTransport::Finish(Call* call, const grpc::Status& status) {
  if (status.ok()) {
    call->done(std::move(*call->response.mutable_message()));
  } else {
    call->done(
        absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message()));
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  calls_.erase(call);
  if (calls_.empty()) {
    idle_.notify_all();
  }
}

}  // namespace tanhui::peer
