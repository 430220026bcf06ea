#include "interop/peer/peer_listener.h"

#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_builder.h>

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tanhui::peer {
namespace {

// An entry is at most 64 KiB and a list of ids comes in parts; far above both.
constexpr int kMaxMessageBytes = 1 << 20;
// As gRPC names what TLS says of the caller.
constexpr char kCertificateProperty[] = "x509_pem_cert";

std::string CertificateOf(const grpc::ServerContextBase& context) {
  const auto values = context.auth_context()->FindPropertyValues(kCertificateProperty);
  if (values.size() != 1) {
    return {};
  }
  const auto certificate = OneCertificate(std::string(values[0].data(), values[0].size()));
  return certificate.ok() ? *certificate : std::string();
}

grpc::Status ToGrpc(const absl::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

}  // namespace

class PeerListener::Service final : public v1::PeerService::CallbackService {
 public:
  Service(const std::vector<PeerEndpoint>& endpoints, Hear hear) : hear_(std::move(hear)) {
    for (const PeerEndpoint& endpoint : endpoints) {
      logs_.emplace(endpoint.certificate, endpoint.log);
    }
  }

  grpc::ServerUnaryReactor* Deliver(grpc::CallbackServerContext* context,
                                    const v1::DeliverRequest* request,
                                    v1::DeliverResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const auto log = logs_.find(CertificateOf(*context));
    if (log == logs_.end()) {
      reactor->Finish({grpc::StatusCode::PERMISSION_DENIED,
                       "the certificate is no peer's: agree on certificates first"});
      return reactor;
    }
    hear_(log->second, request->message(),
          [reactor, response](absl::StatusOr<v1::SignedMessage> answer) {
            if (!answer.ok()) {
              reactor->Finish(ToGrpc(answer.status()));
              return;
            }
            *response->mutable_message() = *std::move(answer);
            reactor->Finish(grpc::Status::OK);
          });
    return reactor;
  }

 private:
  std::map<std::string, std::string> logs_;  // by certificate
  const Hear hear_;
};

PeerListener::PeerListener(std::unique_ptr<Service> service, std::unique_ptr<grpc::Server> server,
                           std::string address)
    : service_(std::move(service)), server_(std::move(server)), address_(std::move(address)) {}

absl::StatusOr<std::unique_ptr<PeerListener>> PeerListener::Start(
    const std::string& listen, const OwnCertificate& own,
    const std::vector<PeerEndpoint>& endpoints, Hear hear) {
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  for (const PeerEndpoint& endpoint : endpoints) {
    options.pem_root_certs += endpoint.certificate;
  }
  options.pem_key_cert_pairs.push_back({own.private_key, own.certificate});
  auto service = std::make_unique<Service>(endpoints, std::move(hear));
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(listen, grpc::SslServerCredentials(options), &port);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // Two servers must never share a port unnoticed.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(service.get());
  auto server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot listen for peers on ", listen,
                     ": is another server there, or is the certificate or its key damaged?"));
  }
  std::string address = absl::StrCat(listen.substr(0, listen.rfind(':')), ":", port);
  return std::unique_ptr<PeerListener>(
      new PeerListener(std::move(service), std::move(server), std::move(address)));
}

void PeerListener::Stop(std::chrono::milliseconds grace) {
  if (server_ != nullptr) {
    server_->Shutdown(std::chrono::system_clock::now() + grace);
    server_->Wait();
    server_.reset();
  }
}

PeerListener::~PeerListener() { Stop(std::chrono::milliseconds(0)); }

}  // namespace tanhui::peer
